"""The small twisted world misleads in every way that issue 4 names, and its truth tells of each."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from kaval.simulation import FIGURES, write_world
from tests.simulation.rules import IST, jsonl, table, xml_files
from tests.simulation.test_figures import ALLOWED

Key = tuple[str, str]
FLOORS = {
    "shared_address": 10, "shared_minute": 15, "recycled_number": 12, "shared_device": 4, "family": 4,
    "shared_kiosk": 2, "placeholder_device": 1, "cloned_client": 3, "viral_file": 8, "twins_in_name": 6,
    "other_letters": 24, "device_tie": 6, "released_handle": 6, "unlinkable": 2, "false_alarm": 10, "risk": 16,
}  # fmt: skip
STRONG = ("account", "handle", "email", "phone", "device", "client")


@dataclass
class Said:
    """What one report or row says of its person; `ties` holds kind and value of each identifier."""

    person: str
    ties: set[tuple[str, str]] = field(default_factory=set)
    name: str = ""
    born: str = ""
    pincode: str = ""
    urgent: bool = False
    kind: str = ""
    seen: list[tuple[datetime, datetime, str]] = field(default_factory=list)
    digests: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)


@dataclass
class World:
    """The files of the world as the tests read them, by report."""

    path: Path
    said: dict[Key, Said]
    twists: dict[str, list[dict[str, Any]]]
    people: dict[str, dict[str, Any]]

    def of(self, twist: dict[str, Any]) -> list[Said]:
        return [self.said[system, number] for system, number in twist["reports"]]

    def of_person(self, person: str) -> list[Said]:
        return [said for said in self.said.values() if said.person == person]


@pytest.fixture(scope="session")
def twisted(linking: Path) -> World:
    owner = {
        (r["source_system"], r["source_id"]): r["person_id"] for r in jsonl(linking / "truth/reports.jsonl")
    }
    said = {key: Said(person) for key, person in owner.items()}
    for name, content in xml_files(linking):
        number = name.removeprefix("CT-").split(".")[0]
        read = _file if ".file-" in name else _tip
        read(etree.fromstring(content), said["ncmec", number])
    for path in sorted((linking / "inbox/p2p").glob("*.csv")):
        for row in table(path):
            first, last = (datetime.fromisoformat(row[k]) for k in ("observed_first", "observed_last"))
            entry = said[row["source_system"], row["source_record_id"]]
            entry.ties.add(("client", row["client_guid_or_user_hash"]))
            entry.seen.append((first, last, row["ip"]))
    twists: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in jsonl(linking / "truth/twists.jsonl"):
        twists[row["kind"]].append(row)
    people = {r["person_id"]: r for r in jsonl(linking / "truth/people.jsonl")}
    return World(linking, said, twists, people)


def _tip(root: Any, said: Said) -> None:
    reported, person = root.find("personOrUserReported"), root.find("*/personOrUserReportedPerson")
    platform = reported.findtext("espService")
    for kind, tag in (("account", "espIdentifier"), ("handle", "screenName")):
        if reported.findtext(tag):
            said.ties.add((kind, f"{platform}:{reported.findtext(tag)}"))
    for node in reported.findall("deviceId"):
        kind = "client" if node.findtext("idType") == "P2P client GUID" else "device"
        said.ties.add((kind, node.findtext("idValue")))
    if person is not None:
        said.ties |= {("email", n.text.lower()) for n in person.findall("email")}
        said.ties |= {("phone", _digits(n.text)) for n in person.findall("phone")}
        said.name = " ".join(filter(None, (person.findtext("firstName"), person.findtext("lastName"))))
        said.born = person.findtext("dateOfBirth") or ""
        said.pincode = person.findtext("address/zipCode") or ""
    said.urgent = root.findtext("incidentSummary/escalateToHighPriority") is not None
    said.kind = root.findtext("incidentSummary/incidentType")
    for event in reported.findall("ipCaptureEvent"):
        at = datetime.fromisoformat(event.findtext("dateTime"))
        at = at if at.tzinfo else at.replace(tzinfo=IST)
        said.seen.append((at, at, event.findtext("ipAddress")))


def _digits(text: str) -> str:
    """The last ten characters of a number without what stands between them."""
    return text.replace(" ", "").replace("-", "")[-10:]


def _file(root: Any, said: Said) -> None:
    said.digests |= {node.text for node in root.findall("originalFileHash") if node.get("hashType") == "MD5"}
    said.tags |= (
        {node.tag for node in root.find("fileAnnotations")}
        if root.find("fileAnnotations") is not None
        else set()
    )


def test_every_twist_is_there_and_its_people_and_reports_exist(twisted: World) -> None:
    counts = {kind: len(rows) for kind, rows in twisted.twists.items()}
    assert set(counts) == set(FLOORS)
    assert {kind: n for kind, n in counts.items() if n < FLOORS[kind]} == {}
    for rows in twisted.twists.values():
        for row in rows:
            assert set(row) == {"kind", "person_ids", "reports", "note"}
            assert row["note"]
            assert row["reports"]
            named = {twisted.said[system, number].person for system, number in row["reports"]}
            assert named <= set(row["person_ids"]) <= set(twisted.people)


def test_volumes(twisted: World) -> None:
    figures = FIGURES["linking"]
    systems = Counter(system for system, _ in twisted.said)
    assert systems["ncmec"] == figures.cybertips
    assert sum(n for system, n in systems.items() if system.startswith("WATCH")) == figures.p2p_rows
    assert len(twisted.said) == 3000


def test_the_same_seed_gives_the_same_bytes_and_another_another_world(twisted: World, tmp_path: Path) -> None:
    again = write_world(operation="linking", seed=7, out=tmp_path / "again", missing_tools="skip").path
    assert (again / "manifest.json").read_bytes() == (twisted.path / "manifest.json").read_bytes()
    other = write_world(operation="linking", seed=8, out=tmp_path / "other", missing_tools="skip").path
    assert (other / "truth/twists.jsonl").read_bytes() != (twisted.path / "truth/twists.jsonl").read_bytes()
    assert set(FLOORS) == {row["kind"] for row in jsonl(other / "truth/twists.jsonl")}


def test_no_address_outside_the_allowed_ranges(twisted: World) -> None:
    seen = {ip for said in twisted.said.values() for _, _, ip in said.seen}
    assert len(seen) > 100
    assert all(any(ip_address(ip) in network for network in ALLOWED) for ip in seen)


def test_strangers_share_addresses_and_the_minute(twisted: World) -> None:
    assert max(len(row["person_ids"]) for row in twisted.twists["shared_address"]) >= 15
    for row in twisted.twists["shared_minute"]:
        address, minute = row["note"].split()
        begin = datetime.fromisoformat(minute)
        people = {
            said.person
            for said in twisted.of(row)
            for at, _, ip in said.seen
            if ip == address and timedelta() <= at - begin < timedelta(minutes=1)
        }
        assert people == set(row["person_ids"])
        assert len(people) > 1


def test_a_number_is_given_out_again_after_120_days_to_somebody_with_other_accounts(twisted: World) -> None:
    nameless = 0
    for row in twisted.twists["recycled_number"]:
        first, second = (twisted.of_person(p) for p in row["person_ids"])
        last = max(at for said in first for _, at, _ in said.seen)
        next_ = min((at for said in second for at, _, _ in said.seen), default=last + timedelta(days=200))
        assert next_ - last >= timedelta(days=120)
        common = _ties(first) & _ties(second)
        assert [kind for kind, _ in common] == ["phone"]
        assert not {s.name for s in first if s.name} & {s.name for s in second if s.name}
        with_number = [s for s in second if common & s.ties]
        assert with_number
        nameless += any(not s.name for s in with_number)
    assert 0 < nameless < len(twisted.twists["recycled_number"]) / 2


def _ties(reports: list[Said]) -> set[tuple[str, str]]:
    return set().union(*(said.ties for said in reports))


def test_two_of_one_household_share_the_device_and_nothing_else(twisted: World) -> None:
    for row in twisted.twists["shared_device"]:
        first, second = row["person_ids"]
        assert twisted.people[first]["household_id"] == twisted.people[second]["household_id"]
        common = _ties(twisted.of_person(first)) & _ties(twisted.of_person(second))
        assert [kind for kind, _ in common] == ["device"]
    for row in twisted.twists["family"]:
        first, second = (twisted.of_person(p) for p in row["person_ids"])
        assert not _ties(first) & _ties(second)
        houses = [{s.name.split()[-1] for s in group if s.name} for group in (first, second)]
        assert all(houses)


def test_strangers_share_a_kiosk_and_the_noughts(twisted: World) -> None:
    for kind in ("shared_kiosk", "placeholder_device"):
        for row in twisted.twists[kind]:
            assert len(row["person_ids"]) >= 5
            homes = {twisted.people[p]["household_id"] for p in row["person_ids"]}
            assert len(homes) == len(row["person_ids"])
            shared = set.intersection(*(_ties(twisted.of_person(p)) for p in row["person_ids"]))
            assert [k for k, _ in shared] == ["device"]


def test_a_cloned_client_is_online_twice_at_two_providers(twisted: World) -> None:
    rows = twisted.twists["cloned_client"]
    few = many = 0
    isp_of = [(network, r["isp_id"]) for network, r in _allocation(twisted.path)]
    for row in rows:
        original, *copies = row["person_ids"]
        base = [s for said in twisted.of_person(original) for s in said.seen]
        many += len(copies) > 2
        for copy in copies:
            seen = [s for said in twisted.of_person(copy) for s in said.seen]
            few += len(seen) == 2
            both = [(a, b) for a in base for b in seen if a[0] <= b[1] and b[0] <= a[1]]
            assert both
            for a, b in both:
                holders = [{isp for net, isp in isp_of if ip_address(ip) in net} for ip in (a[2], b[2])]
                assert not holders[0] & holders[1]
            assert {k for k, _ in _ties(twisted.of_person(original)) & _ties(twisted.of_person(copy))} == {
                "client"
            }
    assert few
    assert many


def _allocation(path: Path) -> list[tuple[Any, dict[str, str]]]:
    return [(ip_network(r["cidr"]), r) for r in table(path / "station/allocation.csv")]


def test_viral_files_are_named_about_many_and_not_always_marked(twisted: World) -> None:
    marked = 0
    for row in twisted.twists["viral_file"]:
        digest = row["note"].split(":")[0]
        assert len(row["person_ids"]) >= 12
        assert all(digest in said.digests for said in twisted.of(row))
        marked += "nobody" not in row["note"]
    assert 0 < marked < len(twisted.twists["viral_file"])


def test_twins_in_name_are_strangers(twisted: World) -> None:
    places = years = 0
    for row in twisted.twists["twins_in_name"]:
        groups = [twisted.of_person(p) for p in row["person_ids"]]
        assert len(groups) >= 3
        assert not any(_ties(a) & _ties(b) for a, b in combinations(groups, 2))
        births = [{s.born for s in group if s.born} for group in groups]
        assert not any(a & b for a, b in combinations(births, 2))
        names = Counter(name for group in groups for name in {s.name for s in group if s.name})
        assert names.most_common(1)[0][1] == len(groups)
        places += row["note"] == "two of them in one place"
        years += row["note"] == "two of them of one year"
    assert places
    assert years


def test_other_letters_leave_name_and_birth_as_the_only_common_ground(twisted: World) -> None:
    styles, pincodes = Counter[str](), 0
    for row in twisted.twists["other_letters"]:
        apart = twisted.of(row)
        rest = [s for s in twisted.of_person(row["person_ids"][0]) if s not in apart]
        assert rest
        assert not _ties(apart) & _ties(rest)
        assert {s.born for s in apart if s.born} == {s.born for s in rest if s.born}
        assert any(s.name and s.born for s in apart)
        assert any(s.name and s.born for s in rest)
        places = {s.pincode for s in apart if s.pincode}
        assert len(places | {s.pincode for s in rest if s.pincode}) <= 1
        pincodes += bool(places)
        styles[row["note"].split(":")[0]] += 1
    assert len(styles) == 7
    assert pincodes >= sum(styles.values()) // 2
    assert any("\u0d00" <= letter <= "\u0d7f" for s in twisted.said.values() for letter in s.name)


def test_a_device_tie_links_two_accounts_of_one_person(twisted: World) -> None:
    for row in twisted.twists["device_tie"]:
        apart = twisted.of(row)
        rest = [s for s in twisted.of_person(row["person_ids"][0]) if s not in apart]
        assert {kind for kind, _ in _ties(apart) & _ties(rest)} == {"device"}
        assert {s.name for s in apart if s.name} & {s.name for s in rest if s.name}


def test_a_released_handle_has_two_account_numbers(twisted: World) -> None:
    for row in twisted.twists["released_handle"]:
        first, second = (twisted.of_person(p) for p in row["person_ids"])
        assert {kind for kind, _ in _ties(first) & _ties(second)} == {"handle"}
        assert all(any(kind == "account" for kind, _ in said.ties) for said in twisted.of(row))
        at = [
            [t for said in twisted.of(row) if said.person == p for t, _, _ in said.seen]
            for p in row["person_ids"]
        ]
        assert not at[0] or not at[1] or max(at[0]) < min(at[1])


def test_everybody_else_hangs_together_and_strangers_share_nothing_but_by_a_twist(twisted: World) -> None:
    """Strong identifiers join all reports of a person but for the told accounts, and no two others."""
    apart = {
        (system, number)
        for kind in ("other_letters", "device_tie", "unlinkable")
        for row in twisted.twists[kind]
        for system, number in row["reports"]
    }
    groups: dict[str, list[set[tuple[str, str]]]] = defaultdict(list)
    for key, said in twisted.said.items():
        if key not in apart and key[0] not in ("register", "tip"):
            touching = [g for g in groups[said.person] if g & said.ties]
            others = [g for g in groups[said.person] if not g & said.ties]
            groups[said.person] = [*others, said.ties.union(*touching)]
    assert [person for person, found in groups.items() if len(found) > 1] == []
    told = {
        frozenset(pair)
        for kind in (
            "recycled_number",
            "shared_device",
            "shared_kiosk",
            "placeholder_device",
            "cloned_client",
            "released_handle",
        )
        for row in twisted.twists[kind]
        for pair in combinations(row["person_ids"], 2)
    }
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for said in twisted.said.values():
        for tie in said.ties:
            if not tie[1].startswith("XXXXXX"):
                holders[tie].add(said.person)
    pairs = {frozenset(pair) for people in holders.values() for pair in combinations(sorted(people), 2)}
    assert pairs <= told


def test_accounts_that_nothing_ties_are_rare(twisted: World) -> None:
    people = Counter(said.person for said in twisted.said.values())
    lost = sum(
        len(r["reports"]) * (people[r["person_ids"][0]] - len(r["reports"]))
        for r in twisted.twists["unlinkable"]
    )
    assert 0 < lost < 0.01 * sum(n * (n - 1) // 2 for n in people.values())


def test_the_risk_is_told_and_shows_in_the_way_that_is_told(twisted: World) -> None:
    told = {row["person_ids"][0]: row["note"].split(": ") for row in twisted.twists["risk"]}
    marked = {p for p, row in twisted.people.items() if row["child_at_risk"]}
    assert marked == set(told)
    for person, row in twisted.people.items():
        assert (row["risk_kind"] is not None) == row["child_at_risk"]
        assert row["risk_kind"] == (told[person][0] if person in told else None)
    for person, (_, sign) in told.items():
        reports = [s for s in twisted.of_person(person) if s.kind]
        types = {s.kind for s in reports if not s.kind.startswith("Child Pornography")}
        assert any(s.urgent for s in reports) == (sign == "urgent")
        assert bool(types) or sign != "type"
        assert any(s.tags - {"viral"} for s in reports) or sign != "annotations"
        assert not types or sign not in ("unknown_files", "nothing")
    for row in jsonl(twisted.path / "truth/reports.jsonl"):
        assert set(row) == {"source_system", "source_id", "person_id", "received_at", "child_at_risk"}
        assert row["child_at_risk"] == (row["person_id"] in marked)


def test_noise_is_as_rare_as_it_is_said_to_be(twisted: World) -> None:
    calm = [s for s in twisted.said.values() if s.kind and not twisted.people[s.person]["child_at_risk"]]
    assert 0.005 < sum(s.urgent for s in calm) / len(calm) < 0.02
    assert 0.04 < sum(s.kind.startswith("Online") for s in calm) / len(calm) < 0.08


def test_platforms_tell_more_or_less(twisted: World) -> None:
    """The share of reports with an e-mail address differs by more than half between platforms."""
    shares: dict[str, list[bool]] = defaultdict(list)
    for said in twisted.said.values():
        handle = next((value for kind, value in said.ties if kind == "handle"), "")
        if said.kind and handle:
            shares[handle.split(":")[0]].append(any(kind == "email" for kind, _ in said.ties))
    means = sorted(sum(found) / len(found) for found in shares.values())
    assert len(means) == 6
    assert means[-1] - means[0] > 0.4


def test_plain_worlds_tell_of_no_twist(small: Path) -> None:
    assert not (small / "truth/twists.jsonl").exists()
    assert "risk_kind" not in json.loads((small / "truth/people.jsonl").read_text().splitlines()[0])
