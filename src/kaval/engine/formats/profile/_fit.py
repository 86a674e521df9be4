"""Whether a file has the layout a profile was made from: by its header alone, in normal form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats.profile._model import Layout, Profile
from kaval.engine.kernel.errors import ReaderError

_INDEX = re.compile(r"(?<=/)\d+(?=/|$)|\[\d+\]")
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


def fingerprint(header: Sequence[str], kind: str) -> tuple[str, ...]:
    """A header in normal form: without case, spaces collapsed; of JSON and XML the names sorted, without the numbers
    of list entries, because each record carries only what it has."""
    names = [" ".join(name.replace("\ufeff", "").split()).casefold() for name in header]
    if kind in ("json", "xml"):
        return tuple(sorted({_INDEX.sub("", name) for name in names}))
    return tuple(names)


def matches(profile: Profile, header: Sequence[str]) -> bool:
    """True when the header is the one the profile was made from.

    A JSON or XML file may lack fields its records do not use, and may not bring one the profile has never seen.
    """
    found = fingerprint(header, profile.layout.kind)
    if profile.layout.kind not in ("json", "xml"):
        return bool(found) and found == profile.fingerprint
    mapped = {*profile.columns.values(), *(name for rule in profile.times.values() for name in rule.columns)}
    known = set(profile.fingerprint)
    return set(found) <= known and bool(set(found) & set(fingerprint(tuple(mapped), profile.layout.kind)))


def fitting(file: ReceivedFile) -> Profile | None:
    """The newest confirmed profile of `file.profiles` that fits the file; None when none does."""
    from kaval.engine.formats import _table  # the tables know profiles' layouts, so they are loaded later

    head = file.head(4096)
    kinds = _kinds(head)
    headers: dict[Layout, tuple[str, ...]] = {}
    newest_first = sorted(
        (profile for profile in file.profiles if profile.version > 0),
        key=lambda profile: (profile.confirmed_at or _NEVER, profile.version, profile.name),
        reverse=True,
    )
    for profile in newest_first:
        if profile.layout.kind not in kinds:
            continue
        if profile.layout not in headers:
            try:
                headers[profile.layout] = _table.header_of(file, profile.layout)
            except ReaderError:
                headers[profile.layout] = ()
        if headers[profile.layout] and matches(profile, headers[profile.layout]):
            return profile
    return None


def _kinds(head: bytes) -> frozenset[str]:
    """The kinds of table the first bytes may begin."""
    if head.startswith(b"PK"):
        return frozenset(("xlsx",))
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1]
    if start == b"<":
        return frozenset(("xml",))
    return frozenset(("json", "csv") if start in (b"{", b"[") else ("csv",))
