"""What the rooms of the lab hand to one another: members of containers, facts of media, artefacts. Plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kaval.lab.sources.entry import NO_TIMES, State, Times


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a container (archive, backup, extraction), read while its container is open.

    `path` is escaped (`readable`) and relative to the container. `size` in bytes as the container states it, None:
    not stated. `chunks` gives the bytes once, in order, before the next member is asked for; iterating may raise
    OSError. `stated` are digests that the container states (`md5`, `sha1`, `sha256` to lower-case hex).
    """

    path: str
    state: State
    size: int | None
    chunks: Callable[[], Iterator[bytes]]
    times: Times = NO_TIMES
    stated: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What a picture says without anyone seeing it. Every None: the picture does not say.

    `pdq` is 64 hex digits; `pdq_quality` 0 to 100. `orientations`: the eight PDQ values of the turned and mirrored
    picture (the first is `pdq`), None when not asked for. `taken_at` is the EXIF text as it is (camera's local
    time), `taken_offset` its zone as `+05:30`. `place` is (latitude, longitude) in degrees. `frames`: pictures in
    the file (animations).
    """

    width: int
    height: int
    pdq: str | None
    pdq_quality: int | None
    orientations: tuple[str, ...] | None = None
    camera_make: str | None = None
    camera_model: str | None = None
    camera_serial: str | None = None
    taken_at: str | None = None
    taken_offset: str | None = None
    place: tuple[float, float] | None = None
    software: str | None = None
    frames: int = 1


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What a video says: size, length in seconds, and its vPDQ: (pdq hex, quality, seconds from the start) by frame."""

    width: int
    height: int
    duration_s: float | None
    vpdq: tuple[tuple[str, int, float], ...]
    camera_make: str | None = None
    camera_model: str | None = None
    taken_at: str | None = None
    place: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Artefact:
    """One thing a device remembers: a visit, a message, a run of a program, an opened file.

    `kind` from the table in docs/lab.md (`browser.visit`, `chat.message`, `program.run`, `file.opened`,
    `file.deleted`, `install`, `reset`, `account`, `download`, `thumbnail`, `payment` …). `at` is ISO 8601: with `Z`
    when the record is UTC, without a zone when it is the device's wall clock, None when it has no time; `precision_s`
    its precision in seconds. `place` is where in its file the record lies (table and row, offset, JSON pointer).
    `facts` are plain values by name; never a password, never the text of a message.
    """

    kind: str
    place: str
    at: str | None
    precision_s: float | None
    facts: Mapping[str, Any]
