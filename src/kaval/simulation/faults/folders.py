"""Writes a fault world: the sources as received, and the folder of all that is on record (profiles/), sealed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats.template import template_of
from kaval.engine.kernel.instant import ist_text, utc_text
from kaval.engine.rules.attribution.request import row_reference
from kaval.simulation.answers import IPDR
from kaval.simulation.clock import iso
from kaval.simulation.faults import providers
from kaval.simulation.faults.replied import Written, lease_row, put_answers, tamper
from kaval.simulation.faults.replies import SWITCHED
from kaval.simulation.faults.scene import EXACT, Scene
from kaval.simulation.faults.sources import TAMPERED, UNSEALED
from kaval.simulation.faults.story import Asked, Sight, Story
from kaval.simulation.folder import Folder
from kaval.simulation.people import Household, Line

OBSERVATION = (
    "observation_id", "subject", "channel", "ip", "ip_role", "port", "transport", "time_raw", "time_profile", "time_of",
    "event", "account_created", "received_at", "reported_at", "origin", "peer_single", "pieces_verified", "peer_share",
    "peer_sightings", "viewed", "hash_list", "note",
)  # fmt: skip
ROWS_PER_SOURCE = 2500
ROWS_PER_SHEET = 60
NOTE = "as exported 1"

_TIME_PROFILES = (
    (EXACT, "iso", "24h", "value"),
    ("pacific", "iso", "24h", "America/Los_Angeles"),
    ("sydney", "dmy", "24h", "Australia/Sydney"),
    ("twelve", "dmy", "12h", "+05:30"),
)


class Book:
    """A folder that seals what it writes: seals.csv holds the digest from before anybody changed a byte."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.seals: list[tuple[str, str]] = []

    def table(self, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A CSV file of profiles/, sealed."""
        self.folder.csv(f"profiles/{name}", header, rows=rows)
        self.seal(f"profiles/{name}", name)

    def seal(self, path: str, name: str, *, group: str = "", mark: str = "") -> None:
        """Remembers the digest of a written file, but not in the group `UNSEALED`; in `TAMPERED` a byte of the mark is
        changed afterwards."""
        if group != UNSEALED:
            self.seals.append((name, self.folder.files[path][1]))
        if group == TAMPERED:
            target: Path = self.folder.root / path
            changed = tamper(target.read_bytes(), mark.encode())
            target.write_bytes(changed)
            self.folder.files[path] = (len(changed), hashlib.sha256(changed).hexdigest())


def put_world(folder: Folder, scene: Scene) -> None:
    """Writes observations/, answers/, profiles/ and truth/."""
    book = Book(folder)
    _put_observations(book, scene)
    written = put_answers(folder, scene)
    _put_answer_facts(book, scene, written)
    for one in written:
        book.seal(one.path, one.path, group=one.group, mark=one.mark)
    _put_register(book, scene)
    _put_requests(book, scene)
    _put_readings(book, scene)
    _put_subjects(book, scene)
    folder.csv("profiles/seals.csv", ("path", "sha256"), rows=sorted(book.seals))
    _put_truth(folder, scene)


def _put_observations(book: Book, scene: Scene) -> None:
    sheets: dict[str, list[Sight]] = defaultdict(list)
    for story in scene.stories:
        for sight in story.sights:
            sheets[sight.sheet].append(sight)
    number = 0
    for sheet in sorted(sheets):
        sights, size = sheets[sheet], ROWS_PER_SHEET if sheet else ROWS_PER_SOURCE
        for start in range(0, len(sights), size):
            number += 1
            path = f"observations/export-{number:03d}.csv"
            rows = [
                [(one.row | {"note": NOTE}).get(name, "") for name in OBSERVATION]
                for one in sights[start : start + size]
            ]
            book.folder.csv(path, OBSERVATION, rows=rows)
            book.seal(path, path, group=sheet, mark=NOTE)


def _put_answer_facts(book: Book, scene: Scene, written: list[Written]) -> None:
    agreed = (iso(scene.answered_at), "yes", "received", "yes", "")
    rows = [[one.path.partition("/")[2], one.isp_id, *agreed] for one in written]
    header = ("file", "isp_id", "received_at", "channel_agreed", "certificate", "caveats_looked", "caveats")
    book.table("answers.csv", header, rows)
    accepted = {
        (one.isp_id, _fingerprint(one.path, (book.folder.root / one.path).read_bytes()))
        for one in written
        if one.group != SWITCHED
    }
    accepted |= {(one.isp_id, _usual_form(scene)) for one in written if one.isp_id in providers.ODD}
    supervisor, on = scene.officers["supervisor"], iso(scene.day(-200))[:10]
    templates = [[*key, supervisor, on] for key in sorted(accepted)]
    book.table("templates.csv", ("isp_id", "fingerprint", "accepted_by", "accepted_on"), templates)


def _fingerprint(name: str, content: bytes) -> str:
    return template_of(ReceivedFile(name, content)).fingerprint


def _usual_form(scene: Scene) -> str:
    """The form in which every provider of leases used to answer."""
    row = lease_row(next(stay for story in scene.stories for sight in story.sights for stay in sight.stays))
    text = ",".join(IPDR) + "\r\n" + ",".join(f'"{row[name]}"' for name in IPDR) + "\r\n"
    return _fingerprint("usual.csv", text.encode())


def _put_register(book: Book, scene: Scene) -> None:
    day = scene.figures.field_day
    case = {
        "as_of": iso(scene.day(-3, 12)),
        "entry_at": iso(scene.day(0, 7)),
        "analyst_id": scene.officers["analyst"],
    }
    book.folder.json("profiles/case.json", case | {"limits": {}})
    book.seal("profiles/case.json", "case.json")
    header = ("isp_id", "name", "kind", "answer_layout", "subscriber_layout", "zone", "cgnat", "contact",
              "retention_days", "as_numbers", "nat64")  # fmt: skip
    book.table("isps.csv", header, providers.isp_rows())
    book.table("quirks.csv", ("isp_id", "code", "text", "valid_from", "valid_to", "source"), [])
    ranges = ("cidr", "isp_id", "kind", "routable", "valid_from", "valid_to", "source")
    book.table("allocation.csv", ranges, providers.allocation_rows(day))
    routes = ("prefix", "as_number", "valid_from", "valid_to", "source")
    book.table("routing.csv", routes, providers.routing_rows(day))
    for name, rows in sorted(providers.list_rows(day).items()):
        book.table(f"lists/{name}", ("kind", "name", "dated", "valid_until", "cidr", "source"), rows)
    confirmed = ("2022-01-01", "", scene.officers["supervisor"], "2025-06-01")
    columns = ("name", "order", "clock", "zone", "valid_from", "valid_to", "confirmed_by", "confirmed_on")
    book.table("time_profiles.csv", columns, [(*one, *confirmed) for one in _TIME_PROFILES])


def _put_requests(book: Book, scene: Scene) -> None:
    header = ("reference", "observation_id", "isp_id", "ip", "port", "transport", "utc", "utc_text", "ist_text",
              "from_at", "to_at", "asked_at", "origin")  # fmt: skip
    rows = [
        _request(sight, asked, scene)
        for story in scene.stories
        for sight in story.sights
        for asked in sight.asked
    ]
    book.table("requests.csv", header, rows)


def _request(sight: Sight, asked: Asked, scene: Scene) -> list[str]:
    reference = row_reference(sight.observation_id, asked.ip, port=asked.port, utc=asked.utc)
    port = "" if asked.port is None else str(asked.port)
    printed = utc_text(asked.utc), ist_text(asked.ist or asked.utc)
    window = iso(asked.utc - asked.before, "Z"), iso(asked.utc + asked.after, "Z")
    return [reference, sight.observation_id, asked.isp_id, asked.ip, port, "tcp", iso(asked.utc, "Z"), *printed,
            *window, iso(scene.asked_at, "Z"), asked.origin]  # fmt: skip


def _put_readings(book: Book, scene: Scene) -> None:
    sights = [sight for story in scene.stories for sight in story.sights]
    rows = [[one.observation_id, *one.read_as, one.read_by] for one in sights if one.read_as is not None]
    book.table("second_readings.csv", ("observation_id", "isp_id", "customer_ref", "read_by"), rows)
    header = ("isp_id", "customer_ref", "station_id", "verified_by", "verified_at", "house_name", "ward", "door_number",
              "unit_found", "single_match", "occupant_at_event", "resident_since", "children_seen", "wifi", "notes",
              "resident_until")  # fmt: skip
    book.table("ground.csv", header, [row for line in scene.registry.lines for row in _ground(line, scene)])


def _ground(line: Line, scene: Scene) -> list[list[str]]:
    found = scene.grounds[line.customer_ref]
    if found is None:
        return []
    home, field = (
        found.home or line.household,
        scene.roster.field[line.household.station.district.district_id],
    )
    verifier = field[int(line.mac[-2:], 16) % len(field)]
    return [
        [line.isp_id, line.customer_ref, home.station.station_id, verifier, iso(found.verified_at), home.house_name,
         home.ward, home.door, found.unit_found, found.single_match, found.occupant, _date(found.resident_since),
         "unknown", found.wifi, "", _date(found.resident_until)]
    ]  # fmt: skip


def _date(at: datetime | None) -> str:
    return "" if at is None else iso(at)[:10]


def _put_subjects(book: Book, scene: Scene) -> None:
    stories, officers = scene.stories, scene.officers
    at, gazetted = iso(scene.day(-4, 12)), officers["supervisor"]
    subjects = [[s.subject_id, s.lead_basis, s.birth_year, s.likely_child, s.place_origin] for s in stories]
    book.table(
        "subjects.csv", ("subject", "lead_basis", "birth_year", "likely_child", "place_origin"), subjects
    )
    links = [
        [s.subject_id, kind, text, officers["analyst"], at]
        for s in stories
        for kind, text in s.corroborations
    ]
    book.table("corroborations.csv", ("subject", "kind", "text", "by", "at"), links)
    asked = [[s.subject_id, at, gazetted, *s.deconfliction] for s in stories if s.deconfliction is not None]
    book.table("deconfliction.csv", ("subject", "checked_at", "by", "conflict", "reference"), asked)
    told = [[name, gazetted, text] for s in stories for name, text in s.explanations]
    book.table("explanations.csv", ("observation_id", "by", "text"), told)
    lifted = [
        [s.subject_id, "", one.check, one.by, one.rank, iso(scene.day(-one.days, 11)), one.reason]
        for s in stories
        for one in s.overrides
    ]
    book.table("overrides.csv", ("subject", "observation_id", "check", "by", "rank", "at", "reason"), lifted)
    book.table("searched.csv", ("observation_id",), [[name] for s in stories for name in s.searched])


def _put_truth(folder: Folder, scene: Scene) -> None:
    folder.jsonl(
        "truth/faults.jsonl", [_told(story, sight) for story in scene.stories for sight in story.sights]
    )
    subjects: list[dict[str, object]] = [
        {"subject": story.subject_id, "kind": story.kind, "household_id": story.home.household_id}
        for story in scene.stories
    ]
    folder.jsonl("truth/subjects.jsonl", subjects)
    folder.jsonl("truth/households.jsonl", [_household(home) for home in scene.registry.households])
    stays = (stay for story in scene.stories for sight in story.sights for stay in sight.stays)
    named = {(stay.line.isp_id, stay.line.customer_ref): stay.line.household for stay in stays}
    lines: list[dict[str, object]] = [
        {"isp_id": isp_id, "customer_ref": reference, "household_id": home.household_id}
        for (isp_id, reference), home in sorted(named.items(), key=lambda one: one[0])
    ]
    folder.jsonl("truth/lines.jsonl", lines)


def _told(story: Story, sight: Sight) -> dict[str, object]:
    isp_id, customer_ref = sight.door or (None, None)
    home = story.home if sight.line is story.line or sight.door is None else sight.line.household
    return {
        "observation": sight.observation_id,
        "subject": story.subject_id,
        "fault": sight.fault,
        "attributable": sight.attributable,
        "cause": list(sight.cause),
        "isp_id": isp_id,
        "customer_ref": customer_ref,
        "household_id": home.household_id,
    }


def _household(home: Household) -> dict[str, object]:
    return {
        "household_id": home.household_id,
        "house_name": home.house_name,
        "ward": home.ward,
        "door_number": home.door,
        "pincode": home.pincode,
    }
