"""The queue in a real browser: worked through by keyboard, parked with a reason, brought back, and why it stands so."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched, overflow

pytestmark = pytest.mark.browser
Opener = Callable[..., Watched]
SHOWN = os.environ.get("KAVAL_SCREENSHOTS")
_READY = """
UPDATE station_subject SET assessed_at = now(), band = 'band_7_days', due_at = now() - interval '3 days',
    records_until = now() + interval '20 days', parked_at = NULL, parked_by_rule = '', parked_text = '',
    assigned_to_id = NULL
"""


@pytest.fixture(autouse=True)
def _queue(served: str, served_database: str) -> Iterator[None]:
    """Every subject stands in the queue, with nobody, and stands as it was afterwards."""
    with psycopg.connect(served_database) as connection:
        connection.execute(_READY)
    yield
    with psycopg.connect(served_database) as connection:
        connection.execute(_READY)
        connection.execute("UPDATE station_subject SET due_at = NULL, records_until = NULL")


def shot(page: Page, name: str) -> None:
    """Keeps a picture for somebody to look at, where KAVAL_SCREENSHOTS says."""
    if SHOWN:
        page.screenshot(path=Path(SHOWN) / f"{name}.png", full_page=True)


def at_queue(open_window: Opener, base: str, *, width: int = 1280, script: bool = True) -> Page:
    """An analyst before the queue."""
    window = open_window(width=width, height=800, script=script)
    window.sign_in("Analyst")
    window.page.goto(f"{base}/triage")
    return window.page


def here(page: Page) -> str:
    """The subject of the row in which the keyboard stands."""
    return page.locator("tr.here td.lead-cell a").inner_text()


def test_the_queue_is_worked_through_by_keyboard(open_window: Opener, served: str) -> None:
    page = at_queue(open_window, served)
    names = page.locator("td.lead-cell a").all_inner_texts()
    assert len(names) >= 4
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    for key, row in (("j", 0), ("j", 1), ("ArrowDown", 2), ("k", 1), ("ArrowUp", 0), ("ArrowUp", 0)):
        page.keyboard.press(key)
        assert here(page) == names[row], key
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    boxes = page.locator("input[name=subject]")
    expect(boxes.nth(0)).to_be_checked()
    expect(boxes.nth(1)).to_be_checked()
    shot(page, "triage-desk")
    page.keyboard.press("p")
    page.keyboard.type("Handed to another unit")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Parked: 2")
    assert page.locator("td.lead-cell a").all_inner_texts() == names[2:]
    page.locator(".queues a", has_text="Parked").click()
    expect(page.locator("main")).to_contain_text("Handed to another unit")
    page.locator("[data-tick-all]").check()
    page.get_by_role("button", name="Bring back").click()
    expect(page.get_by_role("status")).to_have_text("Back in the queue: 2")
    page.goto(f"{served}/triage")
    assert page.locator("td.lead-cell a").all_inner_texts() == names
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("t")
    expect(page.get_by_role("status")).to_have_text("Taken: 1")
    expect(page.locator("tbody tr").first).to_contain_text("you")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/subjects/[0-9a-f-]{36}/why$"))
    expect(page.locator("h1")).to_have_text(f"Why this place: {names[0]}")
    expect(page.locator(".weighed")).to_contain_text("Sum of the reasons")
    assert overflow(page) <= 0
    shot(page, "why-desk")


@pytest.mark.parametrize("script", [True, False])
def test_a_telephone_shows_all_of_it_with_and_without_a_script(
    open_window: Opener, served: str, script: bool
) -> None:
    page = at_queue(open_window, served, width=360, script=script)
    if script:
        assert overflow(page) <= 0
    first = page.locator("td.lead-cell a").first.inner_text()
    page.locator("input[name=subject]").first.check()
    page.locator("input[name=text]").fill("Waits for a reply")
    page.get_by_role("button", name="Park").click()
    expect(page.get_by_role("status")).to_have_text("Parked: 1")
    assert first not in page.locator("td.lead-cell a").all_inner_texts()
    if script:
        shot(page, "triage-phone")
        page.get_by_role("button", name="മലയാളം").click()
        for path in (
            "/triage",
            "/triage/what-if",
            "/triage/calibration",
            "/triage/samples",
            "/triage/quality",
        ):
            page.goto(f"{served}{path}")
            assert overflow(page) <= 0, path
        page.goto(f"{served}/triage")
        page.locator("td.lead-cell a").first.click()
        assert overflow(page) <= 0
        shot(page, "why-phone-ml")
