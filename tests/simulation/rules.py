"""An independent reading of the files and of the attribution rules; shares no code with the simulation."""

from __future__ import annotations

import csv
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from lxml import etree

IST = timezone(timedelta(hours=5, minutes=30))
Customer = tuple[str, str]


@dataclass(frozen=True)
class Seen:
    """One observation; `at` is naive when the source wrote no zone."""

    at: datetime
    last: datetime
    ip: str
    port: int | None
    channel: str


@dataclass
class Read:
    """What the files say of each person, by the truth's mapping of reports."""

    seen: dict[str, list[Seen]] = field(default_factory=lambda: defaultdict(list))
    identifiers: dict[str, list[set[str]]] = field(default_factory=lambda: defaultdict(list))


def jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def table(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def xml_files(world: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every XML file, loose or zipped; doubled ones come twice."""
    for path in sorted((world / "inbox/cybertip").glob("*.xml")):
        yield path.name, path.read_bytes()
    for path in sorted((world / "inbox/cybertip").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield name, archive.read(name)


def read_reports(world: Path) -> Read:
    owner = {
        (r["source_system"], r["source_id"]): r["person_id"] for r in jsonl(world / "truth/reports.jsonl")
    }
    read = Read()
    done: set[str] = set()
    for name, content in xml_files(world):
        if ".file-" in name or name in done:
            continue
        done.add(name)
        person = owner["ncmec", name.removeprefix("CT-").removesuffix(".xml")]
        _read_tip(etree.fromstring(content), person, read)
    for path in sorted((world / "inbox/p2p").glob("*.csv")):
        for row in table(path):
            person = owner[row["source_system"], row["source_record_id"]]
            first, last = (datetime.fromisoformat(row[k]) for k in ("observed_first", "observed_last"))
            port = int(row["port"]) if row["port"] else None
            read.seen[person].append(Seen(first, last, row["ip"], port, "p2p"))
            read.identifiers[person].append({f"guid:{row['client_guid_or_user_hash']}"})
    for row in table(world / "inbox/register/handles.csv"):
        name = f"{row['platform']}:{row['handle']}"
        read.identifiers[owner["register", name]].append({f"handle:{name}"})
    for path in sorted((world / "inbox/tips").glob("*.json")):
        tip = json.loads(path.read_text())
        names = {":".join(filter(None, (m["kind"], m["platform"], m["value"]))) for m in tip["mentions"]}
        read.identifiers[owner["tip", tip["tip_id"]]].append({n for n in names if not n.startswith("upi")})
    return read


def _read_tip(root: Any, person: str, read: Read) -> None:
    reported = root.find("personOrUserReported")
    for event in reported.findall("ipCaptureEvent"):
        at = datetime.fromisoformat(event.findtext("dateTime"))
        port = event.findtext("port")
        number = int(port) if port else None
        read.seen[person].append(Seen(at, at, event.findtext("ipAddress"), number, "cybertip"))
    platform = reported.findtext("espService")
    found = {f"id:{platform}:{reported.findtext('espIdentifier')}"}
    found.add(f"handle:{platform}:{reported.findtext('screenName')}")
    found |= {f"phone:{node.text}" for node in reported.iterfind("personOrUserReportedPerson/phone")}
    found |= {f"email:{node.text}" for node in reported.iterfind("personOrUserReportedPerson/email")}
    found |= {f"guid:{node.findtext('idValue')}" for node in reported.findall("deviceId")}
    read.identifiers[person].append(found)


@dataclass(frozen=True)
class Row:
    customer: Customer
    low: int
    high: int
    start: datetime
    end: datetime


class Answers:
    """Rows of all providers by address, subscribers, ground and allocation."""

    def __init__(self, world: Path) -> None:
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.prefixes: dict[str, list[Row]] = defaultdict(list)
        self.home: set[Customer] = set()
        self.subscribers: set[Customer] = set()
        self.day = datetime.fromisoformat(
            json.loads((world / "station/order.json").read_text())["calendar"]["first_entry_at"]
        )
        self.allocation = [(ip_network(r["cidr"]), r) for r in table(world / "station/allocation.csv")]
        self.ground = {(r["isp_id"], r["customer_ref"]): r for r in table(world / "verification/ground.csv")}
        for folder in sorted((world / "answers").iterdir()):
            self._isp(folder)

    def _isp(self, folder: Path) -> None:
        for path in folder.glob("ipdr-*.csv"):
            for r in table(path):
                start = _instant(f"{r['Start Date']} {r['Start Time (IST)']}", "%d/%m/%Y %H:%M:%S")
                end = _instant(f"{r['End Date']} {r['End Time (IST)']}", "%d/%m/%Y %H:%M:%S")
                row = Row((folder.name, r["User ID"]), 0, 65535, start, end)
                (self.prefixes if "/" in r["IP Address Assigned"] else self.rows)[
                    r["IP Address Assigned"]
                ].append(row)
        for path in folder.glob("nat-*.csv"):
            for r in table(path):
                start, end = (
                    _instant(r[k], "%m:%d:%Y %H:%M:%S") for k in ("Start Date and Time", "End Date and Time")
                )
                ports = int(r["Translated Port Start"]), int(r["Translated Port End"])
                customer = (folder.name, r["User ID"])
                self.rows[r["Translated IP Address"]].append(Row(customer, *ports, start, end))
        for path in folder.glob("subscribers-*.csv"):
            ledger = path.read_bytes()[:3] == b"\xef\xbb\xbf"
            for r in table(path, ";" if ledger else ","):
                customer = (folder.name, r["cust_code" if ledger else "SubscriberId"])
                self.subscribers.add(customer)
                if ledger and r["addr_type"] == "INSTALL" and r["segment"] == "HOME":
                    self.home.add(customer)
                if not ledger and r["InstallationAddress"] and r["ConnectionType"] == "HOME":
                    self.home.add(customer)

    def kind(self, ip: str, day: date) -> tuple[str, str] | None:
        """Provider and kind that hold the address on the day."""
        for network, r in self.allocation:
            after = not r["valid_to"] or day <= date.fromisoformat(r["valid_to"])
            if ip_address(ip) in network and date.fromisoformat(r["valid_from"]) <= day and after:
                return r["isp_id"], r["kind"]
        return None

    def candidates(self, ip: str) -> list[Row]:
        if ":" not in ip:
            return self.rows.get(ip, [])
        prefix = str(ip_network(f"{ip}/56", strict=False))
        return self.prefixes.get(prefix, [])

    def resolve(self, seen: Seen) -> Customer | None:
        """The one customer behind the observation, when every rule of the lease holds."""
        if seen.at.tzinfo is None:
            return None
        held = self.kind(seen.ip, seen.at.astimezone(IST).date())
        if held is None or held[1] in ("hosting", "own", "mobile_cgnat"):
            return None
        if held[1].endswith("_cgnat") and seen.port is None:
            return None
        slack, edge = timedelta(seconds=2), timedelta(seconds=300)
        rows = [r for r in self.candidates(seen.ip) if seen.port is None or r.low <= seen.port <= r.high]
        rows = [r for r in rows if r.start - slack <= seen.last and seen.at <= r.end + slack]
        if len({r.customer for r in rows}) != 1:
            return None
        row = rows[0]
        if seen.at - slack < row.start + edge or seen.last + slack > row.end - edge:
            return None
        return row.customer if row.customer[0] == held[0] else None

    def passes(self, observations: list[Seen]) -> set[Customer]:
        """Customers that these observations of one subject lead to with certainty."""
        found: dict[Customer, list[datetime]] = defaultdict(list)
        for seen in observations:
            customer = self.resolve(seen)
            if customer is not None:
                found[customer].append(seen.at)
        return {c for c, times in found.items() if self._subject(c, times)}

    def _subject(self, customer: Customer, times: list[datetime]) -> bool:
        ground = self.ground[customer]
        verified = datetime.fromisoformat(ground["verified_at"])
        return (
            max(times) - min(times) >= timedelta(hours=24)
            and self.day - max(times) <= timedelta(days=90)
            and customer in self.home
            and (ground["unit_found"], ground["single_match"]) == ("yes", "yes")
            and ground["occupant_at_event"] == "same"
            and ground["wifi"] == "secured"
            and timedelta() <= self.day - verified <= timedelta(days=14)
        )


def _instant(text: str, form: str) -> datetime:
    return datetime.strptime(text, form).replace(tzinfo=IST)
