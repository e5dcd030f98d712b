"""What may stand in a JSON document: one description that reads, writes and gives the schema.

A form's `read` notes what is wrong and goes on with a stand-in, so that everything is told at once;
its `write` gives JSON-ready data. Places are JSON pointers, such as `/body/0/inputs`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from tarry.platform.workflows.model import Problem

Schema = dict[str, Any]


MOST = 999_999_999
"""No number of a document is further from zero."""


class Faults:
    """Collects what is wrong with a document."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, place: str, code: str, message: str) -> None:
        """Note one thing."""
        self.problems.append(Problem(place=place, code=code, message=message))


class Form(Protocol):
    """What may stand in one place."""

    def schema(self) -> Schema:
        """Give the JSON Schema of it."""

    def read(self, raw: object, place: str, faults: Faults) -> Any:
        """Give what it stands for in the model."""

    def write(self, value: Any) -> object:
        """Give JSON-ready data."""


@dataclass(frozen=True)
class Text:
    """A text."""

    least: int = 0

    def schema(self) -> Schema:
        """Give the JSON Schema of it."""
        return {"type": "string", **({"minLength": self.least} if self.least else {})}

    def read(self, raw: object, place: str, faults: Faults) -> str:
        """Give the text."""
        if not isinstance(raw, str):
            faults.add(place, "json-type", "it has to be a text")
            return ""
        if len(raw) < self.least:
            faults.add(place, "json-value", "it must not be empty")
        return raw

    def write(self, value: str) -> object:
        """Give the text."""
        return value


@dataclass(frozen=True)
class Word:
    """One of several words.

    Attributes:
        make: gives what a word stands for.
    """

    words: tuple[str, ...]
    make: Callable[[str], Any]

    def schema(self) -> Schema:
        """Give the JSON Schema of it."""
        return {"enum": list(self.words)}

    def read(self, raw: object, place: str, faults: Faults) -> Any:
        """Give what the word stands for."""
        if raw not in self.words:
            faults.add(place, "json-value", f"it has to be one of: {', '.join(self.words)}")
            return self.make(self.words[0])
        return self.make(str(raw))

    def write(self, value: str) -> object:
        """Give the word."""
        return str(value)


@dataclass(frozen=True)
class Whole:
    """A whole number that is not negative."""

    def schema(self) -> Schema:
        """Give the JSON Schema of it."""
        return {"type": "integer", "minimum": 0, "maximum": MOST}

    def read(self, raw: object, place: str, faults: Faults) -> int:
        """Give the number."""
        if isinstance(raw, Decimal) and raw == raw.to_integral_value() and abs(raw) <= MOST:
            return self.read(int(raw), place, faults)
        if type(raw) is int and 0 <= raw <= MOST:  # a truth is an int too, and none
            return raw
        faults.add(place, "json-type", "it has to be a whole number that is not negative")
        return 0

    def write(self, value: int) -> object:
        """Give the number."""
        return value


@dataclass(frozen=True)
class Number:
    """A number, as the model keeps it.

    Attributes:
        make: gives what the number stands for.
        back: gives the number.
    """

    make: Callable[[Decimal], Any]
    back: Callable[[Any], int | float]
    least: int = -MOST

    def schema(self) -> Schema:
        """Give the JSON Schema of it."""
        return {"type": "number", "minimum": self.least, "maximum": MOST}

    def read(self, raw: object, place: str, faults: Faults) -> Any:
        """Give what the number stands for."""
        if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
            faults.add(place, "json-type", "it has to be a number")
            raw = 0
        elif not self.least <= raw <= MOST:
            faults.add(place, "json-value", f"it has to be from {self.least} to {MOST}")
            raw = 0
        return self.make(Decimal(raw))

    def write(self, value: Any) -> object:
        """Give the number."""
        return self.back(value)


@dataclass(frozen=True)
class Truth:
    """`true` or `false`."""

    def schema(self) -> Schema:
        """Give the JSON Schema of it."""
        return {"type": "boolean"}

    def read(self, raw: object, place: str, faults: Faults) -> bool:
        """Give the truth."""
        if not isinstance(raw, bool):
            faults.add(place, "json-type", "it has to be true or false")
        return raw is True

    def write(self, value: bool) -> object:
        """Give the truth."""
        return value


@dataclass(frozen=True)
class Items:
    """A list.

    Attributes:
        make: gives what the model has for the list.
        back: gives the items.
    """

    form: Form
    make: Callable[[tuple[Any, ...]], Any] = tuple
    back: Callable[[Any], tuple[Any, ...]] = tuple
    least: int = 0
    most: int | None = None

    def schema(self) -> Schema:
        """Give the JSON Schema of it."""
        found: Schema = {"type": "array", "items": self.form.schema()}
        if self.least:
            found["minItems"] = self.least
        if self.most is not None:
            found["maxItems"] = self.most
        return found

    def read(self, raw: object, place: str, faults: Faults) -> Any:
        """Give what the list stands for."""
        if not isinstance(raw, list):
            faults.add(place, "json-type", "it has to be a list")
            raw = []
        elif len(raw) < self.least or (self.most is not None and len(raw) > self.most):
            wanted = f"{self.least}" if self.least == self.most else f"at least {self.least}"
            faults.add(place, "json-value", f"it has to have {wanted} items")
        return self.make(
            tuple(self.form.read(item, f"{place}/{at}", faults) for at, item in enumerate(raw))
        )

    def write(self, value: Any) -> object:
        """Give the items."""
        return [self.form.write(item) for item in self.back(value)]


