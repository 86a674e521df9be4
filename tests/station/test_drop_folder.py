"""What is put into a drop folder is taken in once, whole, and in somebody's name; nothing that points elsewhere is."""

from __future__ import annotations

import errno
import json
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import override_settings

from kaval.cli.play.chain import Play
from kaval.engine.kernel.errors import ReaderError
from kaval.gateways.postgres import Cluster
from kaval.station.jobs import drop_folder
from kaval.station.jobs.drop_folder import Look, look
from kaval.station.jobs.folder import DropFolder
from kaval.station.models import Act, Delivery, Lead, Receipt, Refusal, Report
from kaval.station.operations import intake

PLAYED_UNTIL = "install"
SOURCE = "ncrb_cybertip"
AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
LONG_AGO = AT - timedelta(hours=1)


class Box:
    """The drop folder of a test and the clock it is looked at by."""

    def __init__(self, folder: DropFolder) -> None:
        self.folder, self.at = folder, AT

    def put(self, name: str, content: bytes = b"x", *, changed: datetime = LONG_AGO) -> Path:
        """Copies a file in, last changed at an instant."""
        path = self.folder.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (changed.timestamp(), changed.timestamp()))
        return path

    def look(self, *, take: Callable[..., intake.Taken] = intake.take_in, after_s: float = 60) -> Look:
        """Looks a while after the last look."""
        self.at += timedelta(seconds=after_s)
        return look(self.folder, at=self.at, take=take)

    def lies(self, place: str = "") -> list[str]:
        """The files below a place of the folder, without what the station keeps there itself."""
        under = self.folder.path / place
        found = (path.relative_to(under) for path in under.rglob("*") if not path.is_dir())
        shown = (str(path) for path in found if path.name not in ("officer", "PROBLEM.txt"))
        return sorted(name for name in shown if place or not name.startswith("."))

    @property
    def problem(self) -> str:
        """What the folder says is wrong."""
        path = self.folder.path / "PROBLEM.txt"
        return path.read_text() if path.exists() else ""


@pytest.fixture
def box(play: Play, tmp_path: Path) -> Iterator[Box]:
    """An empty drop folder for which an intake clerk answers, in a home of its own."""
    with override_settings(HOME=tmp_path, DROP_SETTLE_S=20, DROP_EVERY_S=60, DROP_OFFICER=""):
        path = drop_folder.root() / SOURCE
        path.mkdir(parents=True)
        (path / "officer").write_text(f"{play.officer('intake_clerk').number}\n")
        (folder,) = drop_folder.folders()
        yield Box(folder)


@pytest.fixture
def reports(play: Play) -> list[Path]:
    """Report files as they arrive, in the order of their names."""
    inbox = play.world.folder / "inbox" / "cybertip"
    return sorted(path for path in inbox.glob("CT-*.xml") if ".file-" not in path.name)[:3]


def _held() -> tuple[int, int, int, int]:
    return Report.objects.count(), Lead.objects.count(), Receipt.objects.count(), Delivery.objects.count()


# ---------------------------------------------------------------- settling


def test_a_file_is_taken_in_when_it_lay_unchanged_between_two_looks(box: Box, reports: list[Path]) -> None:
    for path in reports:
        box.put(path.name, path.read_bytes())
    first, second, third = box.look(), box.look(), box.look()

    assert (first.waiting, first.deliveries) == (3, [])
    (taken,) = second.deliveries
    assert (taken.counted.files, taken.counted.reports) == (3, 3)
    assert (third.waiting, third.deliveries, third.problems) == (0, [], [])
    assert _held() == (3, 3, 3, 1)
    assert box.lies() == []
    assert box.lies(f".done/{taken.delivery}") == sorted(path.name for path in reports)
    receipt = Receipt.objects.filter(delivery=taken.delivery).earliest("name")
    assert (receipt.source, receipt.channel) == (SOURCE, "drop folder")


def test_a_file_that_grows_or_changed_just_now_waits(box: Box) -> None:
    box.put("a.csv", b"one")
    box.look()
    box.put("a.csv", b"one, two")
    assert box.look().waiting == 1, "it grew"
    box.put("a.csv", b"one, two", changed=box.at + timedelta(seconds=50))
    box.look()
    assert box.look(after_s=5).waiting == 1, "it changed 15 s ago"
    assert len(box.look(after_s=10).deliveries) == 1


