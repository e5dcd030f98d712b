"""The built front end: where it is served, how it may be kept, and what a browser lets it do."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from tests.fakes.uvicorn_server import serving
from tests.integration.portal.conftest import Visitor, visitor

from tarry.platform.portal.api import front, problems

FRONTEND = Path(__file__).parents[3] / "frontend"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Tarry</title>", encoding="utf-8")
    (tmp_path / "theme.js").write_text("// theme", encoding="utf-8")
    (tmp_path / "assets" / "index-abc.js").write_text("let a;" * 500, encoding="utf-8")
    return tmp_path


@pytest.fixture
def browser(bundle: Path) -> Iterator[Visitor]:
    with serving(_app(bundle)) as url:
        yield visitor(url)


def _app(bundle: Path) -> FastAPI:
    app = FastAPI()
    problems.install(app)
    front.install(app, bundle)
    return app


def test_the_app_is_served_at_its_routes_under_a_policy_that_allows_nothing_inline(
    browser: Visitor,
) -> None:
    answer = browser.get("/login?next=/runs/abc")
    assert answer.status_code == 200
    assert "<title>Tarry" in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for rule in ("default-src 'none'", "frame-src 'self'", "frame-ancestors 'none'"):
        assert rule in policy
    assert answer.headers["Cache-Control"] == "no-cache"


def test_what_changes_its_name_with_its_content_is_kept_for_ever_and_travels_compressed(
    browser: Visitor,
) -> None:
    answer = browser.get("/front/assets/index-abc.js")
    assert answer.text == "let a;" * 500
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip"
    # a worker obeys the policy of its own script: it has to reach the event stream
    assert "connect-src 'self'" in answer.headers["Content-Security-Policy"]
    assert browser.get("/front/theme.js").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/front/gone.js", "/front/%2e%2e/pyproject.toml", "/front/"])
def test_what_is_not_in_the_bundle_is_not_found_and_never_kept(browser: Visitor, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_an_installation_without_the_front_end_says_so(tmp_path: Path) -> None:
    with serving(_app(tmp_path / "none")) as url:
        answer = visitor(url).get("/login")
    assert answer.status_code == 503
    assert answer.json()["code"] == "front-end-not-built"
    assert "TARRY_SKIP_FRONTEND" in answer.json()["detail"]


def test_server_and_app_know_the_same_routes() -> None:
    text = (FRONTEND / "src" / "portal" / "routes.tsx").read_text(encoding="utf-8")
    of_the_app = re.findall(r'path: "([^"]+)"', text)
    assert [re.sub(r":(\w+)", r"{\1}", path) for path in of_the_app] == list(front.ROUTES)


def test_the_files_are_where_the_build_says() -> None:
    config = (FRONTEND / "vite.config.ts").read_text(encoding="utf-8")
    assert f'base: "{front.FILES}/"' in config


def test_a_page_that_has_moved_is_found_where_it_was(browser: Visitor) -> None:
    for old, new in front.MOVED.items():
        answer = browser.get(old)
        assert (answer.status_code, answer.headers["Location"]) == (302, new)
        assert browser.get(new).status_code == 200