@dataclass(frozen=True)
class Table:
    """Values under keys that the author chose."""

    form: Form

    def schema(self) -> Schema:
        """Give the JSON Schema of it."""
        return {"type": "object", "additionalProperties": self.form.schema()}

    def read(self, raw: object, place: str, faults: Faults) -> dict[str, Any]:
        """Give the values by key."""
        if not isinstance(raw, dict):
            faults.add(place, "json-type", "it has to be an object")
            return {}
        return {
            key: self.form.read(value, f"{place}/{escaped(key)}", faults)
            for key, value in raw.items()
        }

    def write(self, value: Mapping[str, Any]) -> object:
        """Give the values by key."""
        return {key: self.form.write(item) for key, item in value.items()}


class Needed:
    """Marks a key that has no default."""


@dataclass(frozen=True)
class Key:
    """A key of a record.

    Attributes:
        attribute: what the model calls it.
        default: what it is if it is not there, and then it is not written; `Needed`: always there.
    """

    name: str
    form: Form
    meaning: str
    attribute: str
    default: object = Needed


@dataclass(frozen=True)
class Record:
    """An object with known keys.

    Attributes:
        make: makes what the model has for it, of the attributes by name.
        fixed: keys that are always the same and say what sort of record it is.
        ignored: keys that may stand there and mean nothing.
    """

    make: Callable[..., Any]
    keys: tuple[Key, ...]
    meaning: str
    fixed: Mapping[str, object] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()

    def schema(self) -> Schema:
        """Give the JSON Schema of it."""
        known: Schema = {name: {"const": value} for name, value in self.fixed.items()}
        known |= {name: {} for name in self.ignored}
        for key in self.keys:
            known[key.name] = {"description": key.meaning, **key.form.schema()}
        return {
            "description": self.meaning,
            "type": "object",
            "properties": known,
            "required": [
                *self.fixed,
                *(key.name for key in self.keys if key.default is Needed),
            ],
            "additionalProperties": False,
        }

    def read(self, raw: object, place: str, faults: Faults) -> Any:
        """Give what the object stands for."""
        if not isinstance(raw, dict):
            faults.add(place, "json-type", "it has to be an object")
            raw = {}
        known = {*self.fixed, *self.ignored, *(key.name for key in self.keys)}
        for name in raw:
            if name not in known:
                message = f"there is no key {name}; there are: {', '.join(sorted(known))}"
                faults.add(f"{place}/{escaped(name)}", "unknown-key", message)
        for name, value in self.fixed.items():
            if raw.get(name) != value:
                faults.add(f"{place}/{name}", "json-value", f"it has to be {value}")
        given: dict[str, Any] = {}
        for key in self.keys:
            if key.name in raw:
                inner = f"{place}/{key.name}"
                given[key.attribute] = key.form.read(raw[key.name], inner, faults)
            elif key.default is Needed:
                faults.add(place, "missing-key", f"{key.name} is missing")
                given[key.attribute] = key.form.read(None, place, Faults())
            else:
                given[key.attribute] = key.default
        return self.make(**given)

    def write(self, value: Any) -> object:
        """Give the object, without what is as usual."""
        found: dict[str, object] = {**self.fixed}
        for key in self.keys:
            part = getattr(value, key.attribute)
            if key.default is Needed or part != key.default:
                found[key.name] = key.form.write(part)
        return found


@dataclass(frozen=True)
class Ref:
    """A form that is defined elsewhere, so that forms may contain each other."""

    name: str
    definitions: Mapping[str, Form]

    def schema(self) -> Schema:
        """Give the JSON Schema of it."""
        return {"$ref": f"#/$defs/{self.name}"}

    def read(self, raw: object, place: str, faults: Faults) -> Any:
        """Read it as the other form."""
        return self.definitions[self.name].read(raw, place, faults)

    def write(self, value: Any) -> object:
        """Write it as the other form."""
        return self.definitions[self.name].write(value)


@dataclass(frozen=True)
class OneOf:
    """One of several records, each with a key that the others lack, or with another `kind`.

    Attributes:
        records: by the key or, if `by` is given, by the value of that key.
        which: gives the name of the record that stands for a value of the model.
    """

    records: Mapping[str, Form]
    which: Callable[[Any], str]
    by: str = ""

    def schema(self) -> Schema:
        """Give the JSON Schema of it."""
        return {"oneOf": [record.schema() for record in self.records.values()]}

    def read(self, raw: object, place: str, faults: Faults) -> Any:
        """Read it as the record that it is."""
        known = ", ".join(self.records)
        if not isinstance(raw, dict):
            faults.add(place, "json-type", "it has to be an object")
        elif self.by and raw.get(self.by) not in self.records:
            faults.add(f"{place}/{self.by}", "json-value", f"it has to be one of: {known}")
        elif not self.by and not raw.keys() & self.records.keys():
            faults.add(place, "missing-key", f"it needs one of the keys: {known}")
        else:
            name = raw[self.by] if self.by else next(key for key in self.records if key in raw)
            return self.records[name].read(raw, place, faults)
        # The document is refused; anything of the right sort will do in the model.
        return next(iter(self.records.values())).read({}, place, Faults())

    def write(self, value: Any) -> object:
        """Write it as the record that it is."""
        return self.records[self.which(value)].write(value)


def escaped(key: str) -> str:
    """Give a key as it stands in a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")
