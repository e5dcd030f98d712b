"""Debian's Chromium, and somebody who uses the portal in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 60_000
"""Milliseconds after which what should be seen is taken never to be seen."""

needs_chromium = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="Chromium is not installed (Debian: apt install chromium)"
)

# What a page owes to everybody, as far as a script can tell. Gives what is wrong.
OBVIOUS_FAULTS = """() => {
  const faults = [];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  if (!document.documentElement.lang) faults.push('no language');
  if (!document.title) faults.push('no title');
  if (document.querySelectorAll('main').length !== 1) faults.push('not one main part');
  const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
  for (const id of new Set(ids)) {
    if (ids.filter((other) => other === id).length > 1) faults.push(`two of #${id}`);
  }
  const levels = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].filter(shown);
  if (document.querySelectorAll('h1').length !== 1) faults.push('not one h1');
  levels.reduce((before, heading) => {
    const level = Number(heading.tagName[1]);
    if (level > before + 1) faults.push(`${heading.tagName} below h${before}`);
    return level;
  }, 0);
  for (const control of document.querySelectorAll('input,select,textarea')) {
    if (control.type === 'hidden' || !shown(control)) continue;
    if (!control.labels?.length && !control.ariaLabel) faults.push(`no label: ${control.name}`);
    for (const id of (control.getAttribute('aria-describedby') ?? '').split(' ')) {
      if (id && !document.getElementById(id)) faults.push(`no description #${id}`);
    }
  }
  for (const pressed of document.querySelectorAll('a,button,summary')) {
    if (!pressed.textContent.trim() && !pressed.ariaLabel) faults.push(pressed.outerHTML);
  }
  for (const silent of document.querySelectorAll('img:not([alt]),iframe:not([title])')) {
    faults.push(silent.outerHTML);
  }
  if (document.documentElement.scrollWidth > innerWidth) {
    const wide = [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
      .map((one) => `${one.localName}.${one.className} ${one.textContent}`.slice(0, 60));
    faults.push(`wider than its window: ${wide.slice(-5).join(' / ')}`);
  }
  return faults;
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser.

    For a module at most: as long as it lives, an event loop runs in this thread, and no other can.
    """
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody in front of a browser of their own, with one page open.

    Attributes:
        complaints: what the browser said of errors in the portal's own pages.
    """

    context: BrowserContext
    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def log_in(self, user: str, password: str) -> None:
        """Log in with mouse and keyboard, and see the front page."""
        self.page.goto(f"{self.url}/login")
        self.page.get_by_label("User", exact=True).fill(user)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Log in").click()
        expect(self.page.get_by_role("heading", name="Workflows")).to_be_visible()

    def go(self, path: str) -> Response | None:
        """Open a page of the portal."""
        return self.page.goto(f"{self.url}{path}")

    def download(self, name: str) -> bytes:
        """Click on a file that is offered, and give its bytes."""
        with self.page.expect_download() as started:
            self.page.get_by_role("link", name=name).first.click()
        assert started.value.suggested_filename == name
        return started.value.path().read_bytes()

    def see_no_faults(self) -> None:
        """Look for obvious faults of the page that is shown, also on a phone."""
        for width in (1280, 375):
            self.page.set_viewport_size({"width": width, "height": 800})
            found = self.page.evaluate(OBVIOUS_FAULTS)
            assert found == [], f"{self.page.url} at {width} px: {found}"


@contextmanager
def person(browser: Browser, url: str) -> Iterator[Person]:
    """Give somebody whose browser has never been here before."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, color_scheme="light", locale="en-GB"
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    somebody = Person(context, page, url)
    page.on("pageerror", lambda error: somebody.complaints.append(str(error)))
    page.on(
        "console",
        lambda said: somebody.complaints.append(said.text) if said.type == "error" else None,
    )
    yield somebody
    context.close()
