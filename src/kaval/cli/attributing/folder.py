"""The knowledge folder D: what the unit knows beside observations and answers; a missing table states nothing."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from kaval.cli.attributing.rows import Indexed, Row, rows_of
from kaval.cli.attributing.seals import Seals, sha256_of
from kaval.cli.attributing.times import TimeProfiles
from kaval.cli.profiles import OnDisk, profile_at
from kaval.engine import formats
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats.network._record import RangeRecord, RouteRecord
from kaval.engine.formats.profile import Profile
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.kernel.instant import IST
from kaval.engine.kernel.interval import Interval
from kaval.engine.rules.attribution.allocation import AllocationTable
from kaval.engine.rules.attribution.facts import IspFacts, Limits, Quirk
from kaval.engine.rules.attribution.intelligence import DatedLists, Listed, Route

KEYED: Mapping[str, tuple[str, ...]] = {
    "requests": ("observation_id",),
    "second_readings": ("observation_id",),
    "ground": ("isp_id", "customer_ref"),
    "corroborations": ("subject",),
    "deconfliction": ("subject",),
    "explanations": ("observation_id",),
    "overrides": ("subject",),
    "searched": ("observation_id",),
    "subjects": ("subject",),
}
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "requests": ("reference", "isp_id", "ip", "utc", "from_at", "to_at", "asked_at"),
    "second_readings": ("isp_id", "customer_ref", "read_by"),
    "corroborations": ("kind", "text", "by", "at"),
    "deconfliction": ("checked_at", "by", "conflict"),
    "explanations": ("by", "text"),
    "overrides": ("check", "by", "rank", "at", "reason"),
}
_TABLES = (
    *KEYED, "isps", "quirks", "allocation", "routing", "time_profiles", "answers", "templates",
)  # fmt: skip
_FAR = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """Of case.json: when the attribution is made, when a search would start, who made it, and the unit's limits."""

    as_of: datetime
    entry_at: datetime
    analyst_id: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything of D. `tables` are those found by key; `profiles_intact` is the seal of D's own files together."""

    case: Case
    isps: Mapping[str, IspFacts]
    allocation: AllocationTable
    intelligence: DatedLists | None
    times: TimeProfiles
    seals: Seals
    profiles: tuple[Profile, ...]
    answers: list[Row]
    templates: Mapping[str, frozenset[str]] | None
    tables: Mapping[str, Indexed]
    profiles_intact: bool | None


def knowledge(folder: Path, say: Callable[[str, int, int], None]) -> Knowledge:
    """What the folder holds.

    Raises:
        ReaderError: no such folder, no case.json, or a cell that cannot be meant; it names file, row and column.
    """
    if not folder.is_dir():
        raise ReaderError("no such folder", file=str(folder), mend="Name the folder that holds case.json")
    seals = Seals(folder / "seals.csv")
    tables = {}
    for number, (name, key) in enumerate(KEYED.items(), start=1):
        tables[name] = Indexed(folder / f"{name}.csv", key, needed=_NEEDED.get(name, ()))
        say("index D", number, len(KEYED))
    profiles = tuple(profile_at(path) for path in sorted((folder / "profiles").glob("*.json")))
    return Knowledge(
        case=_case(folder / "case.json"),
        isps=_isps(folder),
        allocation=_allocation(folder / "allocation.csv"),
        intelligence=_intelligence(folder),
        times=TimeProfiles(rows_of(folder / "time_profiles.csv", ("name", "order", "zone"))),
        seals=seals,
        profiles=profiles,
        answers=rows_of(folder / "answers.csv", ("file",)),
        templates=_templates(folder / "templates.csv"),
        tables=tables,
        profiles_intact=_intact(folder, seals),
    )


def _own_files(folder: Path) -> Iterator[Path]:
    """The files of D that something is read from."""
    yield folder / "case.json"
    for name in sorted(_TABLES):
        if (folder / f"{name}.csv").is_file():
            yield folder / f"{name}.csv"
    for inner, kind in (("lists", "*"), ("profiles", "*.json")):
        yield from sorted(path for path in (folder / inner).glob(kind) if path.is_file())


def _intact(folder: Path, seals: Seals) -> bool | None:
    """False when a file of D has another digest than it was sealed with, None when one was never sealed."""
    found = {seals.of(sha256_of(path), *path.relative_to(folder).parts) for path in _own_files(folder)}
    return False if False in found else None if None in found else True


def _case(path: Path) -> Case:
    try:
        told = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ReaderError("no such file", file=str(path), mend='Write {"as_of": …, "entry_at": …}') from None
    except (ValueError, RecursionError) as problem:
        raise ReaderError(f"not JSON ({problem})", file=str(path)) from problem
    if not isinstance(told, dict) or not isinstance(told.get("limits", {}), dict):
        raise ReaderError("no object of the case", file=str(path), mend="See docs/attribution.md")
    return Case(
        _instant(path, told, "as_of"),
        _instant(path, told, "entry_at"),
        str(told.get("analyst_id", "")),
        _limits(path, told.get("limits", {})),
    )


