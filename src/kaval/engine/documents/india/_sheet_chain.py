"""The chain of an attribution sheet: observation, request, answer, subscriber, place, device, person, hop by hop."""

from __future__ import annotations

from datetime import datetime, timedelta

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
    Table,
    Value,
)
from kaval.engine.documents._wording import NOT_STATED_IN_SOURCE, ist, joined, named, yes_no
from kaval.engine.documents.india import _sheet_words as words
from kaval.engine.documents.india._sections import officer_name
from kaval.engine.kernel.instant import ist_text, utc_text
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.court.sheet_facts import AskedFacts, LeaseFacts, LineFacts, SeenFacts, SheetFacts

_HOPS = (
    Column(Label("Hop", "പടി"), 1.5),
    Column(Label("What is on record", "രേഖയിലുള്ളത്"), 4.2),
    Column(Label("Sealed record", "മുദ്രവച്ച രേഖ"), 2.2, ColumnKind.CODE),
)
_LEASE = (
    Column(Label("What", "എന്ത്"), 1.5),
    Column(Label("From", "മുതൽ"), 2.4, ColumnKind.CODE),
    Column(Label("To", "വരെ"), 2.4, ColumnKind.CODE),
)


def chain(frame: Frame, facts: SheetFacts) -> Section:
    """One table over the whole way; a hop that was not reached says so, and what comes after it is open."""
    rows = tuple(row for hop in _hops(facts) for row in hop)
    empty = frame.say("No observation is on record.", "നിരീക്ഷണങ്ങളൊന്നും രേഖയിലില്ല.")
    rule = frame.say(
        "Every hop rests on a sealed record. Providers are asked by written order; no address, port or time in a "
        "request was typed unless a check says so.",
        "ഓരോ പടിക്കും മുദ്രവച്ച രേഖയുണ്ട്. സേവനദാതാവിനോട് രേഖാമൂലമുള്ള ഉത്തരവിലൂടെ ചോദിക്കുന്നു; പരിശോധനയിൽ പറഞ്ഞാലല്ലാതെ "
        "അപേക്ഷയിലെ വിലാസമോ പോർട്ടോ സമയമോ കൈകൊണ്ട് ടൈപ്പ് ചെയ്തതല്ല.",
        law=("bnss-94",),
    )
    return Section(
        Label("From the address to the person", "വിലാസത്തിൽ നിന്ന് വ്യക്തിയിലേക്ക്"),
        (rule, Table(_HOPS, rows, empty)),
    )


def observation(frame: Frame, facts: SheetFacts, seen: SeenFacts) -> Section:
    """One observation with its request, answer and lease; every text as it was written, beside UTC and IST."""
    parts: list[Part] = [FieldList(_seen(frame, seen))]
    if seen.asked is not None:
        parts.append(FieldList(_asked(frame, seen.asked)))
    parts += _answered(frame, seen)
    return Section(observation_title(facts, seen), tuple(parts))


def observation_title(facts: SheetFacts, seen: SeenFacts) -> Label:
    """`Observation 2 of 3: supports`."""
    stands = words.STANDS[seen.stands]
    return Label(
        f"Observation {seen.number} of {len(facts.seen)}: {stands.en}",
        f"നിരീക്ഷണം {seen.number} / {len(facts.seen)}: {stands.ml}",
    )


def ending(frame: Frame, facts: SheetFacts) -> tuple[Section, ...]:
    """What the provider says of the line, what the local station saw, what was found, who is tied to it."""
    return (_line(frame, facts), _look(frame, facts), _devices(frame, facts), _persons(frame, facts))


def margin_words(margin: timedelta | None) -> Label:
    """How far from an end of the lease: inside, outside, or an end nobody stated."""
    if margin is None:
        return Label("the lease has no stated end", "ലീസിന്റെ അവസാനം പറഞ്ഞിട്ടില്ല")
    length = words.span(margin)
    if margin < timedelta(0):
        return Label(f"{length.en} OUTSIDE the lease", f"ലീസിനു പുറത്ത് {length.ml}")
    return Label(f"{length.en} inside the lease", f"ലീസിനുള്ളിൽ {length.ml}")


