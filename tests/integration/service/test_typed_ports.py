"""Lists, secrets and the rules of ports, on the wire and to the program."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from suds.client import Client as Suds
from tests.fakes.tarry_service import Caller, serving, shell_service, until
from zeep import Client as Zeep

from tarry.contract.ports import MASK, Port, PortType
from tarry.soap.errors import SoapFault

SECRET = "hunter2-canary"
SERVICE = shell_service(
    'word=$(cat "$1"); hold=$2; shift 2; echo "$#:$*" >result.txt; printf "%s\\n" "$@" >all.txt; '
    'while [ -e "$hold" ]; do sleep 0.05; done; case "$word" in bad*) exit 1; esac',
    """
[operations.run.inputs]
password = { type = "secret", title = "Password", required = false }
tags = { many = true, required = false, advanced = true, description = "Words." }
[operations.run.inputs.sizes]
type = "decimal"
many = true
unit = "mm"
minimum = 0
step = 0.5
default = [1, 2]
[operations.run.outputs]
result = { from = { text = "result.txt" } }
all = { many = true, from = { text = "all.txt" } }
""",
).replace('"program"]', '"program", "{password}", "{here}/hold", "{sizes}", "{tags}"]')


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def wsdl(data: Path) -> Iterator[str]:
    with serving(data, SERVICE) as url:
        yield f"{url}/shell/Shell?wsdl"


async def test_the_wsdl_carries_every_rule_back_to_a_client(wsdl: str) -> None:
    async with Caller(wsdl) as caller:
        service = await caller.client.read_wsdl(wsdl)

    ports = {element.name: element.port for element in service.operations["run"].inputs}
    assert ports["password"] == Port(
        name="password", type=PortType.SECRET, title="Password", required=False
    )
    assert ports["sizes"] == Port(
        name="sizes",
        type=PortType.DECIMAL,
        many=True,
        unit="mm",
        minimum=Decimal(0),
        step=Decimal("0.5"),
        default='["1", "2"]',
        required=False,
    )
    assert ports["tags"] == Port(
        name="tags", many=True, required=False, advanced=True, description="Words."
    )


async def test_a_list_becomes_an_argument_for_each_item_and_a_list_again(wsdl: str) -> None:
    async with Caller(wsdl) as caller:
        answer = await caller.client.call(
            (await caller.client.read_wsdl(wsdl)).operations["run"],
            {
                "serviceID": "1",
                "sessionToken": "t",
                "sizes": ["0.5", "+03.0"],
                "tags": ["a b", "c;d"],
                "password": SECRET,
            },
        )
        assert answer.outputs["all"] == []
        done = await caller.completed("1", token="t")
    assert done["result"] == "4:0.5 3.0 a b c;d"
    assert done["all"] == str(["0.5", "3.0", "a b", "c;d"])


async def test_without_a_list_its_default_counts_or_nothing(wsdl: str) -> None:
    async with Caller(wsdl) as caller:
        await caller.call("run", serviceID="1", password=SECRET)
        assert (await caller.completed("1"))["result"] == "2:1 2"


def test_suds_and_zeep_give_and_get_lists(wsdl: str) -> None:
    suds = Suds(wsdl, cache=None)
    suds.service.run("1", "token", SECRET, ["x"], [1.5, 2])
    zeep = Zeep(wsdl)  # type: ignore[no-untyped-call]
    zeep.service.run(serviceID="2", sessionToken="token", sizes=[3])
    for service_id, wanted in (("1", ["1.5", "2", "x"]), ("2", ["3"])):
        answer = zeep.service.getServiceStatus(serviceID=service_id, sessionToken="token")
        while answer.status_base64 != "COMPLETED":
            answer = zeep.service.getServiceStatus(serviceID=service_id, sessionToken="token")
        assert answer["all"] == wanted
    assert list(suds.service.getServiceStatus("1", "token").all) == ["1.5", "2", "x"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"sizes": ["0.7"]}, "sizes: '0.7' is no multiple of 0.5"),
        ({"sizes": ["1", "x"]}, "sizes: 'x' is not a decimal number"),
        ({"tags": ["-rf"]}, "must not begin with '-'"),
        ({"tags": ["a", "/etc/passwd"]}, "must not be a path"),
        ({"password": f"{SECRET}\n"}, f"password: {MASK} must be a single line"),
        ({"password": MASK}, "password: ••• only stands for a secret"),
    ],
)
async def test_a_wrong_item_or_secret_is_a_fault_and_starts_nothing(
    wsdl: str, data: Path, arguments: dict[str, list[str] | str], said: str
) -> None:
    async with Caller(wsdl) as caller:
        run = (await caller.client.read_wsdl(wsdl)).operations["run"]
        with pytest.raises(SoapFault) as refused:
            await caller.client.call(run, {"serviceID": "1", "sessionToken": "t", **arguments})
    assert said in str(refused.value)
    assert SECRET not in str(refused.value)
    assert list((data / "runs").iterdir()) == []


async def test_the_same_id_with_another_secret_is_refused_while_the_run_goes_on(
    wsdl: str, data: Path
) -> None:
    (data / "hold").touch()
    bad = f"bad-{SECRET}"
    async with Caller(wsdl) as caller:
        await caller.call("run", serviceID="1", password=bad)
        await caller.call("run", serviceID="1", password=bad)
        with pytest.raises(SoapFault, match="with other inputs") as refused:
            await caller.call("run", serviceID="1", password=f"{SECRET}-other")
        assert SECRET not in str(refused.value)
        await until(lambda: {file.name for file in _holders(data)} == {"secrets.json", "password"})
        assert {file.stat().st_mode & 0o777 for file in _holders(data)} == {0o600}
        (data / "hold").unlink()
        await caller.failed("1")
        assert _holders(data) == []
        # nothing is left to compare with: the outcome is told again
        with pytest.raises(SoapFault, match="failed"):
            await caller.call("run", serviceID="1", password=f"{SECRET}-other")


async def test_an_operation_that_is_called_forgets_its_secret_too(data: Path) -> None:
    called = shell_service(
        'test "$(cat "$1")" = good && echo yes >r',
        'inputs.password = { type = "secret" }\noutputs.r = { from = { text = "r" } }',
        kind="synchronous",
    ).replace('"program"]', '"program", "{password}"]')
    with serving(data, called) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            assert (await caller.call("run", password="good"))["r"] == "yes"
            with pytest.raises(SoapFault):
                await caller.call("run", password=SECRET)
        await until(lambda: not _holders(data))


def _holders(data: Path) -> list[Path]:
    files = (file for file in data.rglob("*") if file.is_file())
    return [file for file in files if SECRET.encode() in file.read_bytes()]