def test_a_file_from_a_clock_that_is_ahead_settles_too(box: Box) -> None:
    box.put("a.csv", changed=AT + timedelta(days=1))
    box.look()
    assert box.look(after_s=10).waiting == 1
    assert len(box.look(after_s=10).deliveries) == 1


@pytest.mark.parametrize("name", [".hidden.xml", "a.xml.part", "a.xml~", "a.TMP", "a.xml.filepart"])
def test_what_is_under_way_by_its_name_is_left_alone_until_it_is_renamed(box: Box, name: str) -> None:
    path = box.put(name)
    assert [box.look().waiting for _ in range(3)] == [0, 0, 0]
    path.rename(path.with_name("a.xml"))
    box.look()
    assert len(box.look().deliveries) == 1


def test_a_ready_mark_takes_a_file_in_at_once_and_goes_with_it(box: Box) -> None:
    box.put("a.csv", changed=AT + timedelta(seconds=59))
    box.put("b.csv", changed=AT + timedelta(seconds=59))
    box.put("a.csv.ready", b"")
    found = box.look()
    assert (len(found.deliveries), found.waiting) == (1, 1)
    assert box.lies() == ["b.csv"]


def test_a_file_that_only_sounds_like_a_mark_is_taken_in(box: Box) -> None:
    box.put("a.csv.ready", b"a,b")
    box.look()
    assert len(box.look().deliveries) == 1


def test_a_folder_of_files_is_one_thing_and_waits_for_its_slowest(box: Box, reports: list[Path]) -> None:
    for path in reports:
        box.put(f"package/in/{path.name}", path.read_bytes())
    box.put("package/late.xml.part")
    assert [box.look().waiting for _ in range(3)] == [1, 1, 1]
    (box.folder.path / "package/late.xml.part").unlink()
    os.utime(box.folder.path / "package", (LONG_AGO.timestamp(),) * 2)
    os.utime(box.folder.path / "package/in", (LONG_AGO.timestamp(),) * 2)
    box.look()
    (taken,) = box.look().deliveries
    assert taken.counted.reports == 3
    assert Receipt.objects.filter(name=f"package/in/{reports[0].name}").count() == 1


def test_the_same_file_dropped_again_is_another_receipt_and_no_report(box: Box, reports: list[Path]) -> None:
    for _ in range(2):
        box.put(reports[0].name, reports[0].read_bytes())
        box.look()
        box.look()
    assert _held() == (1, 1, 2, 2)


def test_a_name_that_is_no_text_is_taken_in(box: Box, reports: list[Path]) -> None:
    box.put(os.fsdecode(b"CT-190000999\xff.csv"), b"a,b\n1,2\n")
    box.look()
    assert len(box.look().deliveries) == 1
    assert Receipt.objects.get().name == "CT-190000999\\xff.csv"


