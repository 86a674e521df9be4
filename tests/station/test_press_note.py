"""The note holds what was counted: take one seizure from the morning and it says another number."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from django.db import transaction

from kaval.cli.play.chain import Play
from kaval.station.ids import forget_key
from kaval.station.models import RenderedDocument
from kaval.station.queries.statistics import figures_of
from tests.station.plays import play_until
from tests.station.worlds import take_one_device

pytestmark = pytest.mark.django_db


def _note(folder: Path) -> tuple[str, int]:
    """The text of the note and the devices counted, for a world played on an empty station."""
    with transaction.atomic():
        play = play_until(folder, "press note")
        text = RenderedDocument.objects.get(kind="in.press_note").plain_text
        devices = _devices(play)
        transaction.set_rollback(True)
    forget_key()
    return text, devices


def _devices(play: Play) -> int:
    at = play.world.when("press_at")
    return figures_of(play.officer("commander"), play.operation, as_of=at).state.value("devices")


def test_one_seizure_less_is_another_note(small_world: Path, tmp_path: Path) -> None:
    fewer = tmp_path / "world"
    shutil.copytree(small_world, fewer)
    taken = take_one_device(fewer)
    (whole_text, whole), (fewer_text, less) = _note(small_world), _note(fewer)
    assert (whole, less) == (9, 8)
    changed = [
        (before, after)
        for before, after in zip(whole_text.splitlines(), fewer_text.splitlines(), strict=True)
        if before != after
    ]
    assert changed
    assert any("9" in before and "8" in after for before, after in changed), changed
    assert taken["seal"] not in whole_text, "a note names no exhibit"


def test_a_note_names_nobody_and_no_place(small_world: Path) -> None:
    text, _ = _note(small_world)
    ground = (small_world / "verification" / "ground.csv").read_text()
    for line in ground.splitlines()[1:]:
        reference = line.split(",")[1]
        assert reference not in text
    for entry in map(json.loads, (small_world / "world" / "day.jsonl").read_text().splitlines()):
        for device in entry["devices"]:
            assert device["serial"] not in text
            assert device["seal"] not in text
