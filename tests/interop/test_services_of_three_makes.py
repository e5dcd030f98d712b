"""Services on spyne, on JAX-WS and made with Tarry in one workflow, beside and after each other."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from tests.fakes.estate import Estate, Nursery
from tests.fakes.java_service import URI as STRETCH
from tests.fakes.java_service import JavaService, java_service
from tests.interop.test_spyne_waiter import PYTHON, TALLY, WAITER, Waiter

from tarry.client.answers import Service
from tarry.client.platform import Platform

pytestmark = pytest.mark.skipif(
    not PYTHON.exists(), reason=f"spyne is not installed at {PYTHON}: make spyne installs it"
)


def port(uri: str, name: str) -> str:
    return f"{uri.partition('#')[0]}#{name}"


def step(uri: str, **ends: str) -> str:
    """Write a step; `o_` stands before its outputs."""
    ports = "".join(
        f'<output URI="{port(uri, name[2:])}" ID="{end}"/>'
        if name.startswith("o_")
        else f'<input URI="{port(uri, name)}" ID="{end}"/>'
        for name, end in ends.items()
    )
    token = f'<input URI="{port(uri, "sessionToken")}" ID="sessionToken"/>'
    return f'<service URI="{uri}">{token}{ports}</service>'


DOCUMENT = f"""
<workflow xmlns:t="urn:tarry:workflow:1" URI="http://tarry/workflow/Three.owl#Three">
  <output URI="#waited" ID="waited"/>
  <output URI="#stretched" ID="stretched"/>
  <output URI="#again" ID="again"/>
  <input URI="#sessionToken" ID="sessionToken"/>
  <input URI="#seconds" ID="seconds"/>
  <input URI="#text" ID="text"/>
  <services><sequence>
    <t:parallel>
      <sequence>{step(WAITER, secondsToWait="seconds", o_result="waited")}</sequence>
      <sequence>{step(STRETCH, text="text", o_stretched="stretched")}</sequence>
    </t:parallel>
    {step(TALLY, tag="stretched", o_next="counted")}
    <if>
      <condition>equalTo(counted, "a bx")</condition>
      <then>{step(STRETCH, text="counted", o_stretched="second")}
        {step(TALLY, tag="second", o_next="then")}</then>
      <else>{step(TALLY, tag="counted", o_next="else")}</else>
      <t:merged ID="again"><t:then ID="then"/><t:else ID="else"/></t:merged>
    </if>
  </sequence></services>
</workflow>"""


def _register(wsdl: str, operation: str, platform: Platform) -> Service:
    return platform.register_service(wsdl, operation)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as made:
        yield made


@pytest.fixture
def stretch(tmp_path: Path) -> Iterator[JavaService]:
    (tmp_path / "java").mkdir()
    with java_service(tmp_path / "java") as running:
        yield running


@pytest.fixture
def waiter(tmp_path: Path) -> Iterator[Waiter]:
    (tmp_path / "waiter").mkdir()
    made = Waiter(tmp_path / "waiter")
    made.start()
    yield made
    made.kill()


@pytest.fixture
def estate(nursery: Nursery, tmp_path: Path) -> Iterator[Estate]:
    (tmp_path / "estate").mkdir()
    made = Estate(nursery, tmp_path / "estate")
    made.set_up()
    yield made
    made.close()


def test_services_of_three_makes_run_beside_and_after_each_other(
    estate: Estate, waiter: Waiter, stretch: JavaService
) -> None:
    for wsdl, operation, uri in (
        (waiter.url, "startWaiter", WAITER),
        (stretch.wsdl, "startStretch", STRETCH),
    ):
        entry = estate.ask(partial(_register, wsdl, operation))
        assert (entry.kind, entry.uri, entry.at_most_once) == ("asynchronous", uri, False)
    estate.ask(lambda it: it.publish(it.import_workflow(DOCUMENT.encode()).name))
    run = estate.ask(lambda it: it.start_run("Three", {"seconds": "1", "text": "ab"}).id)
    ended = estate.end_of(run)
    assert ended.failure is None
    assert ended.outputs == {"waited": "FINISHED", "stretched": "a b", "again": "a   b xx"}
    assert waiter.starts == 1
    assert len(stretch.starts) == len(set(stretch.starts)) == 2
    steps = {step.key: step for step in ended.steps}
    first, second = steps["p1/b1/s1"], steps["p1/b2/s1"]
    assert first.raw["ended_at"] > second.raw["started_at"], "they did not run side by side"
