"""Places in lists by name: only those that we gave are understood."""

from base64 import urlsafe_b64encode

import pytest

from tarry.platform.kernel.model import Stretch
from tarry.platform.portal.api.by_name import page_of, wanted
from tarry.platform.portal.api.listing import BadPlace


def test_a_page_ends_where_the_next_one_begins() -> None:
    asked = wanted(limit=2)
    assert asked == Stretch(limit=3)
    shown, following = page_of(["a", "ä", "☃"], asked, lambda one: (one, f"id of {one}"))
    assert shown == ["a", "ä"]
    assert wanted(following, limit=2) == Stretch(after="ä", after_id="id of ä", limit=3)


def test_the_last_page_has_no_next_one() -> None:
    assert page_of(["a", "b"], wanted(limit=2), lambda one: (one, "")) == (["a", "b"], "")


DEEP = urlsafe_b64encode(b"[" * 2_900).decode()


@pytest.mark.parametrize(
    "place", ["x", "W10", "bnVsbA", "é", "WzEsMl0", "WyJcdTAwMDAiLCAiIl0", DEEP]
)
def test_a_place_that_no_page_gave_is_refused(place: str) -> None:
    with pytest.raises(BadPlace):
        wanted(place)
