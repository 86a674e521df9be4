"""Project VIC VICS 1.2, 1.3 and 2.0 JSON, of the hash set or the case shape, becomes hash set entries.

Tried: the three skeletons of the study (1.3 hash set, 2.0 hash set, 2.0 case) and the sets `kaval simulate`
writes; sets of gigabytes, which are read as a stream.
Not supported: media segments, miniatures, Exif values and file positions of the case shape (they describe
where a file lay in somebody's case, not what it is); victims' and offenders' details beyond the three yes/no
flags.
Missing values: Category null, absent or empty means *no verdict*; flags null or absent mean *not stated*.
Scheme: the country word of the 2.0 context (`VICS/US`, version 2.0). 1.2 and 1.3 name no country:
`VICS/unstated`.
Source: formats.md 2.1, reconstructed there from public implementers because the model itself is shared under
agreement.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import Any

from ijson.common import ObjectBuilder  # type: ignore[import-untyped]

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile, collect
from kaval.engine.formats._tree import json_events
from kaval.engine.formats.hashset._model import EMPTY_FILE, HashSetEntry, SchemeCode, hex_digest
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(
    name="vics", version="1", kind="hashset", title="Project VIC VICS hash set or case (1.2, 1.3, 2.0)"
)

_CONTEXT_KEYS = ("@odata.context", "odata.metadata", "odata.context", "@odata.metadata")
_CONTEXT = re.compile(
    r"DataModels/(?P<version>\d+\.\d+)\.xml(?:/(?P<country>[A-Za-z][A-Za-z0-9_-]{0,31}))?"
    r"(?:/\$metadata)?#(?P<shape>Media|Cases)\b",
    re.ASCII | re.IGNORECASE,
)
_SUPPORTED = ("1.2", "1.3", "2.0")
_HEAD = 4096
_MEND_JSON = "Ask the sender for the file again; a list that is cut short must not be used"
_MAX_RECORD = 1 << 22  # letters and values of one record; a thumbnail of 100 KB is the largest thing in one
_MAX_COMPARED = 1 << 18  # digests whose verdicts are compared within a file
Event = tuple[str, Any]


def claims(file: ReceivedFile) -> bool:
    """True for JSON whose first keys hold a VICS data model address."""
    head = file.head(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
    return (
        head.startswith(b"{")
        and b"odata" in head
        and re.search(rb"DataModels(?:/|\\/)\d\.\d\.xml", head) is not None
    )


def read(file: ReceivedFile) -> Reading[HashSetEntry]:
    """The entries of a VICS file in its order; an unusable record is a warning with its JSON pointer.

    Raises:
        ReaderError: not UTF-8, not JSON, cut short, not VICS, or an unknown version of the model.
    """
    return collect(SPEC, stream(file))


def stream(file: ReceivedFile) -> Iterator[HashSetEntry | ReadWarning]:
    """The same one by one; what was given stands only when the end is reached without an error."""
    reader, met = _Reader(*_context(file)), False
    for pointer, media in _media(file, reader):
        entry = reader.entry(pointer, media)
        yield from reader.met()
        if entry is not None:
            met = True
            yield entry
    yield from reader.met()
    if not met:  # an empty list must not pass as a list without matches
        yield ReadWarning("/value", "no-entries", "the file holds no usable entry", _MEND_JSON)


def _context(file: ReceivedFile) -> tuple[str, str | None]:
    """(version, country word) by the first of the context's names at the top of the file."""
    stated = next(
        (value for key, value in _top(file) if key in _CONTEXT_KEYS and isinstance(value, str)), None
    )
    if stated is None:
        raise ReaderError("no VICS data model is named", file=file.name, place="/@odata.context")
    match = _CONTEXT.search(stated)
    if match is None:
        raise ReaderError(
            "the data model address is not one of VICS", file=file.name, place="/@odata.context"
        )
    if match["version"] not in _SUPPORTED:
        raise ReaderError(
            f"VICS {match['version']} is not supported",
            file=file.name,
            place="/@odata.context",
            mend=f"Export the set again as one of {', '.join(_SUPPORTED)}",
        )
    return match["version"], match["country"]


def _top(file: ReceivedFile) -> Iterator[tuple[str, object]]:
    """The names at the top of the file with their values; None for an object or a list."""
    depth, name = 0, ""
    for event, value in json_events(file):
        if event in ("end_map", "end_array"):
            depth -= 1
        elif event == "map_key":
            name = value if depth == 1 else name
        elif event in ("start_map", "start_array"):
            depth += 1
        elif depth == 1:
            yield name, value


