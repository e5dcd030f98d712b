"""Bringing the database of a platform up to date without starting the platform."""

from tarry.app.folder import DataFolder
from tarry.app.rescue import database_url
from tarry.app.schema import migrate, revision_of
from tarry.app.settings import Settings
from tarry.platform.kernel.adapters.engines import open_engine


def migrate_platform(settings: Settings) -> tuple[str, str]:
    """Migrate; gives the revision before and now.

    Raises:
        NoPlatform: there is none.
        InvalidSetting: a platform is running in the data folder.
        SchemaUnknown: the database was used by a newer version.
    """
    url = database_url(settings)
    folder = DataFolder.open(settings.data, shared=bool(settings.database))
    engine = open_engine(url)
    try:
        before = revision_of(engine) or ""
        migrate(engine)
        return before, revision_of(engine) or ""
    finally:
        engine.dispose()
        folder.close()
