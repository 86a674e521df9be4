"""Grounds of belief: what was seen, what a hash is, who viewed, who else may have used it, what is warned of (A-64).

Each part is made of facts with sources and says what is not known. An affidavit was faulted for leaving these parts out
and a search for resting on an address alone (law_and_procedure.md 3.1, 3.4).
"""

from __future__ import annotations

from collections.abc import Iterable

from kaval.engine.documents._frame import Frame
from kaval.engine.documents._law import LawTable
from kaval.engine.documents._spec import (
    Document,
    DocumentSpec,
    FieldList,
    Label,
    Need,
    Section,
    Statement,
    Value,
)
from kaval.engine.documents._wording import BASES, BASIS_LAW, named
from kaval.engine.documents.india import _sheet_words as words
from kaval.engine.documents.india._disclosure import hash_words, viewing_words
from kaval.engine.documents.india._sections import head_fields, officer_name, signing
from kaval.engine.kernel.instant import ist_text
from kaval.engine.rules.attribution.case import GROUNDS
from kaval.engine.rules.court.disclosure_facts import GroundsFacts
from kaval.engine.rules.court.sheet_facts import SeenFacts


def build(facts: GroundsFacts, law: LawTable) -> Document:
    """The text; a part of A-64 that the facts cannot fill is a gap, never left out in silence."""
    frame = Frame(facts.head, law, source=facts.source)
    said = grounds_said(facts)
    for part in GROUNDS:
        if part not in said:
            label = _PARTS[part]
            frame.gap(f"grounds.{part}", f"A-64: {label.en}", f"A-64: {label.ml}")
    sections = (
        _opening(frame, facts),
        _section("seen", _seen(frame, facts)),
        _section("hash", hash_words(frame)),
        _section("viewing", tuple(viewing_words(frame, lead) for lead in facts.leads) or (_no_lead(frame),)),
        _section("sharing", _sharing(frame, facts)),
        _section("caveats", _caveats(frame, facts)),
        signing((Label("Officer", "ഉദ്യോഗസ്ഥൻ / ഉദ്യോഗസ്ഥ"), officer_name(facts.officer))),
    )
    return frame.close(SPEC, facts, sections)


def grounds_said(facts: GroundsFacts) -> frozenset[str]:
    """The parts of A-64 (`GROUNDS`) that the text of these facts says; for the check of that id."""
    said = {"hash"}
    if facts.seen:
        said.add("seen")
    if facts.leads:
        said.add("viewing")
    if facts.look is not None:
        said.add("sharing")
    if facts.caveats is not None:
        said.add("caveats")
    return frozenset(said)


def parts_said(gaps: Iterable[str]) -> frozenset[str]:
    """The parts of A-64 that a text once made says, from the English gaps it was kept with."""
    missing = " ".join(gaps)
    return frozenset(part for part in GROUNDS if f"A-64: {_PARTS[part].en}" not in missing)


_PARTS = {
    "seen": Label("How it was seen", "എങ്ങനെ കണ്ടു"),
    "hash": Label("What a hash value is", "ഹാഷ് മൂല്യം എന്താണ്"),
    "viewing": Label("Who viewed the files", "ഫയലുകൾ കണ്ടത് ആര്"),
    "sharing": Label("Who else may have used the line", "കണക്ഷൻ മറ്റാരൊക്കെ ഉപയോഗിച്ചിരിക്കാം"),
    "caveats": Label("What is warned of", "മുന്നറിയിപ്പുകൾ"),
}


def _section(part: str, said: tuple[Statement, ...]) -> Section:
    return Section(_PARTS[part], said)


def _opening(frame: Frame, facts: GroundsFacts) -> Section:
    law = tuple(filter(None, (BASIS_LAW.get(facts.basis or ""), "it-67b")))
    rule = frame.say(
        "What is written here follows from the records named. It says whose line was used and where that line ends. It "
        "does not say who used it. A subscriber is not a suspect.",
        "ഇവിടെ എഴുതിയത് പറഞ്ഞിരിക്കുന്ന രേഖകളിൽ നിന്നാണ്. ആരുടെ കണക്ഷൻ, അത് എവിടെ എന്നു മാത്രം പറയുന്നു; ഉപയോഗിച്ചത് ആരെന്നല്ല. "
        "വരിക്കാരൻ / വരിക്കാരി എന്നാൽ കുറ്റം സംശയിക്കപ്പെടുന്നയാൾ എന്നല്ല.",
        law=law,
    )
    place: Value | None = facts.place
    if facts.level < 2:
        place = Label("no place is named below level 2", "ലെവൽ 2-നു താഴെ സ്ഥലം പറയില്ല")
    fields = (
        *head_fields(frame, facts.head),
        frame.field("Subject", "ലീഡ് കൂട്ടം", facts.subject),
        frame.field("Level", "ലെവൽ", words.LEVELS[facts.level]),
        frame.field("Place", "സ്ഥലം", place),
        frame.field("Power applied for", "അപേക്ഷിക്കുന്ന അധികാരം", named(facts.basis, BASES)),
    )
    return Section(Label("Grounds", "കാരണങ്ങൾ"), (*_stop(frame, facts), rule, FieldList(fields)))


