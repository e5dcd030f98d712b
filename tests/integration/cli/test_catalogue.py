"""The commands for services and workflows, against a real catalogue behind the real portal."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.fakes.mesher import OFFER, URL, offer, text
from tests.fakes.portal_rooms import FakeRooms
from tests.fakes.uvicorn_server import serving
from tests.integration.client.test_catalogue import PNG, document
from tests.integration.portal.conftest import KEYS, PUBLIC_URL
from tests.unit.catalogue.test_nesting import using

from tarry.cli.main import tarry
from tarry.platform.portal.api.app import build
from tarry.platform.portal.operations import BoundCatalogue
from tarry.platform.workflows.xml import read, write


class Terminal:
    """Somebody who types commands, logged in at a platform."""

    def __init__(self, url: str, home: Path) -> None:
        self._environment = {
            "TARRY_URL": url,
            "TARRY_TOKEN": "token-of-ada",
            "XDG_CONFIG_HOME": str(home),
            "HOME": str(home),
        }

    def type(self, *words: str, answer: str = "") -> Result:
        return CliRunner().invoke(tarry, words, input=answer, env=self._environment)

    def __call__(self, *words: str) -> str:
        done = self.type(*words)
        assert done.exit_code == 0, done.output
        return done.output


@pytest.fixture
def fake() -> FakeRooms:
    return FakeRooms()


@pytest.fixture
def terminal(fake: FakeRooms, tmp_path: Path) -> Iterator[Terminal]:
    fake.wsdls.serve(OFFER)
    real = BoundCatalogue(catalogue=fake.shelf.catalogue, wsdls=fake.wsdls)
    app = build(replace(fake.rooms(), catalogue=real), keys=KEYS, public_url=PUBLIC_URL)
    with serving(app) as address:
        yield Terminal(address, tmp_path)


def test_a_service_of_the_field_is_registered_with_files_where_it_says_text(
    terminal: Terminal,
) -> None:
    assert "mesh (asynchronous)" in terminal("services", "inspect", URL)
    shown = terminal(
        *("register", URL, "mesh", "--category", "Meshing"),
        *("--correct", "part.type=file", "--correct", "part.accept=.step,.stp"),
        *("--correct", "mesh.type=file", "--correct", "size.unit=mm"),
    )

    assert "Registered Mesher.mesh (asynchronous), version 1" in shown
    assert "part: file (.step, .stp)" in shown
    assert "size: decimal mm" in shown
    assert "registered as Mesher.mesh" in terminal("services", "inspect", URL)
    assert "Mesher.mesh" in terminal("services", "--search", "mesh")
    assert "category Meshing" in terminal("services", "show", "Mesher.mesh")
    assert f"WSDL {URL}" in terminal("services", "show", "Mesher.mesh")
    wrong = terminal.type("register", URL, "mesh", "--correct", "ghost.type=file")
    assert wrong.exit_code == 2
    assert "There is no port ghost" in wrong.output


def test_an_update_tells_what_breaks_and_asks_first(
    terminal: Terminal, fake: FakeRooms, tmp_path: Path
) -> None:
    terminal("register", URL, "mesh")
    file = tmp_path / "Wait.xml"
    file.write_bytes(document(fake))
    terminal("workflows", "import", str(file), "--publish")
    assert "is as it was registered, version 1" in terminal("services", "update", "Mesher.mesh")
    fake.wsdls.serve(offer((text("part"),), (text("mesh"),)))

    told = terminal("services", "update", "Mesher.mesh", "--dry-run")
    assert "would become version 2" in told
    assert "the input size is gone" in told
    assert "would break Wait, version 1 (published):" in told
    refused = terminal.type("services", "update", "Mesher.mesh", answer="n\n")
    assert refused.exit_code != 0
    assert "version 1" in terminal("services", "show", "Mesher.mesh")
    done = terminal.type("services", "update", "Mesher.mesh", answer="y\n")
    assert "is now version 2" in done.output
    assert "cannot run" in terminal("workflows", "show", "Wait")
    assert terminal("services", "versions", "Mesher.mesh").count("127.0.0.1") == 2
    assert "in use" not in terminal("services", "retire", "Mesher.mesh", "--dry-run")
    assert terminal.type("services", "retire", "Mesher.mesh").exit_code in {0, 1}


def test_a_service_is_edited_and_retired(terminal: Terminal) -> None:
    terminal("register", URL, "mesh")
    assert "is now version 2" in terminal("services", "edit", "Mesher.mesh", "--title", "Mesh it")
    assert "stays as it is" in terminal("services", "edit", "Mesher.mesh", "--title", "Mesh it")
    limited = terminal("services", "edit", "Mesher.mesh", "--most-runs", "2")
    assert "runs that it takes at once: any number became 2" in limited
    near = terminal.type("services", "edit", "mesher.mesh", "--title", "x")
    assert "Did you mean 'Mesher.mesh'?" in near.output
    assert "Retired Mesher.mesh" in terminal("services", "retire", "Mesher.mesh")
    assert "No service is registered" in terminal("services")


def test_what_is_kept_without_being_understood_is_said_at_the_import_and_later(
    terminal: Terminal, fake: FakeRooms, tmp_path: Path
) -> None:
    terminal("register", URL, "mesh")
    file = tmp_path / "Wait.xml"
    file.write_bytes(document(fake).replace(b"<services>", b"<frobnicate/><services>"))

    assert "note: the element frobnicate" in terminal("workflows", "import", str(file))
    assert "note: the element frobnicate" in terminal("workflows", "show", "Wait")


def test_versions_of_a_workflow_are_looked_after(
    terminal: Terminal, fake: FakeRooms, tmp_path: Path
) -> None:
    terminal("register", URL, "mesh")
    file, picture = tmp_path / "Wait.xml", tmp_path / "wait.png"
    picture.write_bytes(PNG)
    file.write_bytes(document(fake))
    terminal("workflows", "import", str(file), "--comment", "first", "--after", "0")
    file.write_bytes(document(fake, "Two"))
    terminal("workflows", "import", str(file))
    late = terminal.type("workflows", "import", str(file), "--after", "0")
    assert late.exit_code == 0  # the very same document again
    file.write_bytes(document(fake, "Three"))
    late = terminal.type("workflows", "import", str(file), "--after", "1")
    assert (late.exit_code, "version 2 by ada" in late.output) == (1, True)

    shown = terminal(
        *("workflows", "publish", "Wait", "--version", "1"),
        *("--category", "Meshing", "--picture", str(picture)),
    )
    assert "Published Wait, version 1." in shown
    listed = terminal("workflows", "versions", "Wait")
    assert [line.split()[0] for line in listed.splitlines()[1:]] == ["2", "1"]
    assert "first" in listed
    assert "is now version 3" in terminal("workflows", "restore", "Wait", "1")
    assert "Deleted version 2" in terminal("workflows", "delete-draft", "Wait", "2")
    assert terminal("workflows", "show", "Wait", "--document-json").startswith("{")
    assert "Wait" in terminal("workflows", "list", "--category", "Meshing")
    assert "Retracted Wait" in terminal("workflows", "retract", "Wait")
    file.write_bytes(document(fake).replace(b"mesh_Service", b"gone_Service"))
    assert terminal.type("workflows", "import", str(file)).exit_code == 1
    kept = terminal("workflows", "import", str(file), "--draft")
    assert "It cannot run" in kept


def test_a_publication_tells_what_breaks_and_has_to_be_forced(
    terminal: Terminal, fake: FakeRooms, tmp_path: Path
) -> None:
    terminal("register", URL, "mesh")
    inner, file = read(document(fake)), tmp_path / "document.xml"
    for made in (inner, using(inner, "Outer")):
        file.write_bytes(write(made))
        terminal("workflows", "import", str(file), "--publish")
    file.write_bytes(write(replace(inner, outputs=())))
    terminal("workflows", "import", str(file))

    refused = terminal.type("workflows", "publish", "Wait")
    assert (refused.exit_code, "Outer" in refused.output) == (1, True)
    told = terminal("workflows", "publish", "Wait", "--dry-run")
    assert "would break Outer, version 1 (published):" in told
    assert "Published" not in told
    assert "would break Outer" in terminal("workflows", "retract", "Wait", "--dry-run")
    assert "Nothing would break" in terminal("workflows", "retract", "Outer", "--dry-run")
    done = terminal("workflows", "publish", "Wait", "--force")
    assert "Published Wait, version 2." in done
    assert "breaks Outer, version 1" in done
