"""How far a run is, how fast it goes and how long it will still take, for whoever waits for it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

_WINDOW_S = 30.0
_TELL_S = 0.1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: `stage` is `verify` (digests of the sources), `examine` or `match`; counts of this source.

    `total_files` and `total_bytes` are over all sources, None while their listing is under way; `done_files` and
    `done_bytes` likewise, this stage. `bytes_per_s` over the last half minute; `left_s` None: not known yet.
    """

    stage: str
    source: str
    files: int
    bytes: int
    done_files: int = 0
    done_bytes: int = 0
    total_files: int | None = None
    total_bytes: int | None = None
    bytes_per_s: float = 0.0
    left_s: float | None = None


class Pace:
    """Counts of one stage over all sources. `say` is told at most some times a second, and at each source's end."""

    def __init__(
        self, stage: str, say: Callable[[Progress], None] | None, *, total_bytes: int | None = None
    ) -> None:
        self._stage, self._say = stage, say
        self._of: dict[str, list[int]] = {}
        self._done = [0, 0]
        self._total: list[int | None] = [None, total_bytes]
        self._marks: deque[tuple[float, int]] = deque([(time.monotonic(), 0)])
        self._told_s = 0.0

    def expect(self, files: int, size: int) -> None:
        """All is listed: so much there is to do in all."""
        self._total = [files, size]

    def keep(self, source: str, files: int, size: int) -> None:
        """So much of a source an earlier run has done; it says nothing of the pace of this one."""
        self._count(source, files, size)
        self._marks = deque([(time.monotonic(), self._done[1])])

    def add(self, source: str, files: int, size: int) -> None:
        """So much more of a source is done."""
        own = self._count(source, files, size)
        now = time.monotonic()
        if self._say is not None and (files or now - self._told_s >= _TELL_S):
            self._told_s = now
            self._say(self._progress(source, own, now))

    def _count(self, source: str, files: int, size: int) -> list[int]:
        own = self._of.setdefault(source, [0, 0])
        for count in (own, self._done):
            count[0] += files
            count[1] += size
        return own

    def _progress(self, source: str, own: list[int], now: float) -> Progress:
        self._marks.append((now, self._done[1]))
        while len(self._marks) > 2 and now - self._marks[0][0] > _WINDOW_S:
            self._marks.popleft()
        since, before = self._marks[0]
        rate = (self._done[1] - before) / (now - since) if now > since else 0.0
        total = self._total[1]
        left = max(total - self._done[1], 0) / rate if total is not None and rate > 0 else None
        return Progress(
            self._stage,
            source,
            files=own[0],
            bytes=own[1],
            done_files=self._done[0],
            done_bytes=self._done[1],
            total_files=self._total[0],
            total_bytes=total,
            bytes_per_s=rate,
            left_s=left,
        )
