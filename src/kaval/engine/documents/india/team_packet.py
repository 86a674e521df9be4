"""A team's packet: where it goes on one morning, in what order, what is known of each door, and what is to be done.

Nobody outside the team reads it, nobody inside it before the hour. Each page carries the packet's number and, in the
wording of its fixed sentences, a mark nobody sees (`rules.planning.watermark`). What is not known is said to be not
known; the name of a subscriber is not in it. Sources: law_and_procedure.md 1.3, 1.4, 1.7, 2.1, 2.2; peers.md 6.
"""

from __future__ import annotations

from itertools import pairwise

from kaval.engine.documents._frame import Frame
from kaval.engine.documents._law import LawTable
from kaval.engine.documents._spec import (
    Column,
    Document,
    DocumentSpec,
    FieldList,
    Label,
    Need,
    Part,
    Row,
    Section,
    Table,
)
from kaval.engine.documents._wording import ist, named
from kaval.engine.documents.india import _packet_words as words
from kaval.engine.documents.india._packet_map import sketch
from kaval.engine.documents.india._packet_parts import checklist, clock, known, place
from kaval.engine.documents.india._sections import officer_name
from kaval.engine.rules.court.packet_facts import PacketFacts, PointFacts


def build(facts: PacketFacts, law: LawTable) -> Document:
    """The packet, places in the order of the morning."""
    frame = Frame(facts.head, law, source=facts.source)
    frame.law("pocso-23")
    before: tuple[PointFacts | None, ...] = (facts.base, *(stop.point for stop in facts.stops))
    return frame.close(
        SPEC,
        facts,
        (
            _morning(frame, facts),
            Section(Label("Before setting out", "പുറപ്പെടും മുമ്പ്"), (checklist(frame, "before"),)),
            *(
                section
                for stop, come_from in zip(facts.stops, before, strict=False)
                for section in place(frame, stop, come_from)
            ),
            Section(Label("Back at the station", "തിരികെ സ്റ്റേഷനിൽ"), (checklist(frame, "home"),)),
        ),
    )


def _morning(frame: Frame, facts: PacketFacts) -> Section:
    return Section(
        Label("The morning", "ഈ പ്രഭാതം"),
        (
            frame.say(
                "This packet is sealed to one team. Read it alone, copy nothing, hand it back. Each copy can be told "
                "from every other.",
                "ഈ പാക്കറ്റ് ഒരു സംഘത്തിനു മാത്രം. തനിച്ചു വായിക്കുക, പകർത്തരുത്, തിരികെ ഏൽപ്പിക്കുക. ഓരോ പകർപ്പും തിരിച്ചറിയാം.",
            ),
            FieldList(
                (
                    frame.field("Operation", "ഓപ്പറേഷൻ", facts.head.operation),
                    frame.field("Team", "സംഘം", f"{facts.team}, {facts.head.district or ''}".rstrip(", ")),
                    frame.field("Plan", "പദ്ധതി", f"{facts.version}"),
                    frame.field("Sets out from", "പുറപ്പെടുന്നത്", known(facts.base.name if facts.base else None)),
                    frame.field("Opens no more after", "ഇതിനു ശേഷം തുറക്കില്ല", ist(facts.expires_at)),
                )
            ),
            _stops(frame, facts),
            *_map(facts),
            _members(frame, facts),
            _contacts(frame, facts),
        ),
    )


def _stops(frame: Frame, facts: PacketFacts) -> Table:
    columns = (
        Column(Label("Order", "ക്രമം"), 0.9),
        Column(Label("Site", "സൈറ്റ്"), 0.9),
        Column(Label("Entry", "പ്രവേശനം"), 1.5),
        Column(Label("Until", "വരെ"), 1.5),
        Column(Label("Address", "വിലാസം"), 5),
    )
    rows = tuple(
        Row(
            (str(one.order), str(one.number), clock(one.arrive_at), clock(one.leave_at), one.address),
            (one.source,),
        )
        for one in facts.stops
    )
    return Table(columns, rows, frame.say("No place is left to this team.", "ഈ സംഘത്തിന് സ്ഥലങ്ങൾ ബാക്കിയില്ല."))


def _map(facts: PacketFacts) -> tuple[Part, ...]:
    if not facts.stops:
        return ()
    points = [
        (PointFacts(str(one.order), one.point.latitude, one.point.longitude), "here") for one in facts.stops
    ]
    base = [(facts.base, "base")] if facts.base else []
    apart = any(one[0] != other[0] for one, other in pairwise([*base, *points]))
    return (
        sketch(
            Label("The order of the places; straight lines, no roads", "സ്ഥലങ്ങളുടെ ക്രമം; വഴികളില്ലാത്ത രേഖാചിത്രം"),
            [*base, *points],
            ratio=0.5,
            least_km=3.0,
            way=apart,
            sources=(facts.source,),
        ),
    )


def _members(frame: Frame, facts: PacketFacts) -> Table:
    columns = (Column(Label("Member", "അംഗം"), 3), Column(Label("Place in the team", "ചുമതല"), 2))
    rows = tuple(
        Row((officer_name(officer), named(role, words.ROLES)), (facts.source,))
        for role, officer in facts.members
    )
    return Table(columns, rows, frame.say("No member is named.", "അംഗങ്ങളുടെ പേരില്ല."))


def _contacts(frame: Frame, facts: PacketFacts) -> Table:
    columns = (Column(Label("To ring", "വിളിക്കേണ്ടത്"), 2), Column(Label("Name, number", "പേര്, നമ്പർ"), 3))
    rows = tuple(
        Row((named(one.kind, words.CONTACTS), one.name or words.NOT_NAMED), (facts.source,))
        for one in facts.contacts
    )
    return Table(columns, rows, frame.say("Nobody is named.", "ആരുടെയും പേരില്ല."))


SPEC = DocumentSpec(
    id="in.team_packet",
    title=Label("Team packet", "സംഘത്തിന്റെ പാക്കറ്റ്"),
    jurisdiction="IN",
    facts_type=PacketFacts,
    needs=(
        Need("members", Label("members of the team", "സംഘാംഗങ്ങൾ")),
        Need("stops", Label("places", "സ്ഥലങ്ങൾ")),
        Need("stops[].basis", Label("legal basis", "നിയമാധാരം")),
        Need("stops[].evidence.newest_at", Label("newest event", "ഏറ്റവും പുതിയ സംഭവം")),
    ),
    cites=("bnss-103-4", "bnss-103-5", "bnss-105", "pocso-23"),
    build=build,
)
