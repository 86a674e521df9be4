"""Signs of clean-up as records with a strength and the innocent explanations, never as a conclusion.

An indicator repeats what a reviewed row of `cleanup_indicators.yaml` says about one trace: what it is, where it lies,
when, which program or action, which reader saw it, how strong such a trace is, and what else explains it. Several
independent traces are an examiner's matter; nothing here adds them up (formats.md 4.1).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from kaval.engine.reference.load import rows
from kaval.engine.rules.examination.evidence import place_of, said

STRENGTHS = ("weak", "medium", "strong")
_HOW = {
    "program.run": "run",
    "app.used": "run",
    "install": "installed",
    "program.present": "present",
    "autostart": "autostart",
}
# Programs that came with the system say nothing by lying there.
_OF_THE_SYSTEM = re.compile(r"^((usr/)?(local/)?s?bin|system|windows|winnt|snap|usr/(lib|share))/")
_ENDING = re.compile(r"\.(exe|com|scr|msi|app|lnk|apk|appimage)$")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One sign. `how`: run, installed, present, autostart, record or file. `at` as the artefact has it; None: no time.

    `place` is the place in the file at `path`; `tool` the reader or table that saw it; `rule` and `rule_version` the
    row that speaks. `innocent` is never empty.
    """

    source: str
    family: str
    rule: str
    rule_version: str
    action: str
    program: str | None
    how: str
    artefact: str
    path: str
    place: str
    at: str | None
    precision_s: float | None
    tool: str
    strength: str
    innocent: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The line of `indicators.jsonl`; `class` is the family of the rule."""
        line = {name: getattr(self, name) for name in self.__slots__}
        line["class"] = line.pop("family")
        return line | {"innocent": list(self.innocent)}


@dataclass(frozen=True, slots=True)
class _Rule:
    row: Mapping[str, Any]
    target_paths: re.Pattern[str] | None

    def allows(self, facts: Mapping[str, Any]) -> bool:
        """True when every fact the row names reaches its number and the target lies where the row says."""
        for name, least in self.row.get("at_least", {}).items():
            value = facts.get(name)
            if not isinstance(value, int | float) or value < least:
                return False
        if self.target_paths is None:
            return True
        return self.target_paths.search(str(facts.get("target") or "").lower()) is not None


class RuleBook:
    """The rows of one indicator table, asked about one line of a run at a time."""

    def __init__(self, table: str) -> None:
        self._programs: dict[str, list[_Rule]] = {}
        self._autostart: dict[str, list[_Rule]] = {}
        self._kinds: dict[str, list[_Rule]] = {}
        self._tails: dict[str, list[tuple[str, _Rule]]] = {}
        for row in rows(table):
            self._take(row)

    def _take(self, row: Mapping[str, Any]) -> None:
        targets = row.get("target_paths")
        rule = _Rule(row, re.compile("|".join(targets)) if targets else None)
        for name in (*row.get("programs", ()), *row.get("packages", ())):
            self._programs.setdefault(name, []).append(rule)
        for name in row.get("autostart", ()):
            self._autostart.setdefault(name, []).append(rule)
        for kind in row.get("kinds", ()):
            self._kinds.setdefault(kind, []).append(rule)
        for tail in row.get("paths", ()):
            folder, _, name = f"/{tail}".rpartition("/")
            self._tails.setdefault(name, []).append((folder, rule))

    def on_artefact(self, line: Mapping[str, Any]) -> Iterator[Indicator]:
        """What the table says of one line of `artefacts.jsonl`."""
        facts = line["facts"]
        for rule in self._kinds.get(line["kind"], ()):
            if rule.allows(facts):
                yield _of(
                    rule, line, how="record", program=_text(facts.get("program") or facts.get("target"))
                )
        how = _HOW.get(line["kind"])
        if how is None:
            return
        met: dict[int, tuple[_Rule, str]] = {}
        for name in _names(*(said(facts, name) for name in ("program", "target", "package"))):
            for rule in self._programs.get(name, ()):
                met.setdefault(id(rule), (rule, name))
        if how == "autostart":
            for name in _names(facts.get("name"), facts.get("program"), facts.get("target")):
                for rule in self._autostart.get(name, ()):
                    met.setdefault(id(rule), (rule, name))
        for rule, name in met.values():
            yield _of(rule, line, how=how, program=name)

    def on_finding(self, line: Mapping[str, Any]) -> Iterator[Indicator]:
        """What the table says of one line of `findings.jsonl`, by its path alone."""
        path = line["path"].lower()
        is_program = line.get("mime") in _PROGRAM_TYPES or _ENDING.search(path) is not None
        if is_program and not _OF_THE_SYSTEM.match(path):
            for name in _names(path):
                for rule in self._programs.get(name, ()):
                    yield _of(rule, _as_artefact(line), how="present", program=name)
        folder, _, name = f"/{path}".rpartition("/")
        for tail in (name, f"*.{name.rpartition('.')[2]}"):
            for above, rule in self._tails.get(tail, ()):
                if folder.endswith(above):
                    yield _of(rule, _as_artefact(line), how="file", program=None)


_PROGRAM_TYPES = frozenset(("application/x-elf", "application/vnd.microsoft.portable-executable"))


def _as_artefact(line: Mapping[str, Any]) -> dict[str, Any]:
    """A file as a trace: its time is that of its last change."""
    at = (line.get("times") or {}).get("modified")
    kept = {"source": line["source"], "path": line["path"], "kind": "file", "place": line["state"]}
    return kept | {"at": at, "precision_s": 1.0 if at else None, "facts": {}}


def _names(*values: object) -> Iterator[str]:
    """Base names in lower case without ending; the last part of a path of any system, and an identifier as it is."""
    for value in values:
        if isinstance(value, str) and value:
            name = value.lower().replace("\\", "/").rsplit("/", 1)[-1].strip('" ')
            yield _ENDING.sub("", name.split(".exe", 1)[0])


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _of(rule: _Rule, line: Mapping[str, Any], *, how: str, program: str | None) -> Indicator:
    row = rule.row
    return Indicator(
        source=line["source"],
        family=row["class"],
        rule=row["id"],
        rule_version=row["version"],
        action=row["action"],
        program=program,
        how=how,
        artefact=line["kind"],
        path=line["path"],
        place=line["place"],
        at=line["at"],
        precision_s=line["precision_s"],
        tool=f"kaval lab ({line['facts'].get('from') or line['kind']})",
        strength=row["strength"].get(how, "weak"),
        innocent=tuple(row["innocent"]),
    )


class Course:
    """What only the whole of a device's records shows: days without browsing, applications that were used and are gone.

    `lines` gives it as artefact lines for the table. Usage statistics without a list of what is installed say nothing,
    and days on which nothing else happened are no gap.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._visits: set[str] = set()
        self._active: set[str] = set()
        self._installed: set[str] = set()
        self._used: dict[str, Mapping[str, Any]] = {}

    def add_finding(self, line: Mapping[str, Any]) -> None:
        """Take one finding in: a file of a user that changed that day."""
        at = (line.get("times") or {}).get("modified")
        if at and place_of(line["path"], line["state"]) in _USERS_PLACES:
            self._active.add(at[:10])

    def add_artefact(self, line: Mapping[str, Any]) -> None:
        """Take one artefact line in."""
        kind, package = line["kind"], line["facts"].get("package")
        if kind in ("browser.visit", "browser.search"):
            if line["at"]:
                self._visits.add(line["at"][:10])
        elif line["at"] and kind in _SOMEBODY_ACTED:
            self._active.add(line["at"][:10])
        if kind == "install" and package:
            self._installed.add(package)
        elif kind == "app.used" and package and line["at"]:
            last = self._used.get(package)
            if last is None or last["at"] < line["at"]:
                self._used[package] = line

    def lines(self) -> Iterator[dict[str, Any]]:
        """Gaps in the order of time, then applications by name."""
        yield from self._gaps()
        if self._installed:
            for package, line in sorted(self._used.items()):
                if package not in self._installed:
                    yield {**line, "kind": "program.used_but_gone", "facts": {"program": package}}

    def _gaps(self) -> Iterator[dict[str, Any]]:
        visits = sorted(day for day in map(_day, self._visits) if day is not None)
        active = sorted(day for day in map(_day, self._active) if day is not None)
        for before, after in pairwise(visits):
            days = (after - before).days - 1
            if days < 1:
                continue
            used = bisect_left(active, after) - bisect_right(active, before)
            first = (before + timedelta(1)).isoformat()
            facts = {"until": (after - timedelta(1)).isoformat(), "days": days, "active_days": used}
            yield {"source": self._source, "path": "", "kind": "browser.quiet_days", "place": "", "facts": facts,
                   "at": first, "precision_s": 86_400.0 * days}  # fmt: skip


_USERS_PLACES = ("user_folder", "download_folder", "camera_folder")
_SOMEBODY_ACTED = (
    "program.run",
    "app.used",
    "file.opened",
    "file.played",
    "file.deleted",
    "download",
    "chat.message",
)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
