"""What the pages say, that they escape what they are given, and that they ask the database few times."""

from __future__ import annotations

import asyncio
import contextlib
import re
import uuid
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kaval.station.models import Officer, Operation, ReadingWarning, Site
from kaval.station.queries.board import board_counts, board_rows
from kaval.station.queries.leads import LeadFilter, open_leads
from kaval.station.queries.map import DistrictShape, SiteOnMap
from kaval.station.queries.overview import blocked_reasons, funnel_counts
from kaval.station.queries.statistics import outcome_figures
from kaval.station.views import board_parts
from kaval.station.views.drawing import draw_map
from kaval.station.views.live import BoardChannel
from kaval.station.views.words import ENGLISH, MALAYALAM, Words
from tests.station.console_rows import NOON, World, build, uid

pytestmark = pytest.mark.django_db

PAGES = (
    "/",
    "/leads",
    "/leads?q=tip",
    "/subjects",
    "/subjects?blocked=A-21",
    "/map",
    "/operations",
    "/exhibits",
    "/documents",
    "/statistics",
    "/warnings",
    "/warnings?seen=yes",
    "/audit",
    "/audit?show=refusals",
    "/api/v1/funnel.json",
)


@pytest.fixture
def world() -> World:
    return build()


def browser(world: World, role: str) -> Client:
    """A browser in which the officer of this role is signed in."""
    client = Client()
    client.force_login(world.account(role))
    return client


def sheets(world: World) -> list[str]:
    """The addresses of one of each thing."""
    one = world.beta
    operation = one["operation_id"]
    return [
        f"/leads/{one['lead_id']}",
        f"/subjects/{one['subject_id']}",
        f"/exhibits/{one['exhibit_id']}",
        f"/documents/{one['document_id']}",
        f"/operations/{operation}",
        f"/operations/{operation}/board",
        f"/operations/{operation}?district={uid('district', 'BETA')}",
        f"/map?district={uid('district', 'BETA')}",
    ]


