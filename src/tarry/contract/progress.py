"""Reading a percentage off a status page that somebody else wrote."""

import re

_MEASURES = (
    re.compile(
        rb"<progress\b[^>]{0,300}\bvalue\s{0,9}=\s{0,9}[\"']?([0-9.]{1,20})[^>]{0,300}",
        re.IGNORECASE,
    ),
    re.compile(rb"aria-valuenow\s{0,9}=\s{0,9}[\"']?([0-9.]{1,20})", re.IGNORECASE),
)
"""What stands between is bounded: a page is somebody else's, and may be made to be slow to read."""
_MAXIMUM = re.compile(rb"\bmax\s{0,9}=\s{0,9}[\"']?([0-9.]{1,20})", re.IGNORECASE)
_PERCENT = re.compile(rb"(?<![0-9.])([0-9]{1,3}(?:\.[0-9]+)?)\s?%(?![0-9])")
_UNSEEN = re.compile(rb"(style|script)\b", re.IGNORECASE)
_LOOK_AT = 200_000


def progress_of(page: bytes) -> float | None:
    """Find the progress that a page shows, in percent (0 to 100), or `None` if it shows none.

    A `<progress>` element counts first, then `aria-valuenow`, then the first percentage in the
    visible text, as the tutorial's page has it. A hint for people: nothing is decided by it.
    """
    page = page[:_LOOK_AT]
    for measure in _MEASURES:
        if found := measure.search(page):
            is_element = found.group(0).lower().startswith(b"<progress")
            maximum = _MAXIMUM.search(found.group(0)) if is_element else None
            whole = _number(maximum.group(1)) if maximum else None
            default = 1.0 if is_element else 100.0
            return _percent(_number(found.group(1)), whole or default)
    if found := _PERCENT.search(_visible(page)):
        return _percent(_number(found.group(1)), 100.0)
    return None


def _visible(page: bytes) -> bytes:
    """Give the text between the tags, styles and scripts left out; each byte is looked at once."""
    pieces, at, lowered = [], 0, page.lower()
    while (tag := page.find(b"<", at)) >= 0:
        pieces.append(page[at:tag])
        end = page.find(b">", tag)
        if end < 0:
            break
        at = end + 1
        if unseen := _UNSEEN.match(page, tag + 1):
            closing = lowered.find(b"</" + unseen[1].lower(), at)
            if closing < 0:
                break
            at = closing
    else:
        pieces.append(page[at:])
    return b" ".join(pieces)


def _number(text: bytes) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _percent(value: float | None, whole: float) -> float | None:
    if value is None or whole <= 0:
        return None
    return min(100.0, max(0.0, 100.0 * value / whole))
