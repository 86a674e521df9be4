"""Subjects are scored, clocked, parked and brought back by rule; what a person did with them stays a person's."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db.models import Min
from django.test import Client, override_settings

from kaval.cli.play.chain import Play
from kaval.engine.rules import triage as rules
from kaval.station.ids import derive
from kaval.station.models import (
    Account,
    Act,
    Assessment,
    Attribution,
    GroundVerification,
    LedgerEntry,
    ParkedSample,
    Place,
    Provider,
    Report,
    SavedView,
    Station,
    Subject,
    SubjectLead,
)
from kaval.station.operations import intake, linking, triage, triage_desk
from kaval.station.operations.triage import BY_PERSON
from kaval.station.operations.triage_facts import facts_by_part
from kaval.station.queries.content import known_content, known_content_in_order, known_content_of, lists_held
from kaval.station.queries.triage_queue import QueueFilter, queue_page
from kaval.station.queries.triage_views import views_of
from kaval.station.queries.whole import rows_digest
from tests.station.plays import refused

PLAYED_UNTIL = "triage"
AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
LATER = AT + timedelta(days=30)
POSSESSION = "Child Pornography (possession, manufacture, and distribution)"
ENTICEMENT = "Online Enticement of Children for Sexual Acts"


@pytest.fixture(autouse=True)
def _own_store(play: Play, tmp_path: Path) -> Iterator[None]:
    """Each test has a sealed store of its own."""
    with override_settings(HOME=tmp_path):
        yield


def some(number: int = 1) -> list[Subject]:
    """The first subjects of the queue that are in it."""
    return list(
        Subject.objects.filter(parked_at=None, merged_into=None).order_by("-score", "number")[:number]
    )


def ids(subjects: list[Subject]) -> list[UUID]:
    return [one.pk for one in subjects]


def test_every_subject_has_a_score_with_reasons_a_band_and_its_clocks(play: Play) -> None:
    assert Subject.objects.filter(merged_into=None, assessed_at=None).count() == 0
    for subject in Subject.objects.filter(merged_into=None):
        newest = Assessment.objects.filter(subject=subject, stage=1).latest("at")
        assert subject.score == newest.score == pytest.approx(sum(one["weight"] for one in newest.reasons))
        assert subject.band == newest.band
        first = Report.objects.filter(lead__subject_link__subject=subject).aggregate(m=Min("received_at"))[
            "m"
        ]
        assert subject.due_at == rules.due_at(subject.band, since=first)
        assert all(one["text"] and one["text_ml"] for one in newest.reasons)


def test_assessing_some_gives_them_what_assessing_all_gives(play: Play) -> None:
    analyst, chosen = play.officer("analyst"), some(3)
    at = AT + timedelta(hours=1)
    assert triage.assess_subjects(by=analyst, at=at, key="some", subjects=[one.pk for one in chosen]) == 3
    one = {row.subject_id: (row.score, row.reasons, row.missing) for row in Assessment.objects.filter(at=at)}
    assert set(one) == set(ids(chosen))
    assert (
        triage.assess_subjects(by=analyst, at=at, key="all")
        == Subject.objects.filter(merged_into=None).count()
    )
    for row in Assessment.objects.filter(at=at, subject__in=ids(chosen)):
        assert (row.score, row.reasons, row.missing) == one[row.subject_id]
    assert triage.assess_subjects(by=analyst, at=at, key="all") == 0, "the same act again does nothing"


def test_parts_of_one_subject_give_the_same_facts_as_all_at_once(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = lists_held()
    whole = [one for part in facts_by_part(lists) for one in part]
    monkeypatch.setattr("kaval.station.operations.triage_facts.PART", 1)
    assert [one for part in facts_by_part(lists) for one in part] == whole
    given = [one for part in facts_by_part(lists, [one.subject for one in reversed(whole)]) for one in part]
    assert given == whole
    known = known_content(lists)
    assert dict(known_content_in_order(lists)) == {key: known[key] for key in known}
    every = [one.subject for one in whole]
    assert known_content_of(lists, every) == {subject: known[subject] for subject in every}


def test_a_merged_subject_is_not_assessed_and_cannot_be_taken(play: Play) -> None:
    first, second = some(2)
    Subject.objects.filter(pk=second.pk).update(merged_into=first)
    analyst = play.officer("analyst")
    assert triage.assess_subjects(by=analyst, at=LATER, key="1", subjects=[second.pk]) == 0
    with refused("SUBJECT"):
        triage_desk.take_subjects(by=analyst, at=AT, key="2", subjects=[first.pk, second.pk], officer=analyst)


def test_who_took_a_subject_keeps_it_until_a_supervisor_moves_it(play: Play) -> None:
    analyst, supervisor = play.officer("analyst"), play.officer("supervisor")
    mine, other = some(2)
    take = triage_desk.take_subjects
    assert take(by=analyst, at=AT, key="1", subjects=[mine.pk, other.pk], officer=analyst) == 2
    assert take(by=analyst, at=AT, key="2", subjects=[mine.pk], officer=analyst) == 0, "it is his already"
    assert take(by=supervisor, at=AT, key="3", subjects=[other.pk], officer=supervisor) == 1
    with refused("OTHER"):
        take(by=analyst, at=AT, key="4", subjects=[other.pk], officer=analyst)
    with refused("OTHER"):
        take(by=analyst, at=AT, key="5", subjects=[mine.pk], officer=supervisor)
    with refused("OTHER"):
        take(by=supervisor, at=AT, key="6", subjects=[mine.pk], officer=play.officer("auditor"))
    assert take(by=analyst, at=AT, key="7", subjects=[mine.pk], officer=None) == 1
    mine.refresh_from_db()
    assert (mine.assigned_to, mine.parked_by_rule) == (None, BY_PERSON)
    assert Act.objects.filter(key="take_subjects:1").exists()
    entry = LedgerEntry.objects.filter(act__key="take_subjects:1").get()
    assert mine.number.encode() in bytes(entry.content)


def test_parking_needs_a_reason_and_what_is_parked_comes_back(play: Play) -> None:
    analyst = play.officer("analyst")
    (one,) = some()
    with refused("REASON"):
        triage_desk.park_subjects(by=analyst, at=AT, key="1", subjects=[one.pk], text="  ")
    with refused("SUBJECT"):
        triage_desk.park_subjects(by=analyst, at=AT, key="2", subjects=[], text="x")
    assert triage_desk.park_subjects(by=analyst, at=AT, key="3", subjects=[one.pk], text="Same as S-1") == 1
    assert triage_desk.park_subjects(by=analyst, at=AT, key="3", subjects=[one.pk], text="Same as S-1") == 0
    one.refresh_from_db()
    assert (one.parked_at, one.parked_by_rule, one.parked_text) == (AT, BY_PERSON, "Same as S-1")
    triage.assess_subjects(by=analyst, at=LATER, key="4", subjects=[one.pk])
    one.refresh_from_db()
    assert one.parked_at == AT, "no rule brings back what a person parked"
    assert (
        triage_desk.bring_back_subjects(by=analyst, at=LATER, key="5", subjects=[one.pk], text="new report")
        == 1
    )
    assert triage_desk.bring_back_subjects(by=analyst, at=LATER, key="6", subjects=[one.pk]) == 0
    back = Subject.objects.get(pk=one.pk)
    assert (back.parked_at, back.parked_text) == (None, "new report")


def told(number: int, kind: str = POSSESSION, *, hours: int = 0, viral: bool = True) -> list[intake.Arrival]:
    """A complete CyberTip about one account and the details of its one file, marked as passed on by many."""
    at = (AT - timedelta(days=2) + timedelta(hours=hours)).isoformat()
    report = f"""<?xml version="1.0" encoding="UTF-8"?><report><incidentSummary><incidentType>{kind}</incidentType>
