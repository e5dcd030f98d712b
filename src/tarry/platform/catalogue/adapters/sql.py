"""The catalogue in the database."""

from sqlalchemy import Connection

from tarry.platform.catalogue.adapters.sql_favourites import SqlFavourites
from tarry.platform.catalogue.adapters.sql_services import SqlServices
from tarry.platform.catalogue.adapters.sql_workflows import SqlWorkflows
from tarry.platform.kernel.interfaces import NoTrail, Trail
from tarry.platform.kernel.model import Caller, Deed


class SqlCatalogue(SqlServices, SqlWorkflows, SqlFavourites):
    """The store on one connection, in its transaction."""

    def __init__(self, connection: Connection, trail: Trail | None = None) -> None:
        """Use a connection; without a trail on the same one nothing is written down."""
        super().__init__(connection)
        self._trail = trail or NoTrail()

    def add_deed(self, deed: Deed) -> None:
        """Write down what somebody has done."""
        self._trail.add_deed(deed)

    def claim(self, deed: Deed) -> None:
        """Keep that a named request is about to do something."""
        self._trail.claim(deed)

    def release(self, caller: Caller) -> None:
        """Take a claim back: nothing was done."""
        self._trail.release(caller)
