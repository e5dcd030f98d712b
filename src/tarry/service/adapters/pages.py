"""How a status page looks: one self-contained HTML file, without scripts."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from tarry.service.model.page import PageView

_TEMPLATES = Environment(
    loader=PackageLoader("tarry.service.adapters"),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,
)
_STATUS = _TEMPLATES.get_template("status.html")


def render(view: PageView) -> bytes:
    """Make the page of a run. All that programs and callers wrote is escaped."""
    return _STATUS.render(view=view).encode("utf-8", "replace")
