"""The intake desk in a real browser: files sent with their progress, a broken connection, and the keyboard."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.browser.conftest import Watched, overflow

pytestmark = pytest.mark.browser
Opener = Callable[..., Watched]
SHOWN = os.environ.get("KAVAL_SCREENSHOTS")
SIZES = {"desk": (1280, 900), "phone": (390, 800)}


def shot(page: Page, name: str) -> None:
    """Keeps a picture for somebody to look at, where KAVAL_SCREENSHOTS says."""
    if SHOWN:
        page.screenshot(path=Path(SHOWN) / f"{name}.png", full_page=True)


def tip(number: str) -> bytes:
    """A tip that names an address."""
    mention = {"kind": "email", "value": f"{number.lower()}@example.org"}
    return json.dumps({"tip_id": number, "channel": "phone", "mentions": [mention]}).encode()


def at_upload(open_window: Opener, base: str, size: str = "desk") -> Page:
    """The clerk on the page for uploads."""
    width, height = SIZES[size]
    window = open_window(width=width, height=height)
    window.sign_in("Intake clerk")
    window.page.goto(f"{base}/intake")
    window.page.get_by_role("link", name="Upload files").click()
    return window.page


@pytest.mark.parametrize("size", sorted(SIZES))
def test_two_files_are_sent_and_what_is_odd_is_acknowledged_by_keyboard(
    open_window: Opener, served: str, size: str
) -> None:
    page = at_upload(open_window, served, size)
    assert overflow(page) <= 0
    shot(page, f"upload-{size}")
    page.select_option("[name=source]", "public_tip")
    odd, large = f"odd-{size}.bin", size.encode() + bytes(range(256)) * 48_000
    page.set_input_files(
        "input[name=files]",
        [
            FilePayload(name=f"tip-{size}.json", mimeType="application/json", buffer=tip(f"B-{size}")),
            FilePayload(name=odd, mimeType="application/octet-stream", buffer=large),
        ],
    )
    rows = page.locator(".sending li")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text("0 B of 12.3 MB")
    # The second slice of the large file is held back, so that the first one's progress is there to be seen.
    held: list[Route] = []
    page.route("**/slice", lambda route: held.append(route) if held_back(route) else route.continue_())
    page.get_by_role("button", name="Upload and take in").click()
    expect(rows.nth(1)).to_contain_text("8.4 MB of 12.3 MB")
    expect(rows.nth(0)).to_contain_text("here")
    assert float(rows.nth(1).locator("progress").get_attribute("max") or 0) == len(large)
    assert 8e6 < float(rows.nth(1).locator("progress").evaluate("bar => bar.value")) < 9e6
    shot(page, f"sending-{size}")
    held[0].continue_()
    page.wait_for_url(re.compile(r"/intake/[0-9a-f-]{36}$"))
    expect(page.locator("main")).to_contain_text(odd)
    expect(page.locator("main")).to_contain_text("quarantined")
    assert overflow(page) <= 0
    shot(page, f"delivery-{size}")
    page.get_by_role("link", name="Quarantine").click()
    expect(page.locator("main")).to_contain_text("no reader knows this file")
    assert overflow(page) <= 0
    shot(page, f"quarantine-{size}")
    acknowledge_by_keyboard(page, odd)


def held_back(route: Route) -> bool:
    """True for every slice but the first."""
    return route.request.headers["x-offset"] != "0"


def acknowledge_by_keyboard(page: Page, name: str) -> None:
    """Moves to the row, selects it and sends it, without the mouse."""
    page.wait_for_load_state("load")  # a key pressed before the script runs is lost
    for _ in range(20):
        page.keyboard.press("j")
        row = page.locator("tr.here")
        if name in row.inner_text():
            break
    page.keyboard.press("x")
    expect(row.locator("input[name=warning]")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator("main")).not_to_contain_text(name)
    page.goto(page.url.split("?")[0] + "?seen=yes")
    expect(page.locator("tr", has_text=name)).to_contain_text("Officer")


def test_a_broken_connection_loses_nothing_and_sends_nothing_twice(open_window: Opener, served: str) -> None:
    window = open_window()
    window.sign_in("Intake clerk")
    page = window.page
    page.goto(f"{served}/intake/upload")
    page.select_option("[name=source]", "other")
    page.fill("[name=other]", "broken_line")
    content = os.urandom(1000) * 20_000
    file = FilePayload(name="large.bin", mimeType="application/octet-stream", buffer=content)
    page.set_input_files("input[name=files]", [file])
    cut, offsets = [2], []

    def slice_(route: Route) -> None:
        offset = int(route.request.headers["x-offset"])
        if offset and cut[0]:
            cut[0] -= 1
            route.abort("connectionreset")
            return
        offsets.append(offset)
        route.continue_()

    page.route("**/slice", slice_)
    page.get_by_role("button", name="Upload and take in").click()
    page.wait_for_url(re.compile(r"/intake/[0-9a-f-]{36}$"), timeout=30_000)
    assert offsets == sorted(set(offsets)), "a slice was sent twice"
    expect(page.locator("h1")).to_have_text("Delivery from broken_line")
    expect(page.locator("main")).to_contain_text(f"{len(content):,}")
    # The browser itself notes what was lost on the line; nothing else may be complained of.
    assert all("ERR_CONNECTION_RESET" in text for text in window.complaints)
    window.complaints.clear()


def test_files_and_folders_are_dropped_and_problems_are_said(open_window: Opener, served: str) -> None:
    page = at_upload(open_window, served)
    page.get_by_role("button", name="Upload and take in").click()
    assert page.evaluate("document.activeElement.name") == "source", "the browser asks for the source"
    page.select_option("[name=source]", "public_tip")
    page.get_by_role("button", name="Upload and take in").click()
    expect(page.get_by_role("status")).to_contain_text("Choose at least one file")
    page.evaluate(
        """content => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([content], "dropped.json"));
          document.querySelector("[data-drop]").dispatchEvent(
            new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }""",
        tip("B-dropped").decode(),
    )
    expect(page.locator(".sending li")).to_contain_text("dropped.json")
    page.get_by_role("button", name="Upload and take in").click()
    page.wait_for_url(re.compile(r"/intake/[0-9a-f-]{36}$"))
    expect(page.locator("main")).to_contain_text("dropped.json")


def test_an_upload_works_without_javascript(open_window: Opener, served: str) -> None:
    window = open_window(script=False)
    window.sign_in("Intake clerk")
    page = window.page
    page.goto(f"{served}/intake/upload")
    shot(page, "upload-without-javascript")
    page.select_option("[name=source]", "public_tip")
    page.set_input_files(
        "input[name=files]",
        [FilePayload(name="plain.json", mimeType="application/json", buffer=tip("B-plain"))],
    )
    page.get_by_role("button", name="Upload and take in").click()
    expect(page.locator("main")).to_contain_text("plain.json")
    assert re.search(r"/intake/[0-9a-f-]{36}$", page.url)


@pytest.mark.parametrize("size", sorted(SIZES))
def test_the_other_pages_of_the_desk_fit_and_read_well(open_window: Opener, served: str, size: str) -> None:
    width, height = SIZES[size]
    window = open_window(width=width, height=height, dark=size == "phone")
    window.sign_in("Intake clerk")
    page = window.page
    for name, path in {
        "intake": "/intake",
        "warnings": "/warnings?seen=all",
        "tip": "/tips/new",
        "agency": "/tips/new?for=agency",
        "profiles": "/intake/profiles",
        "leads": "/leads",
    }.items():
        page.goto(served + path)
        assert overflow(page) <= 0, path
        shot(page, f"{name}-{size}")
    page.goto(f"{served}/intake/profiles")
    sample = "record id,ip address,first seen\n" + "".join(
        f"r{n},192.0.2.{n},0{n}/01/2026 10:15\n" for n in range(1, 9)
    )
    page.set_input_files(
        "input[name=sample]", [FilePayload(name="sample.csv", mimeType="text/csv", buffer=sample.encode())]
    )
    page.get_by_role("button", name="Propose").click()
    expect(page.locator("h1")).to_have_text("What the columns may mean")
    assert overflow(page) <= 0
    shot(page, f"proposed-{size}")
    page.goto(f"{served}/leads")
    page.locator("td.lead-cell a").first.click()
    assert overflow(page) <= 0
    shot(page, f"lead-{size}")
