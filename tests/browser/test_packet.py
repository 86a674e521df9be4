"""A packet in a real browser: the offline file on a phone, and the whole morning in the console."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from kaval.engine.documents.provisions import provisions
from kaval.engine.documents.registry import spec_of
from kaval.engine.rules.planning.watermark import Mark, marked
from kaval.gateways import packet_seal
from kaval.gateways.packet_file import packet_file
from kaval.gateways.typst_renderer import payload_of
from tests.browser.conftest import Watched, overflow
from tests.documents.packet_cases import PACKET

pytestmark = pytest.mark.browser
Opener = Callable[..., Watched]
SHOWN = os.environ.get("KAVAL_SCREENSHOTS")
LATER = datetime(2100, 1, 1, tzinfo=UTC)
WORDS = {"Operation commander": "seven grey herons", "Deputy commander": "a boat at low tide"}
_PLAN = """
INSERT INTO station_planversion (id, operation_id, number, made, digest, plan, report, difference, people_moved, text,
    by_id, at) SELECT %s, id, 1, 'solved', repeat('d', 64), '{}', '{}', '{}', 0, '', commander_id, now()
FROM station_operation ON CONFLICT DO NOTHING
"""
_TODAY = """
UPDATE station_operation SET plan_number = 1, state = 'live', first_entry_at = now() + interval '1 hour',
    day_end_at = now() + interval '9 hours' RETURNING id
"""


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A telephone without a network."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, offline=True)
    page = context.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda said: trouble.append(said.text) if said.type in ("error", "warning") else None)
    yield page
    context.close()
    assert trouble == []


def shot(page: Page, name: str) -> None:
    """Keeps a picture for somebody to look at, where KAVAL_SCREENSHOTS says."""
    if SHOWN:
        page.screenshot(path=Path(SHOWN) / f"{name}.png", full_page=True)


def sealed_file(folder: Path, *, expires_at: datetime = LATER) -> tuple[str, str, str]:
    """A packet file: its address, its release key and the team's code."""
    pages = marked(
        payload_of(spec_of("in.team_packet").build(PACKET, provisions()), language="both"), Mark(5)
    )
    secrets = (packet_seal.new_secret(), packet_seal.new_secret())
    code = packet_seal.new_code()
    packet = packet_seal.seal(
        pages | {"watermark": "KP-7QMK-2X9D · KLMC-03"},
        b"%PDF",
        number="KP-7QMK-2X9D",
        releasers=[packet_seal.public_of(one) for one in secrets],
        team=packet_seal.public_of(packet_seal.secret_of_code(code)),
        expires_at=expires_at,
    )
    file = folder / "packet.html"
    file.write_bytes(packet_file(packet))
    return file.as_uri(), packet_seal.release_key(packet, secrets), code


def try_keys(page: Page, release: str, code: str) -> None:
    """Types both and presses the button."""
    page.locator("input[name=release]").fill(release)
    page.locator("input[name=code]").fill(code)
    page.locator("button.open").click()


def test_the_file_opens_with_both_keys_and_says_plainly_when_not(phone: Page, tmp_path: Path) -> None:
    address, release, code = sealed_file(tmp_path)
    phone.goto(address)
    shot(phone, "packet-file-shut")
    assert overflow(phone) == 0
    for wrong in ((release, packet_seal.new_code()), ("0" * 24, code), (release[:-1], code)):
        try_keys(phone, *wrong)
        expect(phone.locator("[data-say=wrong]")).to_be_visible()
        expect(phone.locator("[data-inside]")).to_be_empty()
    try_keys(phone, release.lower(), code.replace("-", " "))
    expect(phone.locator("[data-inside]")).to_contain_text("A subscriber is not a suspect")
    expect(phone.locator("[data-inside]")).to_contain_text("Ward 12, Door 4/317")
    expect(phone.locator("form")).to_be_hidden()
    for part in phone.locator("details").all()[1:]:
        part.locator("summary").click()
    phone.locator(".steps input").first.check()
    shot(phone, "packet-file-open")
    assert overflow(phone) == 0
    small = phone.locator("summary, .steps label, button:visible").evaluate_all(
        "all => all.filter((one) => one.getBoundingClientRect().height < 40).map((one) => one.outerHTML)"
    )
    assert small == []
    phone.get_by_role("button", name="മലയാളം").click()
    expect(phone.locator("[data-inside]")).to_contain_text("കുട്ടികൾ ആദ്യം")
    shot(phone, "packet-file-open-ml")
    assert overflow(phone) == 0


def test_nothing_of_an_opened_file_is_left_behind(phone: Page, tmp_path: Path) -> None:
    address, release, code = sealed_file(tmp_path)
    phone.goto(address)
    try_keys(phone, release, code)
    expect(phone.locator("[data-inside]")).to_contain_text("KLMC-03")
    kept = phone.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
    assert kept == [0, 0, ""]
    phone.get_by_role("button", name="Close").click()
    expect(phone.locator("[data-inside]")).to_be_empty()
    try_keys(phone, release, code)
    expect(phone.locator("[data-inside]")).to_contain_text("KLMC-03")
    phone.reload()
    assert "KLMC-03" not in phone.content()
    assert phone.locator("input[name=code]").input_value() == ""