def _hops(facts: SheetFacts) -> tuple[tuple[Row, ...], ...]:
    follow = (*facts.standing("support"), *facts.standing("against"))
    nothing = (facts.source,)
    seen = tuple(
        _hop(_OBSERVED, f"{one.number}. {one.ip}{_port(one.port)}, {_when(one)}", one.source)
        for one in follow
    )
    asked = tuple(
        _hop(_ASKED, f"{one.number}. {one.asked.request}, {one.asked.reference}", one.asked.source)
        for one in follow
        if one.asked
    )
    answered = tuple(
        _hop(_ANSWERED, f"{one.number}. {one.lease.customer_ref}", one.lease.source)
        for one in follow
        if one.lease
    )
    return (
        seen or (_open(_OBSERVED, nothing),),
        asked or (_open(_ASKED, nothing),),
        answered or (_open(_ANSWERED, nothing),),
        _subscriber(facts),
        _place(facts),
        _ground(facts),
        _found(facts),
        _tied(facts),
    )


_OBSERVED, _ASKED = Label("Observation", "നിരീക്ഷണം"), Label("Request", "അപേക്ഷ")
_ANSWERED, _NAMED = Label("Answer", "മറുപടി"), Label("Subscriber", "വരിക്കാരൻ / വരിക്കാരി")
_ADDRESS, _GROUND = Label("Service address", "കണക്ഷന്റെ വിലാസം"), Label("Ground verification", "സ്ഥലപരിശോധന")
_DEVICE, _PERSON = Label("Device", "ഉപകരണം"), Label("Person", "വ്യക്തി")
_NOT_REACHED = Label("not reached", "എത്തിയിട്ടില്ല")


def _hop(hop: Label, what: Value, source: SourceRef) -> Row:
    return Row((hop, what, str(source)), (source,))


def _open(hop: Label, sources: tuple[SourceRef, ...]) -> Row:
    return Row((hop, _NOT_REACHED, "–"), sources)


def _subscriber(facts: SheetFacts) -> tuple[Row, ...]:
    if not facts.customer_ref or not facts.level:
        return (_open(_NAMED, (facts.source,)),)
    what = f"{facts.customer_ref}, {facts.provider}"
    row = _install(facts) or next(iter(facts.lines), None)
    return (_hop(_NAMED, what, row.source if row else facts.source),)


def _install(facts: SheetFacts) -> LineFacts | None:
    return next((one for one in facts.lines if one.address_kind == "install"), None)


def _place(facts: SheetFacts) -> tuple[Row, ...]:
    if facts.level < 2 or facts.place is None:
        return (_open(_ADDRESS, (facts.source,)),)
    install = _install(facts)
    return (_hop(_ADDRESS, facts.place, install.source if install else facts.source),)


def _ground(facts: SheetFacts) -> tuple[Row, ...]:
    look = facts.look
    if look is None:
        return (_open(_GROUND, (facts.source,)),)
    what = joined((look.station, officer_name(look.by), ist(look.verified_at)))
    return (_hop(_GROUND, what or look.station, look.source),)


def _found(facts: SheetFacts) -> tuple[Row, ...]:
    rows = tuple(_hop(_DEVICE, f"{one.number}: {one.description}", one.source) for one in facts.devices)
    return rows or (_open(_DEVICE, (facts.source,)),)


def _tied(facts: SheetFacts) -> tuple[Row, ...]:
    if facts.level < 4 or not facts.persons:
        return (_open(_PERSON, (facts.source,)),)
    return tuple(
        _hop(_PERSON, f"{one.number}: {'; '.join(one.evidence)}", one.source) for one in facts.persons
    )


def _port(port: int | None) -> str:
    return "" if port is None else f" : {port}"


def _when(seen: SeenFacts) -> str:
    return seen.as_received if seen.at is None else ist_text(seen.at)


