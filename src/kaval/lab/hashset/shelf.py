"""A shelf answers what its lists say of digests, from the disk, the same in every process that opens it.

Opening maps files and reads two small ones; nothing is loaded. A row *agrees* with a file when every digest that both
have is equal; one that agrees by MD5 and not by SHA-1 is a collision or a faulty list: *disputed*, not a match.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from kaval.engine.formats.hashset._model import hex_digest
from kaval.engine.kernel.errors import ReaderError
from kaval.lab.hashset.building import HEAD, LAYOUT
from kaval.lab.hashset.rows import ALGORITHMS, WIDTHS, Kind, read_kinds
from kaval.lab.index.exact import DigestIndex, Lookup, Match, Rows, mapped

if TYPE_CHECKING:
    from kaval.lab.index.pdq import PdqIndex

Digests = NDArray[np.uint8]
_NONE = np.empty(0, np.int64)
_MEND = "Build the shelf again from its lists"


class Verdict(NamedTuple):
    """What a list says of one row, with its version and the row's place in it; see `Match` for what None means."""

    set: str
    version: str
    scheme: str | None
    scheme_version: str | None
    code: str | None
    locator: str


@dataclass(frozen=True, slots=True)
class Found:
    """Rows that hold a digest of a query, by query, then row.

    `algorithm` is the place in `ALGORITHMS` of the strongest that is equal. `disputed`: another digest that both have
    differs, so that the row does not match.
    """

    query: NDArray[np.int64]
    row: Rows
    algorithm: NDArray[np.uint8]
    disputed: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.query)


@dataclass(frozen=True, slots=True)
class Near:
    """Rows whose PDQ value lies near a query's, by query, distance, row."""

    query: NDArray[np.int64]
    row: Rows
    distance: NDArray[np.uint8]


