"""Project VIC VICS 1.2, 1.3 and 2.0 JSON, of the hash set or the case shape, becomes hash set entries.

Tried: the three skeletons of the study (1.3 hash set, 2.0 hash set, 2.0 case) and the sets `kaval simulate`
writes.
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

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile
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
    document = _document(file)
    reader = _Reader(*_context(document, file))
    for pointer, media in reader.media(document, file):
        reader.take(pointer, media)
    reader.summarise()
    return Reading(SPEC, tuple(reader.entries), tuple(reader.warnings))


def _document(file: ReceivedFile) -> dict[str, Any]:
    try:
        text = file.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReaderError(
            "not UTF-8 text", file=file.name, place=f"byte {error.start}", mend=_MEND_JSON
        ) from error
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise ReaderError(f"not JSON ({error.msg})", file=file.name, place=place, mend=_MEND_JSON) from error
    except (ValueError, RecursionError) as error:
        raise ReaderError(
            f"not usable JSON ({type(error).__name__})", file=file.name, mend=_MEND_JSON
        ) from error
    if not isinstance(document, dict):
        raise ReaderError("the top of a VICS file is an object", file=file.name, place="/")
    return document


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _context(document: dict[str, Any], file: ReceivedFile) -> tuple[str, str | None]:
    stated = next((document[key] for key in _CONTEXT_KEYS if isinstance(document.get(key), str)), None)
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


class _Reader:
    """Collects entries and warnings of one file; its scheme is fixed by the context."""

    def __init__(self, version: str, country: str | None) -> None:
        self.version, self.scheme = version, f"VICS/{country or 'unstated'}"
        self.entries: list[HashSetEntry] = []
        self.warnings: list[ReadWarning] = []
        self._verdicts: dict[str, SchemeCode] = {}
        if country is None:
            self._warn(
                "/@odata.context",
                "scheme-unstated",
                f"VICS {version} names no country for its category numbers",
                mend="Ask the sender which scheme the numbers follow before reading them as a verdict",
            )

    def _warn(self, place: str, code: str, text: str, *, mend: str = "") -> None:
        self.warnings.append(ReadWarning(place, code, text, mend))

    def media(self, document: dict[str, Any], file: ReceivedFile) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every media object with its JSON pointer, whichever of the two shapes the file has.

        The shape is read from the records: the word in the context is a header and may be wrong.
        """
        value = document.get("value")
        if not isinstance(value, list):
            raise ReaderError("no list of records", file=file.name, place="/value", mend=_MEND_JSON)
        for index, record in enumerate(value):
            pointer = f"/value/{index}"
            if not isinstance(record, dict):
                self._warn(pointer, "not-a-record", "a record is an object; this one was left out")
            elif isinstance(record.get("Media"), list):
                yield from self._case(pointer, record)
            elif "CaseID" in record or "CaseNumber" in record:
                self._warn(pointer, "case-without-media", "this case holds no list of media")
            else:
                yield pointer, record

    def _case(self, pointer: str, case: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        media = case["Media"]
        stated, _ = _whole_number(case.get("TotalMediaFiles"))
        digests = {str(item.get("MD5")).lower() for item in media if isinstance(item, dict)}
        if stated is not None and stated not in (len(media), len(digests)):
            self._warn(
                f"{pointer}/TotalMediaFiles",
                "total-differs",
                f"the case states {stated} media and holds {len(media)} entries, {len(digests)} distinct",
                mend="Ask the sender whether the file is complete",
            )
        for index, item in enumerate(media):
            place = f"{pointer}/Media/{index}"
            if isinstance(item, dict):
                yield place, item
            else:
                self._warn(place, "not-a-record", "a record is an object; this one was left out")

    def take(self, pointer: str, media: dict[str, Any]) -> None:
        """Keep the entry of one media object, or say why not."""
        md5, sha1 = (
            self._digest(pointer, media, key, algorithm=name)
            for key, name in (("MD5", "md5"), ("SHA1", "sha1"))
        )
        sha256 = self._alternative(pointer, media)
        if not (md5 or sha1 or sha256):
            self._warn(pointer, "no-digest", "no usable digest in this record; it was left out")
            return
        if {md5, sha1, sha256} & EMPTY_FILE:
            self._warn(pointer, "digest-of-empty", "this is the digest of an empty file; it was left out")
            return
        size, sound = _whole_number(media.get("MediaSize"))
        if not sound:
            self._warn(
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
        )
        self._compare_verdict(entry)
        self.entries.append(entry)

    def _digest(self, pointer: str, media: dict[str, Any], key: str, *, algorithm: str) -> str:
        stated = media.get(key)
        if stated is None or stated == "":
            if key == "MD5":
                self._warn(f"{pointer}/MD5", "md5-missing", "MD5 is the one mandatory value of a record")
            return ""
        digest = hex_digest(stated, algorithm) if isinstance(stated, str) else None
        if digest is None:
            self._warn(
                f"{pointer}/{key}", "digest-unreadable", f"this is no {key} digest; taken as not given"
            )
        return digest or ""

    def _alternative(self, pointer: str, media: dict[str, Any]) -> str:
        alternatives = media.get("AlternativeHashes")
        for index, item in enumerate(alternatives if isinstance(alternatives, list) else []):
            named = item.get("HashName") if isinstance(item, dict) else None
            if isinstance(named, str) and named.upper().replace("-", "") == "SHA256":
                digest = hex_digest(_text(item.get("HashValue")), "sha256")
                if digest is not None:
                    return digest
                self._warn(
                    f"{pointer}/AlternativeHashes/{index}",
                    "digest-unreadable",
                    "this is no SHA-256 digest; taken as not given",
                )
        return ""

    def _category(self, pointer: str, media: dict[str, Any]) -> SchemeCode | None:
        number, sound = _whole_number(media.get("Category"))
        if not sound:
            self._warn(
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
        self._warn(f"{pointer}/{key}", "flag-unreadable", "neither true nor false; taken as not stated")
        return None

    def _compare_verdict(self, entry: HashSetEntry) -> None:
        if entry.category is None or not entry.md5:
            return
        first = self._verdicts.setdefault(entry.md5, entry.category)
        if first != entry.category:
            self._warn(
                f"{entry.locator}/Category",
                "verdicts-differ",
                f"the same MD5 has code {first.code} earlier and {entry.category.code} here; both are kept",
                mend="Ask the sender which of the two stands",
            )

    def summarise(self) -> None:
        """One warning for a file that gave nothing: an empty list must not pass as a list without matches."""
        if not self.entries:
            self._warn("/value", "no-entries", "the file holds no usable entry", mend=_MEND_JSON)


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