<platform>Kite Photos</platform><incidentDateTime>{at}</incidentDateTime></incidentSummary><reporter>
<reportingPerson><email>trust@kite-photos.example.org</email></reportingPerson></reporter><personOrUserReported>
<espIdentifier>kp-777</espIdentifier><espService>Kite Photos</espService><screenName>still_pond_777</screenName>
<ipCaptureEvent><ipAddress>198.18.64.77</ipAddress><eventName>Upload</eventName><dateTime>{at}</dateTime>
<port>19355</port></ipCaptureEvent></personOrUserReported></report>"""
    mark = "<fileAnnotations><viral/></fileAnnotations>" if viral else ""
    file = f"""<?xml version="1.0" encoding="UTF-8"?><fileDetails>
<reportId>{number}</reportId><fileId>f{number}</fileId>
<originalFileName>pattern-{number}.png</originalFileName><fileViewedByEsp>true</fileViewedByEsp>{mark}
<originalFileHash hashType="SHA1">{number:040x}</originalFileHash></fileDetails>"""
    return [
        intake.Arrival(f"CT-{number}.xml", report.encode()),
        intake.Arrival(f"CT-{number}.file-f{number}.xml", file.encode()),
    ]


def linked(play: Play, arrivals: list[intake.Arrival], key: str) -> Subject:
    """Takes a report in and links it; gives its subject."""
    intake.take_in(by=play.officer("intake_clerk"), at=AT, source="ncmec", arrivals=arrivals, key=key)
    linking.link_leads(by=play.officer("analyst"), at=AT, key=key)
    return SubjectLead.objects.select_related("subject").latest("lead__number").subject


def test_a_rule_parks_only_what_nobody_looked_at_and_a_new_report_takes_it_back(play: Play) -> None:
    analyst, supervisor = play.officer("analyst"), play.officer("supervisor")

    def assess(key: str, at: datetime) -> Subject:
        triage.assess_subjects(by=analyst, at=at, key=key)
        return Subject.objects.get(pk=subject.pk)

    subject = linked(play, told(900), "900")
    parked = assess("1", AT)
    assert (parked.parked_at, parked.parked_by_rule) == (AT, rules.park_rule())
    english, malayalam = parked.parked_text.splitlines()
    assert "passed on by many" in english
    assert malayalam
    assert assess("2", AT + timedelta(hours=1)).parked_at == AT, "since when it waits is not lost"
    assert linked(play, told(901, ENTICEMENT, hours=30), "901") == subject
    back = assess("3", LATER)
    assert (back.parked_at, back.parked_by_rule, back.parked_text) == (None, "", "")
    assert back.score > parked.score
    triage_desk.park_subjects(
        by=supervisor, at=LATER, key="4", subjects=[subject.pk], text="with another unit"
    )
    assert assess("5", LATER + timedelta(days=1)).parked_at == LATER, (
        "a person parked it: no rule brings it back"
    )


def test_no_rule_parks_what_a_person_brought_back_or_has_in_hand(play: Play) -> None:
    analyst, supervisor = play.officer("analyst"), play.officer("supervisor")
    subject = linked(play, told(900), "900")
    triage.assess_subjects(by=analyst, at=AT, key="1", subjects=[subject.pk])
    triage_desk.bring_back_subjects(by=supervisor, at=AT, key="2", subjects=[subject.pk])
    triage.assess_subjects(by=analyst, at=LATER, key="3", subjects=[subject.pk])
    subject.refresh_from_db()
    assert (subject.parked_at, subject.parked_by_rule) == (None, BY_PERSON)


def test_a_persons_band_and_its_clock_go_before_the_rules(play: Play) -> None:
    supervisor, analyst = play.officer("supervisor"), play.officer("analyst")
    one = Subject.objects.filter(merged_into=None).exclude(band="band_immediate").order_by("number")[0]
    since = one.first_seen_at
    assert since is not None
    with refused("BAND"):
        triage_desk.set_band(by=supervisor, at=AT, key="1", subject=one.pk, band="band_9_days", text="x")
    with refused("REASON"):
        triage_desk.set_band(by=supervisor, at=AT, key="2", subject=one.pk, band="band_immediate", text="")
    done = triage_desk.set_band(
        by=supervisor, at=AT, key="3", subject=one.pk, band="band_immediate", text="A call"
    )
    assert (done.set_band, done.set_band_text, done.due_at) == ("band_immediate", "A call", since)
    triage.assess_subjects(by=analyst, at=LATER, key="4", subjects=[one.pk])
    one.refresh_from_db()
    assert (one.set_band, one.due_at) == ("band_immediate", since)
    off = triage_desk.set_band(by=supervisor, at=LATER, key="5", subject=one.pk, band="", text="settled")
    assert (off.set_band, off.due_at) == ("", rules.due_at(one.band, since=since))


def test_views_belong_to_one_officer_and_a_dropped_name_can_be_used_again(play: Play) -> None:
    analyst, supervisor = play.officer("analyst"), play.officer("supervisor")
    save, drop = triage_desk.save_view, triage_desk.drop_view
    save(by=analyst, at=AT, key="1", name="  Late   ones ", query="overdue=1")
    save(by=analyst, at=AT, key="2", name="Late ones", query="overdue=1&mine=1")
    assert [(one.name, one.query) for one in views_of(analyst)] == [("Late ones", "overdue=1&mine=1")]
    assert views_of(supervisor) == ()
    assert drop(by=analyst, at=AT, key="3", name="Late ones") is True
    assert drop(by=analyst, at=AT, key="4", name="Late ones") is False
    assert views_of(analyst) == ()
    save(by=analyst, at=AT, key="5", name="Late ones", query="mine=1")
    assert [one.query for one in views_of(analyst)] == ["mine=1"]
    for key, name, query in (("6", "~~", "x"), ("7", "n" * 61, "x"), ("8", "n", "q" * 401)):
        with refused("NAME|QUERY"):
            save(by=analyst, at=AT, key=key, name=name, query=query)
    for number in range(29):
        save(by=analyst, at=AT, key=f"n{number}", name=f"view {number}", query="")
    with refused("TOO_MANY"):
        save(by=analyst, at=AT, key="9", name="one more", query="")
    assert SavedView.objects.count() == 30


def test_a_sample_of_what_a_rule_parked_is_drawn_once_and_judged_once(play: Play) -> None:
    supervisor, rule = play.officer("supervisor"), rules.park_rule()
    with refused("NONE"):
        triage_desk.draw_parked_sample(by=supervisor, at=AT, key="0", size=2)
    parked = some(5)
    Subject.objects.filter(pk__in=ids(parked)).update(parked_at=AT, parked_by_rule=rule, parked_text="r\nr")
    Subject.objects.filter(pk=parked[4].pk).update(parked_by_rule=BY_PERSON)
    with refused("SIZE"):
        triage_desk.draw_parked_sample(by=supervisor, at=AT, key="1", size=0)
    assert triage_desk.draw_parked_sample(by=supervisor, at=AT, key="2", size=3) == 3
    assert triage_desk.draw_parked_sample(by=supervisor, at=AT, key="3", size=3) == 1, "one was left"
    drawn = {row.drawn for row in ParkedSample.objects.all()}
    assert drawn == {"2026-03-01/1", "2026-03-01/2"}
    assert parked[4].pk not in set(ParkedSample.objects.values_list("subject_id", flat=True))
    numbers = sorted(one.number for one in parked[:4])
    expected = rules.draw_sample(numbers, draw="2026-03-01/1", size=3)
    found = ParkedSample.objects.filter(drawn="2026-03-01/1").values_list("subject__number", flat=True)
    assert sorted(found) == sorted(expected)
    one, two = ParkedSample.objects.order_by("subject__number")[:2]
    with refused("REASON"):
        triage_desk.judge_sample(by=supervisor, at=AT, key="4", sample=one.pk, verdict="wrong")
    with refused("VERDICT"):
        triage_desk.judge_sample(by=supervisor, at=AT, key="5", sample=one.pk, verdict="perhaps")
    triage_desk.judge_sample(
        by=supervisor, at=AT, key="6", sample=one.pk, verdict="wrong", text="names a school"
    )
    triage_desk.judge_sample(by=supervisor, at=AT, key="7", sample=two.pk, verdict="right")
    with refused("JUDGED"):
        triage_desk.judge_sample(by=supervisor, at=AT, key="8", sample=one.pk, verdict="right")
    with refused("SAMPLE"):
        triage_desk.judge_sample(by=supervisor, at=AT, key="9", sample=parked[4].pk, verdict="right")
    states = dict(
        Subject.objects.filter(pk__in=[one.subject_id, two.subject_id]).values_list("pk", "parked_at")
    )
    assert states == {one.subject_id: None, two.subject_id: AT}


def attributed(play: Play, subject: Subject, *, level: int, children: bool | None = None) -> None:
    """The subject's evidence reaches a place, at which officers looked for children or did not say."""
    station, provider = Station.objects.earliest("code"), Provider.objects.earliest("code")
    place = Place.objects.create(
        id=derive("place", subject.pk),
        provider=provider,
        customer_ref=f"C-{subject.number}",
        address="House",
        latitude=9.5,
        longitude=76.5,
        district=station.district,
        station=station,
    )
    Attribution.objects.create(
        id=derive("attribution", subject.pk),
        subject=subject,
        level=level,
        provider=provider,
        customer_ref=place.customer_ref,
        place=place,
        analyst=play.officer("analyst"),
        at=AT,
        digest="0" * 64,
    )
    GroundVerification.objects.create(
        id=derive("look", subject.pk),
        place=place,
        verified_at=AT,
        by=play.officer("analyst"),
        unit_found=True,
        single_match=True,
        occupant_at_event="same",
        children_seen=children,
        wifi="secured",
    )


