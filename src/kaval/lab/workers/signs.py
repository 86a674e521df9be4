"""What a worker says of itself: where it is, before each thing it does; and what it was told to be careful with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from kaval.lab.workers.board import Board, Place


class Caution(IntEnum):
    """How much of an entry is touched, after a worker died over it."""

    NONE = 0
    CLOSED = 1
    """Hash alone: nothing in it is parsed, no archive opened."""
    UNREAD = 2
    """Named alone: its content is not read."""


@dataclass(frozen=True, slots=True)
class Careful:
    """What was learnt from deaths over one entry of a unit: its caution, and the steps in it hashed alone, with why."""

    entry: int = 0
    caution: Caution = Caution.NONE
    why: str = ""
    steps: Mapping[int, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Its form in a message."""
        steps = {str(step): why for step, why in self.steps.items()}
        return {"entry": self.entry, "caution": int(self.caution), "why": self.why, "steps": steps}

    @staticmethod
    def of(message: Mapping[str, object]) -> Careful:
        """Read back from a message of the run (never from one of a worker)."""
        steps = message["steps"]
        assert isinstance(steps, dict)
        return Careful(
            int(str(message["entry"])),
            Caution(int(str(message["caution"]))),
            str(message["why"]),
            {int(step): str(why) for step, why in steps.items()},
        )


_ENTRY, _STEP, _WRITTEN, _FILES, _READ, _PATIENCE, _PULSE = range(7)  # the places in a `Place`


class Signs:
    """Keeps the board up to date, numbers the steps of an entry and knows which of them need care."""

    def __init__(self, board: Board) -> None:
        self._board, self._now, self._next = board, list(Place()), 0
        self._careful = Careful()

    def task(self, careful: Careful, *, entry: int = 0, written: int = 0) -> None:
        """A new task begins, at an entry of its unit."""
        self._careful, self._now, self._next = careful, list(Place(entry=entry, written=written)), 0
        self._board.write(self._now)

    def entry_done(self, written: int) -> None:
        """The entry is finished and its lines lie in the part, which now has `written` bytes."""
        now = self._now
        now[_ENTRY] += 1
        now[_STEP] = now[_PATIENCE] = self._next = 0
        now[_WRITTEN] = written
        self._board.write(now)

    def file_done(self, count: int = 1) -> None:
        """Files finished, for the progress; a member of an archive is none of the listing."""
        if self._now[_STEP] == 0:
            self._now[_FILES] += count

    def read(self, size: int) -> None:
        """Bytes read, from the source or a container: a sign of life in any case."""
        if self._now[_STEP] == 0:
            self._now[_READ] += size
        self._now[_PULSE] += 1
        self._board.write(self._now)

    def new_step(self) -> int:
        """The number of the next file of this entry: the entry's own is 0, its members follow."""
        step, self._next = self._next, self._next + 1
        return step

    def at(self, step: int, *, patience: int = 0) -> None:
        """Say which file is being read, before it is; `patience`: bytes that reading may take time for."""
        self._now[_STEP], self._now[_PATIENCE] = step, patience
        self._board.write(self._now)

    @property
    def caution(self) -> Caution:
        """How much of the present entry may be touched."""
        return self._careful.caution if self._careful.entry == self._now[_ENTRY] else Caution.NONE

    def why(self, step: int) -> str:
        """Why this file is not to be parsed; empty: it may be."""
        if self._careful.entry != self._now[_ENTRY]:
            return ""
        return self._careful.steps.get(step, "") or (self._careful.why if step == 0 else "")
