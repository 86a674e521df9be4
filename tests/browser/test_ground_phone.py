"""The phone form in a real browser, 360 pixels wide: found, answered, saved, without a script, in both languages."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched, overflow

pytestmark = pytest.mark.browser
Opener = Callable[..., Watched]
SHOWN = os.environ.get("KAVAL_SCREENSHOTS")
_PLACE = """
INSERT INTO station_place (id, provider_id, customer_ref, address, locality, pincode, latitude, longitude, district_id,
    station_id)
SELECT %s, p.id, %s, %s, 'Naduvilangadi', '682001', 9.6, 76.6, s.district_id, s.id
FROM station_provider p, station_station s WHERE s.code = 'ALPHA-1' LIMIT 1
"""
_HELD = """
UPDATE station_attribution SET checks = '[
    {"check": "A-07", "kind": "HOLD", "verdict": "FAIL", "text": "on a list", "text_ml": "പട്ടികയിലുണ്ട്"},
    {"check": "A-25", "kind": "HOLD", "verdict": "UNKNOWN", "text": "no lease", "text_ml": "പാട്ടമില്ല"},
    {"check": "A-40", "kind": "HOLD", "verdict": "FAIL", "text": "one only", "text_ml": "ഒന്നുമാത്രം"}]',
    blocked_by = '["A-07", "A-25", "A-40"]',
    contradicted_by = (SELECT jsonb_agg(o.id::text) FROM station_observation o
        JOIN station_subjectlead l ON l.lead_id = o.lead_id WHERE l.subject_id = station_attribution.subject_id)
WHERE id = (SELECT id FROM station_attribution ORDER BY id LIMIT 1) RETURNING subject_id
"""
# The small station's reports share one address; the answer names two customers for it.
_SEALED = """
INSERT INTO station_sealedfile (id, sha256, sha1, md5, size, pack)
VALUES (%(id)s, %(sha256)s, %(sha1)s, %(md5)s, %(size)s, '') ON CONFLICT DO NOTHING
"""
_SOURCE = """
UPDATE station_report SET sealed_id = (SELECT id FROM station_sealedfile WHERE sha256 = %s)
WHERE id IN (SELECT l.report_id FROM station_lead l JOIN station_observation o ON o.lead_id = l.id)
"""
_LEASE = """
INSERT INTO station_leaseanswer (id, provider_id, sealed_id, locator, customer_ref, address, start_text, start_at,
    end_text, end_at, "inner")
SELECT %s, p.id, s.id, %s, %s, '192.0.2.7', %s, '2026-03-01T05:00Z', %s, '2026-03-01T07:00Z', ''
FROM station_provider p, station_sealedfile s LIMIT 1 ON CONFLICT DO NOTHING
"""
_LANGUAGES = pytest.mark.parametrize("language", ["en", "ml"])


@pytest.fixture
def address(served: str, served_database: str) -> str:
    """A place that waits for a look; a long address, as they are."""
    name = f"Puthenpurayil Thekkekkara Veedu {uuid.uuid4().hex[:6]}, Ward 14, 14/{uuid.uuid4().hex[:4]}"
    with psycopg.connect(served_database) as connection:
        connection.execute(_PLACE, [uuid.uuid4(), f"SECRET-{name[-4:]}", name])
    return name


def ready_to_read(database: str) -> None:
    """Seals a source with the address and time of the small station's reports, and an answer of two customers."""
    from kaval.station import sealed

    content = b"row,address,time\n1,192.0.2.7,01-03-2026 12:00:00\n"
    digests = sealed.keep(content)
    given = {"id": uuid.uuid4(), "sha256": digests.sha256, "sha1": digests.sha1, "md5": digests.md5}
    with psycopg.connect(database) as connection:
        connection.execute(_SEALED, {**given, "size": len(content)})
        connection.execute(_SOURCE, [digests.sha256])
        for number, customer in enumerate(("C-AYE", "C-BEE")):
            times = ("01/03/2026 10:30:00", "01/03/2026 12:30:00")
            connection.execute(
                _LEASE, [uuid.uuid5(uuid.NAMESPACE_OID, customer), f"row {number}", customer, *times]
            )


def shot(page: Page, name: str) -> None:
    """Keeps a picture for somebody to look at, where KAVAL_SCREENSHOTS says."""
    if SHOWN:
        page.screenshot(path=Path(SHOWN) / f"{name}.png", full_page=True)


