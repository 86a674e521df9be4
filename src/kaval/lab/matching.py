"""What the lists say of the files: many findings at a time, exact and near kept apart.

A file *matches exactly* when a digest of a list's row is equal to its own and no other speaks against it. It matches
*nearly* when the PDQ value of its picture, in one of the eight orientations, or of a frame of its video lies within
`MATCH_DISTANCE` of a row's, and its own quality is at least `MATCH_QUALITY`. A row that matches exactly is not told a
second time as near.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from kaval.engine.kernel.errors import ConfigurationError
from kaval.lab.findings import NEAR, Line, warning
from kaval.lab.perceptual import MATCH_DISTANCE, MATCH_QUALITY
from kaval.lab.sources.entry import Trouble
from kaval.lab.writing import lines_of

if TYPE_CHECKING:
    from kaval.lab.hashset import ListFile, Shelf
    from kaval.lab.index.exact import Match

BATCH = 4096


class Lists:
    """The lists of a run: list files, which are built into a shelf that ends with the run, and shelves."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Look at each; raises ReaderError for one that cannot be used."""
        self._files: list[ListFile] = []
        self._shelves: list[Shelf] = []
        self._closing = ExitStack()
        if not paths:
            return
        hashset = _hashset()
        for path in paths:
            if path.is_dir():
                self._shelves.append(hashset.Shelf.open(path))
            else:
                self._files.append(hashset.list_file(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()

    def as_input(self) -> list[Any]:
        """What of the lists decides the result."""
        listed = [[one.name, one.sha256, one.format] for one in self._files]
        return listed + [
            [one["set"], one["version"], one["format"]]
            for shelf in self._shelves
            for one in shelf.head["lists"]
        ]

    def build(self, at: datetime) -> None:
        """Make the list files a shelf; raises ReaderError for one that breaks off."""
        if self._files:
            folder = self._closing.enter_context(tempfile.TemporaryDirectory(prefix="kaval-lists-"))
            out = Path(folder) / "shelf"
            _hashset().build([one.path for one in self._files], out=out, at=at)
            self._shelves.insert(0, _hashset().Shelf.open(out))

    def described(self) -> list[dict[str, Any]]:
        """Each list with version, provenance and counts, for the summary."""
        return [dict(one) for shelf in self._shelves for one in shelf.head["lists"]]

    def warnings(self) -> Iterator[dict[str, str]]:
        """What was met while the lists were read."""
        for shelf in self._shelves:
            with lines_of(shelf.folder / "warnings.jsonl") as lines:
                for said in lines:
                    yield warning(said.pop("set"), Trouble(**said))

    def matched(
        self, lines: Iterator[tuple[str, Line]], *, told: Callable[[int, int], None]
    ) -> Iterator[tuple[str, Line]]:
        """The same lines in the same order, findings with their matches and without what only the matching needs.

        `told` is told the files of each batch and their bytes, without those in archives.
        """
        while batch := list(islice(lines, BATCH)):
            findings = [line for kind, line in batch if kind == "finding"]
            disputes: dict[int, list[dict[str, str]]] = {}
            for shelf in self._shelves:
                _match(shelf, findings, disputes)
            for kind, line in batch:
                if kind == "finding":
                    yield from (("warning", one) for one in disputes.get(id(line), ()))
                    line["matches"].sort(key=_order)
                    del line["orientations"]
                yield kind, line
            listed = [line["size"] or 0 for line in findings if "!/" not in line["path"]]
            told(len(listed), sum(listed))


def _match(shelf: Shelf, findings: list[Line], disputes: dict[int, list[dict[str, str]]]) -> None:
    # Every empty file has the same digest: it is never known material.
    hashed = [line for line in findings if line["sha256"] is not None and line["size"]]
    exact = _exact(shelf, hashed, disputes)
    _near(shelf, hashed, exact)


def _exact(
    shelf: Shelf, hashed: list[Line], disputes: dict[int, list[dict[str, str]]]
) -> set[tuple[int, int]]:
    """Adds the exact matches; gives (number of the finding, row) for each."""
    import numpy as np

    def column(name: str) -> Any:
        return np.frombuffer(bytes.fromhex("".join(line[name] for line in hashed)), np.uint8).reshape(
            len(hashed), -1
        )

    if not hashed:
        return set()
    found = shelf.lookup_many(md5=column("md5"), sha1=column("sha1"), sha256=column("sha256"))
    for number, lookup in shelf.lookups(found).items():
        line = hashed[number]
        line["matches"] += [asdict(match) for match in lookup.matches]
        told = disputes.setdefault(id(line), [])
        told.extend(_disputed(line, place) for place in lookup.disputed)
        told.extend(_contested(line, place) for place in lookup.contested)
    agreed = ~found.disputed
    return set(zip(found.query[agreed].tolist(), found.row[agreed].tolist(), strict=True))


def _near(shelf: Shelf, hashed: list[Line], exact: set[tuple[int, int]]) -> None:
    """Adds the near matches: of each row the nearest, the first orientation of several."""
    import numpy as np

    asked = [
        (number, value, orientation, algorithm)
        for number, line in enumerate(hashed)
        for value, orientation, algorithm in _values(line)
    ]
    if not asked or not shelf.head["pdq"]:
        return
    values = np.frombuffer(bytes.fromhex("".join(value for _, value, _, _ in asked)), np.uint8).reshape(
        -1, 32
    )
    found = shelf.search_pdq(values, within=MATCH_DISTANCE)
    best: dict[tuple[int, int, str], tuple[int, int]] = {}
    for query, row, distance in zip(
        found.query.tolist(), found.row.tolist(), found.distance.tolist(), strict=True
    ):
        number, _, orientation, algorithm = asked[query]
        if (number, row) not in exact:
            key, told = (number, row, algorithm), (distance, orientation)
            best[key] = min(best.get(key, told), told)
    told_of: dict[int, set[Match]] = {}
    for (number, row, algorithm), (distance, orientation) in best.items():
        turned = orientation if algorithm == "pdq" else None
        match = shelf.match(row, algorithm=algorithm, distance=distance, orientation=turned)
        told_of.setdefault(number, set()).add(match)
    for number, matches in told_of.items():
        hashed[number]["matches"] += [asdict(match) for match in matches]


def _values(line: Line) -> Iterator[tuple[str, int, str]]:
    """(PDQ value, number of its orientation, algorithm) of a file, as far as their quality is worth comparing."""
    if line["pdq"] is not None and line["pdq_quality"] >= MATCH_QUALITY:
        for number, value in enumerate(line["orientations"] or (line["pdq"],)):
            yield value, number, "pdq"
    for frame in line["vpdq"] or ():
        value, quality, _ = frame.split(",")
        if int(quality) >= MATCH_QUALITY:
            yield value, 0, "vpdq"


def _disputed(line: Line, place: str) -> dict[str, str]:
    return warning(
        line["source"],
        Trouble(
            line["path"],
            "digests-disagree",
            f"one digest equals {place} and another does not; not taken as a match",
            "Ask the sender of the list; a collision or a wrong record is possible",
        ),
    )


def _contested(line: Line, place: str) -> dict[str, str]:
    return warning(
        line["source"],
        Trouble(
            line["path"],
            "match-contested",
            f"members of the exchange voted against {place}; the match stands without its code",
            "Ask the sender of the list before anything rests on this match",
        ),
    )


def _order(match: dict[str, Any]) -> tuple[Any, ...]:
    """Exact before near, nearer before farther, then by list and verdict."""
    names = ("set", "version", "scheme", "scheme_version", "code", "algorithm")
    told = (match[name] or "" for name in names)
    return (match["algorithm"] in NEAR, match["distance"], *told, match["orientation"] or 0)


def _hashset() -> Any:
    try:
        from kaval.lab import hashset
    except ImportError as error:
        raise ConfigurationError(
            f"hash sets need {error.name}, which is not installed: run  pip install 'kaval[lab]'"
        ) from error
    return hashset