def _stop(frame: Frame, facts: GroundsFacts) -> tuple[Statement, ...]:
    """The first thing said when nothing may rest on it."""
    if not facts.usable:
        return (
            frame.say(
                "DO NOT USE: a seal is broken, or the attribution is in quarantine. No application may rest on it.",
                "ഉപയോഗിക്കരുത്: മുദ്ര തകർന്നു, അല്ലെങ്കിൽ കണ്ടെത്തൽ മാറ്റിനിർത്തിയിരിക്കുന്നു. ഒരു അപേക്ഷയും ഇതിന്മേൽ അരുത്.",
            ),
        )
    if facts.stopped_by:
        ids = ", ".join(facts.stopped_by)
        return (
            frame.say(
                f"NOT READY: the attribution is stopped by {ids}. No application may rest on it.",
                f"തയ്യാറല്ല: {ids} എന്നീ പരിശോധനകൾ തടയുന്നു. ഒരു അപേക്ഷയും ഇതിന്മേൽ അരുത്.",
            ),
        )
    return ()


def _seen(frame: Frame, facts: GroundsFacts) -> tuple[Statement, ...]:
    if not facts.seen:
        return (frame.say("No observation supports it.", "ഇതിനെ പിന്തുണയ്ക്കുന്ന നിരീക്ഷണമില്ല."),)
    systems = {lead.lead: lead.system for lead in facts.leads}
    return tuple(_one_seen(frame, one, systems.get(one.lead, "")) for one in facts.seen)


def _one_seen(frame: Frame, one: SeenFacts, system: str) -> Statement:
    at = one.as_received if one.at is None else ist_text(one.at)
    port = f" port {one.port}" if one.port is not None else ""
    port_ml = f", പോർട്ട് {one.port}" if one.port is not None else ""
    by_en = f"{system} reported" if system else "It was reported"
    event = f" ({one.event})" if one.event else ""
    answer_en = answer_ml = ""
    if one.asked is not None and one.lease is not None:
        answer_en = (
            f" {one.asked.provider}, asked in writing ({one.asked.request}, row {one.asked.reference}), answered that "
            f"its customer {one.lease.customer_ref} held it from {one.lease.start_text} to "
            f"{one.lease.end_text or 'no stated end'}."
        )
        answer_ml = (
            f" രേഖാമൂലം ചോദിച്ചപ്പോൾ ({one.asked.request}, വരി {one.asked.reference}), {one.lease.start_text} മുതൽ "
            f"{one.lease.end_text or 'അവസാനം പറയാതെ'} വരെ അത് {one.lease.customer_ref} എന്ന വരിക്കാരുടെ നമ്പറിന്റേതായിരുന്നു എന്ന് "
            f"{one.asked.provider} മറുപടി നൽകി."
        )
    return frame.say(
        f"{one.number}. {by_en} the address {one.ip}{port} at {at} (written as {one.as_received}){event}.{answer_en}",
        f"{one.number}. {at} ({one.as_received} എന്ന് എഴുതിയത്) സമയത്ത് {one.ip}{port_ml} എന്ന വിലാസം "
        f"{system or 'ഉറവിടം'} റിപ്പോർട്ട് ചെയ്തു{event}.{answer_ml}",
        source=one.source,
    )


def _no_lead(frame: Frame) -> Statement:
    return frame.say("No lead is on record.", "ലീഡ് രേഖയിലില്ല.")


def _sharing(frame: Frame, facts: GroundsFacts) -> tuple[Statement, ...]:
    general = frame.say(
        "A line is used by everybody in a household, by guests, and by whoever knows or breaks the key of its Wi-Fi. "
        "An address alone never says which person it was.",
        "വീട്ടിലെ എല്ലാവരും അതിഥികളും, വൈഫൈ താക്കോൽ അറിയുന്ന അഥവാ തകർക്കുന്ന ആരും കണക്ഷൻ ഉപയോഗിക്കും. ആരായിരുന്നു എന്ന് വിലാസം "
        "മാത്രം ഒരിക്കലും പറയില്ല.",
    )
    return (general, _translated(frame, facts), *_at_the_place(frame, facts))


