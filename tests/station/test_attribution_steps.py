"""From request to attribution: rows rendered from sealed sources, a second reader who is another, seals that hold."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.models import Q
from django.test import override_settings

from kaval.cli.play.chain import Play
from kaval.engine.formats.roster import read_table
from kaval.engine.kernel.errors import ReaderError
from kaval.station import sealed as store
from kaval.station.models import (
    Act,
    AnswerFile,
    Attribution,
    GroundVerification,
    LeadIdentifier,
    Officer,
    Place,
    Provider,
    ProviderRequest,
    Receipt,
    RequestRow,
    Resolution,
    SecondReading,
    Subject,
    SubscriberAnswer,
)
from kaval.station.operations import answers, attribution, attribution_desk, intake, watched
from kaval.station.operations.attribution import GroundLook
from tests.station.plays import footprint, refused

PLAYED_UNTIL = "attribute"
LOOK = GroundLook("Puthuveedu", "4", "12", True, True, "same", "2019-01-01", None, "secured")


@pytest.fixture
def later(play: Play) -> datetime:
    """After everything that was played."""
    return play.world.when("verification_to") + timedelta(hours=5)


@pytest.fixture
def own_store(play: Play, tmp_path: Path) -> Iterator[Path]:
    """The sealed store of the station, copied, to be broken."""
    shutil.copytree(Path(settings.HOME) / "sealed", tmp_path / "sealed")
    with override_settings(HOME=tmp_path):
        yield tmp_path


def _attribute(play: Play, at: datetime) -> object:
    return attribution.attribute_subjects(
        by=play.officer("analyst"), at=at, key="again", entry_at=play.world.when("first_entry_at")
    )


def _rests_on(row: Attribution, sha256: str) -> bool:
    return any(one["digest"] == sha256 for one in row.basis)


@pytest.mark.parametrize("how", ["one byte", "cut", "gone", "no text"])
def test_an_answer_changed_after_it_was_received_stops_what_rests_on_it_and_nothing_else(
    play: Play, later: datetime, own_store: Path, how: str
) -> None:
    sha256 = AnswerFile.objects.filter(provider__code="KADAVU").earliest("rows").sealed.sha256
    before = {row.id: (row.level, row.place_id, _rests_on(row, sha256)) for row in Attribution.objects.all()}
    assert {resting for level, _, resting in before.values() if level == 2} == {True, False}
    path = store.path_of(sha256)
    content = path.read_bytes()
    path.chmod(0o600)
    if how == "gone":
        path.unlink()
    elif how == "no text":
        path.write_bytes(b"\0" * len(content))
    else:
        path.write_bytes(content[:-1] if how == "cut" else bytes([content[0] ^ 1]) + content[1:])
    _attribute(play, later)
    for row in Attribution.objects.all():
        level, place, resting = before[row.id]
        assert _rests_on(row, sha256) == resting, "who rests on it is still seen"
        assert bool(row.broken) == resting
        if resting:
            assert row.level < 2
            assert "A-01" in row.blocked_by
        else:
            assert (row.level, row.place_id) == (level, place)


def test_the_first_and_the_second_reading_go_on_without_a_broken_answer(
    play: Play, later: datetime, own_store: Path
) -> None:
    first = dict(Resolution.objects.values_list("observation", "customer_ref"))
    for row in AnswerFile.objects.select_related("sealed"):
        store.path_of(row.sealed.sha256).unlink()
    attribution.resolve_observations(by=play.officer("analyst"), at=later, key="again")
    assert dict(Resolution.objects.values_list("observation", "customer_ref")) == first
    attribution.read_again(by=play.officer("second_reader"), at=later, key="again")
    assert dict(SecondReading.objects.filter(at=later).values_list("observation", "customer_ref")) == first


def test_attributing_again_on_the_same_evidence_says_the_same(play: Play, later: datetime) -> None:
    before = dict(Attribution.objects.values_list("subject_id", "level"))
    _attribute(play, later)
    assert dict(Attribution.objects.values_list("subject_id", "level")) == before
    assert {level >= 2 for level in before.values()} == {True, False}


def test_every_level_carries_its_checks_and_what_is_blocked_names_them() -> None:
    for row in Attribution.objects.all():
        assert row.checks
        assert all(check["text"] and check["verdict"] for check in row.checks)
        assert (row.level >= 2) or row.blocked_by, row.level
        assert row.level < 2 or row.place is not None


def test_a_billing_address_never_becomes_a_place() -> None:
    billed_only = set(
        SubscriberAnswer.objects.exclude(address_kind="install").values_list("customer_ref", flat=True)
    ) - set(SubscriberAnswer.objects.filter(address_kind="install").values_list("customer_ref", flat=True))
    assert billed_only, "the world has such a subscriber"
    assert not Place.objects.filter(customer_ref__in=billed_only).exists()


def test_requests_are_rendered_from_sealed_sources_and_signed(play: Play) -> None:
    rows = list(RequestRow.objects.select_related("observation", "request__signed_by"))
    assert rows
    for row in rows:
        assert row.rendered["ip"] == row.observation.ip
        assert row.rendered["port"] == row.observation.port
        assert datetime.fromisoformat(row.rendered["utc"]) == row.observation.at
        assert "supervisor" in row.request.signed_by.roles
    assert not ProviderRequest.objects.filter(due_at__lte=play.world.when("requests_at")).exists()


def test_the_second_reader_is_another_person_and_sees_no_first_result(play: Play, later: datetime) -> None:
    analyst = play.officer("analyst")
    assert Act.objects.get(name="resolve_observations").by == analyst
    analyst.roles = ["analyst", "second_reader"]
    before = footprint()
    with refused("A-38"):
        attribution.read_again(by=analyst, at=later, key="mine")
    assert footprint() == before
    assert SecondReading.objects.exclude(by=analyst).exists()
    assert set(SecondReading.objects.values_list("method", flat=True)) == {attribution.MACHINE}


def test_an_officer_of_another_district_did_not_look(play: Play, later: datetime) -> None:
    place = Place.objects.earliest("id")
    elsewhere = (
        Officer.objects.filter(roles=["district_chief"]).exclude(district=place.district).earliest("number")
    )
    with refused("DISTRICT"):
        attribution.verify_place(by=elsewhere, at=later, key="v", place=place, look=LOOK)


def test_a_later_look_is_another_row(play: Play, later: datetime) -> None:
    place = Place.objects.filter(verifications__isnull=False).earliest("id")
    chief = Officer.objects.get(roles=["district_chief"], district=place.district)
    looks = place.verifications.count()
    row = attribution.verify_place(by=chief, at=later, key="v", place=place, look=LOOK)
    assert place.verifications.count() == looks + 1
    assert GroundVerification.objects.get(id=row.id).children_seen is None, "not known is not no"


def test_what_is_no_answer_is_not_read_as_one(play: Play, later: datetime) -> None:
    given: dict[str, Any] = {"at": later, "key": "x"}
    receipt = intake.receive_file(
        by=play.officer("intake_clerk"),
        name="answer.csv",
        content=b"a;b\n1;2\n",
        source="provider:KADAVU",
        **given,
    )
    before = footprint()
    with pytest.raises(ReaderError):
        answers.record_answer(
            by=play.officer("analyst"), receipt=receipt, provider=Provider.objects.get(code="KADAVU"), **given
        )
    assert footprint() == before


def test_the_same_answer_twice_adds_no_row(play: Play, later: datetime) -> None:
    code, path = play.world.answers[0]
    given: dict[str, Any] = {"at": later, "key": "twice"}
    receipt = intake.receive_file(
        by=play.officer("intake_clerk"),
        name=f"again/{path.name}",
        content=path.read_bytes(),
        source=f"provider:{code}",
        **given,
    )
    counts = (SubscriberAnswer.objects.count(), Provider.objects.get(code=code).leases.count())
    answers.record_answer(
        by=play.officer("analyst"), receipt=receipt, provider=Provider.objects.get(code=code), **given
    )
    assert counts == (SubscriberAnswer.objects.count(), Provider.objects.get(code=code).leases.count())


def test_arrivals_list_what_is_in_the_inbox(play: Play) -> None:
    rows = read_table(
        play.world.content("inbox/arrivals.csv"),
        file="arrivals.csv",
        columns=("path", "source", "received_at", "channel"),
    )
    names = {row["path"] for row in rows}
    others = Q(source__startswith="provider:") | Q(source="network_list")
    held = set(Receipt.objects.exclude(others).values_list("name", flat=True))
    assert held == names


def _sound() -> Attribution:
    return (
        Attribution.objects.filter(level=2).select_related("subject", "analyst").earliest("subject__number")
    )


def _again(play: Play, row: Attribution, at: datetime, key: str = "one") -> Attribution:
    return attribution.attribute_subject(
        by=play.officer("supervisor"), at=at, key=key, subject=row.subject_id
    )


def test_an_attribution_says_why_and_what_it_rests_on(play: Play) -> None:
    for row in Attribution.objects.all():
        assert row.entry_at == play.world.when("first_entry_at")
        assert (row.level >= 2) == (not row.reasons), "what stops it is said in words"
        assert all(one["text"] and one["text_ml"] for one in row.reasons)
        assert row.level < 2 or len(row.support) >= 2
        assert not {*row.support} & {*row.unresolved}
    sound = _sound()
    assert {one["role"] for one in sound.basis} >= {
        "source",
        "answer",
        "subscriber",
        "allocation",
        "list",
        "ground",
    }
    assert all(len(one["digest"]) == 64 and one["reference"] for one in sound.basis)


def test_one_subject_again_says_the_same_and_keeps_its_analyst(play: Play, later: datetime) -> None:
    sound = _sound()
    again = _again(play, sound, later)
    assert again.analyst == sound.analyst != play.officer("supervisor")
    assert (again.level, again.place_id, again.checks) == (sound.level, sound.place_id, sound.checks)
    assert (again.basis, again.entry_at, again.digest) == (sound.basis, sound.entry_at, sound.digest)
    assert _again(play, sound, later) == again, "the same key finds the same"
    assert Attribution.objects.get(id=sound.id).at == later


def test_a_conflict_with_another_unit_stops_one_subject_and_no_other(play: Play, later: datetime) -> None:
    sound, levels = _sound(), dict(Attribution.objects.values_list("id", "level"))
    attribution_desk.record_deconfliction(
        by=play.officer("supervisor"),
        at=later,
        key="conflict",
        subjects=[sound.subject_id],
        asked="the national desk",
        conflict=True,
        reference="Cyber Cell North M-17",
    )
    stopped = Attribution.objects.get(id=sound.id)
    assert (stopped.level, stopped.blocked_by) == (1, ["A-50"])
    rest = dict(Attribution.objects.exclude(id=sound.id).values_list("id", "level"))
    assert rest == {key: level for key, level in levels.items() if key != sound.id}


def test_an_identifier_another_unit_watches_is_a_conflict_whatever_was_answered(
    play: Play, later: datetime
) -> None:
    sound = _sound()
    named = LeadIdentifier.objects.filter(
        lead__subject_link__subject=sound.subject, party="reported", identifier__strength="strong"
    ).select_related("identifier")
    one = next(each for each in named if each.identifier.kind in ("email", "client_guid", "phone"))
    watched.watch_keys(
        by=play.officer("supervisor"),
        at=later,
        key="watch",
        kind="other_unit",
        holder="Cyber Cell North",
        basis="agreement 12/2026",
        until=(later + timedelta(days=90)).date(),
        entries=[watched.Watched(one.identifier.kind, one.as_received, "M-17")],
    )
    again = _again(play, sound, later)
    assert again.blocked_by == ["A-50"]
    assert "Cyber Cell North" in next(check["text"] for check in again.checks if check["check"] == "A-50")


def test_a_hold_is_let_pass_by_an_override_and_held_again_when_it_is_withdrawn(
    play: Play, later: datetime
) -> None:
    sound, place = _sound(), _sound().place
    assert place is not None
    chief = Officer.objects.get(roles=["district_chief"], district=place.district)
    attribution.verify_place(
        by=chief, at=later, key="v", place=place, look=replace(_look_of(place), wifi="open")
    )
    held = _again(play, sound, later)
    assert (held.blocked_by, held.flags) == (["A-48"], ["user_unknown"])
    row = attribution_desk.override_hold(
        by=play.officer("supervisor"),
        at=later + timedelta(minutes=5),
        key="o",
        subject=sound.subject_id,
        check="A-48",
        text="the guest network was seen to be switched off",
    )
    passed = Attribution.objects.get(id=sound.id)
    assert (passed.level, passed.flags) == (2, ["user_unknown"]), "it is carried to the door all the same"
    assert [one["check"] for one in passed.overridden] == ["A-48"]
    attribution_desk.withdraw_override(
        by=play.officer("supervisor"),
        at=later + timedelta(minutes=9),
        key="w",
        override=row.id,
        text="it was on",
    )
    assert Attribution.objects.get(id=sound.id).blocked_by == ["A-48"]


def test_a_subject_without_a_seen_address_is_refused_in_words(play: Play, later: datetime) -> None:
    nobody = Subject.objects.filter(attribution__isnull=True).earliest("number")
    with refused("SUBJECT"):
        attribution.attribute_subject(by=play.officer("analyst"), at=later, key="n", subject=nobody.id)


def test_a_merged_subject_is_attributed_no_more(play: Play, later: datetime) -> None:
    one, other = Attribution.objects.filter(level=2).order_by("id")[:2]
    Subject.objects.filter(id=one.subject_id).update(merged_into=other.subject_id)
    _attribute(play, later)
    assert Attribution.objects.get(id=one.id).at < later
    assert Attribution.objects.get(id=other.id).at == later


def _look_of(place: Place) -> GroundLook:
    looked = place.verifications.latest("verified_at")
    return replace(LOOK, house_name=looked.house_name, ward=looked.ward, door_number=looked.door_number)
