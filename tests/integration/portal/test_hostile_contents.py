"""Nothing that others wrote gets loose in the pages that the server makes itself."""

from urllib.parse import quote

from tests.integration.portal.conftest import Visitor
from tests.integration.portal.reading import parsed, seen, words

EVIL = "<img src=x onerror=alert(1)>\"'&"


def test_an_error_is_a_page_where_a_person_looks(browser: Visitor) -> None:
    assert "There is nothing at /nowhere" in words(seen(browser, "/nowhere", 404))


def test_nothing_that_others_wrote_becomes_markup(browser: Visitor) -> None:
    page = seen(browser, "/" + quote(EVIL), 404)
    assert "<img src=x" in words(page)
    assert page.xpath("//*[@onerror] | //img[@src='x'] | //script") == []


def test_no_page_needs_what_its_own_policy_forbids(browser: Visitor) -> None:
    answer = browser.get("/nowhere", headers={"Accept": "text/html"})
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    page = parsed(answer.text)
    assert page.xpath("//script | //style | //*[@style]") == []
    for address in page.xpath("//link/@href | //img/@src"):
        assert browser.get(address).status_code == 200
