"""A finished examination read back from its folder: whole, with the digests its summary names, or not at all."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kaval.engine.formats.findings import ExaminationHead
from kaval.engine.kernel.errors import ReaderError
from kaval.lab.writing import file_sha256, lines_of

# Written by the concluding step; an examination that was not concluded has none of them.
CONCLUDED = ("order.jsonl", "groups.jsonl", "facts.json", "indicators.jsonl", "chats.jsonl", "links.jsonl")
_MEND = "Run the examination again: the same inputs give the same result"


@dataclass(frozen=True, slots=True)
class Result:
    """One folder of an examination. `summary` is the content of `summary.json`, `sha256` the digest of its bytes."""

    folder: Path
    summary: dict[str, Any]
    sha256: str

    def head(self, *, case_number: str = "", unit: str = "") -> ExaminationHead:
        """What every form of a report says first."""
        return ExaminationHead(
            case_number,
            unit,
            str(self.summary.get("tool", "")),
            str(self.summary["examined_at"]),
            str(self.summary["inputs_digest"]),
            self.summary["sources"],
            self.summary["hashsets"],
        )

    @property
    def counts(self) -> dict[str, Any]:
        """The counts over all findings."""
        counts: dict[str, Any] = self.summary["counts"]
        return counts

    def lines(self, name: str) -> Iterator[dict[str, Any]]:
        """The objects of one of the folder's files of JSON lines, none when the file is not there."""
        path = self.folder / name
        if path.is_file():
            with lines_of(path) as found:
                yield from found

    def ordered(self, kind: str) -> Iterator[dict[str, Any]]:
        """The lines of the order for `device` or `file`, most urgent first, each reason with its words."""
        said: dict[str, Any] = {}
        for line in self.lines("order.jsonl"):
            if line.get("kind") == "rules":
                said = line["sentences"]
            elif line.get("kind") == kind:
                yield line | {"reasons": [_with_words(one, said) for one in line.get("reasons") or ()]}

    def at_lines(self, numbers: Collection[int]) -> dict[int, dict[str, Any]]:
        """The findings with these line numbers (from 1), by number."""
        return {
            number: line
            for number, line in enumerate(self.lines("findings.jsonl"), start=1)
            if number in numbers
        }

    def concluded(self, name: str) -> Any:
        """The content of `facts.json`, None when the examination was not concluded."""
        path = self.folder / name
        return json.loads(path.read_bytes()) if path.is_file() else None

    def file_digests(self) -> dict[str, str]:
        """The SHA-256 of the files of the result that are there, by name."""
        names = ("findings.jsonl", "warnings.jsonl", "artefacts.jsonl", "summary.json", *CONCLUDED)
        return {name: digest for name in names if (digest := file_sha256(self.folder / name)) is not None}


def _with_words(reason: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """A reason with its Malayalam, which stands once, in the first line of the order."""
    return {"text_ml": said.get(reason["code"], {}).get("text_ml", ""), **reason}


def open_result(folder: Path) -> Result:
    """The result in a folder, after the files were compared with the digests that the summary states.

    Raises:
        ReaderError: no summary, not one of the lab, or a file that is not the one the summary names.
    """
    path = folder / "summary.json"
    digest, summary = file_sha256(path), None
    with suppress(OSError, ValueError):
        summary = json.loads(path.read_bytes())
    wanted = ("examined_at", "inputs_digest", "sources", "hashsets", "counts")
    if digest is None or not isinstance(summary, dict) or not all(key in summary for key in wanted):
        raise ReaderError("no summary of an examination here", file=str(path), mend=_MEND)
    for kind in ("findings", "warnings", "artefacts"):
        stated = summary.get(f"{kind}_sha256")
        if stated is not None and file_sha256(folder / f"{kind}.jsonl") != stated:
            raise ReaderError(
                "not the file that the summary names: changed, cut short or missing",
                file=str(folder / f"{kind}.jsonl"),
                mend=_MEND,
            )
    return Result(folder, summary, digest)
