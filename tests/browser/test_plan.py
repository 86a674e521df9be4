"""The plan in a real browser: a stop dragged, refused, undone, moved by keys and by a finger, on a desk and a phone."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kaval.gateways.postgres import Cluster
from tests.browser.conftest import Watched, overflow, serving
from tests.station.planned_rows import TIED

pytestmark = pytest.mark.browser
Opener = Callable[..., Watched]
SHOWN = os.environ.get("KAVAL_SCREENSHOTS")


@pytest.fixture(scope="module")
def served_database(cluster: Cluster, worker_id: str) -> str:
    """A database of its own: a plan is not among the rows that the other pages' tests count."""
    cluster.ensure_database(f"kaval_plan_{worker_id}")
    return cluster.url("kaval_app", database=f"kaval_plan_{worker_id}")


@pytest.fixture(scope="module")
def served(cluster: Cluster, served_database: str, worker_id: str) -> Iterator[str]:
    """The base address of a served station with a plan in draft."""
    owner = cluster.url("kaval_super", database=f"kaval_plan_{worker_id}")
    yield from serving("tests.browser.serve_plan", database=served_database, owner=owner)


def shot(page: Page, name: str) -> None:
    """Keeps a picture for somebody to look at, where KAVAL_SCREENSHOTS says."""
    if SHOWN:
        page.screenshot(path=Path(SHOWN) / f"{name}.png", full_page=True)


def at_plan(
    open_window: Opener, base: str, *, width: int = 1280, script: bool = True, ml: bool = False
) -> Page:
    """The commander before the plan."""
    window = open_window(width=width, height=900, script=script)
    window.sign_in("Operation commander")
    page = window.page
    if ml:
        page.get_by_role("button", name="മലയാളം").click()
    page.goto(f"{base}/operations")
    page.locator("td.lead-cell a").first.click()
    page.locator(".tabs a").nth(1).click()
    page.wait_for_url(re.compile("/plan$"))
    return page


def lanes(page: Page) -> dict[str, list[str]]:
    """The numbers on each team's lane, from left to right."""
    found: dict[str, list[str]] = page.evaluate(
        """Object.fromEntries([...document.querySelectorAll("svg.lane[data-team]")].map(lane =>
            [lane.dataset.label, [...lane.querySelectorAll(".stay")].map(bar => bar.dataset.number)]))"""
    )
    return found


def a_move(page: Page) -> tuple[str, str]:
    """A place that ends its list and is tied to no other, and the other team of its district to give it to."""
    plan, tied = lanes(page), {str(number) for number in TIED}
    for team in sorted(plan):
        others = [name for name in sorted(plan) if name[:3] == team[:3] and name != team]
        if len(plan[team]) > 1 and plan[team][-1] not in tied and others:
            return plan[team][-1], min(others, key=lambda name: len(plan[name]))
    raise AssertionError(f"no place to move in {plan}")


def middle(page: Page, selector: str, *, right: float = 0.5) -> tuple[float, float]:
    """A point of an element, `right` of its width from its left edge."""
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["x"] + box["width"] * right, box["y"] + box["height"] / 2


def drag(page: Page, number: str, team: str, *, right: float = 0.99) -> None:
    """Drags a place's bar to a point of a team's lane, with the mouse."""
    page.mouse.move(*middle(page, f'.stay[data-number="{number}"]'))
    page.mouse.down()
    page.mouse.move(*middle(page, f'svg.lane[data-label="{team}"]', right=right), steps=8)
    expect(page.locator(".ghost")).to_contain_text(f"{number} → {team}")
    page.mouse.up()


@pytest.fixture(autouse=True)
def _first_version(served: str, served_database: str, open_window: Opener) -> Iterator[None]:
    """Every test leaves the first version in force, as it found it."""
    yield
    page = at_plan(open_window, served)
    page.locator(".tabs a").nth(2).click()
    button = page.get_by_role("button", name=re.compile("^Put in force 1$"))
    if button.count():
        button.click()
        expect(page.get_by_role("status")).to_contain_text("in force now")


def test_a_stop_is_dragged_to_another_team_shows_the_difference_and_is_undone(
    open_window: Opener, served: str
) -> None:
    page = at_plan(open_window, served)
    before = lanes(page)
    number, team = a_move(page)
    drag(page, number, team)
    expect(page.locator(".note.good")).to_contain_text("Moved. This is what changed:")
    expect(page.locator(".note.good")).to_contain_text("People moved: 4")
    expect(page.locator(".note.good")).to_contain_text(f"Place {int(number):04d}: team {team}")
    assert lanes(page)[team] == [*before[team], number]
    assert overflow(page) <= 0
    shot(page, "plan-moved")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("main")).to_contain_text("Back as it was.")
    assert lanes(page) == before


