"""What speaks against an attribution, what supports it beyond addresses, and why it may not be used at all."""

from __future__ import annotations

from kaval.engine.documents._frame import Frame
from kaval.engine.documents._spec import Column, ColumnKind, Label, Part, Row, Section, Statement, Table
from kaval.engine.documents._wording import en, ist, joined, ml, named, yes_no
from kaval.engine.documents.india import _sheet_words as words
from kaval.engine.documents.india._sections import officer_name
from kaval.engine.documents.india._sheet_checks import observation_named
from kaval.engine.rules.court.sheet_facts import NoteFacts, SeenFacts, SheetFacts

ALARM = Label("DO NOT USE THIS ATTRIBUTION", "ഈ കണ്ടെത്തൽ ഉപയോഗിക്കരുത്")
_BROKEN = (
    Column(Label("What", "എന്ത്"), 2.2),
    Column(Label("Reference", "അവലംബം"), 2.4),
    Column(Label("Digest it was sealed with", "മുദ്രവച്ചപ്പോഴുള്ള ഹാഷ്"), 3.6, ColumnKind.CODE),
)
_HELD = (
    Column(Label("What is shared", "പൊതുവായത്"), 2.4),
    Column(Label("Reference", "അവലംബം"), 2.2, ColumnKind.CODE),
    Column(Label("Error record", "പിഴവിന്റെ രേഖ"), 1.8, ColumnKind.CODE),
    Column(Label("Since", "മുതൽ"), 2.0, ColumnKind.CODE),
)


def warning(frame: Frame, facts: SheetFacts) -> tuple[Section, ...]:
    """The very first thing on the sheet when a seal is broken or the attribution is in quarantine; else nothing."""
    if facts.usable:
        return ()
    parts: list[Part] = []
    if facts.broken or facts.broken_at:
        parts += _broken(frame, facts)
    if facts.held_back or facts.quarantined_at:
        parts += _held(frame, facts)
    return (Section(ALARM, tuple(parts)),)


def against(frame: Frame, facts: SheetFacts) -> Section:
    """What would contradict it: other customers, silent observations, open Wi-Fi, people who moved, shared lines."""
    said = [*(_other(frame, one) for one in facts.standing("against"))]
    said += [_silent(frame, one) for one in facts.standing("open")]
    said += _at_the_place(frame, facts)
    said += _of_the_line(frame, facts)
    if facts.asked_around is not None and facts.asked_around.conflict:
        said.append(
            frame.say(
                f"Another unit holds the same identifiers: {facts.asked_around.note.text}. Ask it before you act.",
                f"ഇതേ തിരിച്ചറിയൽ വിവരം മറ്റൊരു യൂണിറ്റിന്റെ കൈവശമുണ്ട്: {facts.asked_around.note.text}. എന്തെങ്കിലും "
                "ചെയ്യുന്നതിനു മുമ്പ് ചോദിക്കുക.",
                source=facts.asked_around.note.source,
            )
        )
    if not said:
        said.append(
            frame.say(
                "Nothing on record speaks against it. That is not proof: it says only that nothing was found.",
                "രേഖയിൽ എതിരായി ഒന്നുമില്ല. അത് തെളിവല്ല: ഒന്നും കണ്ടെത്തിയില്ലെന്നു മാത്രം.",
            )
        )
    said.append(_always(frame))
    return Section(Label("What speaks against this", "ഇതിനെതിരെ നിൽക്കുന്നത്"), tuple(said))


def support(frame: Frame, facts: SheetFacts) -> Section:
    """Facts beyond addresses, and whether others hold the same identifiers."""
    columns = (
        Column(Label("Kind", "തരം"), 1.8),
        Column(Label("Fact", "വസ്തുത"), 3.6),
        Column(Label("Entered by", "രേഖപ്പെടുത്തിയത്"), 2.2),
        Column(Label("Time", "സമയം"), 1.8, ColumnKind.CODE),
    )
    rows = tuple(
        Row(
            (named(one.kind, words.TIES), one.note.text, officer_name(one.note.by), ist(one.note.at)),
            (one.note.source,),
        )
        for one in facts.ties
    )
    empty = frame.say(
        "No fact beyond addresses is on record (A-42).", "വിലാസങ്ങൾക്കപ്പുറമുള്ള വസ്തുതകളൊന്നും രേഖയിലില്ല (A-42)."
    )
    return Section(
        Label("Corroboration", "മറ്റു തെളിവുകൾ"), (Table(columns, rows, empty), *_asked_around(frame, facts))
    )


