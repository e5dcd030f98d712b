"""Reading pages in tests."""

from typing import Any

from lxml import html
from tests.integration.portal.conftest import Visitor


def parsed(text: str) -> Any:
    """Give a page as a tree; XPath is as untyped as can be."""
    return html.fromstring(text)


def seen(who: Visitor, path: str, status: int = 200) -> Any:
    answer = who.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return parsed(answer.text)


def words(page: Any) -> str:
    return " ".join(page.text_content().split())
