"""The lines of `findings.jsonl`, `artefacts.jsonl` and `warnings.jsonl`, and of the parts they are put together from.

A part holds one JSON object a line: `{"finding": …}`, `{"warning": …}` or `{"artefact": …}`, in the order of the walk.
It says what the bytes say and nothing of any list, so that a newer list needs no second reading of the device. A
finding in a part also holds `orientations` (eight PDQ values or null), which only the matching needs.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from kaval.engine.kernel.digest import Digests
from kaval.lab.shapes import Artefact, PictureFacts, VideoFacts
from kaval.lab.sources.entry import NO_TIMES, State, Times, Trouble

Line = dict[str, Any]
NEAR = frozenset(("pdq", "vpdq"))
"""The algorithms by which a file is near an entry of a list; by all others it is equal to it."""

_PICTURE_ASIDE = ("pdq", "pdq_quality", "orientations")


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as its source or its container lists it; `path` goes through every container: `outer.zip!/inner.jpg`.

    `stated` are the digests that a container or another tool states, by name, in hex.
    """

    path: str
    state: State
    size: int | None
    volume: int | None = None
    address: int | None = None
    note: str | None = None
    times: Times = NO_TIMES
    stated: tuple[tuple[str, str], ...] = ()


def warning(source: str, trouble: Trouble) -> dict[str, str]:
    """The line of `warnings.jsonl` for a trouble; `source` is a source's or a hash set's name."""
    return {"source": source, **asdict(trouble)}


def finding(source: str, listed: Listed) -> Line:
    """The line of a file before anything of its content is known."""
    return {
        "source": source,
        "path": listed.path,
        "state": listed.state.value,
        "size": listed.size,
        "md5": None,
        "sha1": None,
        "sha256": None,
        "mime": None,
        "pdq": None,
        "pdq_quality": None,
        "matches": [],
        "volume": listed.volume,
        "address": listed.address,
        "note": listed.note,
        "times": {
            "modified": listed.times.modified,
            "accessed": listed.times.accessed,
            "changed": listed.times.changed,
            "created": listed.times.created,
        },
        "picture": None,
        "video": None,
        "vpdq": None,
        "orientations": None,
    }


def add_digests(line: Line, digests: Digests, mime: str) -> None:
    """What hashing says of a file; its size is the number of bytes that were read."""
    line["size"], line["mime"] = digests.size, mime
    line["md5"], line["sha1"], line["sha256"] = digests.md5, digests.sha1, digests.sha256


def add_picture(line: Line, facts: PictureFacts) -> None:
    """What a picture says of itself."""
    said = asdict(facts)
    line["pdq"], line["pdq_quality"], line["orientations"] = (said.pop(name) for name in _PICTURE_ASIDE)
    line["picture"] = said


def add_video(line: Line, facts: VideoFacts) -> None:
    """What a video says of itself; its frames in the compact form `hex,quality,seconds`."""
    said = asdict(facts)
    line["vpdq"] = [f"{value},{quality},{seconds:.3f}" for value, quality, seconds in said.pop("vpdq")]
    line["video"] = said


def artefact(source: str, path: str, found: Artefact) -> Line:
    """The line of `artefacts.jsonl` for one thing the device remembers, kept in the file at `path`."""
    return {
        "source": source,
        "path": path,
        "kind": found.kind,
        "place": found.place,
        "at": found.at,
        "precision_s": found.precision_s,
        "facts": dict(found.facts),
    }
