"""The pictures and videos of a finished run as columns of numbers: one pass over the findings, 130 bytes a file."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from kaval.engine.rules.examination.evidence import Evidence, camera_of, is_graded
from kaval.engine.rules.examination.order import OrderRules, is_edited

Line = dict[str, Any]
UNKNOWN, GRADED, LISTED = (
    0,
    1,
    2,
)  # in no list | equal to a graded entry | equal to an entry that gives no verdict
TAKEN, CHANGED = 1, 2  # what a time is: when it was taken, by the camera | when the file was last changed
MOST_FRAMES = 64  # of one video: as many of its frames as this, evenly, stand for it
_MOST_SENT = 2_000_000
_EPOCH = datetime.fromisoformat("1970-01-01")


@dataclass(slots=True)
class Media:
    """Columns of equal length, one row for each picture or video in the order of the findings.

    `line` counts from 1; `offset` is where that line begins. `wall_s`: seconds since 1970 by the clock on the wall, NaN
    unknown; `basis` says which time it is (0: none). `has_pdq`: there is a value, of enough quality to compare.
    `camera`, `folder`, `cell` are numbers into the tables of the same name, -1: none.
    """

    line: array[int] = field(default_factory=lambda: array("q"))
    offset: array[int] = field(default_factory=lambda: array("q"))
    source: array[int] = field(default_factory=lambda: array("l"))
    folder: array[int] = field(default_factory=lambda: array("l"))
    camera: array[int] = field(default_factory=lambda: array("l"))
    cell: array[int] = field(default_factory=lambda: array("l"))
    wall_s: array[float] = field(default_factory=lambda: array("d"))
    basis: bytearray = field(default_factory=bytearray)
    standing: bytearray = field(default_factory=bytearray)
    original: bytearray = field(default_factory=bytearray)
    has_pdq: bytearray = field(default_factory=bytearray)
    pdq: bytearray = field(default_factory=bytearray)
    frame_row: array[int] = field(default_factory=lambda: array("q"))
    frames: bytearray = field(default_factory=bytearray)

    def __len__(self) -> int:
        return len(self.line)


class Survey:
    """What one pass over findings and artefacts gathers: media, names behind the numbers, evidence by source."""

    def __init__(self, rules: OrderRules) -> None:
        self.rules = rules
        self.media = Media()
        self.sources: list[str] = []
        self.folders: list[tuple[str, str]] = []
        self.cameras: list[tuple[str, str, str]] = []
        self.cells: list[tuple[float, float]] = []
        self.evidence: dict[str, Evidence] = {}
        self.graded_in: Counter[int] = Counter()
        self.graded_cameras: set[tuple[str, str, str]] = set()
        self.chats_read: set[str] = set()
        self.sent: set[tuple[str, str]] = set()
        self._numbers: dict[Any, int] = {}

    def findings(self, file: Iterable[bytes]) -> None:
        """Take in `findings.jsonl`."""
        offset = 0
        for number, raw in enumerate(file, 1):
            self._finding(orjson.loads(raw), number, offset)
            offset += len(raw)

    def artefacts(self, file: Iterable[bytes]) -> None:
        """Take in `artefacts.jsonl`: after the findings, so that what names a graded file is known as such."""
        for raw in file:
            line = orjson.loads(raw)
            source, facts = line["source"], line["facts"]
            self.evidence.setdefault(source, Evidence(source)).add_artefact(line)
            if not line["kind"].startswith("chat."):
                continue
            self.chats_read.add(source)
            digest = facts.get("sha256")
            if digest and facts.get("direction") == "sent" and len(self.sent) < _MOST_SENT:
                self.sent.add((source, digest))

    def _finding(self, line: Line, number: int, offset: int) -> None:
        source = line["source"]
        self.evidence.setdefault(source, Evidence(source)).add_finding(line)
        held, graded = standing(line)
        camera = camera_of(line)
        if graded and camera:
            self.graded_cameras.add(camera)
        if not is_media(line):
            if graded:
                self.graded_in[self._folder(line)] += 1
            return
        folder = self._folder(line)
        self.graded_in[folder] += graded
        wall, basis = wall_time(line)
        media, facts = self.media, line.get("picture") or line.get("video") or {}
        media.line.append(number)
        media.offset.append(offset)
        media.source.append(self._number(self.sources, source))
        media.folder.append(folder)
        media.camera.append(self._number(self.cameras, camera) if camera else -1)
        media.cell.append(self._cell(facts.get("place")))
        media.wall_s.append(wall)
        media.basis.append(basis)
        media.standing.append(held)
        media.original.append(bool(camera) and not is_edited(str(facts.get("software") or "")))
        self._values(line, len(media) - 1)

    def _folder(self, line: Line) -> int:
        return self._number(self.folders, (line["source"], line["path"].rpartition("/")[0]))

    def _number(self, names: list[Any], name: Any) -> int:
        key = (id(names), name)
        if key not in self._numbers:
            self._numbers[key] = len(names)
            names.append(name)
        return self._numbers[key]

    def _cell(self, place: Any) -> int:
        if not place or not all(isinstance(part, int | float) and math.isfinite(part) for part in place):
            return -1
        step = self.rules["place_cell"]
        return self._number(self.cells, tuple(round(math.floor(part / step) * step, 6) for part in place))

    def _values(self, line: Line, row: int) -> None:
        floor, media = self.rules["flat_quality"], self.media
        usable = bool(line.get("pdq")) and (line.get("pdq_quality") or 0) >= floor
        media.has_pdq.append(usable)
        media.pdq += bytes.fromhex(line["pdq"]) if usable else bytes(32)
        frames = [value for value, quality, _ in map(_frame, line.get("vpdq") or ()) if quality >= floor]
        different = list(dict.fromkeys(frames))
        step = max(1, -(-len(different) // MOST_FRAMES))
        for value in different[::step]:
            media.frame_row.append(row)
            media.frames += value


def _frame(text: str) -> tuple[bytes, float, float]:
    value, quality, seconds = text.split(",")
    return bytes.fromhex(value), float(quality), float(seconds)


def is_media(line: Mapping[str, Any]) -> bool:
    """True for a picture or a video, by its content."""
    mime = line.get("mime") or ""
    return bool(line.get("picture") or line.get("video")) or mime.startswith(("image/", "video/"))


def standing(line: Mapping[str, Any]) -> tuple[int, bool]:
    """Whether a list holds these very bytes, and whether a list grades it, by equal bytes or by nearness."""
    graded = [match for match in line["matches"] if is_graded(match)]
    equal = [match for match in line["matches"] if match["algorithm"] not in ("pdq", "vpdq")]
    if not equal:
        return UNKNOWN, bool(graded)
    return (GRADED if any(match in graded for match in equal) else LISTED), bool(graded)


def wall_time(line: Mapping[str, Any]) -> tuple[float, int]:
    """When it was taken by the camera's own clock, else when the file was last changed; NaN and 0: no time."""
    media = line.get("picture") or line.get("video") or {}
    taken = _seconds(str(media.get("taken_at") or ""))
    if taken is not None:
        return taken, TAKEN
    changed = _seconds(str((line.get("times") or {}).get("modified") or ""))
    return (math.nan, 0) if changed is None else (changed, CHANGED)


def _seconds(text: str) -> float | None:
    """EXIF or ISO time as seconds of the clock that wrote it; a zone is left out, so that one camera stays in step."""
    plain = text[:19].replace("T", " ")
    if plain[4:5] == ":":
        plain = plain[:10].replace(":", "-") + plain[10:]
    try:
        return (datetime.fromisoformat(plain).replace(tzinfo=None) - _EPOCH) / timedelta(seconds=1)
    except ValueError:
        return None


def lines_at(path: Path, offsets: Iterator[int]) -> Iterator[Line]:
    """The lines of a file that begin at these places, in the order asked."""
    with path.open("rb") as file:
        for offset in offsets:
            file.seek(offset)
            yield orjson.loads(file.readline())
