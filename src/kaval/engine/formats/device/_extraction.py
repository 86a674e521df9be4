"""What an extraction of a phone or computer says: facts of the device, files with digests, decoded records.

Times are ISO 8601: with `Z` when the tool states UTC or an offset, without zone when it states neither, None when there
is none. Passwords and their like never become a value (`secret`); the text of a message becomes its length (`LENGTHS`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from kaval.engine.formats.device._chat import ChatMessage, Conversation
from kaval.engine.formats.device._naming import letters

MAX_TEXT = 4096
"""Characters of one value that are kept; addresses of pages and names of files fit."""

TEXTS = frozenset(
    (
        "body",
        "content",
        "message",
        "text",
        "html",
        "snippet",
        "preview",
        "summary",
        "subject",
        "caption",
        "note",
    )
)
"""Names (lower case, letters only) whose values are what people wrote: only their length is kept."""

_SECRET = re.compile(
    r"pass(?:word|code|phrase|wd|key)|\bpwd\b|\bpin\b|token|secret|credential|keybag|"
    r"(?:auth|private|encryption|api|session|account|wrapped|class).?key|card.?number|\bcv[vc2]\b|cookie.?value",
    re.IGNORECASE,
)
_ISO = re.compile(
    r"\s*(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?\s*",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 253_402_300_799


@dataclass(frozen=True, slots=True)
class DeviceFact:
    """One fact of the device, its owner or the extraction. `name` is ours where one is known (`make`, `model`, `imei`,

    `serial`, `os_version`, `phone_number`, `tool`, `extracted_at` …), else the tool's own; `section` is the tool's.
    """

    name: str
    value: str
    section: str
    locator: str


@dataclass(frozen=True, slots=True)
class StatedFile:
    """A file the extraction names. `path` is its path on the device, `place` where it lies in the extraction (empty:

    not exported). Digests in lower-case hex, empty when not stated. `size` in bytes, None when not stated.
    """

    path: str
    place: str
    size: int | None
    deleted: bool
    md5: str
    sha1: str
    sha256: str
    modified: str | None
    accessed: str | None
    created: str | None
    tags: tuple[str, ...]
    locator: str


@dataclass(frozen=True, slots=True)
class DecodedRecord:
    """Something a tool decoded: a visit, a call, an account. `kind` as in docs/lab.md, `called` the tool's word.

    `deleted` None: the tool does not say. `precision_s` None when there is no time.
    """

    kind: str
    called: str
    at: str | None
    precision_s: float | None
    deleted: bool | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    locator: str = ""


ExtractionRecord = DeviceFact | StatedFile | DecodedRecord | ChatMessage | Conversation


@lru_cache(maxsize=4096)
def secret(name: str) -> bool:
    """True for the name of a value that opens something: it is passed over, whatever it holds."""
    return _SECRET.search(name) is not None


def kept(name: str, value: str, *, kind: str = "") -> tuple[str, Any] | None:
    """A named value as a fact: itself, the length of what someone wrote, or None for a secret or an empty one.

    What was searched for (`kind` `browser.search`) is given to whoever asks the reviewer's lists about it; `lab.phones`
    does not pass it on.
    """
    if not value or secret(name):
        return None
    if letters(name) in TEXTS and kind != "browser.search":
        return f"{name}_characters", len(value)
    return name, value[:MAX_TEXT]


def stated_time(text: str) -> tuple[str | None, float | None]:
    """(time, precision in seconds) of ISO 8601 text; (None, None) for what is none (day or month first?)."""
    match = _ISO.fullmatch(text)
    if match is None:
        return None, None
    day, clock, fraction, zone = match.groups()
    seconds = clock if len(clock) > 5 else f"{clock}:00"
    offset = "+00:00" if zone in ("Z", "UTC", "GMT") else zone or ""
    try:
        at = datetime.fromisoformat(f"{day}T{seconds}{offset}")
        if at.tzinfo is not None:
            at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None, None
    precision = 60.0 if len(clock) == 5 else 10.0 ** -len(fraction) if fraction and int(fraction) else 1.0
    said = at.replace(tzinfo=None).isoformat(timespec="seconds")
    return f"{said}Z" if at.tzinfo is not None else said, precision


def unix_time(seconds: object) -> str | None:
    """Seconds since 1970 UTC as text; None for nought (never set), for what is no number, and past the year 9999."""
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 < seconds < _LATEST:
        return None
    return (_EPOCH + timedelta(seconds=int(seconds))).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


_KINDS = (
    ("deleted", "file.deleted"),
    ("recycle", "file.deleted"),
    ("trash", "file.deleted"),
    ("download", "download"),
    ("search", "browser.search"),
    ("bookmark", "browser.bookmark"),
    ("history", "browser.visit"),
    ("web visit", "browser.visit"),
    ("call", "call"),
    ("message", "chat.message"),
    ("chat", "chat.message"),
    ("sms", "chat.message"),
    ("mms", "chat.message"),
    ("email", "email"),
    ("mail", "email"),
    ("contact", "contact"),
    ("installed", "install"),
    ("packages", "install"),
    ("factory reset", "reset"),
    ("obliterated", "reset"),
    ("prefetch", "program.run"),
    ("userassist", "program.run"),
    ("usage", "app.used"),
    ("jump list", "file.opened"),
    ("lnk", "file.opened"),
    ("recent", "file.opened"),
    ("thumb", "thumbnail"),
    ("payment", "payment"),
    ("transaction", "payment"),
    ("usb", "device.connected"),
    ("bluetooth", "device.connected"),
    ("wifi", "network"),
    ("wi-fi", "network"),
    ("location", "location"),
    ("gps", "location"),
    ("account", "account"),
)


def kind_of(title: str) -> str:
    """The kind that the title of a tool's table speaks for, by its words; `other` when none does."""
    lowered = title.lower()
    return next((kind for word, kind in _KINDS if word in lowered), "other")