def test_a_person_is_scored_once_the_evidence_reaches_a_place_and_moves_to_the_second_queue(
    play: Play,
) -> None:
    analyst, supervisor = play.officer("analyst"), play.officer("supervisor")
    with_child, without, unknown, not_yet = some(4)
    for subject, level, seen in (
        (with_child, 2, True),
        (without, 1, False),
        (unknown, 1, None),
        (not_yet, 0, True),
    ):
        attributed(play, subject, level=level, children=seen)
    Subject.objects.filter(pk=without.pk).update(
        parked_at=AT, parked_by_rule=rules.park_rule(), parked_text="x\nx"
    )
    assert triage.assess_persons(by=analyst, at=LATER, key="1") == 3
    assert triage.assess_persons(by=analyst, at=LATER, key="1") == 0
    rows = {row.subject_id: row for row in Assessment.objects.filter(stage=2)}
    assert set(rows) == {with_child.pk, without.pk, unknown.pk}
    codes = {pk: {one["code"] for one in row.reasons} for pk, row in rows.items()}
    assert "child_in_household" in codes[with_child.pk]
    assert "child_in_household" not in codes[without.pk]
    assert "child_in_household" in rows[unknown.pk].missing
    assert "child_in_household" not in rows[without.pk].missing
    assert all(row.rule_version.startswith("triage-2/") for row in rows.values())
    before, with_child = with_child, Subject.objects.get(pk=with_child.pk)
    assert (with_child.score, with_child.band) == (before.score, before.band), (
        "nothing is added to the first score"
    )
    assert with_child.person_score == rows[with_child.pk].score
    assert with_child.first_seen_at is not None
    assert with_child.due_at == rules.due_at(with_child.person_band, since=with_child.first_seen_at)
    assert Subject.objects.get(pk=without.pk).parked_at is None, (
        "a person who can be found is for people to judge"
    )
    assert Subject.objects.get(pk=not_yet.pk).person_score is None
    viewer = supervisor
    second = [row.id for row in queue_page(viewer, QueueFilter(stage=2), now=LATER)]
    assert set(second) == set(rows)
    assert not set(second) & {row.id for row in queue_page(viewer, QueueFilter(), now=LATER)}
    triage.assess_subjects(by=analyst, at=LATER + timedelta(1), key="2", subjects=[with_child.pk])
    again = Subject.objects.get(pk=with_child.pk)
    assert again.due_at == with_child.due_at, "the person's clock goes before that of the reports"


