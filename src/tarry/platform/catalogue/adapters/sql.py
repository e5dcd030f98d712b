"""The catalogue in the database."""

from sqlalchemy import Connection

from tarry.platform.catalogue.adapters.sql_favourites import SqlFavourites
from tarry.platform.catalogue.adapters.sql_services import SqlServices
from tarry.platform.catalogue.adapters.sql_workflows import SqlWorkflows
from tarry.platform.kernel.interfaces import NoTrail, Trail
from tarry.platform.kernel.model import Deed


class SqlCatalogue(SqlServices, SqlWorkflows, SqlFavourites):
    """The store on one connection, in its transaction."""

    def __init__(self, connection: Connection, trail: Trail | None = None) -> None:
        """Use a connection; without a trail on the same one nothing is written down."""
        super().__init__(connection)
        self._trail = trail or NoTrail()

    def add_deed(self, deed: Deed) -> None:
        """Write down what somebody has done."""
        self._trail.add_deed(deed)
