"""One look at a drop folder: what has settled is taken in as a delivery, in the name of the officer who answers for it.

Stopped at any moment, the next look goes on: a batch lies in `.taking` until its delivery is in, under a name that
the delivery bears too, so that it is taken in once. What fails three times is moved aside with the reason; what fails
because the database or the disk does is tried again, later each time.
"""

from __future__ import annotations

import errno
import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from kaval.engine.kernel.errors import NotPermitted, ReaderError, RefusedError
from kaval.station import roles
from kaval.station.audit import keep_refusal
from kaval.station.jobs.folder import UNITS_IN_A_BATCH, Batch, DropFolder, Memory, drop_folders
from kaval.station.models import Officer
from kaval.station.operations import following, intake
from kaval.station.queries.reading_profiles import confirmed_profiles

TRIES = 3
DEATHS = 5
CHANNEL = "drop folder"
LONGEST_WAIT = timedelta(minutes=15)
_STATION_TROUBLE = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EIO,
    errno.EROFS,
    errno.EMFILE,
    errno.ENFILE,
    errno.ENOMEM,
}

Take = Callable[..., intake.Taken]
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Look:
    """What a look found and did. `busy`: another process was looking. `problems`: what a person must mend."""

    source: str
    deliveries: list[intake.Taken] = field(default_factory=list)
    waiting: int = 0
    problems: list[str] = field(default_factory=list)
    busy: bool = False


def root() -> Path:
    """Where the drop folders lie."""
    return Path(settings.HOME) / "drop"


def folders() -> list[DropFolder]:
    """Every drop folder of this station."""
    return drop_folders(root(), Path(settings.HOME) / "drop-seen")


