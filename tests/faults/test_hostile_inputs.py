"""Inputs made to do harm: each gets a clear message, none stops the others, and nothing of any is half-stored."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from kaval.cli.taking_in import arrivals_in
from kaval.engine.formats.profile import from_json
from kaval.station import sealed as store
from kaval.station.ids import forget_key
from kaval.station.models import Lead, Reading, Receipt, Report, SealedFile
from kaval.station.operations import intake
from tests.faults.hostile import PROFILES, Hostile, every
from tests.station.plays import play_until

AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
INPUTS = every()
MOST_MB = 300
QUIET_OFFLINE = {"empty.zip"}  # `kaval read` shows what is inside, and nothing is
# The command as it is, in a process that says at its end how much memory it took at most.
_READ = """
import atexit, pathlib, sys
status = pathlib.Path(sys.argv.pop(1))
atexit.register(lambda: status.write_text(pathlib.Path("/proc/self/status").read_text()))
from kaval.cli import main
main()
"""
each_input = pytest.mark.parametrize("hostile", INPUTS, ids=[ascii(one.name)[1:40] for one in INPUTS])


@dataclass(frozen=True, slots=True)
class Imported:
    """What the station held after each of two imports of the same folder, and the memory the first one took."""

    receipts: dict[str, Receipt]
    reports: tuple[int, int]
    received: tuple[int, int]
    grown_mb: int


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All hostile inputs in one folder, as somebody hands them over."""
    made = tmp_path_factory.mktemp("hostile") / "handed-over"
    made.mkdir()
    for one in INPUTS:
        (made / one.name).write_bytes(one.make())
    return made


@pytest.fixture(scope="module")
def imported(
    folder: Path,
    small_world: Path,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Imported]:
    """The folder taken in twice by a fresh station."""
    profiles = tuple(from_json(json.loads(path.read_bytes())) for path in PROFILES)
    with (
        django_db_blocker.unblock(),
        override_settings(HOME=tmp_path_factory.mktemp("station")),
        transaction.atomic(),
    ):
        forget_key()
        clerk = play_until(small_world, "install").officer("intake_clerk")
        counted = []
        resident = _memory_mb("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # the highest mark begins anew
        for _ in range(2):
            intake.take_in(
                by=clerk, at=AT, source="s", arrivals=arrivals_in([folder]), key="hostile", profiles=profiles
            )
            counted.append((Report.objects.count(), Receipt.objects.count()))
        receipts = Receipt.objects.filter(delivery__number=1).select_related("sealed__reading")
        yield Imported(
            {receipt.name.partition("/")[2]: receipt for receipt in receipts},
            (counted[0][0], counted[1][0]),
            (counted[0][1], counted[1][1]),
            _memory_mb("VmHWM") - resident,
        )
        transaction.set_rollback(True)
        forget_key()


def _memory_mb(line: str, path: Path = Path("/proc/self/status")) -> int:
    status = path.read_text()
    return int(status.partition(f"{line}:")[2].split()[0]) // 1024


def _printed(name: str) -> str:
    """A name as a terminal shows it, its odd bytes written out."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _stored(name: str) -> str:
    """A name as the station shows it: a byte that is no UTF-8 is written out."""
    return name.encode("utf-8", "surrogatepass").decode("utf-8", "backslashreplace")


@each_input
def test_it_is_told_clearly_and_gives_its_whole_reports_or_none(hostile: Hostile, imported: Imported) -> None:
    receipt = imported.receipts[_stored(hostile.name)]
    reading = receipt.sealed.reading
    warnings = list(reading.warnings.order_by("id"))
    told = [one for one in warnings if (hostile.said or "") in f"{one.code} {one.place} {one.text}"]
    if hostile.said is None:
        assert warnings == []
    else:
        assert told, [f"{one.place} {one.code} {one.text}" for one in warnings]
        assert all(one.mend for one in told), "what to do"
    assert receipt.reports.count() == hostile.reports
    assert bool(reading.problem) == (not reading.format), "what nobody read says why, what was read does not"
    if reading.problem:
        assert _stored(hostile.name) in reading.problem, "the file is named"


def test_every_input_is_sealed_received_and_read_and_nothing_else_is_held(imported: Imported) -> None:
    assert set(imported.receipts) == {_stored(one.name) for one in INPUTS}
    assert Reading.objects.filter(finished=True).count() == SealedFile.objects.count()
    for sealed in SealedFile.objects.all():
        store.check(sealed)
    assert Report.objects.count() == Lead.objects.count() == sum(one.reports for one in INPUTS)


def test_the_same_folder_again_adds_receipts_and_no_reports(imported: Imported) -> None:
    assert imported.reports[0] == imported.reports[1]
    assert imported.received == (len(INPUTS), 2 * len(INPUTS))


def test_memory_stays_bounded(imported: Imported) -> None:
    assert imported.grown_mb < MOST_MB


def test_offline_reading_says_the_same_and_survives(folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", _READ, str(tmp_path / "status"), "read", str(folder), "--json"]
    for path in PROFILES:
        command += ["--profile", str(path)]
    environment = {**os.environ, "KAVAL_HOME": str(tmp_path)}
    ended = subprocess.run(command, capture_output=True, env=environment, check=False)
    said = ended.stderr.decode("utf-8", "backslashreplace")
    assert ended.returncode == 3, said[-2000:]
    assert "Traceback" not in said
    assert _memory_mb("VmHWM", tmp_path / "status") < MOST_MB
    told = [json.loads(line) for line in ended.stdout.decode("utf-8").splitlines()]
    spoken = said + "".join(f"{one['file']}" for one in told)
    unsaid = {one.name for one in INPUTS if _printed(one.name) not in spoken}
    assert unsaid <= QUIET_OFFLINE