def caveats(frame: Frame, facts: SheetFacts) -> Section:
    """The provider's own warnings, in its own words, and what the unit knows of its answers."""
    said: tuple[Statement, ...] = tuple(
        frame.say(
            f"{one.origin.text}: {one.text}",
            f"{one.origin.text_ml or one.origin.text}: {one.text}",
            source=one.source,
        )
        for one in facts.caveats
    )
    none = frame.say(
        "The provider gave no warning with its answer, and no peculiarity of its answers is on record for that time.",
        "സേവനദാതാവ് മറുപടിക്കൊപ്പം മുന്നറിയിപ്പൊന്നും നൽകിയിട്ടില്ല; അക്കാലത്തെ മറുപടികളുടെ പ്രത്യേകതകളും രേഖയിലില്ല.",
    )
    return Section(Label("What the provider warns of", "സേവനദാതാവിന്റെ മുന്നറിയിപ്പുകൾ"), said or (none,))


def basis(frame: Frame, facts: SheetFacts) -> Section:
    """Everything with a digest that the attribution rests on, so that anybody can compare it."""
    columns = (
        Column(Label("What", "എന്ത്"), 2.4),
        Column(Label("Reference", "അവലംബം"), 2.4, ColumnKind.CODE),
        Column(Label("SHA-256", "SHA-256"), 3.6, ColumnKind.CODE),
        Column(Label("Seal", "മുദ്ര"), 1.2),
    )
    whole, torn = Label("no break on record", "കേട് രേഖയിലില്ല"), Label("BROKEN", "തകർന്നു")
    rows = tuple(
        Row(
            (named(one.role, words.BASIS), one.reference or None, one.digest, torn if one.broken else whole),
            (facts.source,),
        )
        for one in facts.basis
    )
    empty = frame.say("No sealed basis is on record.", "മുദ്രവച്ച അടിസ്ഥാനം രേഖയിലില്ല.")
    rule = frame.say(
        "Each record below is kept as it came. Whoever has a copy can compute its digest and compare; the certificate "
        "for electronic records goes with every copy that is submitted.",
        "താഴെയുള്ള ഓരോ രേഖയും വന്നതുപോലെ സൂക്ഷിക്കുന്നു. പകർപ്പുള്ള ആർക്കും ഹാഷ് കണക്കാക്കി ഒത്തുനോക്കാം; സമർപ്പിക്കുന്ന ഓരോ "
        "പകർപ്പിനൊപ്പവും ഇലക്ട്രോണിക് രേഖയ്ക്കുള്ള സാക്ഷ്യപത്രം നൽകും.",
        law=("bsa-63-4",),
    )
    return Section(Label("What it rests on", "ഇതിന്റെ അടിസ്ഥാനം"), (rule, Table(columns, rows, empty)))


def _broken(frame: Frame, facts: SheetFacts) -> tuple[Part, ...]:
    found = ist(facts.broken_at)
    en_when, ml_when = (f" Found {found}.", f" കണ്ടെത്തിയത് {found}.") if found else ("", "")
    text = frame.say(
        f"Broken seal: sealed bytes this sheet rests on are no longer what was received.{en_when} Nothing may be "
        "planned, done or said on it until the bytes are found and every step is made again.",
        f"മുദ്ര തകർന്നു: ഈ ഷീറ്റിന്റെ അടിസ്ഥാനമായ രേഖ ലഭിച്ചപ്പോഴത്തേതല്ല.{ml_when} ആ രേഖ കണ്ടെത്തി എല്ലാ പടികളും വീണ്ടും "
        "ചെയ്യുന്നതു വരെ ഇതിന്റെ അടിസ്ഥാനത്തിൽ ഒന്നും ആസൂത്രണം ചെയ്യുകയോ ചെയ്യുകയോ പറയുകയോ അരുത്.",
    )
    rows = tuple(
        Row((named(one.role, words.BASIS), one.reference or None, one.digest), (facts.source,))
        for one in facts.broken
    )
    empty = frame.say("Which seal is not on record.", "ഏത് മുദ്ര എന്നു രേഖയിലില്ല.")
    return text, Table(_BROKEN, rows, empty)


