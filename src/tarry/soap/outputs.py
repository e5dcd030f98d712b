"""The outputs of an application as they travel in `serviceExecutionFinished`."""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Mapping

from tarry.contract.errors import MalformedMessage
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


def read_outputs(text: str) -> dict[str, WireValue]:
    """Read what `write_outputs`, or the script of some page, gave; any root is taken.

    Raises:
        MalformedMessage: it is no base64, or holds no such document.
    """
    try:
        root = xml.read_request(b64decode("".join(text.split()), validate=True))
    except (binascii.Error, ValueError) as error:
        raise MalformedMessage(what="xmlOutputs_base64", reason=str(error)) from error
    found: dict[str, WireValue] = {}
    for child in root:
        if len(child):
            raise MalformedMessage(what="xmlOutputs_base64", reason="an output holds elements")
        name, value = xml.local_name(str(child.tag)), child.text or ""
        known = found.get(name)
        if known is None:
            found[name] = value
        else:
            found[name] = [*([known] if isinstance(known, str) else known), value]
    return found
