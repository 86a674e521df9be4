"""Invented facts for every document: one complete record each, as a unit would have after a training search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import yaml

from kaval.engine.documents._law import LawTable, law_table
from kaval.engine.kernel.digest import digest_bytes
from kaval.engine.kernel.instant import IST
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.court.facts import (
    CertificateFacts,
    CustodyFacts,
    CustodyRowFacts,
    ExhibitHashFacts,
    ExpertFacts,
    GroundFacts,
    HeadFacts,
    OccupantFacts,
    OfficerFacts,
    PartyFacts,
    RecordingFacts,
    RequestFacts,
    RequestRowFacts,
    SearchBasis,
    SearchFacts,
    SeizedItemFacts,
    SeizureReportFacts,
    WitnessFacts,
)
from kaval.engine.rules.statistics.counting import (
    ArrestRow,
    CrimeRow,
    ExhibitRow,
    SeizureReportRow,
    SiteRow,
    count_operation,
)
from kaval.engine.rules.statistics.districts import POLICE_DISTRICTS
from kaval.engine.rules.statistics.release import PressNoteFacts
from kaval.engine.rules.statistics.suppression import suppress

DAY = datetime(2026, 1, 18, tzinfo=IST)
LAW_FILE = Path(__file__).parents[2] / "src" / "kaval" / "engine" / "reference" / "law_documents.yaml"
PLACE = "ഇല്ലിക്കൽ വീട്, Ward 12, Door 4/317, Example Junction, Kollam 691000"


@cache
def law() -> LawTable:
    """The table of provisions as committed."""
    return law_table(yaml.safe_load(LAW_FILE.read_text(encoding="utf-8"))["rows"])


def at(hour: int, minute: int = 0, second: int = 0, *, day: int = 0) -> datetime:
    """An IST time on the training day, or `day` days after it."""
    return DAY + timedelta(days=day, hours=hour, minutes=minute, seconds=second)


def ledger(entry: int) -> SourceRef:
    """A ledger entry as a source."""
    return SourceRef(digest_bytes(f"entry {entry}".encode()).sha256, f"ledger#{entry}")


def sha256(text: str) -> str:
    """A stand-in digest."""
    return digest_bytes(text.encode()).sha256


def head(number: str, **changes: str | None) -> HeadFacts:
    """The head of a document of the training unit."""
    facts: dict[str, str | None] = {
        "operation": "TRAINING 20.3",
        "district": "Kollam City",
        "police_station": "Example East",
        "crime_number": None,
        "general_diary": "GD 14/2026",
    }
    facts |= changes
    return HeadFacts(
        number=number,
        unit="Cyber Crime Unit, Example State Police",
        unit_ml="സൈബർ ക്രൈം യൂണിറ്റ്, മാതൃകാ സംസ്ഥാന പോലീസ്",
        prepared_at=at(9, 40),
        training=True,
        **facts,
    )


LEADER = OfficerFacts("O-101", "Meera Nandan P.", "മീര നന്ദൻ പി.", "SI", "leader", "Example East", True)
TEAM = (
    LEADER,
    OfficerFacts("O-102", "Shibu Varkey", "ഷിബു വർക്കി", "SCPO", "cyber", "Cyber Cell", False),
    OfficerFacts("O-103", "Anas K.", "അനസ് കെ.", "CPO", "technical", "Example East", False),
    OfficerFacts("O-104", "Lissy Jose", "ലിസ്സി ജോസ്", "CPO", "woman", "Women Cell", True),
)
PHONE = SeizedItemFacts(
    "20.3-0117-1",
    "phone",
    "Examplon",
    "E9 Pro",
    "EX9P00012345",
    "490154203237518",
    128,
    "on_locked",
    "Bedroom 2, table by the window",
    "Shibu Varkey",
    "KL-000123",
    possession_of="occupant",
    sem_packet=True,
    no_hash_reason="device locked, no copy taken on the spot",
    seized_at=at(7, 31),
    source=ledger(41),
)
DRIVE = SeizedItemFacts(
    "20.3-0117-2",
    "usb",
    "Samplix",
    "Flash 3",
    "SF3-77A01",
    None,
    32,
    "off",
    "Hall, shelf",
    "Anas K.",
    "KL-000124",
    hash_sha256=sha256("usb"),
    seized_at=at(7, 44),
    source=ledger(42),
)
SEARCH = SearchFacts(
    head=head("SL/20.3/0117"),
    site="20.3-0117",
    basis=SearchBasis.WARRANT_96,
    basis_document="SW 212/2026 of 15/01/2026",
    court="Judicial First Class Magistrate, Example",
    place=PLACE,
    arrived_at=at(7, 2),
    started_at=at(7, 9),
    ended_at=at(8, 26),
    leader=LEADER,
    team=TEAM,
    occupant=OccupantFacts(True, "Occupant A", True, 1, "Lissy Jose", ledger(38)),
    witnesses=(
        WitnessFacts("Rajan Example", "House 12, Example Junction", True, True, at(8, 20), source=ledger(39)),
        WitnessFacts(
            "Suhara Example",
            "House 40, Other Road",
            False,
            True,
            at(8, 22),
            "no second neighbour was willing",
            ledger(40),
        ),
    ),
    self_search_done=True,
    items=(PHONE, DRIVE),
    recordings=(
        RecordingFacts(
            "REC-0117-01.mp4",
            at(7, 0),
            at(8, 27),
            True,
            True,
            True,
            sha256("rec"),
            "JFCM Example",
            at(11, 5),
            "1234567890123456",
            ledger(45),
        ),
    ),
    list_copies=3,
    occupant_copy_at=at(8, 25),
    source=ledger(46),
    looked_for_not_found="a second telephone",
)
REPORT = SeizureReportFacts(
    search=SEARCH,
    head=head("SR/20.3/0117"),
    seizure_list_number="SL/20.3/0117",
    grounds=(
        GroundFacts(
            "Files of the telephone are on a list of known material by hash value; the list and its version are named "
            "in the examination record.",
            "ഫോണിലെ ഫയലുകളുടെ ഹാഷ് മൂല്യം അറിയപ്പെടുന്ന ഉള്ളടക്കത്തിന്റെ പട്ടികയിലുണ്ട്; പട്ടികയും പതിപ്പും പരിശോധനാരേഖയിൽ പറയുന്നു.",
            ledger(52),
        ),
    ),
    suspected_sections=("IT Act 67B(b)", "POCSO 15(2)"),
    kept_at="Malkhana, Example East, locker 7",
    on_bond=False,
    station_officer_told_at=at(9, 15),
    reported_at=at(10, 30),
)
CERTIFICATE = CertificateFacts(
    head=head("BSA/20.3/0117-2/1"),
    exhibit="20.3-0117-2",
    submission=1,
    submitted_to="Judicial First Class Magistrate, Example",
    source_kind="flash_drive",
    make_model="Samplix Flash 3, 32 GB",
    colour="black",
    serial="SF3-77A01",
    unique_id=None,
    other_information="write blocker WB-2 used",
    party=PartyFacts("Meera Nandan P.", "Nandan P.", "Sub-Inspector, Example East", "managed"),
    expert=ExpertFacts("Dr. Example Expert", "Scientific Officer", "Examiner notified under IT Act 79A"),
    in_use_from=at(7, 44),
    in_use_to=at(15, 0, day=2),
    working_properly=True,
    hashes=tuple(
        ExhibitHashFacts(
            name,
            size,
            digest_bytes(name.encode()).sha256,
            digest_bytes(name.encode()).sha1,
            digest_bytes(name.encode()).md5,
            at(14, 2, day=1),
            ledger(60 + index),
        )
        for index, (name, size) in enumerate((("20.3-0117-2.img", 8388608), ("hash-report.csv", 20144)))
    ),
    place="Kollam",
    source=ledger(64),
)
REQUEST = RequestFacts(
    head=head("PR/20.3/ISP-A/3", district=None, police_station="Cyber Crime Police Station"),
    provider="Example Fibre Ltd (ISP-A)",
    provider_office="Nodal officer, Example Fibre Ltd",
    basis="BNSS 94",
    authority="Order 77/2026 in enquiry 3/2026",
    signatory=OfficerFacts("O-9", "Jacob Example", "ജേക്കബ് ഉദാഹരണം", "INSPECTOR"),
    rows=(
        RequestRowFacts(
            "OBS-000417",
            "203.0.113.7",
            40112,
            "tcp",
            at(21, 14, 5, day=-40),
            at(21, 14, 5, day=-40),
            ledger(7),
        ),
        RequestRowFacts(
            "OBS-000418",
            "2001:db8:1:ab00::5",
            51544,
            "udp",
            at(2, 3, 9, day=-33),
            at(2, 4, 8, day=-33),
            ledger(8),
        ),
        RequestRowFacts(
            "OBS-000419",
            "198.51.100.20",
            None,
            None,
            at(23, 59, 59, day=-31),
            at(23, 59, 59, day=-31),
            ledger(9),
        ),
    ),
    answer_by=at(17, 0, day=5),
    answer_channel="sealed folder on the unit's exchange server",
    source=ledger(10),
)
CUSTODY = CustodyFacts(
    head=head("CA/20.3/0117", crime_number="Cr. 88/2026"),
    items=(PHONE, DRIVE),
    rows=(
        CustodyRowFacts(
            1,
            PHONE.item_no,
            "seized",
            at(7, 31),
            "occupant",
            "Shibu Varkey",
            "place searched",
            None,
            "KL-000123",
            True,
            "seizure",
            "SW 212/2026",
            None,
            None,
            ledger(41),
            "Rajan Example",
        ),
        CustodyRowFacts(
            2,
            PHONE.item_no,
            "locker_in",
            at(10, 12),
            "Shibu Varkey",
            "Custodian D",
            "Malkhana locker 7",
            "KL-000123",
            "KL-000123",
            True,
            "safe keeping",
            "GD 14/2026",
            None,
            None,
            ledger(70),
        ),
        CustodyRowFacts(
            3,
            PHONE.item_no,
            "opened",
            at(9, 30, day=1),
            "Examiner E",
            "Examiner E",
            "Laboratory room 2",
            "KL-000999",
            "KL-000999",
            True,
            "examination",
            None,
            None,
            None,
            ledger(71),
        ),
        CustodyRowFacts(
            1,
            DRIVE.item_no,
            "seized",
            at(7, 44),
            "occupant",
            "Anas K.",
            "place searched",
            None,
            "KL-000124",
            True,
            "seizure",
            "SW 212/2026",
            None,
            sha256("usb"),
            ledger(42),
        ),
        CustodyRowFacts(
            2,
            DRIVE.item_no,
            "locker_in",
            at(10, 14),
            "Anas K.",
            "Custodian D",
            "Malkhana locker 7",
            "KL-000124",
            "KL-000124",
            True,
            "safe keeping",
            "GD 14/2026",
            sha256("usb"),
            sha256("usb"),
            ledger(72),
        ),
    ),
    ledger_root=sha256("root"),
    source=ledger(80),
)


@dataclass(frozen=True)
class Rows:
    """The rows of one operation as they are counted."""

    sites: list[SiteRow]
    exhibits: list[ExhibitRow]
    crimes: list[CrimeRow]
    seizure_reports: list[SeizureReportRow]
    arrests: list[ArrestRow]


def rows(*, seizures: int = 3) -> Rows:
    """Rows of a small operation in two districts; `seizures` of the three devices were seized."""
    sites = [
        SiteRow(f"S{n}", "KLMC" if n < 4 else "WYD", f"T{n // 2}", at(7, n) if n != 5 else None)
        for n in range(6)
    ]
    return Rows(
        sites=sites,
        exhibits=[
            *(ExhibitRow(f"E{n}", f"S{n}", True, at(8, n)) for n in range(seizures)),
            ExhibitRow("P1", "S0", False, at(8)),
        ],
        crimes=[CrimeRow("C1", "S0", at(12)), CrimeRow("C2", "S1", at(9, day=40), "R1")],
        seizure_reports=[SeizureReportRow("R1", "S1", at(13)), SeizureReportRow("R2", "S4", at(13))],
        arrests=[ArrestRow("P1", "S0", at(9)), ArrestRow("P1", "S1", at(10))],
    )


def press(*, seizures: int = 3, changes: Mapping[str, object] | None = None) -> PressNoteFacts:
    """A press note counted from `rows` at 18:00 of the day, with some facts changed."""
    given = rows(seizures=seizures)
    figures = count_operation(
        given.sites,
        operation="20.3",
        as_of=at(17, 45),
        districts=POLICE_DISTRICTS,
        exhibits=given.exhibits,
        crimes=given.crimes,
        seizure_reports=given.seizure_reports,
        arrests=given.arrests,
    )
    facts: dict[str, object] = {
        "number": "PN/20.3/1",
        "unit": "Cyber Crime Unit, Example State Police",
        "unit_ml": "സൈബർ ക്രൈം യൂണിറ്റ്, മാതൃകാ സംസ്ഥാന പോലീസ്",
        "prepared_at": at(18),
        "training": True,
        "operation": "TRAINING 20.3",
        "figures": figures,
        "ledger_root": sha256("root"),
        "children": suppress({"KLMC": 5, "WYD": 1, "KSD": 4}),
    }
    return PressNoteFacts(**{**facts, **(changes or {})})  # type: ignore[arg-type]


def all_facts() -> dict[str, object]:
    """Complete facts by document id."""
    from tests.documents.packet_cases import PACKET  # both are made of what stands here
    from tests.documents.sheet_cases import sheet_facts

    return sheet_facts() | {
        "in.team_packet": PACKET,
        "in.seizure_list": SEARCH,
        "in.seizure_report_106": REPORT,
        "in.bsa63_certificate": CERTIFICATE,
        "in.provider_request": REQUEST,
        "in.press_note": press(),
        "in.custody_annex": CUSTODY,
    }
