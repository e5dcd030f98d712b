"""Every type of port on its whole way: the author's file, the catalogue, a run, its results.

And secrets: a canary that is looked for in every file, every answer and every log, by name.
"""

import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from tests.fakes.estate import ROOT, until
from tests.fakes.tarry_up import TarryUp, tarry_up

from tarry.contract.ports import MASK, PortType

TYPED = Path(__file__).parents[1] / "fakes" / "typed"
CANARY = "canary-hunter2-6f1c"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The only folder in which secrets may be: the platform's."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def brought_up(home: Path) -> Iterator[TarryUp]:
    with tarry_up(home) as made:
        for file in TYPED.iterdir():
            shutil.copy(file, made.programs)
        made.program = made.programs / "typed.toml"
        made.bring_up()
        client = made.client
        client.publish(client.import_workflow((TYPED / "Use.xml").read_bytes()).name)
        yield made


@pytest.fixture
def up(brought_up: TarryUp, home: Path) -> TarryUp:
    """The platform, which holds no secret any more."""
    (brought_up.programs / "hold").unlink(missing_ok=True)
    until(lambda: not holders(home), "the secrets of earlier tests to be forgotten")
    for report in brought_up.data.rglob("report.json"):
        report.unlink()
    return brought_up


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "my case"
    (folder / "0").mkdir(parents=True)
    (folder / "0" / "U").write_text("velocity")
    (folder / "control.txt").write_text("steps 5")
    return folder


def start(up: TarryUp, case: Path, **inputs: str | list[str]) -> str:
    """Start a run with the canary as its secret."""
    part = case.parent / "part.txt"
    part.write_text("a part")
    given: dict[str, str | list[str]] = {
        "word": CANARY,
        "case": up.client.upload_folder(case),
        "part": up.client.upload(part).uri,
        **inputs,
    }
    return up.client.start_run("Use", given).id


def holders(folder: Path) -> dict[str, int]:
    """Tell the files that hold the canary, with their modes, which others may read or not."""
    found = subprocess.run(
        ["grep", "-rlaF", CANARY, str(folder)], capture_output=True, text=True, check=False
    )
    return {
        name: stat.S_IMODE(Path(name).stat().st_mode)
        for name in found.stdout.splitlines()
        if Path(name).exists()
    }


def test_every_type_arrives_and_every_type_of_output_comes_back(
    up: TarryUp, case: Path, tmp_path: Path
) -> None:
    ended = up.end_of(start(up, case, sizes=["0.5", "3"], note="öffne"))

    assert ended.state == "succeeded", ended.failure
    report = json.loads(up.client.download(ended.outputs["report"], tmp_path / "r").read_text())
    assert report == {
        "digest": hashlib.sha256(CANARY.encode()).hexdigest(),
        "mode": "0o600",
        "outside": True,
        "case": {"0/U": "velocity", "control.txt": "steps 5"},
        "part": "a part",
        "note": "öffne",
        "sizes": ["0.5", "3"],
        "doubled": ["1.0", "6.0"],
    }
    assert json.loads(ended.outputs["doubled"]) == ["1.0", "6.0"]
    pieces = json.loads(ended.outputs["pieces"])
    assert [
        up.client.download(uri, tmp_path / f"p{n}").read_text() for n, uri in enumerate(pieces)
    ] == ["0.5", "3"]
    folder = up.client.download_folder(ended.outputs["results"], tmp_path / "got")
    assert (folder / "summary.txt").read_text() == "done\n"
    assert (folder / "deep" / "er.txt").read_text() == "öffne"


def test_the_catalogue_knows_all_of_it(up: TarryUp) -> None:
    inputs = {port.name: port for port in up.client.workflow("Use").inputs}

    assert {name: port.type for name, port in inputs.items()} == {
        "word": PortType.SECRET,
        "case": PortType.FOLDER,
        "part": PortType.FILE,
        "note": PortType.STRING,
        "sizes": PortType.DECIMAL,
    }
    sizes = inputs["sizes"]
    assert (sizes.many, sizes.unit, str(sizes.step)) == (True, "mm", "0.5")
    assert sizes.default == '["1", "2.5"]'
    assert inputs["note"].advanced


def test_an_absent_list_is_its_default_and_a_wrong_item_starts_nothing(
    up: TarryUp, case: Path
) -> None:
    ended = up.end_of(start(up, case, sizes=[]))
    assert json.loads(ended.outputs["doubled"]) == ["2.0", "5.0"]

    for sizes, said in ((["0.7"], "no multiple of 0.5"), (["0"], "below the minimum")):
        with pytest.raises(Exception, match=said):
            start(up, case, sizes=sizes)


