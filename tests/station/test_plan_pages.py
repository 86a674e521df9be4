"""The pages of the plan: seen by those in reach, moved within the rules, refused in words, in both languages."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from kaval.engine.formats.planning import stops_csv
from kaval.station.models import Operation, PlanVersion, Site, Stop, Team
from kaval.station.operations.plan_rows import plan_of, version_in_force
from kaval.station.views.plan_words import PLAN, READY
from tests.station import planned_rows
from tests.station.planned_rows import TIED, Planned

pytestmark = pytest.mark.django_db
PAGES = ("", "/plan", "/plan/versions", "/plan/files", "/ready")


@pytest.fixture(scope="module", autouse=True)
def planned(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Planned]:
    """The rows and a plan made of them, for all tests of the module; each test works on a savepoint."""
    with django_db_blocker.unblock(), planned_rows.lasting() as rows:
        yield rows


def browser(rows: Planned, role: str, *, malayalam: bool = False) -> Client:
    """A browser in which the officer of this role is signed in."""
    client = Client()
    client.force_login(rows.account(role))
    if malayalam:
        client.post("/language", {"language": "ml"})
    return client


def at(rows: Planned, page: str = "/plan") -> str:
    """The address of a page of the operation."""
    return f"/operations/{rows.operation.pk}{page}"


def moving(site: Site, team: Team, order: int, **more: object) -> dict[str, object]:
    """What the form of a move sends."""
    return {"key": str(uuid.uuid4()), "site": str(site.pk), "team": str(team.pk), "order": order, **more}


def free_move(rows: Planned) -> tuple[Site, Team]:
    """A place that is tied to no other and ends its team's list, and the other team of its district."""
    last = (
        Stop.objects.filter(team__operation=rows.operation, order__gt=1, site__district__code="KTM")
        .exclude(site__number__in=TIED)
        .select_related("site", "team")
        .order_by("team__number", "-order")[0]
    )
    other = (
        Team.objects.filter(operation=rows.operation, district=last.team.district)
        .exclude(pk=last.team_id)
        .order_by("number")[0]
    )
    return last.site, other


def where(site: Site) -> tuple[int, int]:
    """The team and the position of a place now."""
    stop = Stop.objects.get(site=site)
    return stop.team.number, stop.order


@pytest.mark.parametrize("role", ["commander", "deputy_commander", "supervisor", "auditor", "district_chief"])
def test_every_page_opens_for_those_who_plan_in_both_languages(planned: Planned, role: str) -> None:
    for malayalam in (False, True):
        client = browser(planned, role, malayalam=malayalam)
        for page in PAGES:
            response = client.get(at(planned, page))
            assert response.status_code == 200, (page, malayalam)
            assert len(re.findall(r"<h1[ >]", response.content.decode())) == 1
            assert " style=" not in response.content.decode()


def test_a_team_member_sees_no_plan_before_the_day(planned: Planned) -> None:
    client = browser(planned, "field_officer")
    assert {client.get(at(planned, page)).status_code for page in PAGES} == {404}


def test_the_board_draws_a_bar_for_every_stop_and_a_mark_for_every_place(planned: Planned) -> None:
    text = browser(planned, "commander").get(at(planned)).content.decode()
    assert text.count('class="stay w-') == Stop.objects.filter(team__operation=planned.operation).count()
    assert text.count("data-tip=") >= Site.objects.filter(operation=planned.operation).count()
    assert text.count("data-route=") == Team.objects.filter(operation=planned.operation).count()
    assert "sunrise 06:" in text
    assert "first entry 07:00" in text
    assert "Kottayam" in text
    assert f"in one wave with {TIED[1]}" in text


