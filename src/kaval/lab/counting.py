"""Counts of a run, taken from the findings themselves and from nowhere else."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Counts:
    """Grows by one finding or warning at a time; `as_json` gives sorted, plain values."""

    files: int = 0
    bytes: int = 0
    matched_files: int = 0
    states: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    matches: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    known: set[str] = field(default_factory=set)

    def add(self, finding: dict[str, Any]) -> None:
        """Count one line of `findings.jsonl`; a file in two lists is one matched file."""
        self.files += 1
        self.bytes += (finding["size"] or 0) if finding["sha256"] else 0
        self.states[finding["state"]] += 1
        if finding["mime"]:
            self.types[finding["mime"].split("/", 1)[0]] += 1
        if finding["note"]:
            self.notes[finding["note"]] += 1
        if finding["matches"]:
            self.matched_files += 1
            self.known.add(finding["sha256"])
        for match in {
            tuple(str(one[key] or "") for key in ("set", "scheme", "scheme_version", "code"))
            for one in finding["matches"]
        }:
            self.matches[match] += 1  # type: ignore[index]  # four keys make four texts

    def as_json(self) -> dict[str, Any]:
        """`bytes` are bytes hashed; `matched_digests` counts different contents; scheme None: no verdict."""
        by_code = [
            {
                "set": key[0],
                "scheme": key[1] or None,
                "scheme_version": key[2] or None,
                "code": key[3] or None,
                "files": number,
            }
            for key, number in sorted(self.matches.items())
        ]
        return {
            "files": self.files,
            "bytes": self.bytes,
            "by_state": dict(sorted(self.states.items())),
            "by_type": dict(sorted(self.types.items())),
            "notes": dict(sorted(self.notes.items())),
            "matched_files": self.matched_files,
            "matched_digests": len(self.known),
            "by_code": by_code,
            "warnings": dict(sorted(self.warnings.items())),
        }


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