def test_the_command_line_takes_lists_folders_and_secrets(
    up: TarryUp, case: Path, tmp_path: Path
) -> None:
    password = tmp_path / "password"
    password.write_text(f"{CANARY}\n")
    part = tmp_path / "part.txt"
    part.write_text("x")
    arguments = ["word=@" + str(password), f"case=@{case}/", f"part=@{part}", "sizes=1", "sizes=2"]
    ran = tarry(up, "run", "Use", *arguments, "--json")

    assert ran.returncode == 0, ran.stderr
    run = json.loads(ran.stdout)
    assert json.loads(run["outputs"]["doubled"]) == ["2.0", "4.0"]
    assert run["inputs"]["word"] == MASK
    got = tarry(up, "get", run["id"], "results", "--to", str(tmp_path / "out"))
    assert (tmp_path / "out" / "summary.txt").exists(), got.stderr
    refused = tarry(up, "run", "Use", f"word={CANARY}", *arguments[1:])
    assert refused.returncode != 0
    assert "is a secret" in refused.stderr
    assert CANARY not in refused.stderr + refused.stdout + ran.stderr


def tarry(up: TarryUp, *arguments: str) -> "subprocess.CompletedProcess[str]":
    password = (up.data / "password-me").read_text().strip()
    return subprocess.run(
        [sys.executable, "-m", "tarry", *arguments],
        env={**os.environ, "TARRY_URL": up.url, "TARRY_USER": "me", "TARRY_PASSWORD": password},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_secret_is_kept_private_while_its_run_goes_on_and_nowhere_after_it(
    up: TarryUp, case: Path, home: Path
) -> None:
    hold = up.programs / "hold"
    hold.touch()
    run = start(up, case)
    until(lambda: list(up.data.rglob("report.json")), "the program to have read its secret")

    held = holders(home)

    assert {Path(name).name for name in held} <= {run, "secrets.json", "password"}
    assert any("vault" in name for name in held)
    assert any(name.endswith("control/secrets/password") for name in held)
    assert set(held.values()) == {0o600}
    for process in Path("/proc").glob("[0-9]*"):  # nobody's command line or environment
        for what in ("cmdline", "environ"):
            assert CANARY not in _read(process / what), process
    look_everywhere(up, run)

    hold.unlink()
    assert up.end_of(run).succeeded
    until(lambda: not holders(home), "the secret to be forgotten")
    look_everywhere(up, run)


def test_a_secret_of_a_run_that_fails_or_is_aborted_is_forgotten_too(
    up: TarryUp, case: Path, home: Path
) -> None:
    (case / "control.txt").write_bytes(b"\xff\xfe")  # the program cannot read this
    failed = start(up, case)
    assert up.end_of(failed).state == "failed"
    (case / "control.txt").write_text("x")
    hold = up.programs / "hold"
    hold.touch()
    aborted = start(up, case)
    until(lambda: len(list(up.data.rglob("report.json"))) > 0, "the program to run")
    up.client.abort(aborted)
    assert up.end_of(aborted).state == "aborted"

    until(lambda: not holders(home), "the secrets to be forgotten")
    for run in (failed, aborted):
        look_everywhere(up, run)


def test_a_refused_secret_is_not_quoted(up: TarryUp, case: Path, home: Path) -> None:
    for word in (f"{CANARY} WITH BLANKS", f"{CANARY}\n", f"_{CANARY}_"):
        with pytest.raises(Exception, match="word") as refused:
            start(up, case, word=word)
        assert CANARY not in str(refused.value)
    inputs = {"word": f"_{CANARY}_", "case": "local://x/y/", "part": "local://x/y.txt"}
    answer = browser(up).post(
        f"{up.url}/api/v1/runs",
        json={"workflow": "Use", "inputs": inputs},
        headers={"Origin": up.url},
        timeout=30,
    )
    assert answer.status_code == 422
    assert "does not match the pattern" in answer.text
    assert CANARY not in answer.text
    assert holders(home) == {}


def browser(up: TarryUp) -> requests.Session:
    """Log in as a browser does."""
    session = requests.Session()
    session.headers["Accept"] = "text/html"
    password = (up.data / "password-me").read_text().strip()
    session.post(
        f"{up.url}/api/v1/session",
        json={"user": "me", "password": password},
        headers={"Origin": up.url},
        timeout=30,
    ).raise_for_status()
    return session


def look_everywhere(up: TarryUp, run: str) -> None:
    """Look for the canary in all that anybody is answered about a run."""
    assert up.client.run(run).inputs["word"] == MASK
    session = browser(up)
    pages = ["/runs", f"/runs/{run}"]
    answers = {path: session.get(up.url + path, timeout=30).text for path in pages}
    headers = {"X-Auth-Token": up.token}
    for path in (
        "/runs",
        f"/runs/{run}",
        f"/runs/{run}/steps/1/page",
        "/workflows/Use",
        "/services",
    ):
        answers[path] = requests.get(f"{up.url}/api/v1{path}", headers=headers, timeout=30).text
    answers["show"] = tarry(up, "show", run, "--json").stdout + tarry(up, "show", run).stdout
    answers["up"] = up.said
    assert all(answers.values()), {name: bool(text) for name, text in answers.items()}
    assert [name for name, text in answers.items() if CANARY in text] == []


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode(errors="replace")
    except OSError:
        return ""
