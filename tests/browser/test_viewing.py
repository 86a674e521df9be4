"""Looking at an item in a real browser: by keyboard alone, on a phone, without a script, gone when its time is over."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kaval.gateways.postgres import Cluster
from tests.browser.conftest import Watched, overflow, serving

pytestmark = pytest.mark.browser
Opener = Callable[..., Watched]
SHOWN = os.environ.get("KAVAL_SCREENSHOTS")
WHY = "compare with the series of the report"


@pytest.fixture(scope="module")
def served_database(cluster: Cluster, worker_id: str) -> str:
    """A database of its own: an examined device is not among the rows that the other pages' tests count."""
    cluster.ensure_database(f"kaval_viewing_{worker_id}")
    return cluster.url("kaval_app", database=f"kaval_viewing_{worker_id}")


@pytest.fixture(scope="module")
def served(cluster: Cluster, served_database: str, worker_id: str) -> Iterator[str]:
    """The base address of a served station with an examined device."""
    owner = cluster.url("kaval_super", database=f"kaval_viewing_{worker_id}")
    yield from serving("tests.browser.serve_viewing", database=served_database, owner=owner)


def shot(page: Page, name: str) -> None:
    """Keeps a picture for somebody to look at, where KAVAL_SCREENSHOTS says."""
    if SHOWN:
        page.screenshot(path=Path(SHOWN) / f"{name}.png", full_page=True)


def at_examination(window: Watched, *, role: str = "Examiner", ml: bool = False) -> Page:
    """Somebody before the examination of the device."""
    window.sign_in(role)
    page = window.page
    if ml:
        page.locator("form[action$=language] button").click()
    page.goto(f"{window.base}/exhibits?q=EX/N")
    page.locator("td.lead-cell a").click()
    page.locator("a[href$=examination]").click()
    return page


def test_an_item_is_opened_and_closed_by_keyboard_alone(open_window: Opener) -> None:
    page = at_examination(open_window())
    shot(page, "examination")
    assert overflow(page) == 0
    assert page.locator("main img").count() == 0
    page.get_by_role("link", name="pattern-00001.jpg").press("Enter")
    shot(page, "viewing-item")
    page.locator("input[name=reason]").fill(WHY)
    page.keyboard.press("Enter")
    expect(page.locator(".guarded img")).to_have_count(1)
    expect(page.get_by_role("button", name="Close now")).to_be_focused()
    size = page.locator(".guarded img").evaluate("(one) => [one.naturalWidth, one.naturalHeight]")
    assert max(size) == 200
    shot(page, "viewing-look")
    address = page.url
    page.keyboard.press("Enter")
    page.wait_for_url("**/examination")
    page.goto(address)
    expect(page.locator(".guarded")).to_have_count(0)
    expect(page.get_by_role("status")).to_be_visible()


def test_it_goes_by_itself_when_its_time_is_over(open_window: Opener) -> None:
    window = open_window(script=False)
    page = at_examination(window)
    page.goto(f"{window.base}/viewing")
    page.locator("form[action$=own] input[name=seconds_per_item]").fill("4")
    page.locator("form[action$=own] button").click()
    page.go_back()
    page.goto(f"{window.base}/exhibits?q=EX/N")
    page.locator("td.lead-cell a").click()
    page.locator("a[href$=examination]").click()
    page.get_by_role("link", name="pattern-00002.jpg").click()
    page.locator("input[name=reason]").fill(WHY)
    page.locator("form[action$=open] button").click()
    expect(page.locator(".guarded, .note.bad").first).to_be_visible()
    expect(page.locator(".guarded")).to_have_count(0, timeout=15_000)


def test_on_a_phone_nothing_is_wider_than_the_window_in_both_languages(open_window: Opener) -> None:
    for ml in (False, True):
        window = open_window(width=360, height=740)
        page = at_examination(window, role="Supervisor", ml=ml)
        assert overflow(page) == 0
        shot(page, f"examination-phone-{'ml' if ml else 'en'}")
        page.locator("a[href*='viewing/items']").first.click()
        assert overflow(page) == 0
        page.locator("input[name=reason]").fill(WHY)
        page.locator("form[action$=open] button").click()
        expect(page.locator(".guarded img")).to_have_count(1)
        assert overflow(page) == 0
        button = page.locator(".way-out button")
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        shot(page, f"viewing-look-phone-{'ml' if ml else 'en'}")
        button.click()
        page.goto(f"{window.base}/viewing")
        assert overflow(page) == 0
        shot(page, f"viewing-phone-{'ml' if ml else 'en'}")
        page.locator("form[action$=language] button").click() if ml else None
