"""An invented packet: a team with two doors, one of them hardly known."""

from __future__ import annotations

from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.court.facts import OfficerFacts
from kaval.engine.rules.court.packet_facts import (
    ContactFacts,
    EvidenceFacts,
    PacketFacts,
    PacketStopFacts,
    PointFacts,
)
from kaval.engine.rules.court.sheet_facts import LookFacts, SaidFacts
from tests.documents import cases

PLAN = SourceRef(cases.sha256("plan 1"), "plan 1")
SHEET = SourceRef(cases.sha256("attribution S-7"), "attribution S-7")
LEADER = OfficerFacts("O-1", "Sindhu Example", "സിന്ധു ഉദാഹരണം", "SI")
BASE = PointFacts("Example East", 8.89, 76.6)
LIMITS = (((76.58, 8.87), (76.64, 8.87), (76.64, 8.93), (76.58, 8.93), (76.58, 8.87)),)
EVIDENCE = EvidenceFacts(
    subject="S-7",
    level=2,
    provider="Example Fibre",
    customer_ref="EX-10042",
    support=3,
    against=0,
    oldest_at=cases.at(20, 5, day=-40),
    newest_at=cases.at(21, 15, day=-22),
    independent=SaidFacts(
        "3 sound observations, each 24 h or more apart, name this customer.",
        "24 മണിക്കൂറിലേറെ ഇടവിട്ട 3 നിരീക്ഷണങ്ങൾ ഇതേ വരിക്കാരനിലെത്തുന്നു.",
    ),
    reasons=(
        SaidFacts(
            "A-42: nothing beyond addresses ties the line to the place.", "A-42: വിലാസങ്ങൾക്കപ്പുറം ബന്ധമില്ല."
        ),
    ),
    passed=41,
    usable=True,
    user_unknown=False,
    look=LookFacts(
        "Example East", LEADER, cases.at(17, day=-6), True, True, "same", None, None, "secured", True, SHEET
    ),
    source=SHEET,
)
FIRST = PacketStopFacts(
    number=12,
    order=1,
    arrive_at=cases.at(7),
    leave_at=cases.at(8, 30),
    address=cases.PLACE,
    point=PointFacts("#1", 8.9, 76.61),
    district="Kollam City",
    station=BASE,
    kind="house",
    people_expected=4,
    children_expected=True,
    woman_expected=True,
    armed=False,
    welfare_note="An elderly person needs a chair and medicine.",
    cwc_contact="CWC Kollam, duty member",
    witnesses=("W-31", "W-32"),
    not_before=cases.at(6, 30),
    not_after=cases.at(18),
    sunrise=cases.at(6, 44),
    sunset=cases.at(18, 21),
    same_wave=("household",),
    basis="WARRANT_96",
    papers=(("court", "Example Court"), ("warrant_number", "W/2026/12"), ("warrant_date", "2026-01-16")),
    missing=(),
    owed=(("list_and_things_to_court", None),),
    evidence=EVIDENCE,
    limits=LIMITS,
    source=PLAN,
)
SECOND = PacketStopFacts(
    number=15,
    order=2,
    arrive_at=cases.at(9),
    leave_at=cases.at(10, 30),
    address="Example House, Ward 3, Door 3/9, Kollam 691001",
    point=PointFacts("#2", 8.93, 76.57),
    district="Kollam City",
    station=BASE,
    kind=None,
    people_expected=None,
    children_expected=None,
    woman_expected=None,
    armed=False,
    welfare_note=None,
    cwc_contact=None,
    witnesses=(),
    not_before=None,
    not_after=None,
    sunrise=None,
    sunset=None,
    same_wave=(),
    basis="POLICE_185",
    papers=(("crime_number", "12/2026"),),
    missing=("grounds_in_case_diary",),
    owed=(("record_copies_to_magistrate", 48),),
    evidence=EvidenceFacts(
        "S-9",
        2,
        None,
        None,
        2,
        1,
        None,
        None,
        None,
        (),
        38,
        usable=False,
        user_unknown=True,
        look=None,
        source=SHEET,
    ),
    limits=(),
    source=PLAN,
)
PACKET = PacketFacts(
    head=cases.head("KP-7QMK-2X9D"),
    team="KLMC-03",
    version=2,
    members=(
        ("leader", LEADER),
        ("woman", OfficerFacts("O-2", "Anila Mathew", "അനില മാത്യു", "SI", woman=True)),
    ),
    base=BASE,
    contacts=(
        ContactFacts("control_room", "0000 000 001"),
        ContactFacts("district_chief", "Jacob Example, SP"),
        ContactFacts("magistrate", None),
        ContactFacts("custodian", None),
    ),
    expires_at=cases.at(20),
    stops=(FIRST, SECOND),
    source=PLAN,
)
