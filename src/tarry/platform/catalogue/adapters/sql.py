"""The catalogue in the database."""

from tarry.platform.catalogue.adapters.sql_services import SqlServices
from tarry.platform.catalogue.adapters.sql_workflows import SqlWorkflows


class SqlCatalogue(SqlServices, SqlWorkflows):
    """The store on one connection, in its transaction."""
