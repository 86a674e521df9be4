"""An answer of the NCMEC hash sharing service, version 2 (XML), becomes entries, withdrawals and votes.

Tried: the sample answers of a public client (entries of pictures and videos, tombstones, feedback, an empty answer).
Not supported: fingerprints of other makers (netclean, videntifier, TMK, SSVH): they cannot be compared here. Status,
members and feedback answers hold no entries. Missing values: no classification means no verdict.
An entry's identity is its member and id; `deletedImage` and `deletedVideo` take it back. A verdict stands under the
scheme `NCMEC/industry`, version `v2` (of the service: the file states no other).
Source: formats.md 2.5. An answer is one page of many and not ordered by time: only a walk to its end is a whole list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from kaval.engine.formats import _xml
from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile, collect
from kaval.engine.formats.hashset._model import (
    EMPTY_FILE,
    HashSetEntry,
    SchemeCode,
    Votes,
    hex_digest,
    photodna_bytes,
)
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(name="ncmec", version="1", kind="hashset", title="NCMEC hash sharing answer (v2, XML)")

_NAMESPACE = "https://hashsharing.ncmec.org/hashsharing/v2"
_TAGS = ("image", "video", "deletedImage", "deletedVideo")
_KINDS = {"md5": "md5", "sha1": "sha1", "pdna": "photodna", "pdq": "pdq"}
_SIDES = {"affirmativeFeedback": 0, "negativeFeedback": 1}
_MAX_BETWEEN = 16 * 1024 * 1024
_MAX_TEXT = 4096
_MEND = "Ask the service again; an answer that is cut short must not be used"


def claims(file: ReceivedFile) -> bool:
    """True for XML whose root is a `queryResult` of the service."""
    head = file.head(4096)
    return _xml.prolog(head).root == "queryResult" and _NAMESPACE.encode() in head


def read(file: ReceivedFile) -> Reading[HashSetEntry]:
    """The entries in file order; a place is the element's name and number in the file.

    Raises:
        ReaderError: not well-formed, with a DOCTYPE, cut short, or no answer with entries.
    """
    return collect(SPEC, stream(file))


def stream(file: ReceivedFile) -> Iterator[HashSetEntry | ReadWarning]:
    """The same one by one; what was given stands only when the end is reached without an error."""
    if _xml.prolog(file.head()).doctype:
        raise ReaderError("a DOCTYPE is not accepted", file=file.name, mend=_MEND)
    if not claims(file):
        raise ReaderError("no answer of the hash sharing service, version 2", file=file.name)
    counts, met = dict.fromkeys(_TAGS, 0), False
    with file.open() as opened:
        source = _Metered(opened, file.name)
        for element in _elements(source, file.name):
            tag = _xml.local(element)
            if tag == "next":
                yield _more(element)
                continue
            counts[tag] += 1
            source.since = 0
            for item in _taken(element, f"{tag} {counts[tag]}", withdrawn=tag.startswith("deleted")):
                met = met or isinstance(item, HashSetEntry)
                yield item
            _forget(element)
    if not met:
        yield ReadWarning("queryResult", "no-entries", "the answer holds no usable entry")


class _Metered:
    """A stream that refuses to go on when one entry never ends: the parser holds it in memory."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream, self._name, self.since = stream, name, 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self.since += len(chunk)
        if self.since > _MAX_BETWEEN:
            raise ReaderError(
                f"{_MAX_BETWEEN} bytes without the end of an entry",
                file=self._name,
                mend="No answer is like this",
            )
        return chunk


def _elements(source: _Metered, name: str) -> Iterator[etree._Element]:
    wanted = [f"{{{_NAMESPACE}}}{tag}" for tag in (*_TAGS, "next")]
    try:
        yield from (
            element
            for _, element in etree.iterparse(
                source,
                events=("end",),
                tag=wanted,
                resolve_entities=False,
                load_dtd=False,
                no_network=True,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            )
        )
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReaderError(f"not well-formed ({error})", file=name, mend=_MEND) from error


def _forget(element: etree._Element) -> None:
    parent = element.getparent()
    element.clear()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _more(element: etree._Element) -> ReadWarning:
    return ReadWarning(
        "paging/next",
        "page-of-more",
        "this is one page of a walk, and another follows",
        "Build with all pages: entries are not ordered by time, and a withdrawal may stand on a later one",
    )


def _taken(element: etree._Element, place: str, *, withdrawn: bool) -> Iterator[HashSetEntry | ReadWarning]:
    parts = _parts(element)
    member, own = parts.get("member"), _text(parts.get("id"))
    number = "" if member is None else str(member.get("id", ""))[:_MAX_TEXT]
    identity = f"ncmec:{number}/{own}" if number and own else ""
    stated_at = _text(parts.get("timestamp"))
    if withdrawn:
        if identity:
            yield HashSetEntry(
                "", "", "", None, None, place, identity=identity, stated_at=stated_at, withdrawn=True
            )
        else:
            yield ReadWarning(place, "withdrawal-unnamed", "takes back an entry without naming it")
        return
    if not identity:
        yield ReadWarning(place, "identity-missing", "no member and id: no later answer can take this back")
    fingerprints, given = _parts(parts.get("fingerprints")), dict[str, str]()
    for name, kind in _KINDS.items():
        stated = _text(fingerprints.get(name))
        usable = _fingerprint(kind, stated)
        if stated and usable is None:
            yield ReadWarning(place, "fingerprint-unreadable", f"this is no {name}; taken as not given")
        given[kind] = usable or ""
    if not any(given.values()):
        yield ReadWarning(place, "no-digest", "no fingerprint that can be compared; it was left out")
    elif set(given.values()) & EMPTY_FILE:
        yield ReadWarning(place, "digest-of-empty", "this is the digest of an empty file; it was left out")
    else:
        code = _text(parts.get("classification"))
        yield HashSetEntry(
            given["md5"],
            given["sha1"],
            "",
            SchemeCode("NCMEC/industry", "v2", code) if code else None,
            None,
            place,
            photodna=given["photodna"],
            pdq=given["pdq"],
            identity=identity,
            stated_at=stated_at,
            votes=_votes(parts.get("feedback")),
        )


def _fingerprint(kind: str, stated: str) -> str | None:
    if kind == "photodna":
        return stated if photodna_bytes(stated) is not None else None
    if kind == "pdq":
        return hex_digest(stated, "sha256")  # 256 bits as well
    return hex_digest(stated, kind)


def _parts(element: etree._Element | None) -> dict[str, etree._Element]:
    return {} if element is None else {_xml.local(child): child for child in element}


def _votes(feedback: etree._Element | None) -> tuple[Votes, ...]:
    """Members, each counted once, who stood by or spoke against a fingerprint that can be compared here."""
    told: dict[str, tuple[set[str], set[str]]] = {}
    for vote in () if feedback is None else feedback:
        kind = _KINDS.get(re.sub(r"[^a-z0-9]", "", str(vote.get("type", "")).lower()))
        side = _SIDES.get(_xml.local(vote))
        if kind is not None and side is not None:
            members = {str(member.get("id", "")) for member in vote.iterfind(".//{*}member")}
            told.setdefault(kind, (set(), set()))[side].update(members)
    return tuple(Votes(kind, len(by), len(against)) for kind, (by, against) in sorted(told.items()))


def _text(element: etree._Element | None) -> str:
    return _xml.text_of(element)[:_MAX_TEXT]
