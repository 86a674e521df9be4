"""`kaval score` over a fault world: our attribution beside a naive one over the same files, against the truth.

The naive resolver does what hurried hands do, and shares no rule with the engine: it takes the time as it stands (the
request's where there is one), the nearest lease of the address, ports only where both sides have them, and the first
address given for the customer. It is the measure of what is prevented.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import typer

from kaval.engine import formats
from kaval.engine.formats._spec import LeaseRow, ReceivedFile, SubscriberRow

Customer = tuple[str, str]
SOUND = "(sound)"
_IST = timezone(timedelta(hours=5, minutes=30))
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Door:
    """A home somebody would enter: the customer, and the words of its address."""

    customer: Customer
    address: str


@dataclass(slots=True)
class Kind:
    """What became of the observations of one kind of fault."""

    observations: int = 0
    attributable: int = 0
    wrong: int = 0
    naive_wrong: int = 0
    naive_doors: int = 0
    passed: int = 0
    passed_attributable: int = 0
    blocked_faulty: int = 0
    right_cause: int = 0
    only_causes: int = 0
    other_causes: dict[str, int] = field(default_factory=dict)


def is_fault_world(folder: Path) -> bool:
    """True when the folder's truth tells of faults."""
    return (folder / "truth" / "faults.jsonl").is_file()


def print_score(folder: Path, *, as_json: bool) -> None:
    """Prints the score of a fault world; ends with 1 when there is a wrong door."""
    found = score_faults(folder)
    typer.echo(json.dumps(found, ensure_ascii=False, sort_keys=True) if as_json else as_text(found))
    if found["wrong_doors"]:
        raise typer.Exit(1)


def score_faults(folder: Path, *, workers: int | None = None) -> dict[str, Any]:
    """Figures by kind and in all; `examples` lists observations whose outcome is not what truth asks for."""
    from kaval.cli.attributing.running import run_folder

    ours = run_folder(
        folder / "observations",
        folder / "answers",
        folder / "profiles",
        workers=workers or os.cpu_count() or 1,
    )
    return compare(folder, ours)


