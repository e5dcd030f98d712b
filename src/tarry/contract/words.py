"""The rules of a port in words, as people read them in forms, WSDLs and documents."""

from tarry.contract.lists import read_list
from tarry.contract.ports import Port, PortType

_LONGEST = 100


def rule_words(port: Port) -> str:
    """Say which values a port takes, beyond its type; empty if there is nothing to say."""
    rules = [_amount(port), _range(port), _step(port), _kinds(port), _default(port)]
    words = "; ".join(rule for rule in rules if rule)
    return words[:1].upper() + words[1:]


def _amount(port: Port) -> str:
    if not port.many:
        return ""
    return "one or more values" if port.must_be_given else "any number of values"


def _range(port: Port) -> str:
    unit = f"\u202f{port.unit}" if port.unit else ""
    match port.minimum, port.maximum:
        case None, None:
            return f"in {port.unit}" if port.unit else ""
        case low, None:
            return f"{low}{unit} or more"
        case None, high:
            return f"{high}{unit} or less"
        case low, high:
            return f"{low} to {high}{unit}"


def _step(port: Port) -> str:
    return f"in steps of {port.step}" if port.step is not None else ""


def _kinds(port: Port) -> str:
    return f"files: {', '.join(port.accept)}" if port.accept else ""


def _default(port: Port) -> str:
    if port.default is None or port.type is PortType.SECRET:
        return ""
    try:
        shown = ", ".join(read_list(port.default)) if port.many else port.default
    except ValueError:
        shown = port.default
    if shown == "":
        return ""
    return f"default: {shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + '…'}"