def _media(file: ReceivedFile, reader: _Reader) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every media object with its JSON pointer, whichever of the two shapes the file has.

    The shape is read from the records: the word in the context is a header and may be wrong.
    """
    events = json_events(file)
    if next(events)[0] != "start_map":
        raise ReaderError("the top of a VICS file is an object", file=file.name, place="/")
    listed = False
    for event, name in events:
        if event != "map_key":
            break
        first = next(events)
        if name != "value":
            _pass(first, events)
            continue
        if first[0] != "start_array":
            break
        listed, index = True, 0
        while (begun := next(events))[0] != "end_array":
            yield from _record(begun, events, pointer=f"/value/{index}", reader=reader, file=file)
            index += 1
    if not listed:
        raise ReaderError("no list of records", file=file.name, place="/value", mend=_MEND_JSON)
    deque(events, maxlen=0)  # what follows must be whole too


def _record(
    begun: Event, events: Iterator[Event], *, pointer: str, reader: _Reader, file: ReceivedFile
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The media of one record: the record itself, or those of a case, which are never held together."""
    if begun[0] != "start_map":
        _pass(begun, events)
        reader.warn(pointer, "not-a-record", "a record is an object; this one was left out")
        return
    known: dict[str, Any] = {}
    case: _Case | None = None
    for event, name in events:
        if event == "end_map":
            break
        first = next(events)
        if name != "Media" or first[0] != "start_array":
            known[name] = _value(first, events, place=pointer, file=file)
            continue
        case, index = _Case(), 0
        while (item := next(events))[0] != "end_array":
            place, taken = f"{pointer}/Media/{index}", _value(item, events, place=pointer, file=file)
            index += 1
            case.count(taken)
            if isinstance(taken, dict):
                yield place, taken
            else:
                reader.warn(place, "not-a-record", "a record is an object; this one was left out")
    if case is not None:
        case.compare(known.get("TotalMediaFiles"), pointer, reader)
    elif "CaseID" in known or "CaseNumber" in known:
        reader.warn(pointer, "case-without-media", "this case holds no list of media")
    else:
        yield pointer, known


class _Case:
    """Counts the media of a case: some tools state entries, others distinct digests."""

    def __init__(self) -> None:
        self._entries = 0
        self._digests: set[str] = set()

    def count(self, media: object) -> None:
        """One entry more."""
        self._entries += 1
        if isinstance(media, dict) and len(self._digests) < _MAX_COMPARED:
            self._digests.add(str(media.get("MD5"))[:64].lower())

    def compare(self, stated: object, pointer: str, reader: _Reader) -> None:
        """Warns when the case states neither of the two numbers."""
        number, distinct = _whole_number(stated)[0], len(self._digests)
        if (
            number is not None
            and number != self._entries
            and (number != distinct or distinct >= _MAX_COMPARED)
        ):
            reader.warn(
                f"{pointer}/TotalMediaFiles",
                "total-differs",
                f"the case states {number} media and holds {self._entries} entries, {distinct} distinct",
                mend="Ask the sender whether the file is complete",
            )


def _value(begun: Event, events: Iterator[Event], *, place: str, file: ReceivedFile) -> Any:
    """The whole value that begins with this event.

    Raises:
        ReaderError: larger than a record can honestly be.
    """
    if begun[0] not in ("start_map", "start_array"):
        return begun[1]
    builder, depth, size = ObjectBuilder(), 0, 0
    event = begun
    while True:
        builder.event(*event)
        depth += (event[0] in ("start_map", "start_array")) - (event[0] in ("end_map", "end_array"))
        if not depth:
            return builder.value
        size += 64 + (len(event[1]) if isinstance(event[1], str) else 0)
        if size > _MAX_RECORD:
            raise ReaderError("a record too large to be one", file=file.name, place=place, mend=_MEND_JSON)
        event = next(events)


def _pass(begun: Event, events: Iterator[Event]) -> None:
    """Goes past the value that begins with this event and keeps nothing of it."""
    depth = int(begun[0] in ("start_map", "start_array"))
    while depth:
        event = next(events)[0]
        depth += (event in ("start_map", "start_array")) - (event in ("end_map", "end_array"))


