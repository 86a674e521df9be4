"""The pages of triage: who may see and do what, what they narrow, what they say in both languages."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kaval.engine.rules.leads.quality import WORDS
from kaval.engine.rules.triage import BAND_CODES
from kaval.station.models import Act, Assessment, District, ParkedSample, Report, SavedView, Subject
from kaval.station.queries.triage_calibration import calibration
from kaval.station.queries.triage_queue import QueueFilter, queue_page, rank_of
from kaval.station.views.triage_words import TRIAGE, clock_words, done_words, said_once
from tests.station.console_rows import HOSTILE, NOON, World, build, uid

pytestmark = pytest.mark.django_db
PAGES = (
    "",
    "?stage=2",
    "?parked=1",
    "/what-if",
    "/calibration",
    "/calibration?stage=2",
    "/samples",
    "/quality",
)


@pytest.fixture
def world() -> World:
    """Four subjects in the queue: two of a day, long overdue, two of thirty days."""
    world = build()
    for number, subject in enumerate(Subject.objects.order_by("number")):
        band = BAND_CODES[1 if number < 2 else 4]
        Subject.objects.filter(pk=subject.pk).update(
            assessed_at=NOON,
            band=band,
            due_at=NOON + timedelta(days=-3 if number < 2 else 9),
            records_until=NOON + timedelta(days=20 * number + 5) if number < 3 else None,
        )
    return world


def browser(world: World, role: str, language: str = "en") -> Client:
    """A browser in which the officer of this role is signed in, in a language."""
    client = Client()
    client.force_login(world.account(role))
    if language != "en":
        client.post("/language", {"language": language, "next": "/"})
    return client


def numbers(page: str) -> list[str]:
    """The subjects of a queue page in their order."""
    return re.findall(r'<td class="lead-cell"><a href="/subjects/[^"]+/why">([^<]+)</a>', page)


def post(client: Client, path: str, **fields: object) -> tuple[int, str]:
    """Sends a form; gives the status and where it leads, or what it says."""
    response = client.post(path, {"key": str(uuid.uuid4()), **fields})
    return response.status_code, response.headers.get("Location") or response.content.decode()


def test_every_page_is_there_in_both_languages(world: World) -> None:
    for language in ("en", "ml"):
        client = browser(world, "supervisor", language)
        for page in PAGES:
            response = client.get(f"/triage{page}")
            text, name = (
                response.content.decode(),
                page.split("?")[0].strip("/").replace("-", "_") or "triage",
            )
            assert response.status_code == 200
            assert f"<h1>{TRIAGE[name][language == 'ml']}</h1>" in text
            assert HOSTILE not in text


def test_every_sentence_exists_in_both_languages() -> None:
    for key, (english, malayalam) in {**TRIAGE, **WORDS}.items():
        assert english
        assert any("\u0d00" <= sign <= "\u0d7f" for sign in malayalam) or key == "of", key


def test_who_has_no_business_there_finds_nothing(world: World) -> None:
    one = world.alpha["subject_id"]
    for role in ("intake_clerk", "second_reader", "district_chief", "field_officer", "press_officer"):
        client = browser(world, role)
        nothing = client.get("/no-such-page").content
        for path in (*(f"/triage{page}" for page in PAGES), f"/subjects/{one}/why"):
            response = client.get(path)
            assert (response.status_code, response.content) == (404, nothing)
        assert post(client, "/triage/act", act="park", subject=str(one), text="x")[0] == 404
    assert not Subject.objects.exclude(parked_at=None).exists()


def test_who_may_look_may_not_therefore_act(world: World) -> None:
    client, one = browser(world, "auditor"), world.alpha["subject_id"]
    page = client.get("/triage").content.decode()
    assert numbers(page)
    assert 'name="subject"' not in page
    for path, fields in (
        ("/triage/act", {"act": "take", "subject": str(one)}),
        ("/triage/act", {"act": "park", "subject": str(one), "text": "x"}),
        ("/triage/view", {"name": "x"}),
        ("/triage/samples/draw", {"size": "5"}),
        (f"/subjects/{one}/band", {"band": "band_immediate", "text": "x"}),
    ):
        status, said = post(client, path, **fields)
        assert (status, "ROLE" in said) == (403, True), path
    status, said = post(browser(world, "analyst"), "/triage/samples/draw", size="5")
    assert (status, "ROLE" in said) == (403, True), "drawing is for a supervisor"


def test_the_queue_is_in_triage_order_and_a_persons_band_goes_first(world: World) -> None:
    client = browser(world, "supervisor")
    assert numbers(client.get("/triage").content.decode()) == ["S-0", "S-1", "S-2", "S-3"]
    last = Subject.objects.get(number="S-3")
    status, where = post(client, f"/subjects/{last.pk}/band", band="band_immediate", text="The mother called")
    assert (status, where) == (303, f"/subjects/{last.pk}/why?done=band-1")
    assert numbers(client.get("/triage").content.decode()) == ["S-3", "S-0", "S-1", "S-2"]
    page = client.get(f"/subjects/{last.pk}/why").content.decode()
    assert "The mother called" in page
    assert "at once" in page


def test_the_rank_is_the_place_in_the_list_whatever_ties_there_are(world: World) -> None:
    viewer = world.officers["supervisor"]
    Subject.objects.update(score=5.0, records_until=None, band="band_7_days")
    Subject.objects.filter(number="S-2").update(records_until=NOON)
    Subject.objects.filter(number="S-3").update(first_seen_at=NOON - timedelta(days=1))
    listed = [row.number for row in queue_page(viewer, QueueFilter(), now=NOON)]
    assert listed == ["S-2", "S-3", "S-0", "S-1"]
    ranked = {one.number: rank_of(viewer, one) for one in Subject.objects.all()}
    assert ranked == {number: (place, 4) for place, number in enumerate(listed, 1)}
    Subject.objects.filter(number="S-3").update(parked_at=NOON)
    assert rank_of(viewer, Subject.objects.get(number="S-1")) == (3, 3)
    assert rank_of(viewer, Subject.objects.get(number="S-3")) == (2, 4), "the place it would have"


NARROWED = {
    "band=band_1_day": ["S-0", "S-1"],
    "band=band_7_days": [],
    "overdue=1": ["S-0", "S-1"],
    "expiring=30": ["S-0", "S-1"],
    "expiring=1": [],
    "source=tip": ["S-0", "S-1", "S-2", "S-3"],
    "source=ncmec": [],
    "provider=isp": ["S-0", "S-1", "S-2", "S-3"],
    "mine=1": ["S-2"],
    "untaken=1": ["S-0", "S-1", "S-3"],
    "district=alpha": ["S-0", "S-1"],
    "expiring=x&district=zzz&page=99&stage=9": ["S-0", "S-1", "S-2", "S-3"],
}


def test_a_queue_is_narrowed(world: World) -> None:
    Subject.objects.filter(number="S-2").update(assigned_to=world.officers["analyst"])
    client, alpha = browser(world, "analyst"), str(District.objects.get(code="ALPHA").pk)
    for asked, found in NARROWED.items():
        page = client.get(f"/triage?{asked.replace('alpha', alpha)}").content.decode()
        assert numbers(page) == found, asked
        assert ("No subject fits this filter" in page) is (not found)


def test_a_page_asks_as_many_questions_for_many_rows_as_for_few(world: World) -> None:
    client, asked = browser(world, "supervisor"), []
    for few in (True, False):
        Subject.objects.filter(number__in=["S-2", "S-3"]).update(parked_at=NOON if few else None)
        with CaptureQueriesContext(connection) as questions:
            assert len(numbers(client.get("/triage").content.decode())) == (2 if few else 4)
        asked.append(len(questions))
    assert asked[0] == asked[1] <= 25


def test_several_are_taken_parked_with_a_reason_and_brought_back(world: World) -> None:
    client = browser(world, "analyst")
    two = [str(uid("subject", 0)), str(uid("subject", 1))]
    status, where = post(client, "/triage/act?band=band_1_day", act="take", subject=two)
    assert (status, where) == (303, "/triage?band=band_1_day&done=taken-2")
    assert "Taken: 2" in client.get(where).content.decode()
    status, said = post(client, "/triage/act?mine=1", act="park", subject=two, text=" ")
    assert status == 400
    assert "parked for a reason" in said
    assert said.count(" checked>") >= 2, "what was ticked stays ticked"
    status, where = post(client, "/triage/act", act="park", subject=two, text="Handed to <b>another</b> unit")
    assert (status, where) == (303, "/triage?done=parked-2")
    assert numbers(client.get("/triage").content.decode()) == ["S-2", "S-3"]
    parked = client.get("/triage?parked=1").content.decode()
    assert numbers(parked) == ["S-0", "S-1"]
    assert "Handed to &lt;b&gt;another&lt;/b&gt; unit" in parked
    assert "by an officer" in parked
    post(client, "/triage/act?parked=1", act="bring_back", subject=two)
    assert len(numbers(client.get("/triage").content.decode())) == 4
    where = post(client, "/triage/act", act="give_back", subject=two[0], **{"from": "why"})[1]
    assert where == f"/subjects/{two[0]}/why?done=given-1"
    assert "Given back: 1" in client.get(where).content.decode()
    assert post(client, "/triage/act", act="take")[0] == 400
    assert post(client, "/triage/act", act="take", subject="nonsense")[0] == 400
    assert post(client, "/triage/act", act="erase", subject=two)[0] == 400


def test_the_same_form_sent_twice_is_one_act(world: World) -> None:
    client, form = (
        browser(world, "analyst"),
        {"act": "take", "subject": str(uid("subject", 0)), "key": uuid.uuid4()},
    )
    assert [client.post("/triage/act", form).status_code for _ in range(2)] == [303, 303]
    assert Act.objects.filter(name="take_subjects").count() == 1


def test_another_officers_subject_is_not_taken_away(world: World) -> None:
    Subject.objects.filter(number="S-0").update(assigned_to=world.officers["supervisor"])
    status, said = post(browser(world, "analyst"), "/triage/act", act="take", subject=str(uid("subject", 0)))
    assert status == 400
    assert "only a supervisor moves subjects between officers: S-0" in said


def test_views_are_kept_shown_and_dropped(world: World) -> None:
    client = browser(world, "analyst")
    where = post(client, "/triage/view?overdue=1&page=3&done=x&band=band_1_day", name="Late <i>ones</i>")[1]
    assert where == "/triage?band=band_1_day&overdue=1&done=view-1"
    assert SavedView.objects.get().query == "band=band_1_day&overdue=1"
    page = client.get("/triage").content.decode()
    assert '<a href="/triage?band=band_1_day&amp;overdue=1">Late &lt;i&gt;ones&lt;/i&gt;</a>' in page
    assert "Late" not in browser(world, "supervisor").get("/triage").content.decode()
    post(client, "/triage/view", name="Late <i>ones</i>", drop="1")
    assert "Late" not in client.get("/triage").content.decode()
    assert post(client, "/triage/view?mine=1", name=" ")[0] == 400


@pytest.mark.parametrize("language", ["en", "ml"])
def test_the_why_page_says_place_points_reasons_missing_quality_and_history(
    world: World, language: str
) -> None:
    one = Subject.objects.get(number="S-0")
    reasons = [
        {
            "code": "online_enticement",
            "text": "a child is contacted",
            "text_ml": "കുട്ടിയെ ബന്ധപ്പെടുന്നു",
            "weight": 50.0,
        },
        {"code": "volume", "text": "reports: 1", "text_ml": "റിപ്പോർട്ടുകൾ: 1", "weight": 4.5},
    ]
    Assessment.objects.create(
        id=uid("newer"), subject=one, stage=1, score=54.5, band="band_1_day", at=NOON + timedelta(days=1),
        reasons=reasons, missing=["viral_list", "reported_age"], rule_version="triage-1/rules-3/2026-12",
    )  # fmt: skip
    Report.objects.update(quality=62, missing=["source_port", "something_new"])
    page = browser(world, "supervisor", language).get(f"/subjects/{one.pk}/why").content.decode()
    malayalam = language == "ml"
    for english, other in (
        ("a child is contacted", "കുട്ടിയെ ബന്ധപ്പെടുന്നു"),
        WORDS["source_port"],
        ("Without the heaviest reason", "ഏറ്റവും പ്രധാന കാരണം ഇല്ലെങ്കിൽ"),
        ("May fall when it is known", "അറിയുമ്പോൾ താഴാം"),
        ("place 1 of 4 in the queue", "സ്ഥാനം"),
        ("3 days overdue", "3 ദിവസം വൈകി"),
    ):
        assert (other if malayalam else english) in page
    assert "+50" in page
    assert "62 %" in page
    assert "something new" in page
    assert "4.5" in re.sub(r"<[^>]+>", " ", page), "what is left without the heaviest"
    assert f"/leads/{world.alpha['lead_id']}" in page or "/leads/" in page


def test_a_merged_subject_leads_to_the_one_it_belongs_to(world: World) -> None:
    away, into = uid("subject", 0), uid("subject", 1)
    Subject.objects.filter(pk=away).update(merged_into=into)
    client = browser(world, "supervisor")
    assert client.get(f"/subjects/{away}")["Location"] == f"/subjects/{into}"
    assert client.get(f"/subjects/{away}/why")["Location"] == f"/subjects/{into}/why"
    assert numbers(client.get("/triage").content.decode()) == ["S-1", "S-2", "S-3"]
    assert "S-0<" not in client.get("/subjects").content.decode()


def test_an_unassessed_subject_says_what_to_do(world: World) -> None:
    one = uid("subject", 0)
    Subject.objects.filter(pk=one).update(assessed_at=None)
    Subject.objects.exclude(pk=one).update(assessed_at=None)
    page = browser(world, "analyst").get("/triage").content.decode()
    assert "The queue is empty" in page
    assert "Not assessed yet" in page


def test_calibration_counts_by_what_stood_when_a_team_came(world: World) -> None:
    one, version = Subject.objects.get(number="S-0"), "triage-1/rules-3/2026-12"
    for key, days, band in (("before", -2, "band_1_day"), ("after", 2, "band_immediate")):
        Assessment.objects.create(
            id=uid(key), subject=one, stage=1, score=1, band=band, at=NOON + timedelta(days=days), reasons=[],
            rule_version=version,
        )  # fmt: skip
    rows = {
        (row.source, row.band, row.rule_version): row
        for row in calibration(world.officers["auditor"], stage=1)
    }
    assert sum(row.n for row in rows.values()) == 4, "every subject of one source counts once"
    assert not [key for key in rows if key[1] == "band_immediate"], "that came after the door"
    assert all(row.decided == row.n and not row.harm_found for row in rows.values()), "nothing was found"
    assert calibration(world.officers["auditor"], stage=2) == ()
    text = browser(world, "auditor").get("/triage/calibration").content.decode()
    assert "t-1" in text
    assert re.search(r"0–\d+ %", text), "an interval is shown"


def test_samples_are_drawn_judged_and_counted(world: World) -> None:
    Subject.objects.filter(number__in=["S-0", "S-1"]).update(
        parked_at=NOON, parked_by_rule="park-1/x", parked_text="passed on by many\nപലരും പങ്കുവയ്ക്കുന്നത്"
    )
    client = browser(world, "supervisor")
    assert post(client, "/triage/samples/draw", size="9")[1] == "/triage/samples?done=drawn-2"
    assert "passed on by many" in client.get("/triage/samples").content.decode()
    assert "പലരും പങ്കുവയ്ക്കുന്നത്" in browser(world, "supervisor", "ml").get("/triage/samples").content.decode()
    one, two = ParkedSample.objects.order_by("subject__number")
    status, said = post(client, "/triage/samples/judge", sample=str(one.pk), verdict="wrong")
    assert status == 400
    assert "say why the rule was wrong" in said
    assert (
        post(client, "/triage/samples/judge", sample=str(one.pk), verdict="wrong", text="A school is named")[
            0
        ]
        == 303
    )
    assert post(client, "/triage/samples/judge", sample=str(two.pk), verdict="right")[0] == 303
    text = " ".join(re.sub(r"<[^>]+>", " ", client.get("/triage/samples").content.decode()).split())
    assert "park-1/x 2 2 1 50 %" in text
    assert "A school is named" in text
    assert numbers(client.get("/triage").content.decode())[0] == "S-0", "the wrongly parked one is back"
    assert post(client, "/triage/samples/draw", size="0")[0] == 400
    assert post(client, "/triage/samples/draw", size="5")[0] == 400
    assert post(client, "/triage/samples/judge", sample="x", verdict="right")[0] == 400


def test_quality_is_counted_by_who_reported(world: World) -> None:
    first = Report.objects.order_by("source_id")[0]
    Report.objects.update(quality=80, missing=["text"])
    Report.objects.filter(pk=first.pk).update(
        quality=20, missing=["text", "account"], fields={"incidentSummary/platform": "Kite Photos"}
    )
    text = " ".join(
        re.sub(r"<[^>]+>", " ", browser(world, "analyst").get("/triage/quality").content.decode()).split()
    )
    assert "Kite Photos tip 1 20 % 1 account of the reported person 100 %, text of the report 100 %" in text
    assert "tip tip 3 80 % 0 text of the report 100 %" in text


def test_clocks_are_said_in_words() -> None:
    said = [
        clock_words(NOON + timedelta(minutes=minutes), now=NOON, malayalam=False)
        for minutes in (-4000, -70, 30, 3000)
    ]
    assert [(one.text, one.state) for one in said] == [
        ("2 days overdue", "late"),
        ("1 hour overdue", "late"),
        ("30 minutes left", "soon"),
        ("2 days left", "runs"),
    ]
    assert clock_words(None, now=NOON, malayalam=False).text == "no clock"
    assert clock_words(NOON - timedelta(days=2), now=NOON, malayalam=True).text == "2 ദിവസം വൈകി"


@pytest.mark.parametrize("nonsense", ["", "taken", "taken-", "taken--1", "taken-99999", "<b>-1", "other-1"])
def test_a_made_up_mark_in_the_address_says_nothing(nonsense: str) -> None:
    assert done_words(nonsense, malayalam=False) == ""


def test_a_rules_reason_is_said_in_one_language_and_a_persons_as_it_is() -> None:
    assert [said_once("a\nഅ", malayalam=malayalam) for malayalam in (False, True)] == ["a", "അ"]
    assert said_once("own words", malayalam=True) == "own words"
    assert said_once("", malayalam=True) == ""
