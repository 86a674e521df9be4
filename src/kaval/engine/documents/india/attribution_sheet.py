"""The attribution sheet: from an address to a place and no further than the evidence reaches, for all who must judge.

An approver, a magistrate and a defence lawyer read the same sheet: every hop with its sealed record, every check with
its verdict as a word, what officers let pass, what the provider warns of, and what speaks against it. A broken seal or
a quarantine stands before everything else. The name of a subscriber is not on it (A-65); the place is from level 2 on.
Source: law_and_procedure.md 3.2 to 3.4.
"""

from __future__ import annotations

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
from kaval.engine.documents._wording import en, ist, joined, ml
from kaval.engine.documents.india import _sheet_words as words
from kaval.engine.documents.india._sections import officer_name, signing
from kaval.engine.documents.india._sheet_chain import chain, ending, observation, observation_title
from kaval.engine.documents.india._sheet_checks import checks
from kaval.engine.documents.india._sheet_doubts import (
    ALARM,
    against,
    basis,
    caveats,
    explained,
    support,
    warning,
)
from kaval.engine.rules.court.facts import OfficerFacts
from kaval.engine.rules.court.sheet_facts import SheetFacts


def build(facts: SheetFacts, law: LawTable) -> Document:
    """The sheet; observations in the order of their times, supporting and contradicting ones hop by hop."""
    frame = Frame(facts.head, law, source=facts.source)
    _gaps(frame, facts)
    followed = tuple(one for one in facts.seen if one.stands != "open")
    sections = (
        *warning(frame, facts),
        _result(frame, facts),
        chain(frame, facts),
        *(observation(frame, facts, one) for one in followed),
        *ending(frame, facts),
        against(frame, facts),
        explained(frame, tuple(note for one in facts.seen for note in one.explained)),
        support(frame, facts),
        caveats(frame, facts),
        *checks(frame, facts),
        basis(frame, facts),
        signing(
            (Label("Officer who made it", "തയ്യാറാക്കിയ ഉദ്യോഗസ്ഥൻ / ഉദ്യോഗസ്ഥ"), officer_name(facts.made_by)),
            (Label("Officer who approves", "അംഗീകരിക്കുന്ന ഉദ്യോഗസ്ഥൻ / ഉദ്യോഗസ്ഥ"), None),
        ),
    )
    return frame.close(SPEC, facts, sections)


def _result(frame: Frame, facts: SheetFacts) -> Section:
    place: Value | None = facts.place
    if facts.level < 2:
        place = Label("no place is named below level 2", "ലെവൽ 2-നു താഴെ സ്ഥലം പറയില്ല")
    who = joined((facts.customer_ref, facts.provider)) if facts.level else None
    nobody = Label("nobody is named", "ആരുടെയും പേരില്ല")
    fields = (
        frame.field("Level", "ലെവൽ", words.LEVELS[facts.level]),
        frame.field("Subject", "ലീഡ് കൂട്ടം", facts.subject),
        frame.field("The person is called", "വ്യക്തിയെ വിളിക്കുന്നത്", words.person(facts.level)),
        frame.field("Customer of the provider", "സേവനദാതാവിന്റെ വരിക്കാരുടെ നമ്പർ", who or nobody),
        frame.field("Place", "സ്ഥലം", place),
        frame.field("Operation", "ഓപ്പറേഷൻ", facts.head.operation or _none_planned()),
        frame.field("Worked out", "കണക്കാക്കിയത്", ist(facts.made_at)),
        frame.field("For an entry on", "ഏത് സമയത്തെ പ്രവേശനത്തിന്", ist(facts.entry_at)),
        frame.field("Made by", "തയ്യാറാക്കിയത്", officer_name(facts.made_by)),
        frame.field("Read a second time by", "രണ്ടാമത് വായിച്ചത്", _officers(facts.second_readers)),
        frame.field("Approved by", "അംഗീകരിച്ചത്", _approved(facts)),
    )
    title = Label("What this sheet says", "ഈ ഷീറ്റ് പറയുന്നത്")
    return Section(title, (_verdict(frame, facts), FieldList(fields)))


