"""From sign-in to the live board in a real browser: desk, phone, keyboard alone, and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched, overflow

pytestmark = pytest.mark.browser
Opener = Callable[..., Watched]


def to_the_board(page: Page, base: str) -> None:
    """From anywhere to the board of the first operation, by links."""
    page.goto(f"{base}/operations")
    page.locator("td a", has_text="Live board").first.click()
    expect(page.locator("#live")).to_have_attribute("data-live", "yes")


def test_from_sign_in_to_the_live_board(
    open_window: Opener, served: str, move_site: Callable[[str, str], None]
) -> None:
    window = open_window()
    page = window.page
    window.sign_in("Supervisor")
    expect(page.get_by_role("heading", level=1)).to_have_text("From reports to findings")
    assert int(page.locator("[data-figure=leads]").inner_text().replace(",", "")) > 0
    page.get_by_role("link", name="Leads").click()
    page.locator("td.lead-cell a").first.click()
    expect(page.get_by_role("heading", name="Observations")).to_be_visible()
    to_the_board(page, served)
    page.evaluate("window.kept = 'yes'")
    stop = page.locator("li.stop").first
    site = (stop.get_attribute("id") or "").removeprefix("s-")
    for state, words in (("en_route", "On the way"), ("searching", "Searching")):
        move_site(site, state)
        changed = page.locator(f"#s-{site}")
        expect(changed).to_have_attribute("data-state", state, timeout=3000)
        if not changed.locator(".chip").inner_text().strip():
            pytest.fail("the state is not said in words")
        expect(page.locator(f"[data-count={state}] span")).to_have_text(words)
        expect(page.locator(f"[data-count={state}] b")).not_to_have_text("0")
    assert page.evaluate("window.kept") == "yes", "the page was loaded again"
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{served}/sign-in")
    page.goto(f"{served}/leads")
    assert page.url.startswith(f"{served}/sign-in")


def test_two_windows_follow_one_board(
    open_window: Opener, served: str, move_site: Callable[[str, str], None]
) -> None:
    windows = [open_window() for _ in range(2)]
    for window, role in zip(windows, ("Operation commander", "Auditor"), strict=True):
        window.sign_in(role)
        to_the_board(window.page, served)
    site = (windows[0].page.locator("li.stop").last.get_attribute("id") or "").removeprefix("s-")
    for state in ("en_route", "at_door", "entered", "searching"):
        move_site(site, state)
        for window in windows:
            expect(window.page.locator(f"#s-{site}")).to_have_attribute("data-state", state, timeout=3000)


def test_no_page_is_wider_than_a_small_phone(open_window: Opener, served: str) -> None:
    window = open_window(width=360, height=740)
    page = window.page
    window.sign_in("Supervisor")
    for path in (
        "/",
        "/leads",
        "/subjects",
        "/map",
        "/operations",
        "/exhibits",
        "/documents",
        "/statistics",
        "/warnings",
    ):
        page.goto(served + path)
        assert overflow(page) <= 0, path
        first = page.locator("td.lead-cell a").first
        if path != "/map" and first.count():
            first.click()
            page.wait_for_load_state()
            assert overflow(page) <= 0, page.url
    to_the_board(page, served)
    assert overflow(page) <= 0
    small = page.eval_on_selector_all(
        "main a.button, main button, .sections a, .who button",
        "all => all.filter(one => one.getBoundingClientRect().height < 32).map(one => one.textContent)",
    )
    assert small == []


def test_everything_is_reached_by_keyboard_alone(open_window: Opener, served: str) -> None:
    page = open_window().page
    page.goto(f"{served}/sign-in")
    _tab_to(page, "Supervisor")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{served}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.goto(f"{served}/")
    _tab_to(page, "Map")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{served}/map")
    svg = page.locator("svg.map")
    svg.focus()
    whole = svg.get_attribute("viewBox")
    page.keyboard.press("+")
    assert svg.get_attribute("viewBox") != whole
    page.keyboard.press("ArrowRight")
    page.keyboard.press("0")
    assert svg.get_attribute("viewBox") == whole
    _tab_to(page, "Operations")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{served}/operations")
    _tab_to(page, "Live board")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_attribute("data-live", "yes")


def _tab_to(page: Page, text: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if text in (page.evaluate("document.activeElement.textContent") or "").strip()[:60]:
            return
    pytest.fail(f"{text} is not reached by the Tab key")


def test_a_list_is_narrowed_while_typing_and_the_browser_keeps_nothing_of_it(
    open_window: Opener, served: str
) -> None:
    window = open_window()
    window.sign_in("Analyst")
    page = window.page
    page.goto(f"{served}/leads")
    before = page.locator("#results tbody tr").count()
    page.fill("#q", "no lead has this text")
    expect(page.locator("#results")).to_contain_text("No lead fits")
    assert page.url == f"{served}/leads"
    assert before > 0
    assert page.evaluate("Object.keys(localStorage).concat(Object.keys(sessionStorage))") == []


def test_a_warning_is_acknowledged_in_place(open_window: Opener, served: str) -> None:
    window = open_window()
    window.sign_in("Intake clerk")
    page = window.page
    page.goto(f"{served}/warnings")
    buttons = page.get_by_role("button", name="I have seen this")
    waiting = buttons.count()
    if waiting == 0:
        expect(page.locator("main")).to_contain_text("No warning waits")
        return
    buttons.first.click()
    expect(page.get_by_text("Seen by").first).to_be_visible()
    page.reload()
    assert page.get_by_role("button", name="I have seen this").count() == min(waiting, 50) - (
        1 if waiting < 50 else 0
    )


def test_everything_works_without_javascript(open_window: Opener, served: str) -> None:
    window = open_window(script=False)
    window.sign_in("Supervisor")
    page = window.page
    page.goto(f"{served}/leads?q=no+lead+has+this")
    expect(page.locator("#results")).to_contain_text("No lead fits")
    page.goto(f"{served}/operations")
    page.locator("td a", has_text="Live board").first.click()
    assert page.locator("li.stop").count() > 0
    assert (
        page.locator("noscript meta[http-equiv=refresh]").count()
        + page.locator("meta[http-equiv=refresh]").count()
        >= 1
    )
    page.goto(f"{served}/map")
    assert page.locator("use.site").count() == page.locator(".listing tbody tr").count() > 0


def test_the_dark_scheme_is_dark_and_malayalam_is_malayalam(open_window: Opener, served: str) -> None:
    window = open_window(dark=True)
    window.sign_in("Operation commander")
    page = window.page
    red, *_ = page.evaluate(
        "getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).map(Number)"
    )
    assert red < 60
    page.get_by_role("button", name="മലയാളം").click()
    expect(page.locator("html")).to_have_attribute("lang", "ml")
    expect(page.locator(".sections a").first).to_have_text("അവലോകനം")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
