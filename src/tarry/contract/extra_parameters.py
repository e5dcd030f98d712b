"""The `extraParameters` string: `key=value,key=value,` with a trailing comma."""

from collections.abc import Mapping

from tarry.contract.errors import MalformedMessage


def read_extra_parameters(text: str) -> dict[str, str]:
    """Read an `extraParameters` string as the field's clients do, but keep `=` in values.

    Pieces without a `=` are ignored, as they are by existing clients.
    """
    pairs = (piece.partition("=") for piece in text.split(","))
    return {key.strip(): value for key, equals, value in pairs if equals and key.strip()}


def write_extra_parameters(parameters: Mapping[str, str]) -> str:
    """Write an `extraParameters` string that existing clients read without loss.

    Raises:
        MalformedMessage: a key or value holds a comma or `=`, which clients would cut.
    """
    for key, value in parameters.items():
        if not key or any(sign in key + value for sign in ",="):
            raise MalformedMessage(
                what="extraParameters", reason=f"{key!r} or its value holds a comma or '='"
            )
    return "".join(f"{key}={value}," for key, value in parameters.items())