def browser(play: Play, role: str, language: str = "en") -> Client:
    """A browser in which the officer of this role is signed in."""
    client = Client()
    client.force_login(Account.objects.get(officer=play.officer(role)))
    if language != "en":
        client.post("/language", {"language": language, "next": "/"})
    return client


def test_what_if_shows_who_would_move_and_stores_nothing(play: Play) -> None:
    client, before = browser(play, "supervisor"), rows_digest()
    asked = "/triage/what-if?days=365&w_recency=60&w_volume=x&w_band_immediate=5&w_nonsense=3"
    page = client.get(asked).content.decode()
    assert "This is no number" in page
    assert "2026-12+what-if" in page or "+what-if" in page
    assert "Same place, another band" in page or "<h2>Up</h2>" in page
    assert " → " in page
    assert "അവസാന സംഭവത്തിനു" in browser(play, "supervisor", "ml").get(asked).content.decode()
    lines = list(
        csv.reader(client.get(asked.replace("what-if?", "what-if.csv?")).content.decode().splitlines())
    )
    subjects = set(Subject.objects.values_list("number", flat=True))
    assert lines[0][:3] == ["subject", "place_before", "place_after"]
    assert len(lines) > 2
    assert {line[0] for line in lines[1:]} <= subjects
    assert all("recency" in line[7] for line in lines[1:] if float(line[6]) > float(line[5]))
    assert "Nothing would move" in client.get("/triage/what-if?days=365&w_trafficking=61").content.decode()
    assert "Change a weight" in client.get("/triage/what-if?days=365").content.decode()
    assert rows_digest() == before


def test_the_why_page_of_a_real_subject_reads_in_both_languages(play: Play) -> None:
    (one,) = some()
    newest = Assessment.objects.filter(subject=one).latest("at")
    for language, key in (("en", "text"), ("ml", "text_ml")):
        page = html.unescape(
            browser(play, "analyst", language).get(f"/subjects/{one.pk}/why").content.decode()
        )
        for reason in newest.reasons:
            assert reason[key] in page
        # A vowel sign cannot stand after a hyphen: no font can draw it.
        assert not re.search(r"-[\u0d3e-\u0d4d\u0d02\u0d57]", page)
