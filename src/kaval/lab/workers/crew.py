"""The workers of one machine: tasks handed out, deaths and hangs noticed, every file that caused one named.

The order in which tasks end is chance; nothing a task leaves behind depends on it.
"""

from __future__ import annotations

import os
import select
import shutil
import tempfile
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kaval.engine.kernel.errors import ConfigurationError
from kaval.lab.workers.board import Place
from kaval.lab.workers.nursery import Hatched, nursery
from kaval.lab.workers.wire import Message, close_all, send

QUIET_S = 120.0
"""A worker that shows no sign for so long, and the time its present content may take on top, is ended."""
PATIENCE_BYTES_PER_S = 1 << 20
_LOOK_S = 0.1
_HATCH_S = 60.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What every worker of a run is started with; `folder` is where each has a folder of its own for large content.

    `terms` are the reviewer's term lists.
    """

    sources: Sequence[tuple[Path, str]]
    limits: Mapping[str, Any]
    archives: Mapping[str, Any]
    folder: Path
    terms: Sequence[Path] = ()
    quiet_s: float = QUIET_S


@dataclass(slots=True)
class Task:
    """Something for a worker to do. `files` opens what it needs, for each attempt anew.

    `start` is where it begins, `quiet_s` how much longer than others it may show no sign. `heard` is told what the
    worker says on the way, `done` its answer, `seen` where it is. `died` is told where it was
    and why it ended, and gives the task to go on with, or None to leave it.
    """

    asked: Message
    files: Callable[[], Sequence[int]]
    done: Callable[[Message], None]
    died: Callable[[Place, str], Task | None]
    heard: Callable[[Message], None] = lambda _: None
    seen: Callable[[Place], None] = lambda _: None
    quiet_s: float = 0.0
    start: Place = field(default_factory=Place)


@dataclass(slots=True)
class _Worker:
    hatched: Hatched
    aside: Path
    task: Task | None = None
    ready: bool = False
    place: Place = field(default_factory=Place)
    sign_s: float = 0.0
    broke: str = ""


class Crew:
    """Up to `number` workers, started as there is work and ended with the block."""

    def __init__(self, settings: Settings, *, number: int) -> None:
        self._settings, self._number = settings, number
        self._workers: dict[int, _Worker] = {}
        self._waiting: deque[Task] = deque()
        self._urgent: deque[Task] = deque()
        self.confinement: Mapping[str, Any] | None = None
        """What took hold of the workers, as the first of them said; None before there was one."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in tuple(self._workers.values()):
            self._dismiss(worker)

    def add(self, task: Task, *, urgent: bool = False) -> None:
        """Queue a task; the urgent ones first, each kind in the order given."""
        (self._urgent if urgent else self._waiting).append(task)

    def run(self, *, idle: Callable[[], None] = lambda: None) -> None:
        """Work until no task is left; `idle` is called some times a second.

        Raises:
            ConfigurationError: workers cannot be started here, or end before they begin.
        """
        while self._hand_out():
            self._listen(_LOOK_S)
            self._watch()
            idle()

    def _hand_out(self) -> bool:
        for worker in self._workers.values():
            if worker.task is None and worker.ready:
                self._begin(worker)
        working = sum(worker.task is not None or not worker.ready for worker in self._workers.values())
        wanted = min(len(self._urgent) + len(self._waiting), self._number - len(self._workers))
        for _ in range(wanted if working < self._number else 0):
            self._hatch()
        return bool(self._workers and working) or bool(self._urgent or self._waiting)

    def _begin(self, worker: _Worker) -> None:
        queue = self._urgent or self._waiting
        if not queue:
            return
        task = worker.task = queue.popleft()
        worker.place, worker.sign_s, worker.broke = task.start, time.monotonic(), ""
        worker.hatched.board.write(task.start)  # what it says of its last task is not said of this one
        files = task.files()
        try:
            send(worker.hatched.socket, task.asked, files=files)
        except OSError:
            worker.broke = "ended before it began"  # its silence is noticed by the next look at its socket
        finally:
            close_all(files)

    def _hatch(self) -> None:
        aside = Path(tempfile.mkdtemp(prefix="aside-", dir=self._settings.folder))
        hatched = nursery().hatch(
            {
                "sources": [
                    [os.fsencode(path.absolute()).hex(), name] for path, name in self._settings.sources
                ],
                "limits": dict(self._settings.limits),
                "archives": dict(self._settings.archives),
                "terms": [str(path.absolute()) for path in self._settings.terms],
                "aside": str(aside.absolute()),
            }
        )
        self._workers[hatched.socket.fileno()] = _Worker(hatched, aside, sign_s=time.monotonic())

    def _listen(self, wait_s: float) -> None:
        ready, _, _ = select.select(list(self._workers), (), (), wait_s)
        for number in ready:
            worker = self._workers[number]
            found = worker.hatched.inbox.arrived()
            for message in found or ():
                self._take(worker, message)
            if found is None:
                self._lost(worker, f"ended: {worker.broke}" if worker.broke else "ended without a word")

    def _take(self, worker: _Worker, message: Message) -> None:
        worker.sign_s = time.monotonic()
        if "ready" in message:
            worker.ready = True
            self.confinement = self.confinement or message["ready"]
        elif "broke" in message:
            worker.broke = str(message["broke"])[:200]
        elif worker.task is not None and "done" in message:
            task, worker.task = worker.task, None
            task.seen(worker.hatched.board.read())
            task.done(message["done"])
            if self._urgent or self._waiting:
                self._begin(worker)
        elif worker.task is not None:
            worker.task.heard(message)

    def _watch(self) -> None:
        """Notice signs of life on the boards, and end whoever has shown none for too long."""
        now = time.monotonic()
        for worker in tuple(self._workers.values()):
            place = worker.hatched.board.read()
            if place != worker.place:
                worker.place, worker.sign_s = place, now
                if worker.task is not None:
                    worker.task.seen(place)
            if worker.task is None and worker.ready:
                continue
            allowed = self._settings.quiet_s if worker.ready else _HATCH_S
            if worker.task is not None:
                allowed += worker.task.quiet_s + place.patience / PATIENCE_BYTES_PER_S
            if now - worker.sign_s > allowed:
                self._lost(worker, "did not end in its time")

    def _lost(self, worker: _Worker, why: str) -> None:
        task, place, ready = worker.task, worker.hatched.board.read(), worker.ready
        self._dismiss(worker)
        if not ready:
            raise ConfigurationError(f"a worker process {why} before it could begin")
        again = task.died(place, why) if task is not None else None
        if again is not None:
            self._urgent.appendleft(again)

    def _dismiss(self, worker: _Worker) -> None:
        self._workers.pop(worker.hatched.socket.fileno())
        nursery().end(worker.hatched)
        shutil.rmtree(worker.aside, ignore_errors=True)