class Seen(HTMLParser):
    """Notes every element and every attribute that could run something or style itself."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.suspect: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements.append(tag)
        if tag == "script" and not (given.get("src") or "").startswith("/static/"):
            self.suspect.append("script without a source of our own")
        self.suspect += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        if tag in ("style", "iframe", "object", "embed", "video", "audio", "picture"):
            self.suspect.append(tag)
        if tag == "img" and not (given.get("src") or "").startswith("/static/console/"):
            self.suspect.append(f"img {given.get('src')}")
        for name in ("src", "href", "action"):
            if re.match(r"[a-z]+:|//", given.get(name) or ""):
                self.suspect.append(f"{tag} {name} leads outside")


@pytest.mark.parametrize("role", ["auditor", "supervisor"])
def test_hostile_names_stay_text_and_no_page_runs_shows_or_fetches_anything(world: World, role: str) -> None:
    client = browser(world, role)
    hostile = 0
    for path in (*PAGES, *sheets(world)):
        response = client.get(path)
        if response.status_code == 404 or path.startswith("/api/"):
            continue
        text = response.content.decode()
        seen = Seen()
        seen.feed(text)
        assert not seen.suspect, (path, seen.suspect)
        hostile += "&lt;script&gt;alert(1)" in text
        assert text.count("<main") == text.count("</main>") == 1
        assert len(re.findall(r"<h1[ >]", text)) == 1, path
    assert hostile > 15


def test_a_page_asks_as_many_questions_for_many_rows_as_for_few() -> None:
    counted: list[dict[str, int]] = []
    for size in (2, 9):
        with contextlib.suppress(_RollBack), transaction.atomic():
            world = build(size=size)
            client = browser(world, "auditor")
            counted.append(
                {path: _questions(client, path) for path in PAGES}
                | {
                    re.sub("[0-9a-f]{8}-[-0-9a-f]{27}", "id", path): _questions(client, path)
                    for path in sheets(world)
                }
            )
            raise _RollBack
    few, many = counted
    assert {path: number for path, number in many.items() if number > few[path]} == {}
    assert max(many.values()) <= 40


class _RollBack(Exception):
    """Ends a world."""


def _questions(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200, path
    return len(asked)


def test_restricted_fields_are_named_and_not_shown(world: World) -> None:
    text = browser(world, "analyst").get(f"/leads/{world.alpha['lead_id']}").content.decode()
    assert "SECRET" not in text.upper().replace("CSRFMIDDLEWARETOKEN", "")
    assert "reporter_name" in text
    assert text.count("restricted") >= 3
    assert "user1@example.org" in text
    assert "secret-victim" not in text


def test_victims_and_reporters_are_not_found_by_search(world: World) -> None:
    analyst = world.officers["analyst"]
    assert open_leads(analyst, chosen=LeadFilter(text="user1@example.org")).total == 1
    assert open_leads(analyst, chosen=LeadFilter(text="secret-victim1@example.org")).total == 0


def test_leads_come_in_triage_order_and_can_be_narrowed(world: World) -> None:
    analyst = world.officers["analyst"]
    rows = open_leads(analyst, chosen=LeadFilter()).rows
    scores = [row.score for row in rows]
    assert scores == sorted(scores, reverse=True, key=lambda score: score or 0)
    assert open_leads(analyst, chosen=LeadFilter(kind="cybertip")).total == 0
    assert 3 in [row.number for row in open_leads(analyst, chosen=LeadFilter(text="3"))]
    assert open_leads(analyst, chosen=LeadFilter(text="\u0663")).total == 0


def test_an_intake_clerk_sees_leads_without_what_was_made_of_them(world: World) -> None:
    client = browser(world, "intake_clerk")
    text = client.get(f"/leads/{world.alpha['lead_id']}").content.decode()
    assert "From its bytes to a lead" in text
    assert "Attribution" not in text
    assert "A-21" not in text
    assert "S-1" not in text
    assert "REQ/1" not in text
    assert "Score" not in client.get("/leads").content.decode()


def test_a_lead_shows_its_times_side_by_side_and_its_checks_in_words(world: World) -> None:
    text = browser(world, "analyst").get(f"/leads/{world.alpha['lead_id']}").content.decode()
    assert "01-03-2026 12:00:00" in text
    assert "2026-03-01 06:30:00 UTC" in text
    assert "2026-03-01 12:00:00 IST" in text
    assert "not passed" in text
    assert "1 check passed" in text
    assert "A subscriber is whose line it is, not who used it" in text
    assert "suspect" not in text.lower()


def test_the_funnel_counts_rows_and_shares_lie_between_nought_and_one(world: World) -> None:
    groups = funnel_counts(world.officers["auditor"])
    counts = {figure.key: figure.count for group in groups for figure in group.figures}
    assert counts == {
        "received": 4,
        "reports": 4,
        "leads": 4,
        "ncmec_referral": 0,
        "ncmec_informational": 0,
        "ncmec_not_stated": 0,
        "subjects": 4,
        "investigations": 0,
        "assessed_l1": 4,
        "level_2": 2,
        "level_3": 0,
        "level_4": 0,
        "asked": 4,
        "answered": 4,
        "sites": 4,
        "reached": 4,
        "entered": 4,
        "devices": 4,
        "examined": 4,
        "files": 40,
        "known": 4,
        "crimes": 0,
        "seizure_reports": 0,
        "arrests": 0,
    }
    assert all(0 <= figure.share <= 1 for group in groups for figure in group.figures)
    assert all(figure.definition for group in groups for figure in group.figures)


def test_a_role_sees_the_part_of_the_funnel_behind_which_it_has_a_page(world: World) -> None:
    def keys(role: str) -> set[str]:
        return {group.key for group in funnel_counts(world.officers[role])}

    assert keys("admin") == set()
    assert keys("custodian") == {"devices", "files"}
    assert keys("press_officer") == {"outcomes"}
    assert keys("field_officer") == {"places"}
    chief = {
        figure.key: figure.count
        for group in funnel_counts(world.officers["district_chief"])
        for figure in group.figures
    }
    assert chief["sites"] == 2
    assert "received" not in chief


def test_blocked_reasons_name_the_check_in_the_words_of_its_rule(world: World) -> None:
    lines = blocked_reasons(world.officers["supervisor"])
    assert [(line.check, line.subjects) for line in lines] == [("A-21", 2), ("A-46", 2)]
    assert all(line.rule != line.check and line.rule_ml for line in lines)
    page = browser(world, "supervisor").get("/").content.decode()
    assert "/subjects?blocked=A-21" in page
    listed = browser(world, "supervisor").get("/subjects?blocked=A-21").content.decode()
    assert "S-0" in listed
    assert "S-2" in listed
    assert "S-1<" not in listed


def test_a_warning_is_acknowledged_once_by_a_named_officer(world: World) -> None:
    client = browser(world, "intake_clerk")
    path = f"/warnings/{world.alpha['warning_id']}/acknowledge"
    assert client.post(path).status_code == 302
    row = ReadingWarning.objects.get(pk=world.alpha["warning_id"])
    assert row.seen_by == world.officers["intake_clerk"]
    assert row.seen_at is not None
    again = browser(world, "supervisor").post(path, headers={"HX-Request": "true"})
    assert again.status_code == 200
    row.refresh_from_db()
    assert row.seen_by == world.officers["intake_clerk"]


def test_a_broken_chain_of_custody_is_said_first(world: World) -> None:
    text = browser(world, "custodian").get(f"/exhibits/{world.alpha['exhibit_id']}").content.decode()
    assert "The chain of custody has 1 gap." in text
    assert "C-1" in text
    assert "category 1 of TRAINING" in text


def test_statistics_add_up_and_say_what_they_count(world: World) -> None:
    operation = Operation.objects.get()
    sheet = outcome_figures(world.officers["supervisor"], operation, as_of=NOON + timedelta(days=1))
    for place, total in enumerate(sheet.total):
        assert total == sum(line.numbers[place] for line in sheet.districts)
    assert sheet.total[0] == 4
    assert sum(line.count for line in sheet.outcomes) == 4
    own = outcome_figures(world.officers["district_chief"], operation, as_of=NOON + timedelta(days=1))
    assert len(own.districts) == 1
    assert own.total[0] == 2
    assert not own.whole
    before = outcome_figures(world.officers["supervisor"], operation, as_of=NOON - timedelta(days=1))
    assert set(before.total) == {0}


def test_the_board_counts_every_site_once(world: World) -> None:
    Site.objects.filter(number=1).update(state="searching")
    rows = board_rows(world.officers["commander"], world.alpha["operation_id"])
    counts = board_counts(rows)
    assert counts.total == sum(number for _, number in counts.states) == 4
    assert dict(counts.states)["searching"] == 1
    assert counts.accounted == 3
    assert [row.district for row in rows] == sorted(row.district for row in rows)


def test_the_board_sends_only_what_changed(world: World) -> None:
    viewer, operation = world.officers["commander"], world.alpha["operation_id"]
    rows = board_rows(viewer, operation)
    shown = {str(row.id): board_parts.mark_of(row) for row in rows}
    say = Words("en")
    assert board_parts.changed_pieces(rows, shown, say=say, as_of=NOON) == {}
    Site.objects.filter(number=1).update(state="searching")
    after = board_rows(viewer, operation)
    pieces = board_parts.changed_pieces(after, shown, say=say, as_of=NOON)
    assert set(pieces) == {f"s-{uid('site', 0)}", "d-ALPHA", "counts"}
    assert "<script>" not in "".join(pieces.values())
    assert board_parts.digest_of(rows) != board_parts.digest_of(after)


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(-5, "0 min"), (0, "0 min"), (59, "59 min"), (60, "1 h 0 min"), (190, "3 h 10 min"), (48 * 60, "2 d")],
)
def test_ages_are_said_in_the_unit_that_fits(minutes: int, text: str) -> None:
    assert board_parts.age_text(NOON, NOON + timedelta(minutes=minutes)) == text


def test_a_silent_team_and_a_stop_long_due_are_marked(world: World) -> None:
    rows = board_rows(world.officers["commander"], world.alpha["operation_id"])
    late = NOON + timedelta(hours=2)
    assert not any(board_parts.is_late(row, late) for row in rows)
    Site.objects.filter(number=1).update(state="entered")
    Site.objects.filter(number=2).update(state="planned")
    rows = board_rows(world.officers["commander"], world.alpha["operation_id"])
    assert {row.number for row in rows if board_parts.is_late(row, late)} == {1, 2}
    assert not any(board_parts.is_late(row, NOON) for row in rows)


def test_team_members_see_doors_and_others_who_need_none_do_not(world: World) -> None:
    path = f"/operations/{world.alpha['operation_id']}"
    assert "House Alpha" in browser(world, "field_officer").get(path).content.decode()
    assert "House Alpha" in browser(world, "commander").get(path).content.decode()
    assert "House Alpha" not in browser(world, "auditor").get(path).content.decode()


def test_every_word_exists_in_both_languages() -> None:
    assert set(ENGLISH) == set(MALAYALAM)
    assert all(
        any("\u0d00" <= sign <= "\u0d7f" for sign in word) or key == "of" for key, word in MALAYALAM.items()
    )
    assert Words("ml")["board"] != Words("en")["board"]
    assert Words("en")["some_new_state"] == "Some new state"


def test_the_language_is_chosen_and_kept(world: World) -> None:
    client = browser(world, "commander")
    assert client.post("/language", {"language": "ml", "next": "/operations"})["Location"] == "/operations"
    page = client.get("/operations").content.decode()
    assert '<html lang="ml">' in page
    assert MALAYALAM["operations"] in page
    board = client.get(f"/operations/{world.alpha['operation_id']}/board").content.decode()
    assert MALAYALAM["done"] in board
    client.post("/language", {"language": "xx"})
    assert '<html lang="ml">' in client.get("/").content.decode()


def test_nonsense_in_a_query_is_nothing_asked(world: World) -> None:
    client = browser(world, "auditor")
    for path in (
        "/leads?page=-1",
        "/leads?page=99999",
        "/leads?page=\u0661",
        "/leads?q=%00",
        "/map?operation=x&district=y",
        "/statistics?operation=%27",
        "/subjects?level=9",
        "/audit?act=%00&page=x",
        "/exhibits?examined=maybe",
    ):
        assert client.get(path).status_code == 200, path


def test_an_empty_station_says_what_to_do_next() -> None:
    world = build(size=0)
    Operation.objects.all()
    client = browser(world, "auditor")
    for path, word in (
        ("/leads", "intake clerk"),
        ("/subjects", "analyst"),
        ("/exhibits", "seal number"),
        ("/documents", "court officer"),
        ("/warnings", "No warning waits"),
        ("/map", "admits"),
    ):
        assert word in client.get(path).content.decode(), path
    assert (
        "No operation in your reach" in browser(world, "district_chief").get("/operations").content.decode()
    )


def test_a_map_keeps_everything_inside_and_north_up() -> None:
    shape = DistrictShape(uuid.UUID(int=1), "A", "A", "", (((76.0, 8.0), (77.0, 8.0), (77.0, 12.0)),))
    site = _site_at(76.5, 11.0)
    south = _site_at(76.5, 9.0)
    drawing = draw_map([shape], [site, south])
    assert drawing is not None
    north_y, south_y = (float(one.y) for one in drawing.sites)
    assert 0 < north_y < south_y < drawing.height
    assert all(0 < float(one.x) < drawing.width for one in drawing.sites)
    assert draw_map([], []) is None
    assert draw_map([], [site]) is not None


def _site_at(longitude: float, latitude: float) -> SiteOnMap:
    return SiteOnMap(
        uuid.UUID(int=2),
        uuid.UUID(int=3),
        1,
        "A",
        uuid.UUID(int=1),
        "x",
        longitude,
        latitude,
        "planned",
        "",
        0,
    )


def test_an_open_board_is_woken_for_its_own_operation_only(monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[tuple[bool, bool]] = []

    async def watch() -> None:
        channel = BoardChannel()
        monkeypatch.setattr(channel, "_listen", _never)
        mine, other = uuid.UUID(int=1), uuid.UUID(int=2)
        async with channel.changes(mine) as first, channel.changes(other) as second:
            channel.wake(str(mine))
            woken.append((first.is_set(), second.is_set()))
            channel.wake_all()
            woken.append((first.is_set(), second.is_set()))
        assert not channel.is_listening

    asyncio.run(watch())
    assert woken == [(True, False), (True, True)]


async def _never() -> None:
    await asyncio.Event().wait()


def test_on_a_training_station_ages_are_measured_in_its_own_time(world: World) -> None:
    text = (
        browser(world, "commander").get(f"/operations/{world.alpha['operation_id']}/board").content.decode()
    )
    assert ">0 min</time>" in text
    assert "2026-03-01 12:00:00" in text


def test_an_officer_is_shown_by_name_and_rank(world: World) -> None:
    Officer.objects.filter(pk=world.officers["commander"].pk).update(name="Anitha Nair")
    assert "Anitha Nair, SI" in browser(world, "commander").get("/").content.decode()
