"""A Magnet AXIOM XML export becomes decoded records, and files with the digests that it states.

Tried: exports written here after the element names a public reader of such reports uses (root `iefExport`, `Artifact`,
`Hit`, `Fragment`); no export of the maker was at hand. Not supported: portable case and HTML exports, attachments named
by a path that the export does not hold. A fragment whose name ends in `Date/Time - UTC+00:00 (yyyy-MM-dd)` states its
own offset and order of day, month and year, and is read by them; any other is read only as ISO 8601. What people wrote
is kept as a length, fragments named like passwords are passed over and counted.
Source: formats.md section 4; unverified: the spelling of fragment names in versions other than the public samples.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile, collect
from kaval.engine.formats._tree import parse_xml
from kaval.engine.formats._xml import prolog
from kaval.engine.formats._xmlrecords import Bounded, local
from kaval.engine.formats.device._extraction import (
    DecodedRecord,
    DeviceFact,
    ExtractionRecord,
    StatedFile,
    kept,
    kind_of,
    secret,
    stated_time,
)
from kaval.engine.formats.device._naming import named
from kaval.engine.formats.hashset._model import hex_digest
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(name="axiom", version="1", kind="device", title="Magnet AXIOM export (XML)")

_MOST = 200
_MOST_TEXT = 64 * 1024
_STATED = re.compile(
    r"date/time.*utc([+-])(\d\d):?(\d\d)\s*\(([dmy]+)([/.-])([dmy]+)\5([dmy]+)\)", re.IGNORECASE
)
_CLOCK = re.compile(
    r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})[ T]+(\d{1,2}):(\d\d)(?::(\d\d))?(?:[.,]\d+)?\s*([AP]M)?", re.I
)
_PATHS = ("Source", "File Path", "Path", "Original Path", "Full Path")
_NAMES = ("File Name", "Filename", "Name")


def claims(file: ReceivedFile) -> bool:
    """True for an XML whose root is `iefExport`."""
    return prolog(file.head(4096)).root == "iefExport"


def read(file: ReceivedFile) -> Reading[ExtractionRecord]:
    """Everything of an export that fits into memory.

    Raises:
        ReaderError: not this export, not well-formed, out of bounds, or with a DOCTYPE.
    """
    return collect(SPEC, stream(file))


def stream(file: ReceivedFile) -> Iterator[ExtractionRecord | ReadWarning]:
    """The records in the order of the export.

    Raises:
        ReaderError: as `read`; what came before stands.
    """
    if not claims(file):
        raise ReaderError("not an AXIOM export", file=file.name, mend="Give the XML of the export")
    walk = _Walk(file.name)
    for _ in parse_xml(file, walk):
        while walk.done:
            yield walk.done.popleft()
    if walk.secrets:
        yield ReadWarning(
            "", "secrets-passed-over", f"{walk.secrets} values named like passwords were not read"
        )


class _Walk(Bounded):
    """The export as it passes by."""

    def __init__(self, file_name: str) -> None:
        super().__init__(file_name)
        self.done: deque[ExtractionRecord] = deque()
        self.secrets = 0
        self._artifact, self._number = "", ""
        self._hit: dict[str, str] | None = None
        self._name = ""
        self._text: list[str] | None = None
        self._length = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        super().start(tag, attributes)
        name = local(tag)
        if name == "iefExport" and attributes.get("iefVersion"):
            self.done.append(DeviceFact("tool_version", attributes["iefVersion"], name, name))
        elif name == "Artifact":
            self._artifact = attributes.get("name", "")
        elif name == "Hit":
            self._hit, self._number = {}, attributes.get("sequenceNumber", "")
        elif name == "Fragment" and self._hit is not None:
            self._name, self._text, self._length = attributes.get("name", ""), [], 0

    def data(self, text: str) -> None:
        if self._text is not None and self._length < _MOST_TEXT:
            self._text.append(text)
            self._length += len(text)

    def end(self, tag: str) -> None:
        super().end(tag)
        name = local(tag)
        if name == "Fragment" and self._hit is not None and self._text is not None:
            value, self._text = "".join(self._text).strip(), None
            if value and secret(self._name):
                self.secrets += 1
            elif value and len(self._hit) < _MOST:
                self._hit.setdefault(self._name, value)
        elif name == "Hit" and self._hit is not None:
            place = f"{self._artifact} hit {self._number}"
            stated = _file(self._hit, place)
            self.done.append(stated or _record(self._artifact, self._hit, place))
            self._hit = None


def _file(hit: Mapping[str, str], place: str) -> StatedFile | None:
    """A hit that states a digest is a file."""
    digests = {
        name: hex_digest(hit.get(f"{said} Hash", hit.get(said, "")), name) or ""
        for name, said in (("md5", "MD5"), ("sha1", "SHA1"), ("sha256", "SHA256"))
    }
    if not any(digests.values()):
        return None
    times = {
        name.lower(): fragment_time(name, value)[0]
        for name, value in hit.items()
        if "date/time" in name.lower()
    }
    named = {
        word: next((at for name, at in times.items() if word in name), None)
        for word in ("modif", "access", "creat")
    }
    size = next((value for name, value in hit.items() if name.lower().startswith(("size", "file size"))), "")
    digits = size.replace(",", "")
    return StatedFile(
        path=next((hit[name] for name in (*_PATHS, *_NAMES) if hit.get(name)), ""),
        place="",
        size=int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None,
        deleted=hit.get("Deleted", "").lower() in ("yes", "true", "deleted"),
        modified=named["modif"],
        accessed=named["access"],
        created=named["creat"],
        tags=tuple(tag.strip() for tag in hit.get("Tags", "").split(",") if tag.strip()),
        locator=place,
        **digests,
    )


def _record(artifact: str, hit: Mapping[str, str], place: str) -> DecodedRecord:
    kind = kind_of(artifact)
    facts: dict[str, Any] = {}
    at, precision = None, None
    for name, value in hit.items():
        if at is None and "date/time" in name.lower():
            at, precision = fragment_time(name, value)
            if at is not None:
                facts["time_of"] = name
                continue
        fact = kept(name, value, kind=kind)
        if fact is not None:
            facts[fact[0]] = fact[1]
    return DecodedRecord(kind, artifact, at, precision, None, named(kind, facts), place)


def fragment_time(name: str, value: str) -> tuple[str | None, float | None]:
    """The time of a fragment by the offset and order its own name states, else by ISO 8601."""
    said, clock = _STATED.search(name), _CLOCK.fullmatch(value.strip())
    if said is None or clock is None:
        return stated_time(value)
    sign, hours, minutes = said.group(1), int(said.group(2)), int(said.group(3))
    order = [part[0].lower() for part in said.group(4, 6, 7)]
    parts = dict(zip(order, (int(part) for part in clock.group(1, 2, 3)), strict=True))
    hour = int(clock.group(4))
    if clock.group(7):
        hour = hour % 12 + (12 if clock.group(7).upper() == "PM" else 0)
    try:
        wall = datetime(
            parts["y"],
            parts["m"],
            parts["d"],
            hour,
            int(clock.group(5)),
            int(clock.group(6) or 0),
            tzinfo=UTC,
        )
        offset = timedelta(hours=hours, minutes=minutes)
        at = wall - offset if sign == "+" else wall + offset
    except (KeyError, ValueError, OverflowError):
        return None, None
    precision = 1.0 if clock.group(6) else 60.0
    return at.replace(tzinfo=None).isoformat(timespec="seconds") + "Z", precision