class _Reader:
    """Makes entries of media objects and collects warnings; its scheme is fixed by the context."""

    def __init__(self, version: str, country: str | None) -> None:
        self.version, self.scheme = version, f"VICS/{country or 'unstated'}"
        self._warnings: list[ReadWarning] = []
        self._verdicts: dict[str, SchemeCode] = {}
        if country is None:
            self.warn(
                "/@odata.context",
                "scheme-unstated",
                f"VICS {version} names no country for its category numbers",
                mend="Ask the sender which scheme the numbers follow before reading them as a verdict",
            )

    def warn(self, place: str, code: str, text: str, *, mend: str = "") -> None:
        """One warning more."""
        self._warnings.append(ReadWarning(place, code, text, mend))

    def met(self) -> list[ReadWarning]:
        """The warnings since it was last asked."""
        met, self._warnings = self._warnings, []
        return met

    def entry(self, pointer: str, media: dict[str, Any]) -> HashSetEntry | None:
        """The entry of one media object; None with a warning when there is none."""
        md5, sha1 = (
            self._digest(pointer, media, key, algorithm=name)
            for key, name in (("MD5", "md5"), ("SHA1", "sha1"))
        )
        sha256, pdq = (self._alternative(pointer, media, name=name) for name in ("SHA256", "PDQ"))
        if not (md5 or sha1 or sha256):
            self.warn(pointer, "no-digest", "no usable digest in this record; it was left out")
            return None
        if {md5, sha1, sha256} & EMPTY_FILE:
            self.warn(pointer, "digest-of-empty", "this is the digest of an empty file; it was left out")
            return None
        size, sound = _whole_number(media.get("MediaSize"))
        if not sound:
            self.warn(
                f"{pointer}/MediaSize",
                "size-unreadable",
                "the size is not a whole number; taken as not stated",
            )
        entry = HashSetEntry(
            md5,
            sha1,
            sha256,
            self._category(pointer, media),
            size,
            pointer,
            photodna=_text(media.get("PhotoDNA")),
            series=_text(media.get("Series")),
            victim_identified=self._flag(pointer, media, "VictimIdentified"),
            offender_identified=self._flag(pointer, media, "OffenderIdentified"),
            distributed=self._flag(pointer, media, "IsDistributed"),
            pdq=pdq,
        )
        self._compare_verdict(entry)
        return entry

    def _digest(self, pointer: str, media: dict[str, Any], key: str, *, algorithm: str) -> str:
        stated = media.get(key)
        if stated is None or stated == "":
            if key == "MD5":
                self.warn(f"{pointer}/MD5", "md5-missing", "MD5 is the one mandatory value of a record")
            return ""
        digest = hex_digest(stated, algorithm) if isinstance(stated, str) else None
        if digest is None:
            self.warn(f"{pointer}/{key}", "digest-unreadable", f"this is no {key} digest; taken as not given")
        return digest or ""

    def _alternative(self, pointer: str, media: dict[str, Any], *, name: str) -> str:
        """The alternative digest of that name; both that can be used have 256 bits."""
        alternatives = media.get("AlternativeHashes")
        for index, item in enumerate(alternatives if isinstance(alternatives, list) else []):
            named = item.get("HashName") if isinstance(item, dict) else None
            if isinstance(named, str) and named.upper().replace("-", "") == name:
                digest = hex_digest(_text(item.get("HashValue")), "sha256")
                if digest is not None:
                    return digest
                self.warn(
                    f"{pointer}/AlternativeHashes/{index}",
                    "digest-unreadable",
                    f"this is no {named} digest; taken as not given",
                )
        return ""

    def _category(self, pointer: str, media: dict[str, Any]) -> SchemeCode | None:
        number, sound = _whole_number(media.get("Category"))
        if not sound:
            self.warn(
                f"{pointer}/Category", "category-unreadable", "the category is no number; taken as no verdict"
            )
        return None if number is None else SchemeCode(self.scheme, self.version, str(number))

    def _flag(self, pointer: str, media: dict[str, Any], key: str) -> bool | None:
        stated = media.get(key)
        if stated is None or stated == "":
            return None
        if isinstance(stated, bool):
            return stated
        known = {"true": True, "false": False}
        if isinstance(stated, str) and stated.strip().lower() in known:
            return known[stated.strip().lower()]
        self.warn(f"{pointer}/{key}", "flag-unreadable", "neither true nor false; taken as not stated")
        return None

    def _compare_verdict(self, entry: HashSetEntry) -> None:
        if entry.category is None or not entry.md5:
            return
        if len(self._verdicts) < _MAX_COMPARED:
            self._verdicts.setdefault(entry.md5, entry.category)
        first = self._verdicts.get(entry.md5, entry.category)
        if first != entry.category:
            self.warn(
                f"{entry.locator}/Category",
                "verdicts-differ",
                f"the same MD5 has code {first.code} earlier and {entry.category.code} here; both are kept",
                mend="Ask the sender which of the two stands",
            )


def _text(value: object) -> str:
    """Text as received without characters that cannot be written again; anything else is empty."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _whole_number(value: object) -> tuple[int | None, bool]:
    """(number, readable): numbers may be text; null, absent and empty are readable and no number."""
    if value is None or value == "":
        return None, True
    if isinstance(value, int) and not isinstance(value, bool):
        return (value, True) if 0 <= value < 1 << 63 else (None, False)
    if isinstance(value, str) and re.fullmatch(r"\s*\d{1,18}\s*", value, re.ASCII):
        return int(value), True
    return None, False
