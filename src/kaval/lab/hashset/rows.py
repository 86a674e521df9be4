"""Entries become rows of columns, each a plain file, with what many entries share (list, verdict, place) kept once.

Columns: `md5`, `sha1`, `sha256` (bytes; a hole where an entry has none), `given` (bits: which of the three), `kinds`
(number in `kinds.json`), `places` (two numbers that complete the kind's place). PhotoDNA and PDQ values, which few
entries have, lie in files of their own beside the numbers of their rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from kaval.engine.formats.hashset._model import HashSetEntry, photodna_bytes
from kaval.engine.kernel.errors import RefusedError

ALGORITHMS = ("sha256", "sha1", "md5")  # strongest first; the bit of each in `given` is its place here
WIDTHS = {"sha256": 32, "sha1": 20, "md5": 16, "photodna": 144, "pdq": 32}
MAX_ROWS = (1 << 32) - 2
MAX_KINDS = 1 << 20
_NUMBER = re.compile(r"(?<![0-9])(0|[1-9][0-9]{0,8})(?![0-9])")
_LAST = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
Bytes = NDArray[np.uint8]


class Kind(NamedTuple):
    """What many entries have in common; `place` holds `#` for each of the `numbers` that a row completes it with."""

    list: int
    scheme: str | None
    scheme_version: str | None
    code: str | None
    contested: bool
    victim_identified: bool | None
    offender_identified: bool | None
    distributed: bool | None
    series: str
    place: str
    numbers: int

    def locator(self, first: int, second: int) -> str:
        """The place in the list, whole again."""
        text = self.place
        for number in (first, second)[: self.numbers]:
            text = text.replace("#", str(number), 1)
        return text


class Batch(NamedTuple):
    """Rows ready for the columns: digests by algorithm (n rows each), which are given, kinds, places (n, 2)."""

    digests: dict[str, Bytes]
    given: Bytes
    kinds: NDArray[np.uint32]
    places: NDArray[np.uint32]


class RowWriter:
    """Appends entries to the columns of a folder; holds one batch in memory and the kinds, never more."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._files = folder, dict[str, BinaryIO]()
        self._kinds: list[Kind] = []
        self._said: dict[tuple[Any, ...], int] = {}
        self._before = ""
        self.rows = 0
        self.too_many_kinds = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for name, file in self._files.items():
            if name in ALGORITHMS:
                file.truncate(self.rows * WIDTHS[name])
            file.close()
        kinds = json.dumps(self._kinds, ensure_ascii=False, separators=(",", ":"))
        (self._folder / "kinds.json").write_text(kinds, "utf-8")

    def batch(self, entries: Sequence[HashSetEntry], *, list_number: int) -> Batch:
        """The entries as arrays."""
        given = np.zeros(len(entries), np.uint8)
        digests = {}
        for bit, name in enumerate(ALGORITHMS):
            values, width = list(map(attrgetter(name), entries)), WIDTHS[name]
            if not any(values):
                digests[name] = np.empty((0, width), np.uint8)
                continue
            none = "0" * (2 * width)
            blob = bytes.fromhex("".join([value or none for value in values]))
            digests[name] = np.frombuffer(blob, np.uint8).reshape(-1, width)
            given |= np.fromiter(map(bool, values), np.uint8, len(values)) << np.uint8(bit)
        told = [self._kind(entry, list_number) for entry in entries]
        kinds = np.fromiter((kind for kind, _ in told), np.uint32, len(told))
        padded = ((*numbers, 0, 0)[:2] for _, numbers in told)
        places = np.fromiter(chain.from_iterable(padded), np.uint32, 2 * len(told)).reshape(-1, 2)
        return Batch(digests, given, kinds, places)

    def put(self, batch: Batch) -> int:
        """Append a batch and give the number of its first row.

        Raises:
            RefusedError: more rows than a shelf can number.
        """
        first = self.rows
        if first + len(batch.given) > MAX_ROWS:
            raise RefusedError(
                "shelf.too-many-rows", f"a shelf holds at most {MAX_ROWS} rows; make two of it"
            )
        for bit, name in enumerate(ALGORITHMS):
            if (batch.given >> bit & 1).any():
                file = self._file(name)
                file.seek(first * WIDTHS[name])  # what is skipped becomes a hole
                file.write(batch.digests[name].data)
        for name, column in (("given", batch.given), ("kinds", batch.kinds), ("places", batch.places)):
            self._file(name).write(np.ascontiguousarray(column).data)
        self.rows += len(batch.given)
        return first

    def put_values(self, entries: Sequence[HashSetEntry], *, first: int) -> Bytes:
        """Append the PDQ and PhotoDNA values of entries whose first row is `first`; gives the PhotoDNA values."""
        photodna = bytearray()
        for row, entry in enumerate(entries, first):
            if entry.pdq:
                self._own("pdq", bytes.fromhex(entry.pdq), row)
            value = photodna_bytes(entry.photodna) if entry.photodna else None
            if value is not None:
                self._own("photodna", value, row)
                photodna += value
        return np.frombuffer(photodna, np.uint8).reshape(-1, WIDTHS["photodna"])

    def _own(self, name: str, value: bytes, row: int) -> None:
        self._file(f"{name}.values").write(value)
        self._file(f"{name}.owners").write(row.to_bytes(4, "little"))

    def _file(self, name: str) -> BinaryIO:
        if name not in self._files:
            self._files[name] = (self._folder / name).open("wb")
        return self._files[name]

    def _kind(self, entry: HashSetEntry, list_number: int) -> tuple[int, tuple[int, ...]]:
        place, numbers = self._place(entry.locator)
        said = (
            list_number,
            entry.category,
            entry.contested,
            entry.victim_identified,
            entry.offender_identified,
            entry.distributed,
            entry.series,
            place,
            len(numbers),
        )
        number = self._said.get(said)
        if number is None:
            number = self._new_kind(said)
        return number, numbers

    def _new_kind(self, said: tuple[Any, ...]) -> int:
        if len(self._kinds) >= MAX_KINDS:  # a million series or odd places: the verdict stays, they do not
            self.too_many_kinds = True
            said = (*said[:-3], "", "", 0)
            if said in self._said:
                return self._said[said]
        list_number, category, *rest = said
        verdict = (category.scheme, category.scheme_version, category.code) if category else (None,) * 3
        self._said[said] = len(self._kinds)
        self._kinds.append(Kind(list_number, *verdict, *rest))
        return len(self._kinds) - 1

    def _place(self, locator: str) -> tuple[str, tuple[int, ...]]:
        """(place with `#` for its numbers, the numbers); a place of another form is kept as it is."""
        # Nearly every place of a list is the one before it with another number at its end.
        tail = locator.removeprefix(self._before)
        if len(tail) < len(locator) and _LAST.fullmatch(tail):
            return f"{self._before}#", (int(tail),)
        parts = _NUMBER.split(locator)
        if len(parts) not in (3, 5) or "#" in locator:
            return locator, ()
        if len(parts) == 3 and parts[0] and not parts[2]:
            self._before = parts[0]
        return "#".join(parts[::2]), tuple(int(number) for number in parts[1::2])


def read_kinds(folder: Path) -> list[Kind]:
    """The kinds as they were written."""
    found: list[Any] = json.loads((folder / "kinds.json").read_text("utf-8"))
    return [Kind(*one) for one in found]
