"""A file is known when a list holds its digest and no other digest of that entry speaks against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kaval.engine.formats.hashset._model import HashSetEntry

_STRONGEST_FIRST = ("sha256", "sha1", "md5")


@dataclass(frozen=True, slots=True)
class IndexedSet:
    """A hash set by name and version; the version is part of every match, so that it can be repeated."""

    name: str
    version: str
    entries: tuple[HashSetEntry, ...]


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """One entry of one list that a file is equal to.

    `scheme`, `scheme_version` and `code` are all None when the list gives no verdict. `algorithm` is the
    strongest that agreed. `distance` is 0: equal bytes (other values come with perceptual hashes).
    """

    set: str
    version: str
    scheme: str | None
    scheme_version: str | None
    code: str | None
    algorithm: str
    distance: int = 0


@dataclass(frozen=True, slots=True)
class Lookup:
    """Matches in fixed order, and the places of entries of which one digest agrees and another does not."""

    matches: tuple[Match, ...]
    disputed: tuple[str, ...] = ()


class ExactIndex:
    """Sets of digests held as bytes in memory (about 200 bytes an entry): fit for some million entries."""

    def __init__(self, sets: Sequence[IndexedSet]) -> None:
        self._owners: list[IndexedSet] = []
        self._entries: list[HashSetEntry] = []
        self._by: dict[str, dict[bytes, list[int]]] = {name: {} for name in _STRONGEST_FIRST}
        for owner in sets:
            for entry in owner.entries:
                self._add(owner, entry)

    def __len__(self) -> int:
        return len(self._entries)

    def _add(self, owner: IndexedSet, entry: HashSetEntry) -> None:
        number = len(self._entries)
        self._owners.append(owner)
        self._entries.append(entry)
        for algorithm in _STRONGEST_FIRST:
            digest = getattr(entry, algorithm)
            if digest:
                self._by[algorithm].setdefault(bytes.fromhex(digest), []).append(number)

    def lookup(self, *, md5: str | None = None, sha1: str | None = None, sha256: str | None = None) -> Lookup:
        """What the lists say about one file's digests (hex); a digest not given is not compared.

        An entry agrees when every digest that both sides have is equal. One that agrees by MD5 and not by
        SHA-1 is a collision or a faulty list: disputed, not a match.
        """
        given = {
            name: value.lower() for name, value in (("md5", md5), ("sha1", sha1), ("sha256", sha256)) if value
        }
        numbers = {
            number for name, value in given.items() for number in self._by[name].get(bytes.fromhex(value), ())
        }
        matches: set[Match] = set()
        disputed: list[str] = []
        for number in sorted(numbers):
            entry, owner = self._entries[number], self._owners[number]
            agreeing = [
                name for name in _STRONGEST_FIRST if name in given and getattr(entry, name) == given[name]
            ]
            if _speaks_against(entry, given):
                disputed.append(f"{owner.name} {owner.version} {entry.locator}")
            else:
                matches.add(_match(owner, entry, agreeing[0]))
        return Lookup(tuple(sorted(matches, key=_order)), tuple(disputed))


def _speaks_against(entry: HashSetEntry, given: dict[str, str]) -> bool:
    return any(getattr(entry, name) not in ("", value) for name, value in given.items())


def _match(owner: IndexedSet, entry: HashSetEntry, algorithm: str) -> Match:
    category = entry.category
    if category is None:
        return Match(owner.name, owner.version, None, None, None, algorithm)
    return Match(
        owner.name, owner.version, category.scheme, category.scheme_version, category.code, algorithm
    )


def _order(match: Match) -> tuple[str, ...]:
    return (
        match.set,
        match.version,
        match.scheme or "",
        match.scheme_version or "",
        match.code or "",
        match.algorithm,
    )
