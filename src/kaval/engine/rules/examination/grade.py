"""Exact matches against hash lists become one graded finding per file; the grade keeps its scheme and its
dispute.

A category number means nothing without its scheme: 0 stands for two different things in two releases of one
tool (formats.md 2.2). A match says a file's bytes equal a listed file's; a person confirms before anything
is asserted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kaval.engine.kernel.reason import Reason
from kaval.engine.kernel.reference import SourceRef

_EXACT = ("sha256", "sha1", "md5")


@dataclass(frozen=True, slots=True)
class HashMatch:
    """One file equal to one list entry. `scheme` and `code` are the list's own; empty `code`: the list
    gives no verdict.

    `list_version` is the version or digest of the list, `distance` 0 for an exact hash.
    """

    path: str
    file_sha256: str
    algorithm: str
    list_name: str
    list_version: str
    scheme: str
    code: str
    label: str
    source: SourceRef
    distance: int = 0


@dataclass(frozen=True, slots=True)
class Grade:
    """A category that cannot be read without its scheme."""

    scheme: str
    code: str
    label: str

    def __str__(self) -> str:
        return f"{self.scheme}: {self.code}{f' ({self.label})' if self.label else ''}"


@dataclass(frozen=True, slots=True)
class GradedFinding:
    """All that the lists say about one file. `state` is `agreed`, `disputed` (grades differ within a scheme),
    `listed` (no list gives a verdict) or `weak` (MD5 or a distance only: look again before use).
    """

    path: str
    file_sha256: str
    state: str
    grades: tuple[Grade, ...]
    reasons: tuple[Reason, ...]


def grade(matches: Iterable[HashMatch]) -> tuple[GradedFinding, ...]:
    """One finding per file and path, sorted; independent of the order of the matches.

    Raises:
        ValueError: a match carries a code without a scheme.
    """
    grouped: dict[tuple[str, str], set[HashMatch]] = defaultdict(set)
    for match in matches:
        if match.code and not match.scheme:
            raise ValueError(f"{match.list_name} gives the bare category {match.code}: its scheme is missing")
        grouped[match.file_sha256, match.path].add(match)
    return tuple(_finding(path, digest, found) for (digest, path), found in sorted(grouped.items()))


def _finding(path: str, digest: str, matches: set[HashMatch]) -> GradedFinding:
    grades = sorted({Grade(one.scheme, one.code, one.label) for one in matches if one.code}, key=str)
    codes: dict[str, set[str]] = defaultdict(set)
    for one in grades:
        codes[one.scheme].add(one.code)
    strong = any(one.distance == 0 and one.algorithm in ("sha256", "sha1") for one in matches)
    if any(len(found) > 1 for found in codes.values()):
        state = "disputed"
    elif not strong:
        state = "weak"
    else:
        state = "agreed" if grades else "listed"
    ordered = sorted(
        matches, key=lambda one: (one.list_name, one.list_version, _order(one), one.scheme, one.code)
    )
    return GradedFinding(path, digest, state, tuple(grades), tuple(_reason(one) for one in ordered))


def _order(match: HashMatch) -> int:
    return _EXACT.index(match.algorithm) if match.algorithm in _EXACT else len(_EXACT)


def _reason(match: HashMatch) -> Reason:
    said = f", {match.scheme}: {match.code}" if match.code else ", no verdict"
    text = f"Equal by {match.algorithm} to an entry of {match.list_name} ({match.list_version}){said}."
    if match.distance:
        text = f"Within {match.distance} bits by {match.algorithm} of an entry of {match.list_name}{said}."
    text_ml = (
        f"{match.list_name} ({match.list_version}) പട്ടികയിലെ ഒരു രേഖയുമായി {match.algorithm} പ്രകാരം ഒത്തു{said}."
    )
    return Reason("X-MATCH", text, text_ml, sources=(match.source,))
