"""A profile changed in the database, past every right and trigger, shows in whatever was read by it."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from kaval.cli.play import chain
from kaval.cli.play.chain import Play
from kaval.cli.play.world import World
from kaval.engine.formats import profile
from kaval.engine.formats._spec import ReceivedFile
from kaval.gateways.postgres import Cluster
from kaval.station.ids import forget_key
from kaval.station.models import AnswerFile, Attribution, ReadingProfile
from kaval.station.operations import attribution, seals
from kaval.station.operations.profiles import confirm_profile
from tests.conftest import _point
from tests.station.plays import STEPS

PLAYED_UNTIL = "attribute"
LABEL = "neela-sessions@1"


def _in_a_layout_of_its_own(path: Path) -> None:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["Customer Ref", "Public IP", "Session Start", "Session End"])
        for row in rows:
            times = [
                f"{'-'.join(reversed(row[f'{end} Date'].split('/')))} {row[f'{end} Time (IST)']}"
                for end in ("Start", "End")
            ]
            table.writerow([row["User ID"], row["IP Address Assigned"], *times])


def _agreed(play: Play, sample: Path) -> None:
    found = profile.suggest(ReceivedFile(sample.name, sample.read_bytes()), kind="lease")
    ready = profile.answered(found, {one.key: "+05:30,agreed" for one in found.questions})
    confirm_profile(
        by=play.officer("intake_clerk"),
        at=play.world.when("requests_at"),
        key="neela",
        definition=profile.suggestion_to_json(ready),
        name="neela-sessions",
    )


@pytest.fixture(scope="module")
def play(
    cluster: Cluster,
    worker_id: str,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    small_world: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Play]:
    """The small world up to its attributions, one provider's answer read by a confirmed profile; played as the owner of
    the database, who alone can do what the test does to it."""
    world = tmp_path_factory.mktemp("profiled") / "world"
    shutil.copytree(small_world, world)
    answer = world / "answers" / "NEELA" / "ipdr-001.csv"
    _in_a_layout_of_its_own(answer)
    given = Play(World(world), lambda *_: None)
    names = list(STEPS)
    with django_db_blocker.unblock():
        _point(cluster.url("kaval_super", database=f"kaval_{worker_id}"), role="kaval_owner")
        try:
            with transaction.atomic():
                forget_key()
                for name in names[: names.index("attribute")]:
                    if name == "answer":
                        _agreed(given, answer)
                    STEPS[name](given)
                chain.attribute(given)
                yield given
                transaction.set_rollback(True)
        finally:
            forget_key()
            _point(cluster.url("kaval_app", database=f"kaval_{worker_id}"), role="")


@pytest.fixture
def later(play: Play) -> datetime:
    """After everything that was played."""
    return play.world.when("verification_to") + timedelta(hours=5)


def _change_the_profile() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE station_readingprofile DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE station_readingprofile SET definition = jsonb_set(definition, '{times,start,zone_minutes}', '0')"
        )
        cursor.execute("ALTER TABLE station_readingprofile ENABLE TRIGGER USER")
    assert ReadingProfile.objects.get().definition["times"]["start"]["zone_minutes"] == 0


def _read_by_it() -> set[object]:
    """Attributions that name a customer whose lease stands in the answer that was read by the profile."""
    read = AnswerFile.objects.get(profile=LABEL).sealed.sha256
    return {row.id for row in Attribution.objects.all() if any(one["digest"] == read for one in row.basis)}


def test_what_was_read_by_a_profile_rests_on_it(play: Play) -> None:
    resting = {
        row.id
        for row in Attribution.objects.all()
        if any((one["role"], one["reference"]) == ("profile", LABEL) for one in row.basis)
    }
    assert resting == _read_by_it()
    levels = set(Attribution.objects.filter(id__in=resting).values_list("level", flat=True))
    assert 2 in levels
    assert Attribution.objects.filter(level=2).exclude(id__in=resting).exists()


def test_a_changed_profile_breaks_every_attribution_read_by_it_and_no_other(
    play: Play, later: datetime
) -> None:
    resting = _read_by_it()
    _change_the_profile()
    assert seals.verify_attributions(by=play.officer("supervisor"), at=later, key="look") == len(resting)
    broken = Attribution.objects.exclude(broken=[])
    assert {row.id for row in broken} == resting
    said = {(one["role"], one["reference"], one["text"]) for row in broken for one in row.broken}
    text = f"Broken seal: the reading profile ({LABEL}) is gone, or is not what it was."
    assert said == {("profile", LABEL, text)}


def test_attributing_again_under_a_changed_profile_stops_what_it_read(play: Play, later: datetime) -> None:
    resting = _read_by_it()
    before = dict(Attribution.objects.values_list("id", "level"))
    named = dict(Attribution.objects.values_list("id", "customer_ref"))
    _change_the_profile()
    attribution.attribute_subjects(
        by=play.officer("analyst"), at=later, key="again", entry_at=play.world.when("first_entry_at")
    )
    for row in Attribution.objects.all():
        if row.id not in resting:
            assert (row.level, row.customer_ref) == (before[row.id], named[row.id])
        elif before[row.id] == 2:
            assert row.level < 2
            assert "A-01" in row.blocked_by
            assert [one["role"] for one in row.broken] == ["profile"]
