"""The portal's own verbs: it has none but to bring a visitor's wishes to the rooms below."""

from tarry.platform.portal.operations.accounts import BoundAccounts
from tarry.platform.portal.operations.catalogue import BoundCatalogue
from tarry.platform.portal.operations.files import BoundFiles
from tarry.platform.portal.operations.people import BoundPeople
from tarry.platform.portal.operations.requests import BoundRequests
from tarry.platform.portal.operations.runs import BoundRuns

__all__ = [
    "BoundAccounts",
    "BoundCatalogue",
    "BoundFiles",
    "BoundPeople",
    "BoundRequests",
    "BoundRuns",
]
