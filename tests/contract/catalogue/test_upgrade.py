"""A catalogue of the first version is taken over whole."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text
from tests.fakes.databases import KINDS, Databases

from tarry.app.schema import MIGRATIONS, migrate
from tarry.contract.ports import Port, PortType
from tarry.platform.catalogue.adapters.sql import SqlCatalogue
from tarry.platform.catalogue.model import Told
from tarry.platform.catalogue.model.listing import Search
from tarry.platform.kernel.adapters.engines import open_engine
from tarry.platform.kernel.model import ProjectId

OURS = ProjectId("p1")
URI = "http://tarry/sync/Calculator.owl#add_Service"
SERVICE = {
    "name": "Calculator.add",
    "uri": URI,
    "wsdl_url": "http://127.0.0.1:1/calculator?wsdl",
    "operation": "add",
    "kind": "synchronous",
    "project": "p1",
    "title": "Sum",
    "description": "Adds.",
    "inputs": [{"name": "a", "type": "decimal"}],
    "outputs": [],
    "remote": {"format": 1, "operations": []},
    "repeatable": True,
    "at_most_once": False,
    "polling": {"first": 0.2, "slowest": 6.0, "pushed": 60.0},
    "version": 1,
    "registered_by": "u1",
    "registered_at": "2026-11-01T12:00:00+00:00",
}


def upgrade(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


@pytest.fixture(params=KINDS)
def old(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Engine]:
    """A database as the first version left it: a service, a workflow in three versions."""
    engine = open_engine(databases.empty_url(request.param))
    upgrade(engine, "0005")
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO services (project, uri, name, version) VALUES ('p1', :u, :n, 1)"),
            {"u": URI, "n": SERVICE["name"]},
        )
        connection.execute(
            text("INSERT INTO service_versions VALUES ('p1', :u, 1, :d)"),
            {"u": URI, "d": json.dumps(SERVICE)},
        )
        for name, published in (("Demo", 2), ("Draft", None)):
            connection.execute(
                text(
                    "INSERT INTO workflows (project, name, version, published_version)"
                    " VALUES ('p1', :name, 3, :published)"
                ),
                {"name": name, "published": published},
            )
            for version in (1, 2, 3):
                connection.execute(
                    text(
                        "INSERT INTO workflow_versions (project, name, version, uri, document,"
                        " title, description, inputs, outputs, imported_by, imported_at) VALUES"
                        " ('p1', :name, :version, 'http://x/y.owl#Demo', :document, 'T', '',"
                        " '[]', '[]', 'u1', :at)"
                    ),
                    {
                        "name": name,
                        "version": version,
                        "document": b"<workflow/>",
                        "at": f"2026-11-0{version} 12:00:00.000000",
                    },
                )
    yield engine
    engine.dispose()


def test_what_was_registered_and_imported_is_there_after_the_upgrade(old: Engine) -> None:
    migrate(old)

    with old.connect() as connection:
        store = SqlCatalogue(connection)
        service = store.service(OURS, URI)
        assert service is not None
        assert service.inputs == (Port(name="a", type=PortType.DECIMAL),)
        # What somebody may have said of it is kept as if they had.
        assert service.told == Told(title="Sum", description="Adds.", repeatable=True)
        demo = store.workflow_versions(OURS, "Demo")
        assert [one.version for one in demo] == [3, 2, 1]
        assert [one.published_version for one in demo] == [2, 2, 2]
        assert [one.is_draft for one in demo] == [True, False, False]
        assert demo[1].published_at == datetime(2026, 11, 2, 12, tzinfo=UTC)
        assert (demo[0].author, demo[0].comment, demo[0].category) == ("", "", "")
        assert all(one.is_draft for one in store.workflow_versions(OURS, "Draft"))
        assert store.next_version(OURS, "Demo") == 4
        assert store.find_services((OURS,), Search(text="ADDS calculator sum")) == [service]
        assert store.find_workflows((OURS,), Search(text="draft t"))[0].name == "Draft"
