"""What the files named about a subject say of its priority: passed on by many, or named before elsewhere.

Content is compared by digest and tells nothing about who holds it: it may lower a priority, it never ties
two subjects together (peers.md point 7). One file that nobody knows keeps the priority of everything beside
it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from types import ModuleType

from kaval.engine.kernel.identifier import kinds
from kaval.engine.rules.leads.shape import File, Lead
from kaval.engine.rules.linking.group import group

KINDS = ("md5", "sha1", "sha256", "ed2k", "aich", "tth")
VIRAL = "viral"
# Marks of files that show no child: made by a machine, drawn, or passed on by many.
_NO_NEW_CHILD = frozenset((VIRAL, "generative_ai", "drawn_or_virtual"))

Digest = tuple[str, str]

EMPTY_FILE: frozenset[Digest] = frozenset(
    (
        ("md5", "d41d8cd98f00b204e9800998ecf8427e"),
        ("sha1", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("ed2k", "31d6cfe0d16ae931b73c59d7e0c089c0"),
        ("aich", "3i42h3s6nnfq2msvx7xzkyayscx5qbyj"),
        ("tth", "lwpnacqdbzryxw3vhjvcj64qbznghohhhzwclnq"),
    )
)
"""The digests of zero bytes: every empty file in the world has them, so they say nothing about content."""


@dataclass(frozen=True, slots=True)
class KnownContent:
    """What the unit's records say of the digests one subject's reports name.

    `earlier`: for a digest, how many reports about others named it before the first report about this
    subject did; a digest that is not there was named by none. `listed`: the lists of viral content a digest
    stands on, each as name and version; None when the unit holds no such list.
    """

    earlier: Mapping[Digest, int] = field(default_factory=dict)
    listed: Mapping[Digest, frozenset[str]] | None = None


@dataclass(frozen=True, slots=True)
class ContentFacts:
    """The content of one subject's reports.

    `viral`: every report is about viral content only, by a provider's mark or a list of the unit. `listed`:
    how many of the files stand on a list, and `lists` on which; None: the unit holds no list, or nobody
    looked. `earlier`: for each distinct file the number of reports about others that named it before; None:
    nobody looked. `novel`: files with a digest that nobody named before, on no list, not marked as passed on by
    many, drawn or made by a machine; None: nobody looked. `new_in`: of each report that names files (source system,
    number), how many of them are such.
    """

    viral: bool
    files: int
    listed: int = 0
    lists: tuple[str, ...] | None = None
    earlier: tuple[int, ...] | None = None
    novel: int | None = None
    new_in: Mapping[tuple[str, str], int] | None = None


@cache
def _modules() -> dict[str, ModuleType]:
    return {kind: kinds()[f"file_{kind}"] for kind in KINDS}


def digests_of(hashes: Iterable[tuple[str, str]]) -> frozenset[Digest]:
    """The digests that name a file, in normal form; unreadable ones and those of an empty file are left out."""
    return _digests(tuple([(kind, value) for kind, value in hashes]))


# A subject's files are asked for several times in a row, and a viral file by subject after subject.
@lru_cache(maxsize=4096)
def _digests(hashes: tuple[tuple[str, str], ...]) -> frozenset[Digest]:
    found = set()
    for kind, value in hashes:
        module = _modules().get(kind)
        if module is not None and module.is_valid(value):
            found.add((kind, str(module.validate(value))))
    return frozenset(found) - EMPTY_FILE


def content_of(leads: Iterable[Lead], known: KnownContent | None = None) -> ContentFacts | None:
    """The content facts of one subject from its leads, whatever their order; None for no lead.

    One file named by several reports about the subject counts once.
    """
    found = list(leads)
    if not found:
        return None
    listed = known.listed if known is not None and known.listed is not None else {}
    files = _distinct(found)
    lists = [frozenset[str]().union(*(listed.get(one, ()) for one in digests)) for digests in files]
    earlier = None if known is None else [max((known.earlier.get(o, 0) for o in d), default=0) for d in files]
    marked = frozenset[Digest]() if known is None else _marked(found, listed)
    return ContentFacts(
        viral=all(_is_viral(lead, listed) for lead in found),
        files=len(files),
        listed=sum(bool(names) for names in lists),
        lists=None
        if known is None or known.listed is None
        else tuple(sorted(frozenset[str]().union(*lists))),
        earlier=None if earlier is None else tuple(sorted(earlier)),
        novel=None if earlier is None else _novel(files, marked=marked, lists=lists, earlier=earlier),
        new_in=None if known is None else _new_in(found, known, marked=marked),
    )


def _marked(leads: Iterable[Lead], listed: Mapping[Digest, frozenset[str]]) -> frozenset[Digest]:
    """The digests of files that a provider marks as showing no new child, or whose whole report is viral."""
    found: set[Digest] = set()
    for lead in leads:
        whole = _is_viral(lead, listed)
        for file in lead.files:
            if whole or not _NO_NEW_CHILD.isdisjoint(file.tags):
                found |= digests_of(file.hashes)
    return frozenset(found)


def _novel(
    files: Iterable[frozenset[Digest]],
    *,
    marked: frozenset[Digest],
    lists: Iterable[frozenset[str]],
    earlier: Iterable[int],
) -> int:
    """How many of the files are new to the unit; a file without a digest cannot be looked up and is not."""
    return sum(
        bool(digests) and not names and not count and marked.isdisjoint(digests)
        for digests, names, count in zip(files, lists, earlier, strict=True)
    )


def _new_in(
    leads: Iterable[Lead], known: KnownContent, *, marked: frozenset[Digest]
) -> dict[tuple[str, str], int]:
    new: dict[tuple[str, str], set[Digest]] = {}
    for lead in leads:
        for file in lead.files:
            digests = digests_of(file.hashes)
            named = new.setdefault((lead.source_system, lead.source_id), set())
            looked_up = any(known.earlier.get(one) or one in (known.listed or ()) for one in digests)
            if digests and not looked_up and marked.isdisjoint(digests):
                named.add(min(digests))
    return {report: len(found) for report, found in new.items()}


def _is_viral(lead: Lead, listed: Mapping[Digest, frozenset[str]]) -> bool:
    """True when nothing in the report is other than viral.

    A report without files is as its provider says. Where files are named and none carries the mark itself,
    the mark is the whole report's; else every file must carry it or stand on a list.
    """
    if VIRAL in lead.signals and not any(VIRAL in file.tags for file in lead.files):
        return True
    return bool(lead.files) and all(
        VIRAL in file.tags or any(one in listed for one in digests_of(file.hashes)) for file in lead.files
    )


def _distinct(leads: Iterable[Lead]) -> list[frozenset[Digest]]:
    """The digests of each distinct file; files that share a digest are one, a file without any is its own."""
    named: list[File] = [file for lead in leads for file in lead.files]
    digests = {str(number): digests_of(file.hashes) for number, file in enumerate(named)}
    same = group({number: [f"{kind}|{value}" for kind, value in found] for number, found in digests.items()})
    files: dict[str, set[Digest]] = defaultdict(set)
    for number, key in same.items():
        files[key] |= digests[number]
    return [frozenset(found) for found in files.values()]
