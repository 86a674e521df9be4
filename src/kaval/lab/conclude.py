"""What follows from a finished run: facts of each device, signs of clean-up and other hands, chats, order.

Reads `findings.jsonl` and `artefacts.jsonl` of an examination's folder line by line and writes

    facts.json          {"kaval_facts": 1, "devices": [{source, files, facts, tests, artefacts_read}], "cameras": […],
                        "left_out": […]}
    indicators.jsonl    one sign per line, by source, time and rule

and, by the rooms that own them, `chats.jsonl`, `links.jsonl`, `order.jsonl` and `groups.jsonl`. Decided by the folder
alone: the same result gives the same bytes. Each file is whole or absent.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from kaval.engine.kernel.instant import IST
from kaval.engine.rules.examination.cameras import shared_cameras
from kaval.engine.rules.examination.cleanup import Course, Indicator, RuleBook
from kaval.engine.rules.examination.evidence import Evidence
from kaval.engine.rules.examination.facts import facts, lacking
from kaval.engine.rules.examination.malware import rule_book, somebody_else_could_operate
from kaval.lab.chats.concluding import conclude_chats
from kaval.lab.order import order
from kaval.lab.writing import WholeFile, json_line, lines_of

MOST_OF_ONE_SORT = 500
"""Signs of one rule, met in one way, on one device: the rest is counted in `left_out`, not written."""
_MOST_LINKS = 100_000


def conclude(out: Path) -> None:
    """Write all that follows from a finished run into its folder.

    Raises:
        OSError: the findings or the summary are not there, or the folder cannot be written to.
        ConfigurationError: there are PDQ values, and numba (extra `lab`) is not installed.
    """
    examined_at = datetime.fromisoformat(json.loads((out / "summary.json").read_bytes())["examined_at"])
    conclude_chats(out, on=examined_at.astimezone(IST).date())
    gathered = _Gathered()
    for line in _lines(out / "findings.jsonl"):
        gathered.finding(line)
    for line in _lines(out / "artefacts.jsonl"):
        gathered.artefact(line)
    for line in _lines(out / "chats.jsonl"):
        gathered.devices[line["source"]].add_conversation(line)
    for line in _lines(out / "warnings.jsonl"):
        gathered.warning(line)
    gathered.write(out)
    order(out)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with lines_of(path) as lines:
        yield from lines


class _Gathered:
    """All that one pass over the lines of a run gathers, by device."""

    def __init__(self) -> None:
        self.devices: dict[str, Evidence] = {}
        self._signs = _Signs()
        self._courses: dict[str, Course] = {}
        self._links: dict[tuple[str, str], str] = {}

    def finding(self, line: dict[str, Any]) -> None:
        """Take one line of `findings.jsonl` in."""
        self._of(line["source"]).add_finding(line)
        self._courses[line["source"]].add_finding(line)
        self._signs.take(line, finding=True)
        at = line["times"]["modified"]
        if at and line["path"].lower().endswith(".lnk") and len(self._links) < _MOST_LINKS:
            self._links[line["source"], line["path"]] = at

    def artefact(self, line: dict[str, Any]) -> None:
        """Take one line of `artefacts.jsonl` in. A shortcut was last used when its own file last changed."""
        if line["at"] is None and line["kind"] == "file.opened":
            at = self._links.get((line["source"], line["path"]))
            line = line | {"at": at, "precision_s": 1.0 if at else None}
        self._of(line["source"]).add_artefact(line)
        self._courses[line["source"]].add_artefact(line)
        self._signs.take(line, finding=False)

    def warning(self, line: dict[str, Any]) -> None:
        """Take one line of `warnings.jsonl` in: a volume that could not be read because it is encrypted is a trace."""
        if line["code"] == "volume-encrypted":
            facts = {
                "kind": "container.encrypted",
                "at": None,
                "precision_s": None,
                "facts": {"target": None},
            }
            seen = {"source": line["source"], "path": line["place"], "place": "volume"} | facts
            self._signs.take(seen, finding=False)

    def write(self, out: Path) -> None:
        """Write what the lines came to."""
        for source in sorted(self._courses):
            for line in self._courses[source].lines():
                self._signs.take(line, finding=False)
        _write(out, self.devices, self._signs)

    def _of(self, source: str) -> Evidence:
        if source not in self.devices:
            self.devices[source], self._courses[source] = Evidence(source), Course(source)
        return self.devices[source]


def _write(out: Path, devices: dict[str, Evidence], signs: _Signs) -> None:
    found = signs.in_order()
    with WholeFile(out / "indicators.jsonl") as file:
        for one in found:
            file.write(json_line(one.as_json()))
    described = []
    for source in sorted(devices):
        others = somebody_else_could_operate(one for one in found if one.source == source)
        decided = facts(devices[source], others=others)
        described.append(
            {
                "source": source,
                "files": devices[source].files,
                "facts": [fact.as_json() for fact in decided],
                "tests": lacking(decided),
                "artefacts_read": dict(sorted(devices[source].read.items())),
            }
        )
    document = {
        "kaval_facts": 1,
        "devices": described,
        "cameras": shared_cameras(devices.values()),
        "left_out": signs.left_out(),
    }
    with WholeFile(out / "facts.json") as file:
        file.write(json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n")


class _Signs:
    """The indicators met, bounded for each rule, way and device."""

    def __init__(self) -> None:
        self._books = (RuleBook("cleanup_indicators"), rule_book())
        self._found: list[Indicator] = []
        self._count: Counter[tuple[str, str, str]] = Counter()

    def take(self, line: dict[str, Any], *, finding: bool) -> None:
        """Ask both tables about one line."""
        for book in self._books:
            for one in book.on_finding(line) if finding else book.on_artefact(line):
                sort = one.source, one.rule, one.how
                self._count[sort] += 1
                if self._count[sort] <= MOST_OF_ONE_SORT:
                    self._found.append(one)

    def in_order(self) -> list[Indicator]:
        """By device, time (those without one first), rule and place."""
        return sorted(self._found, key=lambda one: (one.source, one.at or "", one.rule, one.path, one.place))

    def left_out(self) -> list[dict[str, Any]]:
        """How many signs of a sort were met and not written."""
        return [
            {"source": source, "rule": rule, "how": how, "count": count - MOST_OF_ONE_SORT}
            for (source, rule, how), count in sorted(self._count.items())
            if count > MOST_OF_ONE_SORT
        ]
