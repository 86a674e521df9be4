"""A place in a packet: its door, what is expected there, what the evidence says, the papers, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from kaval.engine.documents._frame import Frame
from kaval.engine.documents._spec import (
    Column,
    ColumnKind,
    Field,
    FieldList,
    Label,
    Part,
    Row,
    Section,
    Statement,
    Table,
    Value,
)
from kaval.engine.documents._wording import BASES, BASIS_LAW, en, ist, joined, ml, named, yes_no
from kaval.engine.documents.india import _packet_words as words
from kaval.engine.documents.india._packet_map import away, sketch
from kaval.engine.documents.india._sheet_words import LEVELS, WIFI
from kaval.engine.kernel.instant import IST
from kaval.engine.rules.court.packet_facts import EvidenceFacts, PacketStopFacts, PointFacts
from kaval.engine.rules.planning.watermark import Sentence, sentences


def place(frame: Frame, stop: PacketStopFacts, before: PointFacts | None) -> tuple[Section, ...]:
    """Everything about one stop; `before` is where the team comes from, None: not known."""
    name = Label(f"Place {stop.order}: site {stop.number}", f"സ്ഥലം {stop.order}: സൈറ്റ് {stop.number}")
    return (
        Section(_titled(name, "the door", "വാതിൽ"), _door(frame, stop, before)),
        Section(_titled(name, "why this line", "എന്തുകൊണ്ട് ഈ കണക്ഷൻ"), _evidence(frame, stop)),
        Section(_titled(name, "papers", "രേഖകൾ"), _papers(frame, stop)),
        Section(_titled(name, "what to do", "ചെയ്യേണ്ടത്"), tuple(_steps(frame, stop))),
    )


def clock(at: datetime | None) -> str | None:
    """`07:05 IST`, or None."""
    return None if at is None else f"{at.astimezone(IST):%H:%M} IST"


def checklist(frame: Frame, part: str) -> Table:
    """The fixed sentences of a part, each with room for a tick or a time."""
    return _listed(frame, (one for one in sentences() if one.part == part), Label("Step", "നടപടി"))


def known(value: Value | None) -> Value:
    """The value, or that it is not known."""
    return words.NOT_KNOWN if value is None else value


def _titled(name: Label, text: str, text_ml: str) -> Label:
    return Label(f"{name.en}, {text}", f"{name.ml}, {text_ml}")


def _door(frame: Frame, stop: PacketStopFacts, before: PointFacts | None) -> tuple[Part, ...]:
    def field(text: str, text_ml: str, value: Value | None) -> Field:
        return frame.field(text, text_ml, known(value), source=stop.source)

    position = f"{stop.point.latitude:.5f}, {stop.point.longitude:.5f}"
    return (
        FieldList(
            (
                field("Address as the provider gave it", "സേവനദാതാവ് നൽകിയ വിലാസം", stop.address),
                field("Entry planned", "പ്രവേശനം", f"{clock(stop.arrive_at)} - {clock(stop.leave_at)}"),
                field("Not before, not after", "മുമ്പും ശേഷവും അരുത്", _between(stop)),
                field("Sunrise, sunset", "സൂര്യോദയം, അസ്തമയം", _sun(stop)),
                field("Map point (WGS84)", "ഭൂപടസ്ഥാനം (WGS84)", position),
                field("From the stop before", "മുൻ സ്ഥലത്തു നിന്ന്", away(before, stop.point) if before else None),
                field("Police station", "പോലീസ് സ്റ്റേഷൻ", f"{stop.station.name}, {stop.district}"),
                field("Kind of place", "സ്ഥലത്തിന്റെ തരം", named(stop.kind, words.KINDS)),
                field("People expected", "പ്രതീക്ഷിക്കുന്ന ആളുകൾ", _count(stop.people_expected)),
                field("Children expected", "കുട്ടികൾ", yes_no(stop.children_expected)),
                field("Woman expected", "സ്ത്രീ", yes_no(stop.woman_expected)),
                field("Exits, dogs, language", "വഴികൾ, നായ്ക്കൾ, ഭാഷ", None),
                field("Welfare", "ക്ഷേമം", stop.welfare_note),
                field("For a child, ring", "കുട്ടിക്കായി വിളിക്കുക", stop.cwc_contact or words.NOT_NAMED),
                field("Witnesses found", "കണ്ടെത്തിയ സാക്ഷികൾ", ", ".join(stop.witnesses) or words.NOT_NAMED),
                field("Armed member", "ആയുധധാരി", yes_no(stop.armed)),
                field("Same time as other places", "ഒരേ സമയം മറ്റു സ്ഥലങ്ങൾ", _links(stop)),
            )
        ),
        sketch(
            Label(
                "The place and its police station; straight lines, no roads",
                "സ്ഥലവും സ്റ്റേഷനും; വഴികളില്ലാത്ത രേഖാചിത്രം",
            ),
            [(stop.point, "here"), (stop.station, "base")],
            ratio=0.42,
            least_km=2.0,
            limits=stop.limits,
            sources=(stop.source,),
        ),
    )


def _between(stop: PacketStopFacts) -> Value:
    if stop.not_before is None and stop.not_after is None:
        return Label("no limit in the papers", "രേഖകളിൽ പരിധിയില്ല")
    return f"{clock(stop.not_before) or '…'} - {clock(stop.not_after) or '…'}"


def _sun(stop: PacketStopFacts) -> str | None:
    return None if stop.sunrise is None else f"{clock(stop.sunrise)}, {clock(stop.sunset)}"


def _count(number: int | None) -> str | None:
    return None if number is None else str(number)


def _links(stop: PacketStopFacts) -> Value:
    shared = tuple(named(kind, words.LINKS) for kind in stop.same_wave)
    return joined(shared) or Label("no link known", "ബന്ധം അറിയില്ല")


def _evidence(frame: Frame, stop: PacketStopFacts) -> tuple[Part, ...]:
    told = stop.evidence

    def field(text: str, text_ml: str, value: Value | None) -> Field:
        return frame.field(text, text_ml, known(value), source=told.source)

    look = told.look
    seen = None if look is None else f"{ist(look.verified_at)}, {look.station}"
    wifi = WIFI.get(look.wifi) if look else None
    counts = Label(
        f"{told.support} for, {told.against} against", f"അനുകൂലം {told.support}, എതിർ {told.against}"
    )
    return (
        *_warnings(frame, told),
        FieldList(
            (
                field("Subject", "ലീഡ് കൂട്ടം", told.subject),
                field("How far the evidence reaches", "തെളിവ് എത്തുന്നത്", LEVELS[told.level]),
                field("Line", "കണക്ഷൻ", joined((told.customer_ref, told.provider))),
                field("Observations", "നിരീക്ഷണങ്ങൾ", counts),
                field("Independent events", "സ്വതന്ത്ര സംഭവങ്ങൾ", _said(told)),
                field("Oldest event", "ഏറ്റവും പഴയ സംഭവം", _aged(told.oldest_at, stop.arrive_at)),
                field("Newest event", "ഏറ്റവും പുതിയ സംഭവം", _aged(told.newest_at, stop.arrive_at)),
                field("Looked at on the ground", "സ്ഥലത്ത് നോക്കിയത്", seen),
                field("Wi-Fi then", "അന്നത്തെ വൈഫൈ", wifi),
                field("Checks passed", "ശരിയായ പരിശോധനകൾ", str(told.passed)),
            )
        ),
        *(frame.say(one.text, one.text_ml or one.text, source=told.source) for one in told.reasons),
    )


def _warnings(frame: Frame, told: EvidenceFacts) -> Iterable[Statement]:
    yield frame.say(
        "The line ends here; who used it is not known. A subscriber is not a suspect.",
        "കണക്ഷൻ ഇവിടെ അവസാനിക്കുന്നു; ഉപയോഗിച്ചത് ആരെന്നറിയില്ല. വരിക്കാരൻ / വരിക്കാരി എന്നാൽ കുറ്റം സംശയിക്കപ്പെടുന്നയാൾ എന്നല്ല.",
        source=told.source,
    )
    if not told.usable:
        yield frame.say(
            "DO NOT ENTER: a seal is broken or the attribution is in quarantine. Ring the control room.",
            "പ്രവേശിക്കരുത്: മുദ്ര തകർന്നു, അല്ലെങ്കിൽ കണ്ടെത്തൽ തടഞ്ഞിരിക്കുന്നു. കൺട്രോൾ റൂമിൽ വിളിക്കുക.",
            source=told.source,
        )
    if told.user_unknown:
        yield frame.say(
            "USER UNKNOWN: somebody outside the household may have used the line.",
            "ഉപയോക്താവ് ആരെന്നറിയില്ല: വീട്ടുകാരല്ലാത്ത ആരെങ്കിലും കണക്ഷൻ ഉപയോഗിച്ചിരിക്കാം.",
            source=told.source,
        )


def _said(told: EvidenceFacts) -> Label | None:
    one = told.independent
    return None if one is None else Label(one.text, one.text_ml or one.text)


def _aged(at: datetime | None, entry: datetime) -> Label | None:
    if at is None:
        return None
    days = (entry - at).days
    return Label(f"{ist(at)}, {days} days before entry", f"{ist(at)}, പ്രവേശനത്തിന് {days} ദിവസം മുമ്പ്")


def _papers(frame: Frame, stop: PacketStopFacts) -> tuple[Part, ...]:
    basis = named(stop.basis, BASES)
    law = tuple(filter(None, (BASIS_LAW.get(stop.basis or ""),)))
    said = frame.say(
        f"Basis: {en(basis) if basis else 'not chosen'}.",
        f"അടിസ്ഥാനം: {ml(basis) if basis else 'തിരഞ്ഞെടുത്തിട്ടില്ല'}.",
        law=law,
        source=stop.source,
    )
    rows = tuple(
        Row((words.PAPERS.get(code, code), value), (stop.source,)) for code, value in stop.papers
    ) + tuple(Row((words.PAPERS.get(code, code), None), (stop.source,)) for code in stop.missing)
    columns = (Column(Label("Paper", "രേഖ"), 2), Column(Label("As recorded", "രേഖപ്പെടുത്തിയത്"), 5))
    owed = tuple(
        Row((words.OWED.get(code, code), words.forthwith(hours), None), (stop.source,))
        for code, hours in stop.owed
    )
    due = (
        Column(Label("Owed afterwards", "പിന്നീട് ചെയ്യേണ്ടത്"), 4),
        Column(Label("When", "എപ്പോൾ"), 2),
        Column(Label("Done", "ചെയ്തു"), 1, ColumnKind.SIGN),
    )
    none = frame.say("No paper is on record.", "രേഖകളൊന്നുമില്ല.", source=stop.source)
    nothing = frame.say(
        "Nothing is owed by this basis.", "ഈ അടിസ്ഥാനത്തിൽ ഒന്നും ചെയ്യേണ്ടതില്ല.", source=stop.source
    )
    return said, Table(columns, rows, none), Table(due, owed, nothing)


def _steps(frame: Frame, stop: PacketStopFacts) -> Iterable[Part]:
    if stop.children_expected or stop.woman_expected:
        yield frame.say(
            "A child or a woman is expected: the woman officer goes in first and stays with them.",
            "കുട്ടിയോ സ്ത്രീയോ ഉണ്ടാകാം: വനിതാ ഉദ്യോഗസ്ഥ ആദ്യം കയറി അവർക്കൊപ്പം നിൽക്കുക.",
            source=stop.source,
        )
    for part, label in words.PARTS:
        yield _listed(frame, (one for one in sentences() if one.part == part), label)


def _listed(frame: Frame, said: Iterable[Sentence], title: Label) -> Table:
    sources = frame.law("bnss-103-4", "bnss-103-5", "bnss-105")
    columns = (
        Column(title, 7.4),
        Column(Label("Time, initials", "സമയം, ഒപ്പ്"), 1.6, ColumnKind.SIGN),
    )
    # Both wordings say the same; which of them is printed is the packet's hidden mark.
    rows = tuple(Row((Label(one.en[0], one.ml[0]), None), sources) for one in said)
    return Table(columns, rows, frame.say("Nothing to do.", "ഒന്നുമില്ല."))
