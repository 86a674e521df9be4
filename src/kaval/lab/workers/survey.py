"""One source from its listing to its parts: what is done already is found again, what is left becomes tasks."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from kaval.lab.findings import warning
from kaval.lab.pace import Pace
from kaval.lab.sources.entry import Trouble
from kaval.lab.workers.board import Place
from kaval.lab.workers.crew import Task
from kaval.lab.workers.listing import Unit
from kaval.lab.workers.unit import Part
from kaval.lab.writing import WholeFile, lines_of

_LIST_BYTES_PER_S = 20 << 20
"""The slowest that looking through unallocated space may be before its silence counts as a hang."""


class Survey:
    """The work on one source, kept in `folder`; `found` is told the parts that are left to make."""

    def __init__(
        self,
        number: int,
        *,
        name: str,
        size: int,
        folder: Path,
        found: Callable[[Part], None],
        pace: Pace,
    ) -> None:
        self.name, self._number, self._size, self._folder = name, number, size, folder
        self._found, self._pace = found, pace
        self._units: list[Unit] = []
        self.listed = False
        self.broken = ""
        """Why the listing broke off; empty: it did not."""

    def task(self) -> Task | None:
        """The listing as a task; None when an earlier run has it, and then the parts left to do are found at once."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = None
        with suppress(OSError, ValueError):
            known = json.loads(self._index.read_bytes())
        if known is None:
            return Task(
                asked={"task": "list", "source": self._number},
                files=lambda: (
                    os.open(self._listing, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600),
                ),
                heard=lambda message: self._cut(Unit(**message["unit"])),
                done=lambda _: self._listed(""),
                died=lambda _, why: self._listed(why),
                quiet_s=self._size / _LIST_BYTES_PER_S,
            )
        for unit in known["units"]:
            self._cut(Unit(**unit))
        self.listed, self.broken = True, known["broken"]
        return None

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units found so far, in the order of the walk."""
        return tuple(self._units)

    def lines(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every line of every part, in the order of the walk."""
        for unit in self._units:
            with lines_of(self._part(unit)) as lines:
                for line in lines:
                    yield from line.items()
        if self.broken:
            text = f"the process that lists this source {self.broken}; files after this point were not seen"
            mend = "Examine the source with another tool; report the fault"
            yield "warning", warning(self.name, Trouble("", "listing-broke-off", text, mend))

    def _cut(self, unit: Unit) -> None:
        self._units.append(unit)
        path = self._part(unit)
        if path.exists():
            self._pace.keep(self.name, unit.files, unit.bytes)
            return
        before = [0, 0]

        def seen(place: Place) -> None:
            if (
                place.files < before[0] or place.read < before[1]
            ):  # another worker goes on with it, from nought
                before[:] = 0, 0
            self._pace.add(self.name, place.files - before[0], place.read - before[1])
            before[:] = place.files, place.read

        self._found(Part(unit, self._number, self._listing, path, seen=seen))

    def _listed(self, broken: str) -> None:
        self.listed, self.broken = True, broken
        with WholeFile(self._index) as file:
            file.write(
                json.dumps({"broken": broken, "units": [asdict(unit) for unit in self._units]}).encode()
            )

    @property
    def _listing(self) -> Path:
        return self._folder / "listing"

    @property
    def _index(self) -> Path:
        return self._folder / "units.json"

    def _part(self, unit: Unit) -> Path:
        """Named by the content of its unit: a part of another listing is never taken for this one's."""
        with self._listing.open("rb") as listing:
            listing.seek(unit.offset)
            digest = sha256(listing.read(unit.length)).hexdigest()[:16]
        return self._folder / f"{unit.offset:012d}-{digest}.part"
