"""One changed byte of what an attribution rests on shows that attribution as broken, and no other."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from kaval.cli.play.chain import Play
from kaval.station import sealed as store
from kaval.station.models import Allocation, Attribution, LedgerEntry, Operation, SealedFile
from kaval.station.operations import attribution, planning, seals
from kaval.station.queries.attribution_basis import Seals, broken_basis
from tests.station.plays import footprint, refused

PLAYED_UNTIL = "plan"
BYTES = ("source", "answer", "subscriber", "list")


@pytest.fixture
def later(play: Play) -> datetime:
    """After the plan was frozen."""
    return play.world.when("freeze_at") + timedelta(hours=5)


@pytest.fixture
def own_store(play: Play, tmp_path: Path) -> Iterator[Path]:
    """The sealed store of the station, copied, to be broken."""
    shutil.copytree(Path(settings.HOME) / "sealed", tmp_path / "sealed")
    with override_settings(HOME=tmp_path):
        yield tmp_path


def _change(sha256: str) -> None:
    """Flips one bit of sealed bytes where they lie: in a file of their own, or inside their pack."""
    row = SealedFile.objects.get(sha256=sha256)
    path = store.path_of(sha256)
    at = row.size // 2
    if not path.exists():
        path = Path(settings.HOME) / "sealed" / store.PACKS / row.pack[:2] / row.pack
        at += row.pack_offset or 0
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.chmod(0o600)
    path.write_bytes(bytes(content))


def _resting_on(digest: str) -> set[Any]:
    rows = Attribution.objects.all()
    return {row.id for row in rows if any(one["digest"] == digest for one in row.basis)}


def _digest(role: str, *, packed: bool | None = None) -> str:
    """Something of the role that some attributions of level 2 rest on and others do not, where there is such."""
    sound = Attribution.objects.filter(level=2).order_by("id")
    digests = sorted({one["digest"] for row in sound for one in row.basis if one["role"] == role})
    if packed is not None:
        inside = SealedFile.objects.filter(sha256__in=digests, pack_offset__isnull=not packed)
        digests = sorted(inside.values_list("sha256", flat=True))
    return str(min(digests, key=lambda digest: len(_resting_on(digest))))


def _verify(play: Play, at: datetime, key: str = "again") -> int:
    return seals.verify_attributions(by=play.officer("supervisor"), at=at, key=key)


def test_every_attribution_names_all_it_rests_on_and_all_of_it_is_whole(play: Play, later: datetime) -> None:
    for row in Attribution.objects.filter(level=2):
        roles = {one["role"] for one in row.basis}
        assert roles >= {"source", "answer", "subscriber", "allocation", "list", "ground"}
        assert broken_basis(row) == []
    before = Attribution.objects.values_list("digest", flat=True)
    assert _verify(play, later) == 0
    assert not Attribution.objects.exclude(broken=[]).exists()
    assert list(before) == list(Attribution.objects.values_list("digest", flat=True))


@pytest.mark.parametrize("role", BYTES)
def test_one_changed_byte_breaks_what_rests_on_it_and_no_other(
    play: Play, later: datetime, own_store: Path, role: str
) -> None:
    digest = _digest(role)
    resting = _resting_on(digest)
    _change(digest)
    assert _verify(play, later) == len(resting)
    broken = Attribution.objects.exclude(broken=[])
    assert {row.id for row in broken} == resting
    for row in broken:
        assert row.broken_at == later
        assert {one["digest"] for one in row.broken} == {digest}
        assert all(one["text"].startswith("Broken seal") and one["text_ml"] for one in row.broken)
    assert len(resting) < Attribution.objects.filter(level=2).count() or role in (
        "list",
        "answer",
        "subscriber",
    )
    entry = json.loads(bytes(LedgerEntry.objects.latest("index").content))
    assert (entry["kind"], entry["facts"]["digests"]) == ("seals_verified", [digest])


def test_a_report_inside_a_pack_is_a_seal_like_any_other(
    play: Play, later: datetime, own_store: Path
) -> None:
    digest = _digest("source", packed=True)
    resting = _resting_on(digest)
    _change(digest)
    assert _verify(play, later) == len(resting)
    assert {row.id for row in Attribution.objects.exclude(broken=[])} == resting


def test_bytes_brought_back_are_whole_again_and_the_ledger_keeps_both(
    play: Play, later: datetime, own_store: Path
) -> None:
    digest = _digest("source")
    _change(digest)
    _verify(play, later)
    _change(digest)
    assert _verify(play, later + timedelta(hours=1), key="third") == 0
    assert not Attribution.objects.exclude(broken=[]).exists()
    assert Attribution.objects.filter(broken_at__isnull=False).count() == 0
    kinds = [
        json.loads(bytes(entry.content))["facts"]
        for entry in LedgerEntry.objects.filter(act__name="verify_attributions").order_by("index")
    ]
    assert [facts["broken"] > 0 for facts in kinds] == [True, False]
    assert kinds[1]["again_whole"] > 0


def test_a_changed_line_of_the_allocation_table_breaks_what_was_looked_up_in_it(
    play: Play, later: datetime
) -> None:
    sound = Attribution.objects.filter(level=2).order_by("id").first()
    assert sound is not None
    one = next(each for each in sound.basis if each["role"] == "allocation")
    resting = _resting_on(one["digest"])
    cidr, day = one["reference"].split(" ")
    Allocation.objects.filter(cidr=cidr, valid_from=day).update(source="somebody else")
    assert _verify(play, later) == len(resting)
    assert {row.id for row in Attribution.objects.exclude(broken=[])} == resting


def test_attributing_again_stops_what_rests_on_the_broken_seal_and_goes_on_with_the_rest(
    play: Play, later: datetime, own_store: Path
) -> None:
    digest = _digest("source")
    resting = _resting_on(digest)
    levels = dict(Attribution.objects.values_list("id", "level"))
    _change(digest)
    attribution.attribute_subjects(
        by=play.officer("analyst"), at=later, key="again", entry_at=play.world.when("first_entry_at")
    )
    for row in Attribution.objects.all():
        assert (row.level < 2) if row.id in resting else (row.level == levels[row.id])
        assert bool(row.broken) == (row.id in resting)
        assert ("A-01" in row.blocked_by) or row.id not in resting


def test_a_place_on_a_broken_or_quarantined_attribution_is_not_admitted(
    play: Play, later: datetime, own_store: Path
) -> None:
    digest = _digest("source")
    held = Attribution.objects.filter(level=2).exclude(id__in=_resting_on(digest)).order_by("id").first()
    assert held is not None
    Attribution.objects.filter(id=held.id).update(quarantined_at=later)
    resting = Attribution.objects.filter(level=2, id__in=_resting_on(digest))
    _change(digest)
    operation = _draft(play, later)
    before = Attribution.objects.filter(level=2, place__isnull=False).values("place").distinct().count()
    admitted = planning.admit_sites(by=play.officer("commander"), at=later, key="second", operation=operation)
    assert admitted == before - 1 - resting.count()
    assert not operation.sites.filter(attribution__in=[held, *resting]).exists()
    said = [
        json.loads(bytes(entry.content))
        for entry in LedgerEntry.objects.filter(act__name="admit_sites").order_by("index")
    ]
    assert [one["facts"]["why"] for one in said if one["kind"] == "site_not_admitted"] == ["G-SEAL"] * (
        1 + resting.count()
    )


@pytest.mark.parametrize("how", ["broken", "quarantined"])
def test_a_plan_with_such_a_place_is_not_frozen(
    play: Play, later: datetime, own_store: Path, how: str
) -> None:
    operation = play.operation
    Operation.objects.filter(id=operation.id).update(state="approved")
    site = operation.sites.select_related("attribution").order_by("number")[3]
    if how == "quarantined":
        Attribution.objects.filter(id=site.attribution_id).update(quarantined_at=later)
    else:
        _change(next(one["digest"] for one in site.attribution.basis if one["role"] == "source"))
    before = footprint()
    with refused("G-SEAL") as refusal:
        planning.freeze_operation(by=play.officer("commander"), at=later, key="again", operation=operation)
    assert f"site {site.number}" in str(refusal.value)
    assert footprint() == before


def test_only_some_attributions_are_looked_at_when_they_are_named(
    play: Play, later: datetime, own_store: Path
) -> None:
    digest = _digest("answer")
    _change(digest)
    some = sorted(_resting_on(digest))[:1]
    supervisor = play.officer("supervisor")
    assert seals.verify_attributions(by=supervisor, at=later, key="some", attributions=some) == 1
    assert [row.id for row in Attribution.objects.exclude(broken=[])] == some
    assert seals.verify_attributions(by=supervisor, at=later, key="some", attributions=some) == 1


def test_a_digest_is_computed_once_however_many_rest_on_it(own_store: Path) -> None:
    rows = list(Attribution.objects.filter(level=2))
    look = Seals()
    assert [look.broken(row.basis) for row in rows] == [[]] * len(rows)
    shutil.rmtree(own_store / "sealed")
    assert [look.broken(row.basis) for row in rows] == [[]] * len(rows)
    assert all(Seals().broken(row.basis) for row in rows)


def _draft(play: Play, at: datetime) -> Operation:
    order = play.world.order
    return planning.draft_operation(
        by=play.officer("commander"),
        at=at,
        key="second",
        code="TRAINING second",
        name="second",
        name_ml="",
        first_entry_at=play.world.when("first_entry_at"),
        day_end_at=play.world.when("day_end_at"),
        legal_basis=order["legal_basis"],
    )