def test_a_chief_sees_the_own_district_and_nothing_of_another(planned: Planned) -> None:
    client = browser(planned, "district_chief")
    for page in ("/plan", "/plan/versions?first=1&second=1", "/plan/files", "/ready"):
        text = client.get(at(planned, page)).content.decode()
        assert "IDK-" not in text, page
        assert "Idukki" not in text, page
    other = Site.objects.get(operation=planned.operation, number=8).district_id
    assert "stay w-" not in client.get(f"{at(planned)}?district={other}").content.decode().replace("KTM", "")
    stored = client.get(f"{at(planned, '/plan/file')}?version=1&format=json")
    assert stored.status_code == 200
    assert b"IDK" not in stored.content


def test_doors_are_named_to_those_who_need_them(planned: Planned) -> None:
    assert "Veedu 1/14" in browser(planned, "commander").get(at(planned)).content.decode()
    assert "Veedu" not in browser(planned, "auditor").get(at(planned)).content.decode()


def test_a_move_by_hand_is_a_version_says_who_moves_and_can_be_undone(planned: Planned) -> None:
    client = browser(planned, "commander")
    site, team = free_move(planned)
    before = where(site)
    sent = moving(site, team, 1 + Stop.objects.filter(team=team).count())
    answer = client.post(at(planned, "/plan/move"), sent)
    assert answer.status_code == 303
    assert where(site) == (team.number, sent["order"])
    page = client.get(answer["Location"]).content.decode()
    assert "Moved. This is what changed:" in page
    assert f"Place {site.number:04d}: team {team.code}" in page
    assert "People moved: 4" in page
    version = version_in_force(Operation.objects.get(pk=planned.operation.pk))
    assert version is not None
    assert version.made == "by_hand"
    assert client.post(at(planned, "/plan/move"), sent).status_code == 303
    assert PlanVersion.objects.filter(operation=planned.operation).count() == 2
    undo = client.post(
        at(planned, "/plan/take"), {"key": str(uuid.uuid4()), "number": 1, "undo": "1", "district": ""}
    )
    assert undo.status_code == 303
    assert where(site) == before
    assert "Back as it was." in client.get(undo["Location"]).content.decode()


@pytest.mark.parametrize("malayalam", [False, True])
def test_a_move_that_breaks_a_rule_is_refused_in_words_and_changes_nothing(
    planned: Planned, malayalam: bool
) -> None:
    client = browser(planned, "commander", malayalam=malayalam)
    site = planned.site(TIED[0])
    stop = Stop.objects.get(site=site)
    order = 1 if stop.order > 1 else 2
    stops = sorted(
        Stop.objects.filter(team__operation=planned.operation).values_list("site", "team", "order")
    )
    answer = client.post(at(planned, "/plan/move"), moving(site, stop.team, order))
    assert answer.status_code == 400
    text = answer.content.decode()
    assert "P-LINK" in text
    assert PLAN["not_moved"][malayalam] in text
    assert ('<html lang="ml">' in text) is malayalam
    assert stops == sorted(
        Stop.objects.filter(team__operation=planned.operation).values_list("site", "team", "order")
    )


def test_who_may_not_plan_moves_nothing_and_sees_no_form(planned: Planned) -> None:
    site, team = free_move(planned)
    for role in ("auditor", "supervisor", "district_chief"):
        client = browser(planned, role)
        assert 'id="move"' not in client.get(at(planned)).content.decode()
        assert client.post(at(planned, "/plan/move"), moving(site, team, 1)).status_code == 403
    assert PlanVersion.objects.filter(operation=planned.operation).count() == 1


def test_after_the_freeze_a_move_needs_a_reason_and_gets_a_number(planned: Planned) -> None:
    planned_rows.freeze(planned)
    client = browser(planned, "commander")
    site, team = free_move(planned)
    order = 1 + Stop.objects.filter(team=team).count()
    answer = client.post(at(planned, "/plan/move"), moving(site, team, order))
    assert answer.status_code == 400
    assert "with a reason" in answer.content.decode()
    answer = client.post(at(planned, "/plan/move"), moving(site, team, order, reason="Road closed"))
    assert answer.status_code == 303
    assert "Undo" not in client.get(answer["Location"]).content.decode()
    ready = client.get(at(planned, "/ready")).content.decode()
    assert "Road closed" in ready
    assert "A place moved by hand" in ready


