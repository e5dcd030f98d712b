"""Status pages: HTML that a service wrote, and that nobody has checked.

They are served from a path of their own, in a sandbox, under a policy that lets them reach nothing
but the SOAP door that pages in use post their results to. Each piece of this was proven in
Chromium; the attribute on the frame and the header say the same, so that a page that is opened by
itself is confined too.
"""

import json
import re
from collections.abc import Mapping, Sequence

SANDBOX = "allow-scripts allow-forms"
"""What a page may do: run its scripts, use its own form controls. Not: be of our origin."""

_LOOK_AT = 300_000
_DOCTYPE = re.compile(rb"<!doctype[^>]*>", re.IGNORECASE)
_BLANK = re.compile(rb"(?:\xef\xbb\xbf)?\s*")
_WANTS_PARENT = re.compile(
    rb"\b(?:window\s*\.\s*)?(?:parent|top)\s*(?:\.|\[)|=\s*(?:window\s*\.\s*)?parent\s*[;,)\n]",
    re.IGNORECASE,
)
_WANTS_NOTIFY = re.compile(rb"\bnotify_running_job\b")
_CHARSET = re.compile(
    rb"<meta\b[^>]*\bcharset\s*=\s*[\"']?\s*([a-z][a-z0-9_:.-]{1,30})", re.IGNORECASE
)
_TAGS = (
    "!doctype|html|head|body|title|meta|link|style|script|main|section|article|header|footer|nav|"
    "h[1-6]|p|div|span|pre|code|br|hr|b|i|u|a|em|strong|small|center|font|ul|ol|li|dl|table|tr|td|"
    "img|svg|canvas|video|progress|meter|form|input|button|select|textarea|label|iframe|details"
)
_LOOKS_LIKE_HTML = re.compile(rf"<(?:{_TAGS})(?=[\s/>])".encode(), re.IGNORECASE)


def policy(soap_door: str, frames: Sequence[str] = ()) -> str:
    """Give the `Content-Security-Policy` of a status page.

    Args:
        soap_door: the one URL that a page may post to.
        frames: sites that it may show in frames; they are confined as it is itself.
    """
    return "; ".join(
        (
            f"sandbox {SANDBOX}",
            "default-src 'none'",
            "script-src 'unsafe-inline'",
            "style-src 'unsafe-inline'",
            "img-src data: blob:",
            "font-src data:",
            "media-src data:",
            f"connect-src {soap_door}",
            *([f"frame-src {' '.join(frames)}"] if frames else []),
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'self'",
        )
    )


def headers(soap_door: str, frames: Sequence[str] = ()) -> dict[str, str]:
    """Give the headers of a status page; the arguments are those of `policy`."""
    return {
        "Content-Security-Policy": policy(soap_door, frames),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-DNS-Prefetch-Control": "off",
    }


def charset_of(page: bytes) -> str:
    """Tell how a page is encoded: as it says itself, else UTF-8."""
    declared = _CHARSET.search(page[:2048])
    return declared.group(1).decode().lower() if declared else "utf-8"


def wants_parent(page: bytes) -> bool:
    """Tell whether a page reads its parent's variables, as pages in use do."""
    return bool(_WANTS_PARENT.search(page[:_LOOK_AT]))


def prepare(
    page: bytes, parent: Mapping[str, str], *, application: bool = False, tag: str = ""
) -> bytes:
    """Make a page ready for its frame.

    A plain text becomes a page. Directly behind the doctype stands a script that tells the frame
    how tall the page is, and which one: else the portal would load it again when the news of it
    come, and what somebody has begun to type into it would be lost. What a page needs of its
    surroundings comes with it only if the page asks for it: one that does not read `parent` never
    holds the token. The page of an application is there to report, and gets it however it asks.

    Args:
        page: as the service gave it.
        parent: what pages in use read of the window around them.
        application: it is the page of an application.
        tag: the name of this page.
    """
    fit = _fit(tag)
    if not _LOOKS_LIKE_HTML.search(page[:_LOOK_AT]):
        return _as_page(page, fit)
    script = fit
    if _WANTS_NOTIFY.search(page[:_LOOK_AT]):
        script += _NOTIFY
    if application or wants_parent(page):
        script += b"window.parent = " + _in_script(parent) + b";"
    at = _behind_doctype(page)
    return page[:at] + b"<script>" + script + b"</script>" + page[at:]


def _behind_doctype(page: bytes) -> int:
    """Find where a page's doctype ends, or 0: what stands before it would cost it its mode."""
    at = 0
    while True:
        blank = _BLANK.match(page, at)
        at = blank.end() if blank else at
        if not page.startswith(b"<!--", at):
            break
        end = page.find(b"-->", at)
        if end < 0:
            return 0
        at = end + 3
    doctype = _DOCTYPE.match(page, at)
    return doctype.end() if doctype else 0


def _fit(tag: str) -> bytes:
    # Both events: pictures make a page taller after its text is there.
    return (
        b"(function (portal) {"
        b" function tell() { var root = document.documentElement;"
        b" portal.postMessage({tarry: 'height', needed: root.scrollHeight, given: innerHeight,"
        b" tag: " + _in_script(tag) + b"}, '*'); }"
        b" addEventListener('DOMContentLoaded', tell); addEventListener('load', tell);"
        b"})(window.parent);"
    )


# The real parent is kept before `parent` is replaced. It checks who speaks by `event.source`; that
# it is ours is certain, as no other site may frame this page.
_NOTIFY = (
    b"(function (portal) {"
    b" window.notify_running_job = function (message) {"
    b" portal.postMessage({tarry: 'notify', message: String(message)}, '*'); };"
    b"})(window.parent);"
)


def _in_script(values: Mapping[str, str] | str) -> bytes:
    """Write values so that they cannot end the script that they stand in."""
    text = json.dumps(values if isinstance(values, str) else dict(values), ensure_ascii=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").encode()


def _as_page(text: bytes, script: bytes) -> bytes:
    escaped = text.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    return (
        b'<!DOCTYPE html><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
        b"<style>body{font:15px/1.5 system-ui,sans-serif;margin:1.25rem}"
        b"pre{white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.5 ui-monospace,monospace}"
        b"</style><script>" + script + b"</script><pre>" + escaped + b"</pre>"
    )
