"""Counts of a run, taken from the findings themselves and from nowhere else."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kaval.lab.findings import NEAR

Verdict = tuple[str, str, str, str]


@dataclass(slots=True)
class Counts:
    """Grows by one finding or warning at a time; `as_json` gives sorted, plain values."""

    files: int = 0
    bytes: int = 0
    matched_files: int = 0
    near_only_files: int = 0
    states: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    matches: Counter[Verdict] = field(default_factory=Counter)
    near: Counter[Verdict] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    artefacts: Counter[str] = field(default_factory=Counter)
    known: set[str] = field(default_factory=set)

    def add(self, kind: str, line: dict[str, Any]) -> None:
        """Count one line by its kind: a finding, a warning or an artefact."""
        if kind == "finding":
            self._add_finding(line)
        elif kind == "warning":
            self.warnings[line["code"]] += 1
        else:
            self.artefacts[line["kind"]] += 1

    def _add_finding(self, finding: dict[str, Any]) -> None:
        self.files += 1
        self.bytes += (finding["size"] or 0) if finding["sha256"] else 0
        self.states[finding["state"]] += 1
        if finding["mime"]:
            self.types[finding["mime"].split("/", 1)[0]] += 1
        if finding["note"]:
            self.notes[finding["note"]] += 1
        exact = [match for match in finding["matches"] if match["algorithm"] not in NEAR]
        if exact:
            self.matched_files += 1
            self.known.add(finding["sha256"])
            self.matches.update(_verdicts(exact))
        elif finding["matches"]:
            self.near_only_files += 1
            self.near.update(_verdicts(finding["matches"]))

    def as_json(self) -> dict[str, Any]:
        """`bytes` are bytes hashed; `matched_digests` counts different contents; scheme None: no verdict.

        `matched_files` equal an entry of a list by digest; `near_only_files` are near one and equal to none: nobody
        has said yet that they are known material. `by_code` and `near_by_code` count likewise.
        """
        return {
            "files": self.files,
            "bytes": self.bytes,
            "by_state": dict(sorted(self.states.items())),
            "by_type": dict(sorted(self.types.items())),
            "notes": dict(sorted(self.notes.items())),
            "matched_files": self.matched_files,
            "matched_digests": len(self.known),
            "near_only_files": self.near_only_files,
            "by_code": _by_code(self.matches),
            "near_by_code": _by_code(self.near),
            "artefacts": dict(sorted(self.artefacts.items())),
            "warnings": dict(sorted(self.warnings.items())),
        }


def _verdicts(matches: Sequence[dict[str, Any]]) -> set[Verdict]:
    """Each verdict once: a file in two places of one list is one file."""
    return {
        (one["set"], one["scheme"] or "", one["scheme_version"] or "", one["code"] or "") for one in matches
    }


def _by_code(verdicts: Counter[Verdict]) -> list[dict[str, Any]]:
    return [
        {
            "set": key[0],
            "scheme": key[1] or None,
            "scheme_version": key[2] or None,
            "code": key[3] or None,
            "files": number,
        }
        for key, number in sorted(verdicts.items())
    ]


class Manifest:
    """A digest over every path and content digest of a folder, in the order of the findings."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, finding: dict[str, Any]) -> None:
        """Take one finding in."""
        self._digest.update(f"{finding['sha256']}  {finding['path']}\n".encode())

    @property
    def sha256(self) -> str:
        """SHA-256 (hex) of the lines `<sha256>  <path>`."""
        return self._digest.hexdigest()