def _translated(frame: Frame, facts: GroundsFacts) -> Statement:
    if facts.shared is None:
        return frame.say(
            "It is not on record whether the provider gives one address to many customers at once.",
            "സേവനദാതാവ് ഒരു വിലാസം ഒരേസമയം പലർക്കു നൽകുന്നുണ്ടോ എന്നു രേഖയിലില്ല.",
        )
    if facts.shared:
        return frame.say(
            "The provider gives one address to many customers at once. The source port tells them apart, and it was "
            "stated, asked for and answered.",
            "സേവനദാതാവ് ഒരു വിലാസം ഒരേസമയം പലർക്കു നൽകുന്നു. സോഴ്സ് പോർട്ടാണ് അവരെ വേർതിരിക്കുന്നത്; അത് പറഞ്ഞിട്ടുണ്ട്, ചോദിച്ചിട്ടുണ്ട്, "
            "മറുപടിയിലുണ്ട്.",
        )
    return frame.say(
        "The provider's answer shows one customer at a time on the address.",
        "ഒരു സമയത്ത് ഒരു വരിക്കാരൻ / വരിക്കാരി മാത്രമാണ് വിലാസം ഉപയോഗിച്ചതെന്ന് മറുപടി കാണിക്കുന്നു.",
    )


def _at_the_place(frame: Frame, facts: GroundsFacts) -> tuple[Statement, ...]:
    look = facts.look
    if look is None:
        return (
            frame.say(
                "Nobody has looked at the place: who lives there and how its Wi-Fi is kept is not known.",
                "സ്ഥലം ആരും നോക്കിയിട്ടില്ല: ആര് താമസിക്കുന്നു, വൈഫൈ എങ്ങനെ എന്നറിയില്ല.",
            ),
        )
    wifi, who = words.WIFI.get(look.wifi, words.WIFI["unknown"]), words.OCCUPANTS.get(look.occupant_at_event)
    who = who or words.OCCUPANTS["unknown"]
    said = frame.say(
        f"The local station looked at the place on {ist_text(look.verified_at)}. Wi-Fi: {wifi.en}. Who lives there: "
        f"{who.en}.",
        f"ലോക്കൽ സ്റ്റേഷൻ {ist_text(look.verified_at)}-ന് സ്ഥലം നോക്കി. വൈഫൈ: {wifi.ml}. താമസം: {who.ml}.",
        source=look.source,
    )
    if "user_unknown" not in facts.flags:
        return (said,)
    return (
        said,
        frame.say(
            "USER UNKNOWN: somebody outside the household may have used the line.",
            "ഉപയോക്താവ് ആരെന്നറിയില്ല: വീട്ടുകാരല്ലാത്ത ആരെങ്കിലും കണക്ഷൻ ഉപയോഗിച്ചിരിക്കാം.",
            source=look.source,
        ),
    )


def _caveats(frame: Frame, facts: GroundsFacts) -> tuple[Statement, ...]:
    said: list[Statement] = []
    if facts.caveats is None:
        said.append(
            frame.say(
                "Nobody has looked yet whether the provider warns of anything.",
                "സേവനദാതാവിന്റെ മുന്നറിയിപ്പുകളുണ്ടോ എന്ന് ഇതുവരെ നോക്കിയിട്ടില്ല.",
            )
        )
    elif not facts.caveats:
        said.append(frame.say("The provider warns of nothing.", "സേവനദാതാവ് മുന്നറിയിപ്പൊന്നും നൽകുന്നില്ല."))
    else:
        said += [
            frame.say(
                f"{one.origin.text}: {one.text}",
                f"{one.origin.text_ml or one.origin.text}: {one.text}",
                source=one.source,
            )
            for one in facts.caveats
        ]
    if facts.against:
        said.append(
            frame.say(
                f"{facts.against} observation(s) point to another customer; the attribution sheet names them.",
                f"{facts.against} നിരീക്ഷണം മറ്റൊരു വരിക്കാരനിലേക്ക് / വരിക്കാരിയിലേക്ക് എത്തുന്നു; ആട്രിബ്യൂഷൻ ഷീറ്റിൽ പറയുന്നു.",
            )
        )
    said.append(
        frame.say(
            "Courts and oversight bodies have found wrong searches that rested on a misread time, a shared address, a "
            "billing address or a provider's mistake. The attribution sheet goes with this text and shows what was "
            "checked.",
            "തെറ്റായി വായിച്ച സമയം, പങ്കിട്ട വിലാസം, ബില്ലിംഗ് വിലാസം, സേവനദാതാവിന്റെ പിഴവ് എന്നിവ മൂലം തെറ്റായ പരിശോധനകൾ "
            "നടന്നിട്ടുണ്ട്. എന്തെല്ലാം പരിശോധിച്ചു എന്നു കാണിക്കുന്ന ആട്രിബ്യൂഷൻ ഷീറ്റ് ഇതിനൊപ്പമുണ്ട്.",
        )
    )
    return tuple(said)


SPEC = DocumentSpec(
    id="in.grounds_of_belief",
    title=Label("Grounds of belief", "വിശ്വാസത്തിനുള്ള കാരണങ്ങൾ"),
    jurisdiction="IN",
    facts_type=GroundsFacts,
    needs=(
        Need("officer", Label("officer who states the grounds", "കാരണങ്ങൾ പറയുന്ന ഉദ്യോഗസ്ഥൻ / ഉദ്യോഗസ്ഥ")),
        Need("basis", Label("power applied for", "അപേക്ഷിക്കുന്ന അധികാരം")),
    ),
    cites=("it-67b",),
    build=build,
)