def _verdict(frame: Frame, facts: SheetFacts) -> Statement:
    if facts.stopped_by:
        ids = ", ".join(facts.stopped_by)
        return frame.say(
            f"Not to be acted on: it is stopped by {ids}. A subscriber is not a suspect.",
            f"ഇതിന്മേൽ നടപടി അരുത്: തടയുന്ന പരിശോധനകൾ {ids}. വരിക്കാരൻ / വരിക്കാരി എന്നാൽ കുറ്റം സംശയിക്കപ്പെടുന്നയാൾ എന്നല്ല.",
        )
    if not facts.usable:
        return frame.say(
            "No check stopped it when it was made. It may not be used: see the first section.",
            "തയ്യാറാക്കിയപ്പോൾ ഒരു പരിശോധനയും തടഞ്ഞില്ല. ഉപയോഗിക്കരുത്: ആദ്യ ഭാഗം നോക്കുക.",
        )
    return frame.say(
        "No check stops it. It says whose line was used and where that line ends. It does not say who used it. A "
        "subscriber is not a suspect.",
        "ഒരു പരിശോധനയും തടയുന്നില്ല. ആരുടെ കണക്ഷൻ, അത് എവിടെ എന്നു മാത്രം ഇതു പറയുന്നു. ഉപയോഗിച്ചത് ആരെന്ന് പറയുന്നില്ല. "
        "വരിക്കാരൻ / വരിക്കാരി എന്നാൽ കുറ്റം സംശയിക്കപ്പെടുന്നയാൾ എന്നല്ല.",
    )


def _none_planned() -> Label:
    return Label("in no operation", "ഒരു ഓപ്പറേഷനിലുമില്ല")


def _officers(officers: tuple[OfficerFacts, ...]) -> Label | None:
    return joined(tuple(officer_name(one) for one in officers), separator="; ")


def _approved(facts: SheetFacts) -> Label | None:
    signed = tuple(
        Label(f"{en(name)}, {ist(at)}, {code}", f"{ml(name)}, {ist(at)}, {code}")
        for officer, at, code in facts.approved
        if (name := officer_name(officer)) is not None
    )
    return joined(signed, separator="; ") or Label("nobody yet", "ഇതുവരെ ആരുമില്ല")


def _gaps(frame: Frame, facts: SheetFacts) -> None:
    """What a sheet of this level must hold and does not; below level 2 the checks say what is missing."""
    if facts.level < 2:
        return
    if facts.place is None:
        frame.gap("place", "installation address of the place", "കണക്ഷൻ സ്ഥാപിച്ച വിലാസം")
    if facts.look is None:
        frame.gap("look", "verification on the ground", "സ്ഥലത്തെ പരിശോധന")
    if not facts.second_readers:
        frame.gap("second_readers", "second reader", "രണ്ടാം വായനക്കാർ")
    for one in facts.standing("support"):
        if one.asked is None:
            frame.gap(
                "seen[].asked", f"request for observation {one.number}", f"നിരീക്ഷണം {one.number}: അപേക്ഷ"
            )
        if one.lease is None:
            frame.gap("seen[].lease", f"answer to observation {one.number}", f"നിരീക്ഷണം {one.number}: മറുപടി")


SPEC = DocumentSpec(
    id="in.attribution_sheet",
    title=Label("Attribution sheet", "ആട്രിബ്യൂഷൻ ഷീറ്റ്"),
    jurisdiction="IN",
    facts_type=SheetFacts,
    needs=(
        Need("seen", Label("observations", "നിരീക്ഷണങ്ങൾ")),
        Need("results", Label("checks", "പരിശോധനകൾ")),
        Need("basis", Label("sealed basis", "മുദ്രവച്ച അടിസ്ഥാനം")),
        Need("entry_at", Label("time of the entry it was made for", "ഏത് പ്രവേശനസമയത്തിനു വേണ്ടി")),
    ),
    cites=("bnss-94", "bsa-63-4"),
    build=build,
)

__all__ = ["ALARM", "SPEC", "build", "observation_title"]