def _seen(frame: Frame, seen: SeenFacts) -> tuple[Field, ...]:
    source = seen.source
    port: Value = NOT_STATED_IN_SOURCE if seen.port is None else str(seen.port)
    side = joined((seen.event or None, seen.transport or None, named(seen.role or None, words.ROLES)))
    zone = joined((words.ZONES.get(seen.zone_from, seen.zone_from), named(seen.precision, words.PRECISIONS)))
    both = None if seen.at is None else f"{utc_text(seen.at)} = {ist_text(seen.at)}"
    return (
        frame.field("Address seen", "കണ്ട വിലാസം", seen.ip, source=source),
        frame.field("Source port", "സോഴ്സ് പോർട്ട്", port, source=source),
        frame.field("Event; whose side", "സംഭവം; ആരുടെ വശം", side, source=source),
        frame.field("Time as written", "എഴുതിയ രൂപത്തിലുള്ള സമയം", seen.as_received or None, source=source),
        frame.field("The same in UTC and IST", "അതുതന്നെ UTC, IST", both, source=source),
        frame.field("Zone", "സമയമേഖല", zone, source=source),
        frame.field("Sealed source", "മുദ്രവച്ച ഉറവിടം", f"{source.sha256}, {source.locator}", source=source),
        frame.field("Lead", "ലീഡ്", seen.lead, source=source),
        frame.field("Second reader read", "രണ്ടാം വായനക്കാർ വായിച്ചത്", _second(seen), source=source),
    )


def _second(seen: SeenFacts) -> Label | None:
    nobody = Label("nobody, or several", "ആരുമില്ല, അല്ലെങ്കിൽ പലർ")
    said = tuple(
        joined((officer_name(officer), ref or nobody), separator=": ") for officer, ref in seen.second
    )
    return joined(said, separator="; ")


def _asked(frame: Frame, asked: AskedFacts) -> tuple[Field, ...]:
    source = asked.source
    order = f"{asked.provider}, {asked.request}, {asked.reference}, {ist_text(asked.sent_at)}"
    sent = f"{asked.ip}{_port(asked.port)}; {asked.utc_text} = {asked.ist_text}"
    return (
        frame.field("Asked", "ചോദിച്ചത്", order, source=source),
        frame.field("As sent", "അയച്ച രൂപം", sent, source=source),
        frame.field("Signed by", "ഒപ്പിട്ടത്", officer_name(asked.signed_by), source=source),
    )


def _answered(frame: Frame, seen: SeenFacts) -> tuple[Part, ...]:
    state = words.STATES.get(seen.state, Label(seen.state, seen.state))
    source = seen.lease.source if seen.lease else seen.source
    says = tuple(
        frame.say(
            f"{reason.text}.".replace("..", "."),
            f"{reason.text_ml or reason.text}.".replace("..", "."),
            source=source,
        )
        for reason in seen.reasons
    )
    found = frame.field("The answer names", "മറുപടിയിലുള്ളത്", state, source=source)
    if seen.lease is None:
        return (FieldList((found,)), *says)
    return (FieldList((found, *_lease(frame, seen.lease))), *_spans(frame, seen, seen.lease), *says)


def _lease(frame: Frame, lease: LeaseFacts) -> tuple[Field, ...]:
    source = lease.source
    ports: Value = Label("all ports", "എല്ലാ പോർട്ടും")
    if lease.port_low is not None:
        ports = f"{lease.port_low} – {lease.port_high if lease.port_high is not None else lease.port_low}"
    sealed = joined((f"{source.sha256}, {source.locator}", ist(lease.received_at)), separator="; ")
    return (
        frame.field("Customer", "വരിക്കാരുടെ നമ്പർ", lease.customer_ref, source=source),
        frame.field("Address or prefix", "വിലാസം അഥവാ പ്രിഫിക്സ്", lease.address, source=source),
        frame.field("Port block", "പോർട്ട് ശ്രേണി", ports, source=source),
        frame.field("Fixed address", "സ്ഥിരം വിലാസം", yes_no(lease.static), source=source),
        frame.field("Sealed answer; received", "മുദ്രവച്ച മറുപടി; ലഭിച്ചത്", sealed, source=source),
    )


