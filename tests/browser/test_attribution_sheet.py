"""The sheet in a real browser: read at a desk and on a telephone, in both languages, with and without a script."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched, overflow

pytestmark = pytest.mark.browser
Opener = Callable[..., Watched]
SHOWN = os.environ.get("KAVAL_SCREENSHOTS")


@pytest.fixture
def sheet(served: str, served_database: str) -> str:
    """The address of the full sheet."""
    with psycopg.connect(served_database) as connection:
        row = connection.execute(
            "SELECT subject_id FROM station_attribution WHERE basis <> '[]'::jsonb LIMIT 1"
        ).fetchone()
    assert row is not None
    return f"{served}/subjects/{row[0]}/attribution"


def shot(page: Page, name: str) -> None:
    """Keeps a picture for somebody to look at, where KAVAL_SCREENSHOTS says."""
    if SHOWN:
        page.screenshot(path=Path(SHOWN) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("width", [1280, 360])
def test_the_sheet_is_read_in_both_languages(open_window: Opener, sheet: str, width: int) -> None:
    window = open_window(width=width, height=800)
    window.sign_in("Supervisor")
    page = window.page
    page.goto(sheet)
    expect(page.locator("h1")).to_contain_text("Attribution sheet")
    expect(page.locator("main")).to_contain_text("No check stops it.")
    expect(page.locator("figure.lease svg")).to_be_visible()
    assert overflow(page) <= 0
    shot(page, f"sheet-{width}")
    page.get_by_role("button", name="മലയാളം").click()
    expect(page.locator("h1")).to_contain_text("ആട്രിബ്യൂഷൻ ഷീറ്റ്")
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    assert overflow(page) <= 0
    shot(page, f"sheet-{width}-ml")
    page.get_by_role("button", name="English").click()


def test_a_paper_is_made_by_keyboard(open_window: Opener, sheet: str) -> None:
    window = open_window()
    window.sign_in("Supervisor")
    page = window.page
    page.goto(sheet)
    page.locator("select[name=kind]").select_option("in.disclosure_pack_redacted")
    page.locator("form.sheet-paper select[name=language]").select_option("en")
    page.get_by_role("button", name="Make and seal").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/documents/[0-9a-f-]{36}$"))
    expect(page.locator("main")).to_contain_text("What was withheld, and why")
    page.goto(sheet)
    expect(page.get_by_role("heading", name="Papers made")).to_be_visible()


def test_without_a_script_a_source_is_one_step_away(open_window: Opener, sheet: str) -> None:
    window = open_window(width=360, script=False)
    window.sign_in("Supervisor")
    page = window.page
    page.goto(sheet)
    number = page.locator(".refs a").first.inner_text()
    page.locator(".refs a").first.click()
    assert page.url.endswith(f"#source-{number}")
    expect(page.locator(f"#source-{number} code").first).to_be_visible()