class Shelf:
    """An opened shelf. It holds no lock and writes nothing; open it again in another process by its folder."""

    def __init__(self, folder: Path, head: dict[str, Any], kinds: list[Kind]) -> None:
        self.folder, self.head = folder, head
        self._lists, self._kinds = head["lists"], kinds
        self._indexes = {
            name: DigestIndex(folder, name, column=mapped(folder / name, "u1", WIDTHS[name]))
            for name in ALGORITHMS
        }
        held = mapped(folder / "photodna.values", "u1", WIDTHS["photodna"])
        self._photodna = DigestIndex(folder, "photodna", column=held)
        self._given = mapped(folder / "given", "u1")
        self._kind = mapped(folder / "kinds", "<u4")
        self._places = mapped(folder / "places", "<u4", 2)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The shelf in a folder.

        Raises:
            ReaderError: no shelf, of another layout, or files missing or of another size than it was built with.
        """
        try:
            head = json.loads((folder / HEAD).read_text("utf-8"))
            if not isinstance(head, dict) or head.get("kaval_shelf") != LAYOUT:
                raise ReaderError("a shelf of another layout", file=str(folder), mend=_MEND)
            for name, said in head["files"].items():
                if (folder / name).stat().st_size != said["size"]:
                    raise ReaderError(
                        "not of the size it was built with", file=str(folder / name), mend=_MEND
                    )
            return cls(folder, head, read_kinds(folder))
        except OSError as error:
            raise ReaderError(error.strerror or "no shelf", file=str(error.filename), mend=_MEND) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ReaderError("the head of the shelf is damaged", file=str(folder), mend=_MEND) from error

    def __len__(self) -> int:
        return len(self._given)

    @property
    def version(self) -> str:
        """SHA-256 over the versions of all lists and their readers: equal for equal answers."""
        return str(self.head["version"])

    def lookup_many(
        self, *, md5: Digests | None = None, sha1: Digests | None = None, sha256: Digests | None = None
    ) -> Found:
        """What the lists hold of many files: rows of 16, 20 and 32 bytes, all of one length; None: not known."""
        asked = {
            name: digests
            for name, digests in (("sha256", sha256), ("sha1", sha1), ("md5", md5))
            if digests is not None and len(self._indexes[name])
        }
        found = [self._indexes[name].find(digests) for name, digests in asked.items()]
        if len(found) == 1:
            query, row = found[0]
            place = ALGORITHMS.index(next(iter(asked)))
            return Found(query, row, np.full(len(row), place, np.uint8), np.zeros(len(row), bool))
        both = np.unique(np.concatenate([query << 32 | row for query, row in found] or [_NONE]))
        query, row = both >> 32, (both & 0xFFFFFFFF).astype(np.uint32)
        algorithm, disputed = np.full(len(row), 255, np.uint8), np.zeros(len(row), bool)
        for name, digests in asked.items():
            place = ALGORITHMS.index(name)
            given = (self._given[row] >> place & 1).astype(bool)
            equal = given & self._indexes[name].equal(digests, query, row)
            disputed |= given & ~equal
            algorithm[equal] = np.minimum(algorithm[equal], place)
        return Found(query, row, algorithm, disputed)

    def lookups(self, found: Found) -> dict[int, Lookup]:
        """What was found, told in words, by the number of the query; queries without a row are not in it."""
        matches: dict[int, set[Match]] = defaultdict(set)
        disputed: dict[int, list[str]] = defaultdict(list)
        contested: dict[int, list[str]] = defaultdict(list)
        for query, row, algorithm, against in zip(
            found.query.tolist(),
            found.row.tolist(),
            found.algorithm.tolist(),
            found.disputed.tolist(),
            strict=True,
        ):
            if against:
                disputed[query].append(self.place(row))
            else:
                matches[query].add(self.match(row, algorithm=ALGORITHMS[algorithm]))
                if self._kinds[self._kind[row]].contested:
                    contested[query].append(self.place(row))
        return {
            query: Lookup(
                tuple(sorted(matches[query], key=in_order)), tuple(disputed[query]), tuple(contested[query])
            )
            for query in sorted({*matches, *disputed})
        }

    def matches(
        self, *, md5: str | None = None, sha1: str | None = None, sha256: str | None = None
    ) -> Lookup:
        """What the lists say of one file by its digests in hex; one not given is not compared.

        Raises:
            ValueError: no hex digest of that algorithm.
        """
        given: dict[str, Digests] = {}
        for name, text in (("md5", md5), ("sha1", sha1), ("sha256", sha256)):
            if text is not None:
                digest = hex_digest(text, name)
                if digest is None:
                    raise ValueError(f"{text!r} is no {name}")
                given[name] = np.frombuffer(bytes.fromhex(digest), np.uint8).reshape(1, -1)
        return self.lookups(self.lookup_many(**given)).get(0, Lookup(()))

    def lookup_photodna(self, values: Digests) -> tuple[NDArray[np.int64], Rows]:
        """(query, row) for PhotoDNA values (n rows of 144 bytes) that a row holds byte for byte."""
        query, place = self._photodna.find(values)
        return query, mapped(self.folder / "photodna.owners", "<u4")[place]

    def search_pdq(self, values: Digests, *, within: int = 31) -> Near:
        """Rows with a PDQ value at most `within` bits from one of `values` (n rows of 32 bytes); none is lost."""
        if self._pdq is None:
            return Near(np.empty(0, np.int64), np.empty(0, np.uint32), np.empty(0, np.uint8))
        index, owners = self._pdq
        found = index.search(values, within=within)
        return Near(found.query, owners[found.entry], found.distance)

    @cached_property
    def _pdq(self) -> tuple[PdqIndex, Rows] | None:
        if not self.head["pdq"]:
            return None
        from kaval.lab.index.pdq import PdqIndex

        return PdqIndex.open(self.folder / "pdq"), mapped(self.folder / "pdq.owners", "<u4")

    def kind(self, row: int) -> Kind:
        """Everything the row's list says of it."""
        return self._kinds[int(self._kind[row])]

    def verdict(self, row: int) -> Verdict:
        """The verdict of a row; a contested one has its scheme and no code."""
        kind, place = self.kind(row), self._places[row]
        owner = self._lists[kind.list]
        code = None if kind.contested else kind.code
        locator = kind.locator(int(place[0]), int(place[1]))
        return Verdict(owner["set"], owner["version"], kind.scheme, kind.scheme_version, code, locator)

    def match(self, row: int, *, algorithm: str, distance: int = 0, orientation: int | None = None) -> Match:
        """The row as a match."""
        said = self.verdict(row)
        return Match(
            said.set,
            said.version,
            said.scheme,
            said.scheme_version,
            said.code,
            algorithm,
            distance,
            orientation,
        )

    def place(self, row: int) -> str:
        """Set, version and place of a row, for a person."""
        said = self.verdict(row)
        return f"{said.set} {said.version} {said.locator}"

    def faults(self) -> list[str]:
        """What is not as it was built: each file that another digest, by reading all of them; empty: whole."""
        found = []
        for name, said in self.head["files"].items():
            with (self.folder / name).open("rb") as stream:
                if hashlib.file_digest(stream, "sha256").hexdigest() != said["sha256"]:
                    found.append(f"{name}: another digest than when it was built")
        return found


def in_order(match: Match) -> tuple[str, ...]:
    """What matches are sorted by."""
    return (
        match.set,
        match.version,
        match.scheme or "",
        match.scheme_version or "",
        match.code or "",
        match.algorithm,
    )