def small_targets(page: Page) -> list[str]:
    """What a finger must hit in the form and is less than 44 pixels high."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('.ground :is(.choice, button, input[maxlength], input[type=date])')]"
        ".filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)"
    )
    return found


def at_ground(open_window: Opener, base: str, language: str, *, script: bool = False) -> Page:
    """A team member before the list, on a telephone."""
    window = open_window(width=360, height=740, script=script)
    window.sign_in("Team member")
    window.page.goto(f"{base}/ground")
    if language == "ml":
        window.page.get_by_role("button", name="മലയാളം").click()
        window.page.wait_for_url(f"{base}/ground")
    return window.page


def choose(page: Page, name: str, value: str) -> None:
    """Touches an answer, as a finger does: its whole row."""
    page.locator(f"label.choice:has(input[name={name}][value={value}])").click()


@_LANGUAGES
def test_an_address_is_found_answered_and_saved_without_a_script(
    open_window: Opener, served: str, address: str, language: str
) -> None:
    page = at_ground(open_window, served, language)
    shot(page, f"ground-list-{language}")
    page.locator(".to-find a", has_text=address).click()
    expect(page.locator(".big")).to_have_text(address)
    expect(page.locator("main")).to_contain_text("Do not knock" if language == "en" else "മുട്ടരുത്")
    assert page.locator("main input:checked").count() == 0
    shot(page, f"ground-form-{language}")
    for name, value in (
        ("unit_found", "yes"),
        ("single_match", "yes"),
        ("occupant_at_event", "unknown"),
        ("wifi", "open"),
        ("children_seen", "unknown"),
    ):
        choose(page, name, value)
    page.locator("input[name=door_number]").fill("14/3")
    page.locator("input[name=notes]").fill("gate on the north side")
    shot(page, f"ground-answered-{language}")
    page.locator("button.large").click()
    page.wait_for_url(f"{served}/ground?saved=yes")
    expect(page.get_by_role("status")).to_have_text(
        "Saved. You can go on to the next address." if language == "en" else "സൂക്ഷിച്ചു. അടുത്ത വിലാസത്തിലേക്ക് പോകാം."
    )
    assert page.locator(".to-find a", has_text=address).count() == 0
    page.locator("details.card summary").click()
    expect(page.locator("details.card")).to_contain_text(address)
    shot(page, f"ground-done-{language}")


@_LANGUAGES
def test_it_fits_a_telephone_and_a_thumb(
    open_window: Opener, served: str, address: str, language: str
) -> None:
    page = at_ground(open_window, served, language, script=True)
    assert overflow(page) <= 0
    page.locator(".to-find a", has_text=address).click()
    expect(page.locator(".big")).to_have_text(address)
    assert overflow(page) <= 0
    assert small_targets(page) == []
    # An unanswered question is asked again by the browser itself, before anything is sent.
    page.locator("button.large").click()
    assert page.evaluate("document.querySelector('.ground').checkValidity()") is False
    assert "/ground?place=" in page.url


def test_the_second_reader_works_by_keyboard(open_window: Opener, served: str, served_database: str) -> None:
    ready_to_read(served_database)
    window = open_window(width=1280, height=900)
    window.sign_in("Second reader")
    page = window.page
    page.goto(f"{served}/second-readings")
    read, waiting = (int(text) for text in page.locator(".counted b").all_inner_texts()[:2])
    asked = page.locator("input[name=observation]").get_attribute("value")
    expect(page.locator("pre.raw")).to_contain_text("01-03-2026 12:00:00")
    for key, chosen in (("0", "nobody"), ("9", "several"), ("2", "one:C-BEE"), ("1", "one:C-AYE")):
        page.keyboard.press(key)
        expect(page.locator(f"input[name=found][value='{chosen}']")).to_be_checked()
    assert overflow(page) <= 0
    shot(page, "second-reading")
    page.keyboard.press("Enter")
    expect(page.locator(".counted b").first).to_have_text(str(read + 1))
    expect(page.locator(".counted b").nth(1)).to_have_text(str(waiting - 1))
    assert page.locator("input[name=observation]").get_attribute("value") != asked
    assert page.locator("input:checked").count() == 0


@_LANGUAGES
def test_the_desk_of_an_attribution_fits_a_telephone(
    open_window: Opener, served: str, served_database: str, language: str
) -> None:
    with psycopg.connect(served_database) as connection:
        row = connection.execute(_HELD).fetchone()
    assert row is not None
    for width in (360, 1280):
        window = open_window(width=width, height=740)
        window.sign_in("Supervisor")
        if language == "ml":
            window.page.get_by_role("button", name="മലയാളം").click()
            window.page.wait_for_url(f"{served}/")
        window.page.goto(f"{served}/subjects/{row[0]}/attribution/desk")
        assert overflow(window.page) <= 0
        assert window.page.locator("button:visible").count() > 3
        shot(window.page, f"attribution-desk-{width}-{language}")
