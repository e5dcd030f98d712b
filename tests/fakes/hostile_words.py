"""A service all of whose words mean harm: documentation, titles, choices, units, values, faults."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.fakes.uvicorn_server import serving

from tarry.contract.errors import Sort, TarryError
from tarry.contract.ports import Port, PortType
from tarry.soap.schema import Interface, Operation, WireValue, elements
from tarry.soap.server import Call, Endpoint

_DO = "document.documentElement.dataset.mine=1"
SCRIPTS = ("javascript://%0aalert(1)/x.svg", "javascript://%0aalert(1)/")
"""What has the form of a storage URI (of a file, of a folder), and would be a script in a link."""
OBJECTS_OWN = ("__proto__", "constructor", "toString")
"""Names that every object of JavaScript knows something by."""
LONG = "long" * 20_000


def evil(lure: str) -> str:
    """Give words that try to be more than words, and to lead to a place."""
    return (
        f"Evil\"'><img src={lure}/image onerror={_DO}><script src={lure}/script></script>"
        f"<script>{_DO}</script><iframe src=javascript:{_DO}></iframe><form action={lure}/form>"
        f"<a href=javascript:{_DO}>a</a></pre></textarea></title></option><base href={lure}/base>"
        "{{7*7}}${7*7}"
    )


class Refused(TarryError):
    """The service does not want to."""

    code = "refused"
    sort = Sort.INVALID
    message = "{words}"


def _interface(words: str) -> Interface:
    own = tuple(Port(name=name, title="", required=False) for name in OBJECTS_OWN)
    return Interface(
        name="Evil",
        namespace="urn:tarry:test:evil",
        documentation=words,
        operations=(
            Operation(
                name="say",
                documentation=f"{words} {LONG}",
                inputs=elements(
                    Port(name="word", title=words, description=words),
                    Port(name="picture", type=PortType.FILE, title=words, required=False),
                    Port(
                        name="choice",
                        type=PortType.CHOICE,
                        choices=(words, "b"),
                        default=words,
                        title=words,
                    ),
                    Port(name="size", type=PortType.DECIMAL, unit=words[:40], default="1"),
                    *own,
                ),
                outputs=elements(
                    Port(name="said", type=PortType.TEXT, title=words, description=words),
                    Port(name="line", title=words),
                    Port(name="link", type=PortType.FILE, title=words),
                    Port(name="folder", type=PortType.FOLDER, title=words),
                    Port(name="picture", type=PortType.FILE, required=False),
                    *own,
                ),
            ),
        ),
    )


@contextmanager
def evil_service(words: str) -> Iterator[str]:
    """Serve it; gives its WSDL's address. It refuses the word `fail`, with its own words."""

    async def say(call: Call) -> Mapping[str, WireValue]:
        if call.arguments["word"] == "fail":
            raise Refused(words=words)
        picture = call.arguments.get("picture")
        return {
            "said": f"{words}\n{LONG}",
            "line": words,
            "link": SCRIPTS[0],
            "folder": SCRIPTS[1],
            **({"picture": picture} if picture else {}),
            "constructor": words,
        }

    with serving(Endpoint(_interface(words), {"say": say}, path="/Evil")) as url:
        yield f"{url}/Evil?wsdl"
