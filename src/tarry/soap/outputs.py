"""The outputs of an application as they travel in `serviceExecutionFinished`."""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping

from tarry.contract.errors import InvalidValue, MalformedMessage
from tarry.contract.lists import write_list
from tarry.contract.ports import Port, items
from tarry.soap import xml
from tarry.soap.schema import WireValue

ROOT = "ServiceOutputs"


def write_outputs(outputs: Mapping[str, WireValue]) -> str:
    """Give base64 of `<ServiceOutputs><name>value</name>…`; a list is a repeated element."""
    pieces = [f"<{ROOT}>".encode()]
    for name, value in outputs.items():
        for item in [value] if isinstance(value, str) else list(value):
            if not isinstance(item, str):
                raise TypeError(f"{name} is no plain value")
            pieces += [f"<{name}>".encode(), xml.escape(item), f"</{name}>".encode()]
    pieces.append(f"</{ROOT}>".encode())
    return b64encode(b"".join(pieces)).decode("ascii")


def read_outputs(text: str, what: str = "xmlOutputs_base64") -> dict[str, WireValue]:
    """Read what `write_outputs`, or the script of some page, gave; any root is taken.

    Raises:
        MalformedMessage: it is no base64, or holds no such document.
    """
    try:
        root = xml.read_request(b64decode("".join(text.split()), validate=True))
    except (binascii.Error, ValueError) as error:
        raise MalformedMessage(what=what, reason=str(error)) from error
    found: dict[str, WireValue] = {}
    for child in root:
        if len(child):
            raise MalformedMessage(what=what, reason="an output holds elements")
        name, value = xml.local_name(str(child.tag)), child.text or ""
        known = found.get(name)
        if known is None:
            found[name] = value
        else:
            found[name] = [*([known] if isinstance(known, str) else known), value]
    return found


def lexical_values(ports: Iterable[Port], given: Mapping[str, WireValue]) -> dict[str, str]:
    """Give what was read in lexical form: of the ports that there are, and no others.

    Raises:
        InvalidValue: a port that takes one value was given several.
    """
    found: dict[str, str] = {}
    for port in ports:
        value = given.get(port.name)
        if value is None:
            continue
        texts = [value] if isinstance(value, str) else [str(item) for item in value]
        if port.many:
            # one empty element is how some write that there is nothing
            found[port.name] = "" if texts == [""] else write_list(texts)
        elif len(texts) == 1:
            found[port.name] = texts[0]
        else:
            raise InvalidValue(
                port=port.name, got=f"{len(texts)} values", rule="are too many: it takes one"
            )
    return found


def wire_values(ports: Iterable[Port], values: Mapping[str, str]) -> dict[str, WireValue]:
    """Give lexical forms as they are written: a list is one element for each item."""
    return {
        port.name: list(items(port, values[port.name])) if port.many else values[port.name]
        for port in ports
        if port.name in values
    }