def test_a_changed_file_and_an_expired_one_do_not_open(phone: Page, tmp_path: Path) -> None:
    address, release, code = sealed_file(tmp_path)
    file = tmp_path / "packet.html"
    content = file.read_text("utf-8")
    at = content.index('"sealed": "') + 3000
    file.write_text(content[:at] + ("A" if content[at] != "A" else "B") + content[at + 1 :], "utf-8")
    phone.goto(address)
    try_keys(phone, release, code)
    expect(phone.locator("[data-say=wrong]")).to_be_visible()
    address, release, code = sealed_file(tmp_path, expires_at=datetime.now(UTC) - timedelta(minutes=1))
    phone.goto(address)
    try_keys(phone, release, code)
    expect(phone.locator("[data-say=expired]")).to_be_visible()


@pytest.fixture
def operation(served: str, served_database: str) -> Iterator[str]:
    """The station's operation, with a plan in force, within an hour of its first entry."""
    with psycopg.connect(served_database) as connection:
        before = connection.execute(
            "SELECT state, first_entry_at, day_end_at FROM station_operation"
        ).fetchone()
        connection.execute(_PLAN, [uuid.uuid4()])
        row = connection.execute(_TODAY).fetchone()
    assert row is not None
    assert before is not None
    yield str(row[0])
    with psycopg.connect(served_database) as connection:
        connection.execute(
            "UPDATE station_operation SET state = %s, first_entry_at = %s, day_end_at = %s", list(before)
        )


def at_packets(open_window: Opener, served: str, role: str, operation: str) -> Page:
    """Somebody before the packets of the operation."""
    window = open_window()
    window.sign_in(role)
    window.page.goto(f"{served}/operations/{operation}/packets")
    return window.page


def passphrase(page: Page, role: str, button: str) -> None:
    """Types the passphrase into the form of a button."""
    form = page.locator("form", has=page.get_by_role("button", name=button, exact=True))
    form.locator("input[name=passphrase]").fill(WORDS[role])
    form.get_by_role("button", name=button, exact=True).click()
    page.wait_for_load_state()


def test_the_whole_morning_by_hand(open_window: Opener, served: str, operation: str) -> None:
    commander = at_packets(open_window, served, "Operation commander", operation)
    expect(commander.locator("main")).to_contain_text("No packet is sealed")
    passphrase(commander, "Operation commander", "Be one of the two")
    deputy_number = "deputy_commander"
    form = commander.locator("form", has=commander.get_by_role("button", name="Name to the list"))
    form.locator("input[name=officer]").fill(deputy_number)
    form.locator("input[name=reason]").fill("releases with me")
    form.get_by_role("button").click()
    deputy = at_packets(open_window, served, "Deputy commander", operation)
    passphrase(deputy, "Deputy commander", "Be one of the two")
    commander.reload()
    commander.get_by_role("button", name=re.compile("^Seal what is due")).click()
    slips = dict(line.split() for line in commander.locator(".slips li").all_inner_texts())
    shot(commander, "packet-slips")
    assert len(slips) == 2
    commander.goto(f"{served}/operations/{operation}/packets")
    passphrase(commander, "Operation commander", "Release")
    member = open_window(width=360, height=740)
    member.sign_in("Team member")
    member.page.goto(f"{served}/packets")
    expect(member.page.locator("main")).to_contain_text("There is no packet for you now")
    deputy.reload()
    passphrase(deputy, "Deputy commander", "Release")
    shot(deputy, "packets-board")
    assert overflow(deputy) == 0
    deputy.set_viewport_size({"width": 360, "height": 740})
    shot(deputy, "packets-board-phone")
    assert overflow(deputy) == 0
    _open_as_member(member.page, served, slips)
    commander.goto(f"{served}/operations/{operation}/packets")
    commander.locator("summary", has_text="Call back").click()
    form = commander.locator("form", has=commander.locator("input[value=recall]"))
    form.locator("input[name=reason]").fill("the list was seen outside")
    form.get_by_role("button").click()
    expect(commander.locator("main")).to_contain_text("nobody yet")
    assert member.page.request.get(f"{member.page.url}/state").status == 404


def _open_as_member(page: Page, served: str, slips: dict[str, str]) -> None:
    page.goto(f"{served}/packets")
    shot(page, "packet-mine")
    page.get_by_role("link", name="Open").click()
    page.locator("[data-ready=yes]").wait_for()
    expect(page.locator(".note:visible")).to_have_count(0)
    page.locator("input[name=code]").fill(next(code for team, code in slips.items() if "BETA" in team))
    page.locator("button.open").click()
    expect(page.locator("[data-say=wrong]")).to_be_visible()
    page.locator("input[name=code]").fill(next(code for team, code in slips.items() if "ALPHA" in team))
    page.locator("button.open").click()
    expect(page.locator("[data-inside]")).to_contain_text("A subscriber is not a suspect")
    shot(page, "packet-open")
    assert overflow(page) == 0
