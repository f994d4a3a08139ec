"""A real browser, for whoever has to see a page as people do."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = "/usr/bin/chromium"


def fill_form(page: Any, button: str, values: Mapping[str, str]) -> Any:
    """Fill in the form of a button, which is not pressed yet."""
    form = page.locator("form", has=page.get_by_role("button", name=button, exact=True))
    for name, value in values.items():
        place = form.locator(f"[name={name}]")
        if place.evaluate("place => place.tagName") == "SELECT":
            place.select_option(value)
        else:
            place.fill(value)
    return form


@contextmanager
def browser_page(width: int = 1500, timeout_seconds: float = 60.0) -> Iterator[Any]:
    """An empty page of the system's Chromium; where there is none, the test is skipped."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no {CHROMIUM} here (Debian's package chromium), so no page can be looked at")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, headless=True, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": width, "height": 950})
        page.set_default_timeout(timeout_seconds * 1000)
        yield page
        browser.close()
