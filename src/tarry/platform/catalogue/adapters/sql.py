"""The catalogue in the database."""

from tarry.platform.catalogue.adapters.sql_favourites import SqlFavourites
from tarry.platform.catalogue.adapters.sql_services import SqlServices
from tarry.platform.catalogue.adapters.sql_workflows import SqlWorkflows


class SqlCatalogue(SqlServices, SqlWorkflows, SqlFavourites):
    """The store on one connection, in its transaction."""