def lock_of(source: str) -> int:
    """The number of the advisory lock that whoever looks at this source's folder holds."""
    digest = hashlib.sha256(f"drop folder {source}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def look(folder: DropFolder, *, at: datetime, take: Take = intake.take_in) -> Look:
    """Takes in what has settled in the folder; what is still being written waits for the next look.

    Raises:
        OperationalError: the database went away; the next look goes on, later each time.
    """
    found = Look(folder.source)
    with _alone(folder) as alone:
        if not alone:
            found.busy = True
            return found
        memory = folder.recall()
        if at.timestamp() < memory.not_before:
            return found
        try:
            _Looking(folder, found, memory, at=at, take=take).go()
        except (OperationalError, InterfaceError):
            _later(memory, at=at)
            folder.remember(memory)
            raise
    return found


class _Looking:
    def __init__(self, folder: DropFolder, found: Look, memory: Memory, *, at: datetime, take: Take) -> None:
        self._folder, self._found, self._memory = folder, found, memory
        self._at, self._take = at, take
        self._by: Officer | None = None

    def go(self) -> None:
        memory, found = self._memory, self._found
        stumbled, memory.not_before = memory.stumbled, 0.0
        try:
            officer = self._by = _officer(self._folder)
            for batch in self._folder.batches():
                self._take_in(batch, by=officer)
            self._stage(officer)
        except RefusedError as refused:
            found.problems.append(refused.text)
        except OSError as trouble:
            # The folder itself: not ours, not readable, or the disk is full.
            found.problems.append(f"{trouble.filename or self._folder.path}: {trouble.strerror or trouble}")
            _later(memory, at=self._at)
        if memory.stumbled == stumbled:
            memory.stumbled = 0
        refused_units = self._folder.refused()
        if refused_units:
            found.problems.append(
                f"{refused_units} could not be taken in: see .refused in drop/{self._folder.source}, where the reason "
                "lies beside each; remove it when that is settled"
            )
        self._tell()
        self._folder.remember(memory)

    def _stage(self, officer: Officer) -> None:
        """Everything that settled becomes batches, and each a delivery."""
        memory, now = self._memory, self._at.timestamp()
        lying = self._folder.lying()
        is_settled = partial(_is_settled, memory=memory, at=self._at)
        settled = [each for each in lying if is_settled(each)]
        going = {each.name for each in settled}
        seen = {}
        for each in lying:
            if each.name not in going:
                marks, since = memory.seen.get(each.name, ("", now))
                seen[each.name] = (each.marks, since if marks == each.marks else now)
        memory.seen = seen
        self._found.waiting = len(seen)
        for start in range(0, len(settled), UNITS_IN_A_BATCH):
            part = settled[start : start + UNITS_IN_A_BATCH]
            batch, stuck = self._folder.stage(part, at=self._at)
            self._found.problems += stuck
            self._take_in(batch, by=officer)

    def _take_in(self, batch: Batch, *, by: Officer) -> None:
        self._set_odd_aside(batch)
        if not batch.units():
            batch.path.rmdir()
            return
        if self._was_deadly(batch):
            return
        before = batch.marks()
        outcome = self._attempt(batch, by=by)
        self._memory.begun.pop(batch.name, None)
        if isinstance(outcome, intake.Taken):
            self._done(batch, outcome, before=before)
        elif isinstance(outcome, NotPermitted) or _is_the_station_s(outcome):
            raise outcome
        elif not (isinstance(outcome, RefusedError) and outcome.code == "RUNNING"):
            self._failed(batch, outcome)

    def _attempt(self, batch: Batch, *, by: Officer) -> intake.Taken | Exception:
        try:
            taken = self._take(
                by=by,
                at=self._at,
                source=self._folder.source,
                channel=CHANNEL,
                arrivals=(intake.Arrival(name, path, at=batch.at) for name, path in batch.files()),
                key=f"{CHANNEL} {batch.name}",
                once=True,
                profiles=confirmed_profiles(),
            )
            following.follow_arrival(by=by, at=self._at, key=f"{CHANNEL} {batch.name}")
            return taken
        except Exception as trouble:  # noqa: BLE001
            # At the edge: whatever one file does to a reader must not stop the others.
            return trouble

    def _was_deadly(self, batch: Batch) -> bool:
        """Notes that the batch is begun; true when that ended the process too often, and it was set aside."""
        begun = self._memory.begun
        deaths = begun.pop(batch.name, 0)
        if deaths >= DEATHS:
            self._blame(batch, why=f"the worker ended {DEATHS} times while it was taken in")
            return True
        begun[batch.name] = deaths + 1
        self._folder.remember(self._memory)
        return False

    def _done(self, batch: Batch, taken: intake.Taken, *, before: dict[str, str]) -> None:
        self._memory.tries.pop(batch.name, None)
        left_out = batch.left_out()
        after = batch.marks()
        for unit in [unit for unit, marks in after.items() if before.get(unit, marks) != marks]:
            self._folder.give_back(batch, unit)
            self._found.problems.append(
                f"{unit} was written to while it was taken in; it is taken in once more"
            )
        self._folder.finish(batch, delivery=str(taken.delivery))
        self._found.deliveries.append(taken)
        if left_out:
            self._found.problems.append(f"not taken in, since never followed: {'; '.join(left_out[:20])}")
        counted = taken.counted
        log.info(
            "drop %s: delivery %s: %d files, %d reports new, %d again, %d warnings",
            self._folder.source,
            taken.delivery,
            counted.files,
            counted.reports,
            counted.again,
            counted.warnings,
        )

    def _set_odd_aside(self, batch: Batch) -> None:
        """Links, sockets, pipes and devices are not followed; they are moved aside as what they are."""
        for unit in batch.units():
            path = batch.path / unit
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                self._refuse(batch, unit, why="it is neither a file nor a folder; links are never followed")

    def _failed(self, batch: Batch, trouble: Exception) -> None:
        """Counts a failure; at the third, what is to blame is moved aside and the rest goes on."""
        source, kind = self._folder.source, type(trouble).__name__
        tries = self._memory.tries.get(batch.name, 0) + 1
        log.error("drop %s: batch %s failed (%s), look %d of %d", source, batch.name, kind, tries, TRIES)
        blamed = _blamed(batch, trouble)
        if tries < TRIES:
            self._memory.tries[batch.name] = tries
            self._found.problems.append(
                f"{blamed or f'a batch of {len(batch.units())}'} could not be taken in ({_said(trouble)}); "
                f"tried again, {TRIES - tries} more"
            )
            return
        self._memory.tries.pop(batch.name, None)
        self._blame(batch, blamed, why=f"{TRIES} looks failed. {_said(trouble)}")

    def _blame(self, batch: Batch, blamed: str = "", *, why: str) -> None:
        """Moves aside what is to blame; when nobody can tell what, each gets a last look by itself."""
        units = batch.units()
        if blamed or len(units) == 1:
            self._refuse(batch, blamed or units[0], why=why)
            return
        for part in self._folder.split(batch):
            self._memory.tries[part.name] = TRIES - 1

    def _refuse(self, batch: Batch, unit: str, *, why: str) -> None:
        self._folder.refuse(batch, unit, why=why)
        log.warning("drop %s: one of batch %s was moved to .refused", self._folder.source, batch.name)

    def _tell(self) -> None:
        """Says what is wrong once: in the folder, in the log, and among the refusals an auditor reads."""
        problem = "\n".join(self._found.problems)
        self._folder.show(problem)
        if problem and problem != self._memory.problem:
            log.warning(
                "drop %s: %d problems; see PROBLEM.txt there", self._folder.source, len(self._found.problems)
            )
            keep_refusal(
                "look_at_drop_folder",
                by=self._by,
                at=self._at,
                refused=RefusedError("DROP", f"drop/{self._folder.source}: {problem}"),
            )
        self._memory.problem = problem


def _is_settled(each: Any, *, memory: Memory, at: datetime) -> bool:
    settled: bool = each.is_settled(memory.seen.get(each.name), at=at, settle_s=settings.DROP_SETTLE_S)
    return settled


def _officer(folder: DropFolder) -> Officer:
    """Who answers for what arrives in the folder.

    Raises:
        RefusedError: nobody does, or one who may not take in reports.
    """
    where = f"drop/{folder.source}/officer"
    try:
        number = folder.officer_number() or settings.DROP_OFFICER
    except PermissionError:
        raise RefusedError(
            "DROP_OFFICER", f"{where} can be written by others; it must belong to the station's user alone"
        ) from None
    if not number:
        raise RefusedError(
            "DROP_OFFICER",
            f"nobody answers for drop/{folder.source}: put an intake clerk's number into {where}, "
            "or set KAVAL_DROP_OFFICER",
        )
    officer = Officer.objects.filter(number=number).first()
    if officer is None or not roles.permits(officer.roles, "take_in"):
        raise RefusedError(
            "DROP_OFFICER",
            f"{number}, named for drop/{folder.source}, is not on the roster as an intake clerk",
        )
    return officer


def _is_the_station_s(trouble: Exception) -> bool:
    """True when the database or the disk failed, and no file is to blame."""
    if isinstance(trouble, OSError):
        return trouble.errno in _STATION_TROUBLE
    return isinstance(trouble, OperationalError | InterfaceError)


def _blamed(batch: Batch, trouble: Exception) -> str:
    """The unit that the error names, or the only one there is; empty when nobody can tell."""
    units = batch.units()
    if len(units) == 1:
        return units[0]
    named = trouble.file if isinstance(trouble, ReaderError) else getattr(trouble, "filename", None)
    if not isinstance(named, str):
        return ""
    first = named.removeprefix(f"{batch.path}/").split("/")[0]
    return first if first in units else ""


def _said(trouble: Exception) -> str:
    # What a bug says may hold what the file holds; only our own errors are written for people.
    return (
        str(trouble) if isinstance(trouble, ReaderError | RefusedError | OSError) else type(trouble).__name__
    )


def _later(memory: Memory, *, at: datetime) -> None:
    memory.stumbled += 1
    wait = min(LONGEST_WAIT, timedelta(seconds=settings.DROP_EVERY_S * 2 ** min(memory.stumbled - 1, 10)))
    # A little under the wait, so that the look that falls due at its end is not put off to the next.
    memory.not_before = (at + wait).timestamp() - 1 if memory.stumbled > 1 else 0.0


@contextmanager
def _alone(folder: DropFolder) -> Iterator[bool]:
    """True when no other process looks at this folder; the lock dies with the connection, so a kill frees it."""
    number = lock_of(folder.source)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        got: bool = cursor.fetchone()[0]
    try:
        yield got
    finally:
        held = connection.connection
        if got and held is not None and not held.closed and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
