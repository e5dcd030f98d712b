"""A platform with programs that tests move by strings, to see what people see of them."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.browser import Person
from tests.e2e.conftest import READY, Home, Running, free_tcp_port

from tarry.client import Platform

PUPPET = Path(__file__).parents[1] / "fakes" / "puppet"
DATA = bytes(range(256)) * 100
SERVICE = "http://tarry/async/Puppet.owl"
PAIR = f"""<workflow URI="http://tarry/workflow/Pair.owl#Pair" xmlns:t="urn:tarry:workflow:1">
<input URI="#left" ID="l"/><input URI="#right" ID="r"/>
<services><sequence><t:parallel>
<sequence><service URI="{SERVICE}#play_Service" t:name="Left hand">
<input URI="{SERVICE}#name" ID="l"/></service></sequence>
<sequence><service URI="{SERVICE}#play_Service" t:name="Right hand">
<input URI="{SERVICE}#name" ID="r"/></service></sequence>
</t:parallel></sequence></services></workflow>"""
EVIL = "<img src=x onerror=document.title='mine'><script>document.title='mine'</script>"
_EVIL_PROGRAM = f"""
name = "Evil"
title = {EVIL!r}
[operations.say]
title = {EVIL!r}
description = {EVIL!r}
command = ["/bin/sh", "-c", 'printf %s "$INPUT_word" >said; [ "$INPUT_word" != "fail" ]']
inputs.word = {{ type = "string", title = {EVIL!r} }}
outputs.said = {{ type = "text", title = {EVIL!r}, from = {{ text = "said" }} }}
outputs.also = {{ type = "string", title = "Also", from = {{ text = "said" }} }}
"""
_SERIES_PROGRAM = """
name = "Series"
title = "Load a beam"
[operations.load]
title = "Load a beam"
command = ["/bin/sh", "-c", 'for n in 1 4 9 16 25; do echo $n.5; done >sag; echo 3 >steps']
outputs.sag = { type = "decimal", many = true, title = "Sag", unit = "mm", from = { text = "sag" } }
outputs.steps = { type = "integer", title = "Steps", from = { text = "steps" } }
"""


@dataclass
class Stage:
    """A platform with the puppet, and the strings that move it."""

    home: Home
    running: Running
    password: str

    @classmethod
    def build(cls, folder: Path, **more: str) -> "Stage":
        """Bring it up: the puppet, and other programs by their names."""
        home = Home(folder=folder, tcp_port=free_tcp_port())
        shutil.copytree(PUPPET, folder / "puppet")
        (folder / "puppet" / "strings").mkdir()
        (folder / "data.bin").write_bytes(DATA)
        for name, text in more.items():
            (folder / "puppet" / f"{name}.toml").write_text(text, encoding="utf-8")
        return cls(home, *cls.raise_curtain(home))

    @classmethod
    def build_with_all(cls, folder: Path) -> "Stage":
        """Bring it up with all there is: pairs of puppets, hostile words, a list of numbers."""
        built = cls.build(folder, evil=_EVIL_PROGRAM, series=_SERIES_PROGRAM)
        with built.platform() as ours:
            ours.import_workflow(PAIR.encode())
            ours.publish("Pair")
        return built

    @staticmethod
    def raise_curtain(home: Home) -> tuple[Running, str]:
        """Start the platform, as often as a test likes."""
        programs = sorted((home.folder / "puppet").glob("*.toml"))
        running = home.start("up", *map(str, programs))
        running.wait_for_text(READY)
        return running, running.wait_for_text(r"password: (\S+)")[1]

    def platform(self) -> Platform:
        """Give the platform as a program of the user sees it."""
        ours = Platform(self.home.url)
        ours.log_in("me", self.password)
        return ours

    def let_in(self, who: Person) -> None:
        """Log somebody in without the page for it, which has tests of its own."""
        with self.platform() as ours:
            cookie = {"name": f"tarry_{self.home.tcp_port}", "value": ours.token, "url": who.url}
        who.context.add_cookies([cookie])  # type: ignore[list-item]

    def pull(self, name: str, how_far: object, words: str = "") -> None:
        """Move a puppet."""
        strings = self.home.folder / "puppet" / "strings"
        draft = strings / f".{name}"
        draft.write_text(f"{how_far}\n{words}", encoding="utf-8")
        draft.rename(strings / name)

    def begun(self, name: str, how_far: object = 0, words: str = "") -> str:
        """Begin a run with a puppet of that name, and give its id."""
        self.pull(name, how_far, words)
        with self.platform() as ours:
            return ours.start_run("Puppet", {"name": name}).id

    @property
    def data(self) -> Path:
        return self.home.folder / "data.bin"
