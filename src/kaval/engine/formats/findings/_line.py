"""One line of the lab's findings, and the head that every form of a report states: who, what, which lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Line = Mapping[str, Any]
_EXIF = (
    ("camera_make", "Make"),
    ("camera_model", "Model"),
    ("camera_serial", "BodySerialNumber"),
    ("taken_at", "DateTimeOriginal"),
    ("taken_offset", "OffsetTimeOriginal"),
    ("software", "Software"),
)
EXACT = frozenset({"md5", "sha1", "sha256", "photodna"})


@dataclass(frozen=True, slots=True)
class ExaminationHead:
    """What is said once for all findings. `case_number` and `unit` are the examiner's words, empty: not given.

    `examined_at` is ISO 8601 with `Z`; `inputs_digest` the digest of all that decides the result: two reports of one
    result have the same identifiers. `sources` and `hashsets` are those of `summary.json`.
    """

    case_number: str
    unit: str
    tool: str
    examined_at: str
    inputs_digest: str
    sources: Sequence[Line]
    hashsets: Sequence[Line]

    @property
    def tool_parts(self) -> tuple[str, str]:
        """Name and version of the tool."""
        name, _, version = self.tool.rpartition(" ")
        return (name, version) if name else (self.tool, "")


def is_media(line: Line) -> bool:
    """True for a picture or video by its content."""
    return str(line.get("mime") or "").startswith(("image/", "video/"))


def near(match: Line) -> bool:
    """True when a match is one of likeness and not of equal bytes."""
    return bool(match.get("distance")) or match.get("algorithm", "md5") not in EXACT


def matches_of(line: Line) -> list[Line]:
    """The matches of a line, none when it has none."""
    found = line.get("matches")
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def verdicts(line: Line) -> dict[str, set[str]]:
    """The codes that lists give to exactly these bytes, by scheme with its version; likeness gives no verdict."""
    found: dict[str, set[str]] = {}
    for match in matches_of(line):
        if match.get("code") and match.get("scheme") and not near(match):
            found.setdefault(scheme_text(match), set()).add(str(match["code"]))
    return found


def scheme_text(match: Line) -> str:
    """A scheme with its version."""
    return f"{match.get('scheme')} {match.get('scheme_version') or ''}".strip()


def said(match: Line) -> str:
    """A match in words: how, by which list in which version, with which verdict."""
    by = str(match.get("algorithm") or "a digest")
    how = f"within {match.get('distance')} bits by {by} of" if near(match) else f"equal by {by} to"
    code = f"{scheme_text(match)}: {match['code']}" if match.get("code") else "no verdict"
    return f"{how} an entry of {match.get('set')} (version {match.get('version')}), {code}"


def file_name(path: str) -> str:
    """The last part of a path, inside a container too."""
    return path.rsplit("/", 1)[-1]


def part(line: Line, name: str) -> Line:
    """An object within a line (`picture`, `video`, `times`), empty when it is not there."""
    value = line.get(name)
    return value if isinstance(value, Mapping) else {}


def exif(line: Line) -> Iterator[tuple[str, str]]:
    """What a picture or video says of its making, by the names of EXIF; its place in degrees, north and east."""
    facts = part(line, "picture") or part(line, "video")
    yield from ((theirs, str(facts[ours])) for ours, theirs in _EXIF if facts.get(ours))
    place = facts.get("place")
    if isinstance(place, list | tuple) and len(place) == 2:
        yield from zip(("GPSLatitude", "GPSLongitude"), map(str, place), strict=True)
