"""Reading a percentage off a status page that somebody else wrote."""

import re

_MEASURES = (
    re.compile(rb"<progress\b[^>]*\bvalue\s*=\s*[\"']?([0-9.]+)[^>]*", re.IGNORECASE),
    re.compile(rb"aria-valuenow\s*=\s*[\"']?([0-9.]+)", re.IGNORECASE),
)
_MAXIMUM = re.compile(rb"\bmax\s*=\s*[\"']?([0-9.]+)", re.IGNORECASE)
_PERCENT = re.compile(rb"(?<![0-9.])([0-9]{1,3}(?:\.[0-9]+)?)\s?%(?![0-9])")
_STYLE = re.compile(rb"<(style|script)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_LOOK_AT = 200_000


def progress_of(page: bytes) -> float | None:
    """Find the progress that a page shows, in percent (0 to 100), or `None` if it shows none.

    A `<progress>` element counts first, then `aria-valuenow`, then the first percentage in the
    visible text, as the tutorial's page has it. A hint for people: nothing is decided by it.
    """
    page = page[:_LOOK_AT]
    for measure in _MEASURES:
        if found := measure.search(page):
            maximum = _MAXIMUM.search(found.group(0)) if b"<progress" in found.group(0) else None
            whole = _number(maximum.group(1)) if maximum else None
            default = 1.0 if found.group(0).lower().startswith(b"<progress") else 100.0
            return _percent(_number(found.group(1)), whole or default)
    if found := _PERCENT.search(_STYLE.sub(b" ", page)):
        return _percent(_number(found.group(1)), 100.0)
    return None


def _number(text: bytes) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _percent(value: float | None, whole: float) -> float | None:
    if value is None or whole <= 0:
        return None
    return min(100.0, max(0.0, 100.0 * value / whole))
