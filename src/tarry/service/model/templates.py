"""Pages that authors write as templates: what may stand in them, and filling them in. Pure.

Templates are Jinja's, in its sandbox: what is filled in is escaped, and nothing can be called that
changes anything.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from tarry.contract.ports import PortType
from tarry.service.model.page import PageView, time_left
from tarry.service.model.program import Operation
from tarry.service.model.run import RunState

_PAGES = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
_BROKEN = (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError)
"""What a template can raise that is as it should be but for what it computes."""

STATUS_NAMES = frozenset(
    {
        *("title", "subtitle", "state", "state_words", "is_over", "started_at", "note"),
        *("progress", "progress_words", "message", "elapsed", "elapsed_seconds"),
        *("estimate", "estimate_seconds", "log", "pictures", "plot", "plot_title", "values"),
        *("inputs", "results"),
    }
)
"""What stands in the template of a status page."""

OWN_STATES = frozenset({RunState.RUNNING, RunState.STORING, RunState.SUCCEEDED})
"""When a page of the author's own is shown. In all other states ours says what the matter is."""


class TemplateBroken(ValueError):
    """A template cannot be filled in; the text says why."""


def problem(text: str, known: Collection[str]) -> tuple[int | None, str] | None:
    """Say what is wrong with a template before anything is filled in: the line, and the reason.

    Args:
        text: of the template.
        known: names that will be filled in.
    """
    try:
        asked = meta.find_undeclared_variables(_PAGES.parse(text))
    except TemplateSyntaxError as error:
        return error.lineno, error.message or "cannot be read"
    for name in sorted(asked - set(known) - _PAGES.globals.keys()):
        line = next((n for n, one in enumerate(text.splitlines(), 1) if name in one), None)
        return line, f"{name} is not known; there are: {', '.join(sorted(known))}"
    return None


def fill(text: str, values: Mapping[str, object]) -> bytes:
    """Fill in a template; values are escaped, so they stay texts.

    Raises:
        TemplateBroken: it cannot be filled in.
    """
    try:
        page = _compiled(text).render(values)
    except (*_BROKEN, RecursionError) as error:
        line = getattr(error, "lineno", None)
        at = f"line {line}: " if line else ""
        raise TemplateBroken(f"{at}{error}") from error
    return page.encode("utf-8", "replace")


@lru_cache(maxsize=128)
def _compiled(text: str) -> Template:
    """Compiling takes many times as long as filling in, and every poll may fill in."""
    return _PAGES.from_string(text)


def status_values(
    view: PageView, operation: Operation, inputs: Mapping[str, str], values: Mapping[str, float]
) -> dict[str, object]:
    """Give what stands in the template of a status page. Secrets are not among the inputs.

    Args:
        view: what our own page would show.
        operation: of the run.
        inputs: of the run, in lexical form.
        values: the newest numbers of the plot.
    """
    left = time_left(view.percent, view.elapsed) if view.left_words else None
    ports = [port for port in operation.inputs if port.type is not PortType.SECRET]
    return {
        "title": view.title,
        "subtitle": view.subtitle,
        "state": view.state.value,
        "state_words": view.state_words,
        "is_over": view.is_over,
        "started_at": view.started_at,
        "note": view.note,
        "progress": view.percent,
        "progress_words": view.percent_words,
        "message": view.message,
        "elapsed": view.elapsed_words,
        "elapsed_seconds": _seconds(view.elapsed),
        "estimate": view.left_words,
        "estimate_seconds": _seconds(left),
        "log": list(view.log),
        "pictures": list(view.pictures),
        "plot": Markup(view.plot),  # noqa: S704 - made by us, and what is not ours in it escaped
        "plot_title": view.plot_title,
        "values": dict(values),
        "inputs": {port.name: inputs.get(port.name) for port in ports},
        "results": {result.name: result for result in view.results},
    }


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()