def compare(folder: Path, ours: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The score of given results; each is a mapping of `observation`, `level`, `subscriber`, `place`, `blocked_by`."""
    found = {row["observation"]: row for row in ours}
    naive = dict(naive_doors(folder))
    homes = {row["household_id"]: row for row in _lines(folder / "truth" / "households.jsonl")}
    kinds: dict[str, Kind] = defaultdict(Kind)
    examples: list[dict[str, Any]] = []
    innocent: set[str] = set()
    for truth in _lines(folder / "truth" / "faults.jsonl"):
        kind, home = kinds[truth["fault"] or SOUND], homes[truth["household_id"]]
        result = found.get(
            truth["observation"], {"level": 0, "blocked_by": [], "subscriber": None, "place": None}
        )
        trouble = _judge(kind, truth, result=result, home=home)
        door = naive.get(truth["observation"])
        kind.naive_doors += door is not None
        if door is not None and not _right(truth, home, door=door):
            kind.naive_wrong += 1
            innocent.add(door.address)
        if trouble:
            examples.append({"trouble": trouble, **truth, "result": result})
    return {**_totals(kinds, len(innocent)), "kinds": _table(kinds), "examples": examples}


def _judge(
    kind: Kind, truth: Mapping[str, Any], *, result: Mapping[str, Any], home: Mapping[str, Any]
) -> str:
    """Counts one observation; returns what is wrong with its outcome, or nothing."""
    kind.observations += 1
    kind.attributable += truth["attributable"]
    if result["level"] >= 2:
        kind.passed += 1
        kind.passed_attributable += truth["attributable"]
        isp_id, _, reference = (result["subscriber"] or "/").partition("/")
        if not _right(truth, home, door=Door((isp_id, reference), result["place"] or "")):
            kind.wrong += 1
            return "wrong door"
        return "" if truth["attributable"] else "let through"
    if truth["attributable"]:
        return "refused"
    kind.blocked_faulty += 1
    named, allowed = set(result["blocked_by"]), set(truth["cause"])
    kind.right_cause += bool(named & allowed)
    kind.only_causes += bool(named) and named <= allowed
    for check in sorted(named - allowed):
        kind.other_causes[check] = kind.other_causes.get(check, 0) + 1
    return "" if named & allowed else "other cause"


def _right(truth: Mapping[str, Any], home: Mapping[str, Any], *, door: Door) -> bool:
    """True when the door is that of the home in which the person seen lives, by its line and by its address."""
    if truth["customer_ref"] is None or (truth["isp_id"], truth["customer_ref"]) != door.customer:
        return False
    words = set(re.findall(r"\w+", door.address.casefold()))
    return {str(home[part]).casefold() for part in ("house_name", "door_number", "pincode")} <= words


def _totals(kinds: Mapping[str, Kind], innocent: int) -> dict[str, Any]:
    def total(name: str) -> int:
        return sum(getattr(kind, name) for kind in kinds.values())

    faulty, attributable = total("observations") - total("attributable"), total("attributable")
    let_through = total("passed") - total("passed_attributable")
    return {
        "observations": total("observations"),
        "wrong_doors": total("wrong"),
        "naive_doors": total("naive_doors"),
        "naive_wrong_doors": total("naive_wrong"),
        "naive_homes_entered_wrongly": innocent,
        "attributable": attributable,
        "attributable_passed": total("passed_attributable"),
        "attributable_share": _share(total("passed_attributable"), attributable),
        "faulty": faulty,
        "faulty_let_through": let_through,
        "blocked_right_cause": total("right_cause"),
        "right_cause_share": _share(total("right_cause"), total("blocked_faulty")),
        "only_causes_share": _share(total("only_causes"), total("blocked_faulty")),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 6) if whole else 1.0


def _table(kinds: Mapping[str, Kind]) -> dict[str, dict[str, Any]]:
    names = ("observations", "attributable", "wrong", "naive_wrong", "passed", "blocked_faulty", "right_cause",
             "only_causes", "other_causes")  # fmt: skip
    return {name: {one: getattr(kinds[name], one) for one in names} for name in sorted(kinds)}


def as_text(found: Mapping[str, Any]) -> str:
    """The score as a person reads it: a row for each kind, then the totals."""
    width = max(len(name) for name in found["kinds"])
    head = f"{'kind':<{width}}   seen  passed  blocked  cause  wrong: ours  naive   also named"
    rows = [head]
    for name, one in found["kinds"].items():
        also = " ".join(f"{check}:{count}" for check, count in sorted(one["other_causes"].items()))
        blocked = f"{one['blocked_faulty']:>8} {one['right_cause']:>6}"
        doors = f"{one['wrong']:>12} {one['naive_wrong']:>6}"
        rows.append(
            f"{name:<{width}} {one['observations']:>6} {one['passed']:>7} {blocked} {doors}   {also}".rstrip()
        )
    totals = {name: value for name, value in found.items() if name not in ("kinds", "examples")}
    wide = max(len(name) for name in totals)
    rows += ["", *(f"{name.replace('_', ' '):<{wide}}  {value}" for name, value in totals.items())]
    return "\n".join(rows)


# ---------------------------------------------------------------- the naive resolver


@dataclass(frozen=True, slots=True)
class _Question:
    isp_id: str
    ip: str
    port: int | None
    at: datetime


def naive_doors(folder: Path) -> Iterator[tuple[str, Door]]:
    """The door the naive resolver would open for each observation; observations without one are left out."""
    leases, addresses = _naive_answers(folder / "answers")
    asked = {row["observation_id"]: row for row in reversed(_table_of(folder / "profiles" / "requests.csv"))}
    for path in sorted((folder / "observations").glob("*.csv")):
        for row in _table_of(path):
            question = _question(row, asked.get(row["observation_id"]))
            if question is None:
                continue
            customer = _nearest(question, leases.get(question.isp_id, {}))
            if customer is not None and customer in addresses:
                yield row["observation_id"], Door(customer, addresses[customer])


def _question(seen: Mapping[str, str], asked: Mapping[str, str] | None) -> _Question | None:
    """What was asked, printed digits as Indian time; an observation nobody asked about leads nowhere."""
    if asked is None:
        return None
    numbers = [int(text) for text in _DIGITS.findall(asked["ist_text"] or seen["time_raw"])[:6]]
    try:
        at = datetime(*(numbers + [0] * 6)[:6], tzinfo=_IST).astimezone(UTC)  # type: ignore[arg-type, misc]
        ip = str(ip_address(asked["ip"]))
    except ValueError:
        return None
    return _Question(asked["isp_id"], ip, int(asked["port"]) if asked["port"] else None, at)


_Held = tuple[datetime, datetime, LeaseRow]


def _naive_answers(folder: Path) -> tuple[dict[str, dict[str, list[_Held]]], dict[Customer, str]]:
    """Lease rows by provider and key (address, network, lower half), and the first address given for each customer."""
    leases: dict[str, dict[str, list[_Held]]] = defaultdict(lambda: defaultdict(list))
    addresses: dict[Customer, str] = {}
    for path in sorted(folder.glob("*/*.csv")):
        isp_id = path.parent.name
        for row in formats.read_one(ReceivedFile(path.name, path.read_bytes()), "provider").records:
            if isinstance(row, LeaseRow) and row.start.utc is not None:
                end = row.end.utc if row.end is not None and row.end.utc is not None else row.start.utc
                for key in _keys_of_row(row.address):
                    leases[isp_id][key].append((row.start.utc, end, row))
            elif isinstance(row, SubscriberRow):
                parts = (row.house_name, row.ward, row.door_number, row.locality, row.pincode)
                addresses.setdefault((isp_id, row.customer_ref), " ".join(parts))
    return leases, addresses


def _keys_of_row(address: str) -> list[str]:
    if "/" in address:
        return [str(ip_network(address, strict=False))]
    return [address, *_lower_half(address)]


def _lower_half(address: str) -> list[str]:
    """Hands that compare the tail of a long address take it for the whole."""
    return [f"tail {int(ip_address(address)) & ((1 << 64) - 1):x}"] if ":" in address else []


def _keys_of_question(ip: str) -> list[str]:
    if ":" not in ip:
        return [ip]
    networks = [str(ip_network(f"{ip}/{length}", strict=False)) for length in range(64, 31, -1)]
    return [ip, *networks, *_lower_half(ip)]


def _nearest(question: _Question, leases: Mapping[str, list[_Held]]) -> Customer | None:
    """The customer of the lease nearest in time, among those of the address and, where both state one, the port."""
    best: tuple[timedelta, Customer] | None = None
    for key in _keys_of_question(question.ip):
        for start, end, row in leases.get(key, ()):
            if question.port is not None and row.port_low is not None and not _holds(row, question.port):
                continue
            away = max(start - question.at, question.at - end, timedelta(0))
            if best is None or away < best[0]:
                best = away, (question.isp_id, row.customer_ref)
        if best is not None:
            return best[1]
    return None


def _holds(row: LeaseRow, port: int) -> bool:
    low = row.port_low or 0
    return low <= port <= (row.port_high if row.port_high is not None else low)


def _table_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
