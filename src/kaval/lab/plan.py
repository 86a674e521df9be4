"""What is to be examined: each source by a short name, its digest, and whether it may be examined at all."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kaval.engine.formats.hashset._model import hex_digest
from kaval.engine.kernel.errors import ConfigurationError, RefusedError
from kaval.lab.sources.entry import Fingerprint, Trouble, readable


@dataclass(frozen=True, slots=True)
class Planned:
    """A source with its fingerprint; `examined` False: refused or unreadable, and `troubles` say why.

    `keys` are the keys under which an expected digest was found for it.
    """

    name: str
    path: Path
    examined: bool
    fingerprint: Fingerprint | None
    expected: str | None
    troubles: tuple[Trouble, ...]
    keys: tuple[str, ...]

    def as_input(self) -> list[Any]:
        """What of this source decides the result."""
        mark = self.fingerprint
        return [
            self.name,
            self.expected,
            self.examined,
            [one.code for one in self.troubles],
            None if mark is None else [mark.kind, mark.digest, mark.size],
        ]

    def as_summary(self, counts: dict[str, Any], manifest: str, *, whole: bool) -> dict[str, Any]:
        """Its entry in `summary.json`; `manifest_sha256` is over a folder's files, None for an image; `whole`: listed
        to the end."""
        mark = self.fingerprint
        image = mark is not None and mark.kind == "sha256"
        return {
            "name": self.name,
            "kind": None if mark is None else "image" if image else "folder",
            "size": None if mark is None else mark.size,
            "sha256": mark.digest if image and mark else None,
            "manifest_sha256": None if image or mark is None else manifest,
            "expected_sha256": self.expected,
            "examined": self.examined,
            "refused": None if self.examined else self.troubles[0].code,
            "listed_to_the_end": whole,
            "counts": counts,
        }


def source_names(sources: Sequence[Path]) -> list[str]:
    """The shortest path endings that tell the sources apart, escaped; the rest stays out of findings.

    Raises:
        RefusedError: no source, or the same one twice.
    """
    paths = [path.absolute() for path in sources]
    if not paths:
        raise RefusedError("lab.no-source", "there is nothing to examine")
    if len({path.resolve() for path in paths}) < len(paths):
        raise RefusedError("lab.source-twice", "a source is given twice")
    return [_shortest(path, [other for other in paths if other != path]) for path in paths]


def _shortest(path: Path, others: list[Path]) -> str:
    parts = path.parts
    for length in range(1, len(parts) + 1):
        if all(other.parts[-length:] != parts[-length:] for other in others):
            break
    return "/".join(readable(os.fsencode(part)) for part in parts[-length:])


def plan_source(
    path: Path, *, name: str, expected: Mapping[str, str], measured: Mapping[str, Any]
) -> Planned:
    """Whether a source may be examined, by what a worker `measured`: its mark, or why there is none.

    Its digest is compared with the expected one before anything is examined.

    Raises:
        ConfigurationError: pytsk3 is needed and not installed.
    """
    if "missing" in measured:
        raise ConfigurationError(measured["missing"])
    keys = tuple(key for key in (str(path), name, path.name) if key in expected)
    wanted = expected[keys[0]].strip().lower() if keys else None
    if "mark" not in measured:
        return Planned(name, path, False, None, wanted, (Trouble(*measured["unreadable"]),), keys)
    mark = Fingerprint(**measured["mark"])
    met = _compare(mark, wanted, distinct={expected[key].strip().lower() for key in keys})
    return Planned(name, path, met is None, mark, wanted, () if met is None else (met,), keys)


def _compare(mark: Fingerprint, wanted: str | None, *, distinct: set[str]) -> Trouble | None:
    """Why a source must not be examined, or None. What cannot be compared is refused too."""
    if wanted is None:
        return None
    if len(distinct) > 1:
        return Trouble("", "expected-digest-unclear", "two different digests are expected for this source")
    if hex_digest(wanted, "sha256") is None:
        return Trouble("", "expected-digest-unusable", "the expected digest is no SHA-256")
    if mark.kind != "sha256":
        return Trouble(
            "", "expected-digest-unusable", "a digest is expected for a folder, which has none of its own"
        )
    if mark.digest != wanted:
        return Trouble(
            "",
            "image-digest-differs",
            f"sealed as {wanted}, now {mark.digest}; not examined",
            "Stop and report: the image is not the one that was sealed",
        )
    return None
