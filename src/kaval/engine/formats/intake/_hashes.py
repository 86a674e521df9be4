"""Cells that hold digests: one or several, bare under a stated type, with a `urn:` before, or inside a link.

A prefix says what a value is and wins over the column's type; a value whose kind neither says is kept as text and
matches nothing, because 40 hex digits may be a SHA-1 or an infohash. Magnet and `ed2k://` links hold a file's name:
it is restricted. Sources: formats.md 3.2; magnet URI scheme; eMule's file links; Gnutella2 `urn:bitprint`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from types import ModuleType
from urllib.parse import parse_qsl, unquote

from kaval.engine.formats._spec import FileRecord
from kaval.engine.formats.intake._row import RowTrouble
from kaval.engine.kernel.identifier import (
    btih,
    btmh,
    file_aich,
    file_ed2k,
    file_md5,
    file_sha1,
    file_sha256,
    file_tth,
)

KINDS: dict[str, ModuleType] = {
    "md5": file_md5,
    "sha1": file_sha1,
    "sha256": file_sha256,
    "ed2k": file_ed2k,
    "aich": file_aich,
    "tth": file_tth,
    "btih": btih,
    "btmh": btmh,
}
TORRENTS = frozenset(("btih", "btmh"))
UNKNOWN = "unknown"
_WORDS = {
    "sha1hex": "sha1", "sha1base32": "sha1", "sha1b32": "sha1", "sha1b16": "sha1", "sha": "sha1", "sha256hex": "sha256",
    "ed2khash": "ed2k", "edonkey": "ed2k", "edonkey2000": "ed2k", "emule": "ed2k", "aichroot": "aich",
    "aichhash": "aich", "tiger": "tth", "tigertree": "tth", "tigertreehash": "tth", "treetiger": "tth",
    "tthroot": "tth", "infohash": "btih", "infohashv1": "btih", "btinfohash": "btih", "torrenthash": "btih",
    "infohashv2": "btmh", "md5hash": "md5", "sha1hash": "sha1", "sha256hash": "sha256",
}  # fmt: skip
_PREFIX = re.compile(
    r"(?:urn:)?(bitprint|sha-?1|sha-?256|md5|ed2k(?:hash)?|aich|tree:tiger/?|tiger|tth|btih|btmh):(?=.)", re.I
)
_BETWEEN = re.compile(r"[\s;,|]+")
_MAX_VALUES = 100


@dataclass(slots=True)
class Digests:
    """Digests of one row as (kind, normal form); `names` are file names met in links, `sizes` stated bytes."""

    found: dict[tuple[str, str], None] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    sizes: list[str] = field(default_factory=list)

    def files(self, place: str) -> tuple[FileRecord, ...]:
        """One file for what names a content, one tagged `torrent` for what names a torrent; no names.

        They stay apart: two files of one torrent share its infohash and are two files.
        """
        of_file = tuple(pair for pair in self.found if pair[0] not in TORRENTS)
        of_torrent = tuple(pair for pair in self.found if pair[0] in TORRENTS)
        records = [FileRecord("", of_file, None, (), place)] if of_file else []
        if of_torrent:
            records.append(FileRecord("", of_torrent, None, ("torrent",), place))
        return tuple(records)


@lru_cache(maxsize=65536)
def normal_hash(kind: str, value: str) -> str | None:
    """The normal form of a digest of a known kind, None when it is none; the same files come again and again."""
    module = KINDS[kind]
    return str(module.validate(value)) if module.is_valid(value) else None


@lru_cache(maxsize=1024)
def kind_of(word: str) -> str:
    """The kind a sender's word for a hash type means; a word nobody knows stays itself in lower case."""
    bare = re.sub(r"[^a-z0-9]", "", word.lower())
    return _WORDS.get(bare, bare)


