"""Counting the rows gives the figures of each operation, and the officers give its teams."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from datetime import date
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from kaval.simulation import FIGURES, OPERATIONS
from tests.simulation.rules import jsonl, table, xml_files

# sites, before the door, places, teams, devices, cases, seizure reports, arrests
TABLE = {
    "20.3": (600, 4, 596, 320, 392, 339, 18, 41),
    "23.1": (862, 4, 858, 280, 270, 142, 66, 12),
    "small": (14, 1, 13, 6, 9, 6, 2, 2),
    "linking": (14, 1, 13, 6, 9, 6, 2, 2),
}
ALLOWED = [
    ip_network(n)
    for n in (
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15", "2001:db8::/32", "3fff::/20",
        "100.64.0.0/10",
    )
]  # fmt: skip
DOTTED = re.compile(rb"(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(?![\d.])")
COLONS = re.compile(
    rb"(?<![0-9a-fA-F:])((?:[0-9a-fA-F]{1,4}:){2,7}:?(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4})*)?)"
)


def test_counting_the_day_gives_the_table(world: Path) -> None:
    operation = json.loads((world / "manifest.json").read_text())["operation"]
    planned = {
        (r["isp_id"], r["customer_ref"]): r
        for r in jsonl(world / "truth/attributable.jsonl")
        if r["attributable"]
    }
    sites = [r for r in jsonl(world / "world/day.jsonl") if (r["isp_id"], r["customer_ref"]) in planned]
    reached = [r for r in sites if r["before_day"] is None]
    outcomes = Counter(r["outcome"] for r in reached)
    sites_by_truth = Counter(r["before_day"] for r in planned.values())
    assert sites_by_truth[None] == len(reached)
    teams, leave = _teams(world)
    assert leave > 0
    counted = (
        len(sites),
        len(sites) - len(reached),
        len(reached),
        sum(teams.values()),
        sum(len(r["devices"]) for r in reached),
        outcomes["crime_registered"],
        outcomes["seizure_report"],
        sum(len(r["arrests"]) for r in reached),
    )
    assert counted == TABLE[operation]
    assert not any(r["devices"] or r["arrests"] for r in sites if r["before_day"])


def test_nothing_is_seized_without_a_case_or_a_seizure_report(world: Path) -> None:
    seals: set[str] = set()
    for row in jsonl(world / "world/day.jsonl"):
        seized = row["outcome"] in ("crime_registered", "seizure_report")
        assert bool(row["devices"]) == seized
        assert not row["arrests"] or row["outcome"] == "crime_registered"
        assert bool(row["reason"]) != seized
        for device in row["devices"]:
            assert device["seal"] not in seals
            seals.add(device["seal"])
            if device["imei"]:
                assert device["kind"] == "phone"
                assert _luhn(device["imei"])


def _luhn(number: str) -> bool:
    digits = [int(d) for d in reversed(number)]
    doubled = [d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits)]
    return len(number) == 15 and sum(doubled) % 10 == 0


def _teams(world: Path) -> tuple[dict[str, int], int]:
    """Most teams each district can form (four different officers each), and how many are on leave."""
    day = date.fromisoformat(
        json.loads((world / "station/order.json").read_text())["calendar"]["first_entry_at"][:10]
    )
    free: dict[str, list[dict[str, str]]] = defaultdict(list)
    away = 0
    for row in table(world / "station/officers.csv"):
        if row["role"]:
            continue
        if row["leave_from"] and date.fromisoformat(row["leave_from"]) <= day <= date.fromisoformat(
            row["leave_to"]
        ):
            away += 1
        else:
            free[row["district_id"]].append(row)
    return {district: _most_teams(rows) for district, rows in free.items()}, away


def _fits(row: dict[str, str], part: str) -> bool:
    skills = row["skills"].split(";")
    if part == "leader":
        return row["rank"] in ("SI", "INSPECTOR", "DYSP", "SP")
    return row["gender"] == "F" if part == "woman" else part in skills


def _most_teams(rows: list[dict[str, str]]) -> int:
    """Largest n for which n copies of the four parts can be matched to different officers."""
    n = 0
    while _matched(rows, n + 1) == 4 * (n + 1):
        n += 1
    return n


def _matched(rows: list[dict[str, str]], teams: int) -> int:
    places = [part for part in ("leader", "cyber", "technical", "woman") for _ in range(teams)]
    holder: dict[int, int] = {}

    def seat(officer: int, tried: set[int]) -> bool:
        for index, part in enumerate(places):
            if index in tried or not _fits(rows[officer], part):
                continue
            tried.add(index)
            if index not in holder or seat(holder[index], tried):
                holder[index] = officer
                return True
        return False

    return sum(seat(officer, set()) for officer in range(len(rows)))


def test_each_district_has_a_site_for_every_team(world: Path) -> None:
    teams, _ = _teams(world)
    stations = {
        f["properties"]["id"]: f["properties"]
        for f in _features(world)
        if f["properties"]["kind"] == "station"
    }
    ground = {(r["isp_id"], r["customer_ref"]): r for r in table(world / "verification/ground.csv")}
    sites: Counter[str] = Counter()
    for row in jsonl(world / "truth/attributable.jsonl"):
        if row["attributable"] and row["before_day"] is None:
            sites[stations[ground[row["isp_id"], row["customer_ref"]]["station_id"]]["district_id"]] += 1
    mean = sum(sites.values()) / sum(teams.values())
    for district, count in teams.items():
        assert count <= sites[district] <= count * (mean + 1.5)


def _features(world: Path) -> list[dict[str, dict[str, str]]]:
    found: list[dict[str, dict[str, str]]] = json.loads((world / "station/stations.geojson").read_text())[
        "features"
    ]
    return found


def test_no_address_outside_the_allowed_ranges(small: Path) -> None:
    texts = [
        p.read_bytes()
        for p in small.rglob("*")
        if p.is_file() and p.suffix in (".csv", ".json", ".jsonl", ".xml")
    ]
    texts += [content for _, content in xml_files(small)]
    seen = 0
    for text in texts:
        for found in DOTTED.findall(text) + COLONS.findall(text):
            try:
                address = ip_address(found.decode())
            except ValueError:
                continue
            seen += 1
            assert any(address in network for network in ALLOWED), found
    assert seen > 200


def test_volumes_and_noise(small: Path) -> None:
    reports = Counter(r["source_system"] for r in jsonl(small / "truth/reports.jsonl"))
    figures = FIGURES["small"]
    assert reports["ncmec"] == figures.cybertips
    assert sum(n for system, n in reports.items() if system.startswith("WATCH")) == figures.p2p_rows
    assert (reports["register"], reports["tip"]) == (figures.register_rows, figures.tips)
    names = Counter(name for name, _ in xml_files(small) if ".file-" not in name)
    assert len(names) == figures.cybertips
    assert max(names.values()) == 2
    assert (small / "inbox/cybertip/unknown.bin").is_file()
    zones = {
        text[-6:]
        for name, xml in xml_files(small)
        for text in re.findall(r"<dateTime>([^<]+)<", xml.decode())
    }
    assert {"+05:30", "-08:00"} <= zones


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_figures_are_possible(operation: str) -> None:
    figures = FIGURES[operation]
    assert figures.places == figures.sites - figures.withdrawn - figures.deferred
    assert figures.arrests <= figures.cases
    assert figures.cases + figures.seizure_reports <= min(figures.devices, figures.places)
    assert figures.teams <= figures.places