def _spans(frame: Frame, seen: SeenFacts, lease: LeaseFacts) -> tuple[Part, ...]:
    """The lease and the observed window one under the other, and how far the window lies from both ends."""
    sources = (lease.source, seen.source)
    end: Value = lease.end_text or Label("no end stated", "അവസാനം പറഞ്ഞിട്ടില്ല")
    rows = [
        Row((Label("Lease as written", "ലീസ്, എഴുതിയ രൂപം"), lease.start_text or None, end), sources),
        Row((Label("Lease in UTC", "ലീസ് UTC-യിൽ"), _utc(lease.start_at), _utc(lease.end_at) or end), sources),
    ]
    margins = None if seen.window is None else lease.margins(seen.window)
    if seen.window is not None:
        what = Label("Time seen, clock error included", "കണ്ട സമയം, ഘടികാരപ്പിഴവ് ഉൾപ്പെടെ")
        rows.append(Row((what, utc_text(seen.window[0]), utc_text(seen.window[1])), sources))
    if margins is not None:
        what = Label("Distance to the ends of the lease", "ലീസിന്റെ അറ്റങ്ങളിലേക്കുള്ള അകലം")
        rows.append(Row((what, margin_words(margins[0]), margin_words(margins[1])), sources))
    empty = frame.say("No lease is on record.", "ലീസ് രേഖയിലില്ല.")
    return (Table(_LEASE, tuple(rows), empty),)


def _utc(at: datetime | None) -> str | None:
    return None if at is None else utc_text(at)


def _line(frame: Frame, facts: SheetFacts) -> Section:
    columns = (
        Column(Label("Label of the provider", "സേവനദാതാവിന്റെ അടയാളം"), 2.2),
        Column(Label("Kind of line", "കണക്ഷന്റെ തരം"), 1.3),
        Column(Label("Active from – to", "മുതൽ – വരെ"), 2.2, ColumnKind.CODE),
        Column(Label("Address", "വിലാസം"), 2.6),
        Column(Label("Sealed answer", "മുദ്രവച്ച മറുപടി"), 1.9, ColumnKind.CODE),
    )
    withheld = Label("not shown on this sheet", "ഈ ഷീറ്റിൽ കാണിക്കുന്നില്ല")
    since = Label("not stated", "പറഞ്ഞിട്ടില്ല")
    rows = tuple(
        Row(
            (
                words.ADDRESS_KINDS.get(one.address_kind, one.address_kind),
                named(one.segment, words.SEGMENTS),
                joined((_utc(one.active_from) or since, _utc(one.active_to) or since), separator=" – "),
                one.address or withheld,
                str(one.source),
            ),
            (one.source,),
        )
        for one in facts.lines
    )
    note = frame.say(
        "The name of the subscriber is kept sealed and is not on this sheet. The subscriber is whose line it is, not "
        "who used it.",
        "വരിക്കാരുടെ പേര് മുദ്രവച്ച് സൂക്ഷിക്കുന്നു; ഈ ഷീറ്റിലില്ല. കണക്ഷൻ ആരുടേതെന്നു മാത്രമാണ് വരിക്കാരൻ എന്ന വാക്ക് "
        "പറയുന്നത്, ഉപയോഗിച്ചത് ആരെന്നല്ല.",
    )
    empty = frame.say("The provider has given no address.", "സേവനദാതാവ് വിലാസമൊന്നും നൽകിയിട്ടില്ല.")
    return Section(
        Label("Subscriber and service address", "വരിക്കാരനും കണക്ഷന്റെ വിലാസവും"),
        (Table(columns, rows, empty), note),
    )


