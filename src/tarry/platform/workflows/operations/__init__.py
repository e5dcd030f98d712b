"""Making workflow documents, and getting them ready to run."""

from tarry.platform.workflows.operations.expansion import expanded
from tarry.platform.workflows.operations.making import one_step

__all__ = ["expanded", "one_step"]