def _instant(path: Path, told: Mapping[str, Any], name: str) -> datetime:
    try:
        at = datetime.fromisoformat(str(told.get(name, "")))
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ReaderError(
        f"{name} is no time with its offset", file=str(path), mend="Write it like 2026-03-01T07:00:00+05:30"
    )


def _limits(path: Path, told: Mapping[str, Any]) -> Limits:
    known = {field.name: field.type for field in fields(Limits)}
    for name, value in told.items():
        whole = name in known and known[name] == "int"
        right = isinstance(value, int) if whole else isinstance(value, int | float)
        if name not in known or isinstance(value, bool) or not right or value < 0:
            raise ReaderError(
                f"limits: {name}: {value!r} is no limit", file=str(path), mend=f"Known: {', '.join(known)}"
            )
    return Limits(**told)


def _isps(folder: Path) -> dict[str, IspFacts]:
    quirks: dict[str, list[Quirk]] = defaultdict(list)
    for row in rows_of(folder / "quirks.csv", ("isp_id", "code", "text")):
        quirks[row.needed("isp_id")].append(Quirk(row["code"], row["text"], _validity(row), row["source"]))
    return {
        row.needed("isp_id"): IspFacts(
            isp_id=row["isp_id"],
            name=row["name"],
            kind=row["kind"],
            shares_addresses=row.flag("cgnat"),
            retention_days=row.whole("retention_days", most=36500),
            as_numbers=frozenset(_as_number(row, part) for part in row.several("as_numbers")),
            nat64=row.several("nat64"),
            quirks=tuple(quirks.get(row["isp_id"], ())),
        )
        for row in rows_of(folder / "isps.csv", ("isp_id",))
    }


def _as_number(row: Row, text: str) -> int:
    digits = text[2:] if text[:2].casefold() == "as" else text
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
        raise row.wrong("as_numbers", "numbers of networks parted by ;")
    return int(digits)


def _validity(row: Row) -> Interval:
    first, last = row.day("valid_from"), row.day("valid_to")
    if first and last and last < first:
        raise row.wrong("valid_to", "a day from valid_from on")
    start = datetime.combine(first, time.min, IST).astimezone(UTC) if first else _FAR
    return Interval(start, datetime.combine(last, time.max, IST).astimezone(UTC) if last else None)


def _allocation(path: Path) -> AllocationTable:
    names = ("cidr", "isp_id", "kind", "routable", "valid_from", "valid_to", "source")
    rows = rows_of(path, names[:4])
    try:
        return AllocationTable.from_rows({name: row[name] for name in names} for row in rows)
    except ValueError as problem:
        raise ReaderError(str(problem), file=str(path), mend="Correct the row of this range") from problem


def _intelligence(folder: Path) -> DatedLists | None:
    """The lists and routes, read by the readers of such files; None when D has neither."""
    paths = sorted(path for path in (folder / "lists").glob("*") if path.is_file())
    routing = folder / "routing.csv"
    if routing.is_file():
        paths.append(routing)
    if not paths:
        return None
    listed: list[Listed] = []
    routes: list[Route] = []
    for path in paths:
        reading = formats.read_one(ReceivedFile(str(path), OnDisk(path)), "network")
        for trouble in reading.warnings:
            raise ReaderError(
                trouble.text, file=str(path), place=trouble.place, mend=trouble.mend or "Correct the row"
            )
        for record in reading.records:
            if isinstance(record, RouteRecord):
                start = _dated(record.valid_from, path, record.locator)
                routes += [Route(record.prefix, one, start, record.valid_until) for one in record.as_numbers]
            else:
                listed.append(_listed(record, path))
    try:
        return DatedLists(listed, routes)
    except ValueError as problem:
        raise ReaderError(
            str(problem), file=str(folder / "lists"), mend="Correct the kind or range"
        ) from problem


def _listed(record: RangeRecord, path: Path) -> Listed:
    if not record.kind:
        raise ReaderError(
            "no kind of list", file=str(path), place=record.locator, mend="Add the columns kind, name, dated"
        )
    dated = _dated(record.dated, path, record.locator)
    return Listed(record.kind, record.name or path.stem, dated, record.cidr, record.valid_until)


def _dated(day: date | None, path: Path, place: str) -> date:
    if day is None:
        raise ReaderError("no day of the list", file=str(path), place=place, mend="Add a column with the day")
    return day


def _templates(path: Path) -> Mapping[str, frozenset[str]] | None:
    if not path.is_file():
        return None
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows_of(path, ("isp_id", "fingerprint", "accepted_by")):
        if row["accepted_by"]:
            found[row.needed("isp_id")].add(row.needed("fingerprint"))
    return {isp: frozenset(fingerprints) for isp, fingerprints in found.items()}