@lru_cache(maxsize=1024)
def kind_in(header: str) -> str:
    """The kind of hash a column's header names in one of its words or as a whole; empty when it names none."""
    words = [kind_of(word) for word in (header, *re.split(r"[^A-Za-z0-9]+", header))]
    return next((word for word in words if word in KINDS), "")


def take(digests: Digests, cell: str, kind: str, *, trouble: RowTrouble) -> None:
    """Adds what a cell holds. `kind` is the column's type as `kind_of` gives it, empty when none is stated."""
    lower = cell.lower()
    if lower.startswith("magnet:"):
        _magnet(digests, cell, trouble)
    elif lower.startswith("ed2k://"):
        _ed2k_link(digests, cell, trouble)
    else:
        parts = [part for part in _BETWEEN.split(cell) if part]
        for part in parts[:_MAX_VALUES]:
            _one(digests, part, kind, trouble=trouble)
        if len(parts) > _MAX_VALUES:
            trouble.warn(
                "too_many_hashes", f"{len(parts)} values in one cell: the first {_MAX_VALUES} were read"
            )


def _one(digests: Digests, text: str, kind: str, *, trouble: RowTrouble) -> None:
    labelled = tuple(_labelled(text))
    said = {name for name, _ in labelled if name}
    if said and kind in KINDS and kind not in said and not said | {kind} <= TORRENTS:
        trouble.warn(
            "hash_type_differs",
            f"{text[:100]!r} stands under the type {kind}: its own prefix counts",
            "Ask the sender which of them is right",
        )
    for name, value in labelled:
        _add(digests, name or kind, value, trouble=trouble)


def _labelled(text: str) -> Iterator[tuple[str, str]]:
    match = _PREFIX.match(text)
    if match is None:
        yield "", text
    elif match.group(1).lower() == "bitprint":
        sha1, _, tth = text[match.end() :].partition(".")
        yield "sha1", sha1
        if tth:
            yield "tth", tth
    else:
        yield kind_of(match.group(1)), text[match.end() :]


def _add(digests: Digests, kind: str, value: str, *, trouble: RowTrouble) -> None:
    if kind == "btih" and normal_hash("btih", value) is None and normal_hash("btmh", value) is not None:
        kind = "btmh"  # `infohash` is the sender's word for both versions; their lengths differ
    if kind in KINDS:
        normal = normal_hash(kind, value)
        if normal is None:
            text = f"{value[:100]!r} is no {kind.upper()}: kept as text, it matches nothing"
            trouble.warn("hash_unreadable", text, "Ask the sender which hash this is")
        digests.found.setdefault((kind, normal or value))
        return
    if not kind:
        text = f"{value[:100]!r} comes without a hash type: kept as text, it matches nothing"
        trouble.warn(
            "hash_type_unknown", text, "Name the type in the profile: SHA-1, infohash and AICH look alike"
        )
    digests.found.setdefault((kind or UNKNOWN, value.lower()))


def _magnet(digests: Digests, link: str, trouble: RowTrouble) -> None:
    for name, text in parse_qsl(link.partition("?")[2]):
        part, value = name.lower().partition(".")[0], text.replace("\0", "\ufffd")
        if part == "xt" and value.lower().startswith("urn:"):
            _one(digests, value, "", trouble=trouble)
        elif part == "dn":
            digests.names.append(value)
        elif part == "xl":
            digests.sizes.append(value)


def _ed2k_link(digests: Digests, link: str, trouble: RowTrouble) -> None:
    """`ed2k://|file|NAME|SIZE|HASH|h=AICH|/`"""
    parts = link.split("|")
    if len(parts) < 5 or parts[1].lower() != "file":
        trouble.warn("link_unreadable", "an ed2k link that names no file: no hash taken from it")
        return
    digests.names.append(unquote(parts[2]).replace("\0", "\ufffd"))
    digests.sizes.append(parts[3])
    _add(digests, "ed2k", parts[4], trouble=trouble)
    for part in parts[5:]:
        if part.lower().startswith("h="):
            _add(digests, "aich", part[2:], trouble=trouble)
