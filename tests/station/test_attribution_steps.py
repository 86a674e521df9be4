"""From request to attribution: rows rendered from sealed sources, a second reader who is another, seals that hold."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from kaval.cli.play.chain import Play
from kaval.engine.formats.roster import read_table
from kaval.engine.kernel.errors import ReaderError
from kaval.station import sealed as store
from kaval.station.models import (
    Act,
    Attribution,
    GroundVerification,
    Officer,
    Place,
    Provider,
    ProviderRequest,
    Receipt,
    RequestRow,
    SecondReading,
    SubscriberAnswer,
)
from kaval.station.operations import attribution, intake
from kaval.station.operations.attribution import GroundLook
from kaval.station.sealed import SealBroken
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


def _answer() -> Path:
    receipt = Receipt.objects.filter(source__startswith="provider:").earliest("name")
    return store.path_of(receipt.sealed.sha256)


def _attribute(play: Play, at: datetime) -> object:
    return attribution.attribute_subjects(
        by=play.officer("analyst"), at=at, key="again", entry_at=play.world.when("first_entry_at")
    )


@pytest.mark.parametrize("how", ["one byte", "cut", "gone"])
def test_an_answer_changed_after_it_was_received_stops_every_attribution(
    play: Play, later: datetime, own_store: Path, how: str
) -> None:
    path, before = _answer(), footprint()
    content = path.read_bytes()
    path.chmod(0o600)
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:-1] if how == "cut" else bytes([content[0] ^ 1]) + content[1:])
    with pytest.raises(SealBroken):
        _attribute(play, later)
    for act in (attribution.resolve_observations, attribution.read_again):
        role = "second_reader" if act is attribution.read_again else "analyst"
        with pytest.raises(SealBroken):
            act(by=play.officer(role), at=later, key="again")
    assert footprint() == before


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
        attribution.record_answer(
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
    attribution.record_answer(
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
    held = set(Receipt.objects.exclude(source__startswith="provider:").values_list("name", flat=True))
    assert held == names