# ---------------------------------------------------------------- interrupted


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it."""


def _kill_before(**_: Any) -> intake.Taken:
    raise Killed


def _kill_after(**given: Any) -> intake.Taken:
    intake.take_in(**given)
    raise Killed


def _kill_half_way(*, arrivals: Iterable[intake.Arrival], **given: Any) -> intake.Taken:
    def some() -> Iterator[intake.Arrival]:
        yield next(iter(arrivals))
        raise Killed

    return intake.take_in(arrivals=some(), **given)


@pytest.mark.parametrize("take", [_kill_before, _kill_half_way, _kill_after])
def test_killed_around_the_commit_the_next_look_ends_the_same_delivery(
    box: Box, reports: list[Path], take: Callable[..., intake.Taken]
) -> None:
    for path in reports:
        box.put(path.name, path.read_bytes())
    box.look()
    with suppress(Killed):
        box.look(take=take)
    assert box.lies(".done") == []
    box.put("new.csv")
    box.look()

    assert _held() == (3, 3, 3, 1)
    delivery = Delivery.objects.get()
    assert delivery.finished_at is not None
    assert box.lies(f".done/{delivery.id}") == sorted(path.name for path in reports)
    assert box.lies(".taking") == []
    assert box.lies() == ["new.csv"]


def test_killed_while_staging_the_rest_comes_with_the_next_delivery(box: Box, reports: list[Path]) -> None:
    batch, _ = box.folder.stage([], at=AT)
    reports_of_it = reports[:1]
    for path in reports_of_it:
        (batch.path / path.name).write_bytes(path.read_bytes())
    for path in reports[1:]:
        box.put(path.name, path.read_bytes())
    assert len(box.look().deliveries) == 1
    assert len(box.look().deliveries) == 1
    assert _held() == (3, 3, 3, 2)


def test_without_its_memory_a_look_starts_afresh(box: Box) -> None:
    box.put("a.csv")
    box.look()
    box.folder.memory_at.write_text('{"seen": 7}')
    assert box.look().waiting == 1
    assert len(box.look().deliveries) == 1


def test_what_was_written_to_while_it_was_taken_in_comes_again(box: Box) -> None:
    def take(**given: Any) -> intake.Taken:
        taken = intake.take_in(**given)
        with next(iter((box.folder.path / ".taking").glob("*/a.csv"))).open("ab") as late:
            late.write(b"more")
        return taken

    box.put("a.csv", b"some")
    box.look()
    found = box.look(take=take)
    assert "written to" in found.problems[0]
    assert (box.folder.path / "a.csv").read_bytes() == b"somemore"


# ---------------------------------------------------------------- what is never followed


def test_links_pipes_and_sockets_are_moved_aside_unopened(box: Box, tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text("<secret/>")
    (box.folder.path / "link.xml").symlink_to(secret)
    (box.folder.path / "away").symlink_to(tmp_path)
    os.mkfifo(box.folder.path / "pipe.xml")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(box.folder.path)
        try:
            listening.bind("socket")
        finally:
            os.chdir(here)
        found = box.look()

    assert found.deliveries == []
    assert _held() == (0, 0, 0, 0)
    aside = [Path(name).name for name in box.lies(".refused")]
    assert {"link.xml", "pipe.xml", "socket", "link.xml.why.txt"} <= set(aside)
    assert "4 could not be taken in" in box.problem
    assert secret.read_text() == "<secret/>"


def test_a_link_inside_a_folder_is_named_and_the_rest_taken_in(
    box: Box, reports: list[Path], tmp_path: Path
) -> None:
    box.put(f"package/{reports[0].name}", reports[0].read_bytes())
    (tmp_path / "secret.csv").write_text("a")
    (box.folder.path / "package" / "link.csv").symlink_to(tmp_path / "secret.csv")
    (box.folder.path / "package" / "up").symlink_to(tmp_path)
    box.put("package.ready", b"")
    found = box.look()

    assert [taken.counted.files for taken in found.deliveries] == [1]
    assert "package/link.csv: a symbolic link; package/up: a symbolic link" in found.problems[0]


@pytest.mark.parametrize("name", [".taking", ".done", ".refused"])
def test_a_link_in_place_of_the_station_s_own_folder_stops_the_look(
    box: Box, tmp_path: Path, name: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (box.folder.path / name).symlink_to(elsewhere)
    box.put("a.csv")
    os.mkfifo(box.folder.path / "pipe")
    box.look()
    found = box.look()
    assert any(name in problem for problem in found.problems)
    assert list(elsewhere.iterdir()) == []


def test_only_real_folders_with_the_name_of_a_source_are_looked_at(box: Box, tmp_path: Path) -> None:
    for name in ("UPPER", "with space", ".hidden", "x" * 41, "p2p_export"):
        (drop_folder.root() / name).mkdir()
    (drop_folder.root() / "linked").symlink_to(tmp_path)
    assert [folder.source for folder in drop_folder.folders()] == [SOURCE, "p2p_export"]


# ---------------------------------------------------------------- in whose name


def test_without_an_officer_nothing_is_taken_in_and_it_is_said_once(box: Box, play: Play) -> None:
    (box.folder.path / "officer").unlink()
    box.put("a.csv")
    found = [box.look() for _ in range(3)]

    assert all("nobody answers for drop/ncrb_cybertip" in look.problems[0] for look in found)
    assert box.lies() == ["a.csv"]
    assert "put an intake clerk's number" in box.problem
    refusal = Refusal.objects.get(name="look_at_drop_folder")
    assert (refusal.by, refusal.code) == (None, "DROP")
    with override_settings(DROP_OFFICER=play.officer("intake_clerk").number):
        box.look()
        assert len(box.look().deliveries) == 1
    assert box.problem == ""


@pytest.mark.parametrize("said", ["KP999", "", "analyst"])
def test_an_officer_who_may_not_take_in_reports_is_refused(box: Box, play: Play, said: str) -> None:
    number = play.officer("analyst").number if said == "analyst" else said
    (box.folder.path / "officer").write_text(number)
    box.put("a.csv.ready")
    box.put("a.csv")
    assert len(box.look().problems) == 1
    assert box.lies() == ["a.csv", "a.csv.ready"]
    assert Act.objects.filter(name="take_in").count() == 0


def test_who_copies_files_in_does_not_choose_who_answers(box: Box, tmp_path: Path) -> None:
    officer = box.folder.path / "officer"
    officer.chmod(0o666)
    assert "can be written by others" in box.look().problems[0]
    number = officer.read_text()
    officer.unlink()
    (tmp_path / "own").write_text(number)
    officer.symlink_to(tmp_path / "own")
    assert box.look().problems != []


# ---------------------------------------------------------------- what fails


def _choke_on(name: str, error: BaseException) -> Callable[..., intake.Taken]:
    def take(*, arrivals: Iterable[intake.Arrival], **given: Any) -> intake.Taken:
        listed = list(arrivals)
        if any(arrival.name == name for arrival in listed):
            raise error
        return intake.take_in(arrivals=listed, **given)

    return take


@pytest.mark.parametrize(
    "error",
    [
        ReaderError("cannot be opened (Permission denied)", file="b.csv"),
        RecursionError("what the file says"),
        PermissionError(errno.EACCES, "Permission denied", "b.csv"),
    ],
    ids=["named", "unnamed", "permission"],
)
def test_a_file_that_fails_three_looks_is_moved_aside_and_the_others_go_on(
    box: Box, reports: list[Path], error: Exception
) -> None:
    box.put(reports[0].name, reports[0].read_bytes())
    box.put("b.csv", b"poison")
    box.put("c.csv", b"a,b")
    box.look()
    take = _choke_on("b.csv", error)
    looks = [box.look(take=take) for _ in range(5)]

    assert "tried again, 2 more" in looks[0].problems[0]
    aside = box.folder.path / ".refused"
    (refused,) = aside.glob("*/b.csv")
    assert refused.read_bytes() == b"poison"
    why = refused.with_name("b.csv.why.txt").read_text()
    assert "3 looks failed" in why
    assert "what the file says" not in why
    assert sorted(Receipt.objects.values_list("name", flat=True)) == sorted([reports[0].name, "c.csv"])
    assert box.lies(".taking") == []
    assert "1 could not be taken in" in box.problem
    before = [path for path in aside.rglob("*") if path.is_file()]
    for path in before:
        path.unlink()
    box.look()
    assert box.problem == ""


def test_a_file_that_ends_the_process_each_time_is_moved_aside_too(box: Box, reports: list[Path]) -> None:
    box.put(reports[0].name, reports[0].read_bytes())
    box.put("b.csv", b"poison")
    box.look()
    take, ended = _choke_on("b.csv", Killed()), 0
    for _ in range(14):
        try:
            box.look(take=take)
        except Killed:
            ended += 1
    assert ended == 2 * drop_folder.DEATHS, "together, then by itself"
    (refused,) = (box.folder.path / ".refused").glob("*/b.csv")
    assert "the worker ended 5 times" in refused.with_name("b.csv.why.txt").read_text()
    assert list(Receipt.objects.values_list("name", flat=True)) == [reports[0].name]


@pytest.mark.parametrize(
    "error", [OperationalError("server closed the connection"), OSError(errno.ENOSPC, "No space left")]
)
def test_trouble_of_the_station_is_no_fault_of_a_file_and_is_tried_later_each_time(
    box: Box, error: Exception
) -> None:
    tried = []

    def take(**given: Any) -> intake.Taken:
        tried.append(box.at)
        raise error

    box.put("a.csv")
    box.look()
    for _ in range(30):
        with suppress(OperationalError):
            box.look(take=take)
    waits = [(late - early).total_seconds() / 60 for early, late in pairwise(tried)]
    assert waits == [1, 2, 4, 8]
    assert box.lies(".refused") == []
    box.at += timedelta(hours=1)
    assert len(box.look().deliveries) == 1
    assert json.loads(box.folder.memory_at.read_text())["stumbled"] == 0


def test_two_never_look_at_the_same_folder_at_the_same_time(box: Box, cluster: Cluster) -> None:
    box.put("a.csv")
    box.look()
    with psycopg.connect(cluster.url("kaval_worker", database=connection.settings_dict["NAME"])) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [drop_folder.lock_of(SOURCE)])
        assert box.look().busy
        assert box.lies() == ["a.csv"]
        other.execute("SELECT pg_advisory_unlock_all()")
        assert len(box.look().deliveries) == 1