def _held(frame: Frame, facts: SheetFacts) -> tuple[Part, ...]:
    since = ist(facts.quarantined_at) or ""
    text = frame.say(
        f"Quarantine{f' since {since}' if since else ''}: a confirmed error elsewhere shares something with this "
        "attribution. It may not be used until an officer lifts the quarantine with a reason.",
        f"മാറ്റിനിർത്തി{f' ({since})' if since else ''}: മറ്റൊരിടത്ത് സ്ഥിരീകരിച്ച ഒരു പിഴവിന് ഇതുമായി പൊതുവായി ചിലതുണ്ട്. ഒരു "
        "ഉദ്യോഗസ്ഥൻ / ഉദ്യോഗസ്ഥ കാരണം സഹിതം നീക്കുന്നതു വരെ ഉപയോഗിക്കരുത്.",
    )
    rows = tuple(
        Row(
            (named(one.shared, words.SHARED), one.reference or None, one.error, ist(one.since)), (one.source,)
        )
        for one in facts.held_back
    )
    empty = frame.say("The error record is not on this sheet.", "പിഴവിന്റെ രേഖ ഈ ഷീറ്റിലില്ല.")
    return text, Table(_HELD, rows, empty)


def _other(frame: Frame, one: SeenFacts) -> Statement:
    others = ", ".join(one.others)
    names_en = f" ({others})" if others else ""
    told = "; ".join(f"{note.by.name}: {note.text.strip().rstrip('.')}" for note in one.explained)
    explained_en = f" Explained by {told}." if told else " No explanation is on record."
    explained_ml = f" വിശദീകരണം: {told}." if told else " വിശദീകരണം രേഖയിലില്ല."
    return frame.say(
        f"Observation {one.number} ({one.ip}, {one.as_received}) names another customer{names_en}.{explained_en}",
        f"നിരീക്ഷണം {one.number} ({one.ip}, {one.as_received}) മറ്റൊരു വരിക്കാരനിലേക്ക് / വരിക്കാരിയിലേക്ക് എത്തുന്നു{names_en}."
        f"{explained_ml}",
        source=one.explained[0].source if one.explained else one.source,
    )


def _silent(frame: Frame, one: SeenFacts) -> Statement:
    state = words.STATES.get(one.state, words.STATES[""])
    why_en = "; ".join(reason.text.rstrip(".") for reason in one.reasons)
    why_ml = "; ".join((reason.text_ml or reason.text).rstrip(".") for reason in one.reasons)
    others = f" ({', '.join(one.others)})" if one.others else ""
    return frame.say(
        f"Observation {one.number} ({one.ip}, {one.as_received}) says nothing either way: {state.en}{others}"
        f"{f'; {why_en}' if why_en else ''}.",
        f"നിരീക്ഷണം {one.number} ({one.ip}, {one.as_received}) രണ്ടു വശത്തും ഒന്നും പറയുന്നില്ല: {state.ml}{others}"
        f"{f'; {why_ml}' if why_ml else ''}.",
        source=one.source,
    )


def _at_the_place(frame: Frame, facts: SheetFacts) -> list[Statement]:
    look, said = facts.look, []
    source = facts.source if look is None else look.source
    if "user_unknown" in facts.flags or (look is not None and look.wifi in ("open", "shared")):
        text = (
            "USER UNKNOWN: the Wi-Fi at the place is open, shared or not known. Somebody outside the household may "
            "have used the line. The mark goes with this sheet to the door and to any arrest form."
        )
        text_ml = (
            "ഉപയോക്താവ് ആരെന്നറിയില്ല: സ്ഥലത്തെ വൈഫൈ തുറന്നതോ പങ്കിട്ടതോ അറിയാത്തതോ ആണ്. വീട്ടുകാരല്ലാത്ത ആരെങ്കിലും കണക്ഷൻ "
            "ഉപയോഗിച്ചിരിക്കാം. ഈ അടയാളം വാതിൽ വരെയും അറസ്റ്റ് ഫോമിലേക്കും കൂടെ പോകും."
        )
        said.append(frame.say(text, text_ml, source=source))
    if look is not None and look.occupant_at_event != "same":
        who = words.OCCUPANTS.get(look.occupant_at_event, words.OCCUPANTS["unknown"])
        said.append(
            frame.say(
                f"Who lives at the place now, compared with the event: {who.en}.",
                f"ഇപ്പോൾ താമസിക്കുന്നവർ, സംഭവസമയവുമായി ഒത്തുനോക്കുമ്പോൾ: {who.ml}.",
                source=source,
            )
        )
    if look is not None and not (look.unit_found and look.single_match):
        said.append(
            frame.say(
                "The very house was not found, or more than one fits the address.",
                "വീട് കൃത്യമായി കണ്ടെത്തിയില്ല, അല്ലെങ്കിൽ ഒന്നിലധികം വീടുകൾ വിലാസവുമായി യോജിക്കുന്നു.",
                source=source,
            )
        )
    return said


