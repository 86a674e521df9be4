"""The drawing of connections in a real browser: 200 things without overlap, by keyboard, on a phone, without script."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser
Opener = Callable[..., Watched]

# Every text of the drawing as it really stands, with the box it belongs to.
MEASURED = """() => [...document.querySelectorAll('svg.net text')].map((text) => {
    const at = text.getBBox(), rect = text.parentElement.querySelector(':scope > rect')?.getBBox();
    const inside = (box) => box && [box.x, box.y, box.x + box.width, box.y + box.height];
    return { text: text.textContent, size: parseFloat(getComputedStyle(text).fontSize), at: inside(at),
             box: text.closest('.thing') ? inside(rect) : null };
})"""


def shown(page: Page, address: str) -> list[dict[str, Any]]:
    """The texts of the drawing on a page."""
    page.goto(address)
    expect(page.locator("svg.net .thing").first).to_be_attached()
    return list(page.evaluate(MEASURED))


def meet(one: list[float], other: list[float]) -> bool:
    """True when two boxes share more than half a pixel."""
    a, b, c, d = one
    e, f, g, h = other
    return a < g - 0.5 and e < c - 0.5 and b < h - 0.5 and f < d - 0.5


def test_two_hundred_things_are_legible_and_touch_nothing(open_window: Opener, served: str) -> None:
    window = open_window()
    window.sign_in("Analyst")
    texts = shown(window.page, f"{served}/subjects/S-000090/connections?open=*")
    things = [one for one in texts if one["box"]]
    assert len(things) >= 190
    assert min(one["size"] for one in texts) >= 12
    for one in things:
        left, top, right, bottom = one["at"]
        assert one["box"][0] <= left, one
        assert right <= one["box"][2], one
        assert one["box"][1] <= top + 1, one
        assert bottom <= one["box"][3] + 1, one
    assert not [pair for pair in combinations(things, 2) if meet(pair[0]["box"], pair[1]["box"])]


@pytest.mark.parametrize("width", [1280, 360])
def test_the_page_is_as_wide_as_its_window(open_window: Opener, served: str, width: int) -> None:
    window = open_window(width=width, height=740)
    page = window.page
    window.sign_in("Analyst")
    for path in (
        "/subjects/S-000090/connections",
        "/connections/path?from=S-000090&to=S-000091",
        "/links",
        "/links/decisions",
        "/notices",
    ):
        page.goto(served + path)
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wider) <= 0, path
    page.goto(f"{served}/subjects/S-000090/connections")
    expect(page.locator("#in-words tbody tr").first).to_be_attached()


def test_by_keyboard_a_thing_lights_what_it_hangs_on(open_window: Opener, served: str) -> None:
    window = open_window()
    page = window.page
    window.sign_in("Analyst")
    page.goto(f"{served}/connections/path?from=90000&to=S-000091")
    expect(page.locator("svg.net .thing")).to_have_count(4)
    page.locator(".net-frame").focus()
    page.keyboard.press("Tab")
    first = page.locator("svg.net .thing:focus")
    expect(first).to_have_attribute("aria-label", "report 90000 · ncmec: shared.0@example.org")
    expect(page.locator("svg.net .thing.lit")).to_have_count(2)
    expect(page.locator("svg.net .tie.lit")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/leads/*")


def test_without_script_the_drawing_and_the_table_stand(open_window: Opener, served: str) -> None:
    window = open_window(script=False)
    window.sign_in("Analyst")
    window.page.goto(f"{served}/subjects/S-000090/connections")
    assert 10 < window.page.locator("svg.net .thing").count() < 60
    assert window.page.locator("#in-words tbody tr").count() > 150