def test_versions_are_listed_compared_and_put_in_force(planned: Planned) -> None:
    client = browser(planned, "commander")
    site, team = free_move(planned)
    client.post(at(planned, "/plan/move"), moving(site, team, 1 + Stop.objects.filter(team=team).count()))
    text = client.get(f"{at(planned, '/plan/versions')}?first=1&second=2").content.decode()
    assert "Version 1 → 2" in text
    assert f"Place {site.number:04d}" in text
    same = client.get(f"{at(planned, '/plan/versions')}?first=1&second=1").content.decode()
    assert "The two are the same." in same
    assert client.get(f"{at(planned, '/plan/versions')}?first=1&second=77").status_code == 200
    took = client.post(at(planned, "/plan/take"), {"key": str(uuid.uuid4()), "number": 1})
    assert "in force now" in client.get(took["Location"]).content.decode()
    missing = client.post(at(planned, "/plan/take"), {"key": str(uuid.uuid4()), "number": 77})
    assert (missing.status_code, b"77" in missing.content) == (400, True)


@pytest.mark.parametrize(
    ("form", "starts"),
    [
        ("csv", b"team,place,order"),
        ("xlsx", b"PK"),
        ("geojson", b"{"),
        ("json", b"{"),
        ("ics", b"BEGIN:VCALENDAR"),
    ],
)
def test_a_plan_is_taken_out_in_every_format(planned: Planned, form: str, starts: bytes) -> None:
    client, team = (
        browser(planned, "commander"),
        Team.objects.filter(operation=planned.operation).order_by("number")[0],
    )
    address = f"{at(planned, '/plan/file')}?version=1&format={form}&team={team.code}"
    answer = client.get(address)
    assert answer.content.startswith(starts)
    assert f'.{form}"' in answer["Content-Disposition"]
    if form in ("geojson", "json"):
        assert json.loads(answer.content)
    if form == "ics":
        refused = client.get(address.replace(team.code, "NOBODY"))
        assert (refused.status_code, b"Choose a team" in refused.content) == (400, True)


def test_an_edited_table_comes_back_as_a_version_or_says_what_is_wrong(planned: Planned) -> None:
    client = browser(planned, "commander")
    site, team = free_move(planned)
    version = version_in_force(Operation.objects.get(pk=planned.operation.pk))
    assert version is not None
    lines = stops_csv(plan_of(version)).decode().splitlines()
    own = next(one for one in lines if f",{site.number:04d}," in one)
    parts = own.split(",")
    parts[0], parts[2] = team.code, str(1 + Stop.objects.filter(team=team).count())

    def send(rows: list[str]) -> str:
        upload = SimpleUploadedFile("stops.csv", "\r\n".join(rows).encode())
        given = {"key": str(uuid.uuid4()), "text": "after a talk", "file": upload}
        answer = client.post(at(planned, "/plan/import"), given)
        return (client.get(answer["Location"]) if answer.status_code == 303 else answer).content.decode()

    edited = [",".join(parts) if one == own else one for one in lines]
    assert "Taken in as a new version" in send(edited)
    latest = PlanVersion.objects.latest("number")
    assert (latest.number, latest.made, latest.text) == (2, "imported", "after a talk")
    unknown = send([*edited, edited[-1].replace(edited[-1].split(",")[1], "9999")])
    assert "Nothing was changed." in unknown
    assert "9999" in unknown
    assert str(len(edited) + 1) in unknown
    assert (
        "Choose a CSV or XLSX file"
        in client.post(at(planned, "/plan/import"), {"key": str(uuid.uuid4())}).content.decode()
    )
    assert PlanVersion.objects.count() == 2


def test_every_word_of_the_pages_exists_in_both_languages() -> None:
    for english, malayalam in (*PLAN.values(), *READY.values()):
        assert english.strip()
        assert any("\u0d00" <= sign <= "\u0d7f" for sign in malayalam), english
    assert not set(PLAN) & set(READY)