def _look(frame: Frame, facts: SheetFacts) -> Section:
    title = Label("Verification on the ground", "സ്ഥലത്തെ പരിശോധന")
    look = facts.look
    if look is None:
        text = "No local station has looked at the place yet.", "ലോക്കൽ സ്റ്റേഷൻ സ്ഥലം ഇതുവരെ നോക്കിയിട്ടില്ല."
        return Section(title, (frame.say(*text),))

    def told(label_en: str, label_ml: str, value: Value | None) -> Field:
        return frame.field(label_en, label_ml, value, source=look.source)

    return Section(
        title,
        (
            FieldList(
                (
                    told("Station", "സ്റ്റേഷൻ", look.station),
                    told("Verified by", "ഉറപ്പാക്കിയത്", officer_name(look.by)),
                    told("Verified", "ഉറപ്പാക്കിയ സമയം", ist(look.verified_at)),
                    told("The very unit was found", "വീടു തന്നെ കണ്ടെത്തി", yes_no(look.unit_found)),
                    told("Only one such place", "ഇങ്ങനെ ഒരു സ്ഥലം മാത്രം", yes_no(look.single_match)),
                    told(
                        "Who lives there", "അവിടെ താമസിക്കുന്നത്", named(look.occupant_at_event, words.OCCUPANTS)
                    ),
                    told("Lived there from", "താമസം തുടങ്ങിയത്", look.resident_since),
                    told("Lived there until", "താമസം തീർന്നത്", look.resident_until or _STILL),
                    told("Wi-Fi", "വൈഫൈ", named(look.wifi, words.WIFI)),
                    told("Children seen", "കുട്ടികളെ കണ്ടു", yes_no(look.children_seen)),
                )
            ),
        ),
    )


_STILL = Label("no date of leaving on record", "മാറിയ തീയതി രേഖയിലില്ല")


def _devices(frame: Frame, facts: SheetFacts) -> Section:
    columns = (
        Column(Label("Item no.", "ഇനം നമ്പർ"), 1.5, ColumnKind.CODE),
        Column(Label("Device", "ഉപകരണം"), 2.4),
        Column(Label("Seal", "മുദ്ര"), 1.2, ColumnKind.CODE),
        Column(Label("Files on a list of digests", "ഹാഷ് പട്ടികയിലുള്ള ഫയലുകൾ"), 1.6, ColumnKind.NUMBER),
        Column(Label("SHA-256 of the image", "ഇമേജിന്റെ SHA-256"), 2.6, ColumnKind.CODE),
    )
    open_yet = Label("not examined yet", "പരിശോധിച്ചിട്ടില്ല")
    none_made = Label("no image", "ഇമേജ് ഇല്ല")
    rows = tuple(
        Row(
            (
                one.number,
                one.description,
                one.seal,
                open_yet if one.known is None else str(one.known),
                one.image_sha256 or none_made,
            ),
            (one.source,),
        )
        for one in facts.devices
    )
    empty = frame.say(
        "No device was found: no search was made, or nothing was seized.",
        "ഉപകരണമൊന്നും കണ്ടെത്തിയിട്ടില്ല: പരിശോധന നടന്നിട്ടില്ല, അല്ലെങ്കിൽ ഒന്നും പിടിച്ചെടുത്തില്ല.",
    )
    return Section(Label("Devices", "ഉപകരണങ്ങൾ"), (Table(columns, rows, empty),))


def _persons(frame: Frame, facts: SheetFacts) -> Section:
    columns = (
        Column(Label("Entry", "രേഖ"), 1.5, ColumnKind.CODE),
        Column(Label("What ties the person to the use", "ഉപയോഗവുമായി ബന്ധിപ്പിക്കുന്നത്"), 5),
        Column(Label("Time", "സമയം"), 2, ColumnKind.CODE),
    )
    # Below level 4 nobody is tied to anything, whatever an entry says.
    told = facts.persons if facts.level >= 4 else ()
    rows = tuple(
        Row((one.number, "; ".join(one.evidence) or None, ist(one.at)), (one.source,)) for one in told
    )
    empty = frame.say(
        "Nobody is tied to the use of a device. Until that is so, the sheet speaks of a subscriber only.",
        "ഉപകരണം ഉപയോഗിച്ചത് ആരെന്ന് ബന്ധിപ്പിച്ചിട്ടില്ല. അതുവരെ വരിക്കാരൻ / വരിക്കാരി എന്നു മാത്രം പറയുന്നു.",
    )
    return Section(Label("Person", "വ്യക്തി"), (Table(columns, rows, empty),))