def test_a_drag_that_breaks_a_rule_is_refused_in_words_and_nothing_moves(
    open_window: Opener, served: str
) -> None:
    window = open_window()
    page = at_plan(lambda **_: window, served)
    before, number = lanes(page), str(TIED[0])
    team = next(name for name, row in before.items() if number in row)
    drag(page, number, team, right=0.02 if before[team][0] != number else 0.99)
    expect(page.get_by_role("alert")).to_contain_text("P-LINK")
    assert lanes(page) == before
    shot(page, "plan-refused")
    drag(page, *a_move(page)[:1], next(name for name in before if name[:3] != a_move(page)[1][:3]))
    expect(page.get_by_role("alert")).to_contain_text("P-")
    assert lanes(page) == before
    # Chromium itself reports the two answers that say no.
    assert all("400 (Bad Request)" in text for text in window.complaints)
    window.complaints.clear()


def test_the_keyboard_does_the_same(open_window: Opener, served: str) -> None:
    page = at_plan(open_window, served)
    before = lanes(page)
    number, team = a_move(page)
    own = next(name for name, row in before.items() if number in row)
    names = list(before)
    bar = page.locator(f'.stay[data-number="{number}"]')
    bar.focus()
    page.keyboard.press("m")
    expect(page.locator(".g-said")).to_contain_text("picked up")
    page.keyboard.press("Escape")
    expect(page.locator(".g-said")).to_have_text("Left where it was.")
    page.keyboard.press("m")
    steps = names.index(team) - names.index(own)
    for _ in range(abs(steps)):
        page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
    for _ in range(len(before[team]) + 1):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".g-said")).to_contain_text(f"{number} → {team}, stop {len(before[team]) + 1}")
    page.keyboard.press("Enter")
    expect(page.locator(".note.good")).to_contain_text("Moved.")
    assert lanes(page)[team] == [*before[team], number]


@pytest.mark.parametrize("ml", [False, True])
def test_a_telephone_shows_and_moves_it_by_a_long_press(open_window: Opener, served: str, ml: bool) -> None:
    page = at_plan(open_window, served, width=360, ml=ml)
    before = lanes(page)
    number, team = a_move(page)
    touch = page.context.new_cdp_session(page)

    def finger(kind: str, *points: tuple[float, float]) -> None:
        given = [{"x": left, "y": top} for left, top in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": given})

    page.locator(f'.stay[data-number="{number}"]').scroll_into_view_if_needed()
    x, y = middle(page, f'.stay[data-number="{number}"]')
    finger("touchStart", (x, y))
    expect(page.locator(".ghost")).to_be_visible()
    finger("touchMove", middle(page, f'svg.lane[data-label="{team}"]', right=0.95))
    expect(page.locator(".ghost")).to_contain_text(team)
    finger("touchEnd")
    expect(page.locator(".note.good")).to_be_visible()
    assert lanes(page)[team] == [*before[team], number]
    operation = page.url.split("/plan")[0]
    for path in ("", "/plan", "/plan/versions?first=1&second=2", "/plan/files", "/ready"):
        page.goto(f"{operation}{path}")
        assert overflow(page) <= 0, path
        shot(page, f"phone-{'ml' if ml else 'en'}{path.split('?')[0].replace('/', '-')}")


def test_without_a_script_the_form_moves_it(open_window: Opener, served: str) -> None:
    window = at_plan(open_window, served)
    number, team = a_move(window)
    before = lanes(window)
    page = at_plan(open_window, served, script=False)
    page.locator("#gantt summary").click()
    site = window.locator(f'.stay[data-number="{number}"]').get_attribute("data-site")
    page.locator("select[name=site]").select_option(value=site)
    page.locator("#move select[name=team]").select_option(label=team)
    page.locator("input[name=order]").fill(str(len(before[team]) + 1))
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator(".note.good")).to_contain_text("Moved.")


def test_no_page_is_wider_than_its_window(open_window: Opener, served: str) -> None:
    for ml in (False, True):
        page = at_plan(open_window, served, ml=ml)
        operation = page.url.split("/plan")[0]
        for path in ("", "/plan", "/plan/versions?first=1&second=1", "/plan/files", "/ready"):
            page.goto(f"{operation}{path}")
            assert overflow(page) <= 0, path
            shot(page, f"desk-{'ml' if ml else 'en'}{path.split('?')[0].replace('/', '-')}")