def _of_the_line(frame: Frame, facts: SheetFacts) -> list[Statement]:
    kinds = {one.segment: one for one in facts.lines if one.segment and one.segment != "HOME"}
    return [
        frame.say(
            f"The line serves more than one household: {en(named(kind, words.SEGMENTS) or kind)}.",
            f"കണക്ഷൻ ഒന്നിലധികം വീട്ടുകാർക്ക്: {ml(named(kind, words.SEGMENTS) or kind)}.",
            source=line.source,
        )
        for kind, line in sorted(kinds.items())
    ]


def _always(frame: Frame) -> Statement:
    return frame.say(
        "It would be wrong if the provider's answer is wrong, if the clock of a source stood off by more than is "
        "counted here, if somebody else used the line, or if the people at the place have changed. Whoever knows of "
        "such a thing is asked to say so.",
        "സേവനദാതാവിന്റെ മറുപടി തെറ്റാണെങ്കിൽ, ഉറവിടത്തിന്റെ ഘടികാരം ഇവിടെ കണക്കാക്കിയതിലും കൂടുതൽ തെറ്റിയിരുന്നെങ്കിൽ, മറ്റാരെങ്കിലും "
        "കണക്ഷൻ ഉപയോഗിച്ചെങ്കിൽ, താമസക്കാർ മാറിയെങ്കിൽ ഇത് തെറ്റാകും. അങ്ങനെ എന്തെങ്കിലും അറിയുന്നവർ പറയണം.",
    )


def _asked_around(frame: Frame, facts: SheetFacts) -> tuple[Part, ...]:
    around = facts.asked_around
    if around is None:
        return (
            frame.say(
                "Nobody has asked yet whether another unit, state, undercover or victim account holds the same "
                "identifiers (A-50).",
                "ഇതേ തിരിച്ചറിയൽ വിവരം മറ്റൊരു യൂണിറ്റിന്റെയോ സംസ്ഥാനത്തിന്റെയോ രഹസ്യാന്വേഷകരുടെയോ ഇരയുടെയോ അക്കൗണ്ടാണോ എന്ന് "
                "ഇതുവരെ ചോദിച്ചിട്ടില്ല (A-50).",
            ),
        )
    answer = yes_no(around.conflict) or Label("not answered", "മറുപടിയില്ല")
    who = joined((around.asked or None, officer_name(around.note.by), ist(around.note.at)))
    return (
        frame.say(
            f"Held by another unit, state, undercover or victim account (A-50): {answer.en}. Asked: {en(who or '?')}.",
            f"മറ്റൊരു യൂണിറ്റോ സംസ്ഥാനമോ രഹസ്യാന്വേഷകരോ ഇരയോ ഉപയോഗിക്കുന്നതാണോ (A-50): {answer.ml}. ചോദിച്ചത്: {ml(who or '?')}.",
            source=around.note.source,
        ),
    )


def explained(frame: Frame, notes: tuple[NoteFacts, ...]) -> Section:
    """Explanations on record, by name, for observations that point elsewhere (A-41)."""
    columns = (
        Column(Label("About", "എന്തിനെക്കുറിച്ച്"), 1.5),
        Column(Label("Explanation", "വിശദീകരണം"), 4),
        Column(Label("By", "ആര്"), 2),
        Column(Label("Time", "സമയം"), 1.8, ColumnKind.CODE),
    )
    rows = tuple(
        Row((observation_named(one.about), one.text, officer_name(one.by), ist(one.at)), (one.source,))
        for one in notes
    )
    empty = frame.say("No explanation is on record.", "വിശദീകരണങ്ങളൊന്നും രേഖയിലില്ല.")
    return Section(Label("Explanations", "വിശദീകരണങ്ങൾ"), (Table(columns, rows, empty),))
