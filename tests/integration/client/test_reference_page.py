"""What docs/reference/client.md shows is carried out, piece by piece."""

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.portal_rooms import FakeRooms, workflow
from tests.fakes.portal_runs import FakeRuns
from tests.fakes.uvicorn_server import serving

from tarry.contract.ports import Port, PortType
from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.executions.interfaces import Wish
from tarry.platform.executions.model.requests import Request
from tarry.platform.executions.model.states import ExecutionState
from tarry.platform.executions.model.views import RunView
from tarry.platform.kernel.model import Caller
from tarry.platform.portal.api.app import build

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "client.md"
SNIPPETS = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class RunsThatEnd(FakeRuns):
    """Runs that succeed by themselves, but for one that is there to be aborted."""

    async def start(
        self,
        caller: Caller,
        workflow: str,
        inputs: Mapping[str, str],
        *,
        wishes: Sequence[Wish] = (),
        request: Request | None = None,
    ) -> RunView:
        begun = await super().start(caller, workflow, inputs, wishes=wishes, request=request)
        outputs = {"mesh": inputs["part"]} if "part" in inputs else {}
        over = replace(begun, state=ExecutionState.SUCCEEDED, outputs=outputs)
        if not wishes:
            threading.Timer(0.2, self.change, (over,)).start()
        return begun


def test_what_the_page_shows_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("part.step").write_text("a part")
    fake = FakeRooms()
    part = Port(name="part", type=PortType.FILE, required=False)
    count = Port(name="count", type=PortType.INTEGER)
    fake.catalogue.known_workflows["Demo_Mesh"] = workflow(inputs=(part, count))
    fake.runs = RunsThatEnd(fake.catalogue)
    app = build(
        fake.rooms(),
        keys=Keys(b"a secret of at least 32 bytes...."),
        public_url="http://localhost:8080",
        recheck_every=timedelta(seconds=0.5),
        linger=timedelta(seconds=0.1),
    )
    names: dict[str, Any] = {}
    with serving(app) as url:
        for snippet in SNIPPETS.findall(PAGE.read_text("utf-8")):
            code = snippet.replace("http://localhost:8080", url)
            exec(compile(code, str(PAGE), "exec"), names)
        names["platform"].close()

    assert Path("mesh.vtk").read_text() == "a part"
    assert names["states"] == ["succeeded"] * 5
    assert names["ended"].id in capsys.readouterr().out
