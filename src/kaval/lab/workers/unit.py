"""One unit made into its part, whatever happens to the workers on the way."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from kaval.engine.kernel.errors import ConfigurationError
from kaval.lab.workers.board import Place
from kaval.lab.workers.crew import Task
from kaval.lab.workers.listing import Unit
from kaval.lab.workers.signs import Careful, Caution

MAX_CAREFUL_STEPS = 64
"""So many members of one archive may kill a worker each; then the archive stays closed."""


@dataclass(slots=True)
class Part:
    """The part of one unit of the source numbered `source`, written at `path` when it is whole.

    `seen` is told where the worker is.
    """

    unit: Unit
    source: int
    listing: Path
    path: Path
    seen: Callable[[Place], None]
    careful: Careful = field(default_factory=Careful)

    def task(self, *, start: int = 0, written: int = 0) -> Task:
        """The task for the crew, from an entry of the unit on; the part holds `written` bytes of the ones before."""

        def files() -> tuple[int, int]:
            part = os.open(self._open, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            os.ftruncate(part, written)  # what a dead worker wrote of the entry it died over goes
            os.lseek(part, written, os.SEEK_SET)
            return os.open(self.listing, os.O_RDONLY | os.O_CLOEXEC), part

        return Task(
            asked={
                "task": "examine",
                "source": self.source,
                "offset": self.unit.offset,
                "length": self.unit.length,
                "start": start,
                "written": written,
                "careful": self.careful.as_json(),
            },
            files=files,
            done=lambda _: self._finish(),
            died=self._died,
            seen=self.seen,
            start=Place(entry=start, written=written),
        )

    @property
    def _open(self) -> Path:
        return self.path.with_suffix(".open")

    def _finish(self) -> None:
        with self._open.open("rb") as part:
            os.fsync(part.fileno())
        os.replace(self._open, self.path)

    def _died(self, place: Place, why: str) -> Task:
        self.careful = more_careful(self.careful, place, why)
        written = min(place.written, self._open.stat().st_size)
        return self.task(start=place.entry, written=written)


def more_careful(careful: Careful, place: Place, why: str) -> Careful:
    """What to leave alone after one more death: the one file first, then all that is in it, then its content.

    Raises:
        ConfigurationError: the worker died over a file of which it was to read nothing.
    """
    if place.entry != careful.entry or not (careful.steps or careful.why):
        return Careful(place.entry, steps={place.step: why})
    if careful.caution is Caution.UNREAD:
        raise ConfigurationError(f"workers cannot work here: one that reads nothing {why}")
    if careful.caution is Caution.CLOSED or place.step == 0:
        return replace(careful, caution=Caution.UNREAD, why=why)
    if place.step in careful.steps or len(careful.steps) >= MAX_CAREFUL_STEPS:
        return replace(careful, caution=Caution.CLOSED, why=why)
    return replace(careful, steps={**careful.steps, place.step: why})
