"""The checks of an attribution sheet: every one of the catalogue by stage, and what named officers let pass."""

from __future__ import annotations

from kaval.engine.documents._frame import Frame
from kaval.engine.documents._spec import Column, ColumnKind, Label, Part, Row, Section, Table
from kaval.engine.documents._wording import RANKS, ist, named
from kaval.engine.documents.india import _sheet_words as words
from kaval.engine.rules.court.sheet_facts import ResultFacts, SheetFacts

_COLUMNS = (
    Column(Label("Check", "പരിശോധന"), 1.1, ColumnKind.CODE),
    Column(Label("What it demands", "ആവശ്യപ്പെടുന്നത്"), 3.2),
    Column(Label("What was found", "കണ്ടെത്തിയത്"), 3.1),
    Column(Label("Verdict", "തീർപ്പ്"), 1.2),
    Column(Label("If not passed", "ശരിയല്ലെങ്കിൽ"), 1.9),
)
_LIFTED = (
    Column(Label("Check", "പരിശോധന"), 1.1, ColumnKind.CODE),
    Column(Label("About", "ഏത്"), 1.5),
    Column(Label("Officer, rank", "ഉദ്യോഗസ്ഥൻ / ഉദ്യോഗസ്ഥ, റാങ്ക്"), 2.2),
    Column(Label("Time", "സമയം"), 1.8, ColumnKind.CODE),
    Column(Label("Reason", "കാരണം"), 3.2),
    Column(Label("Counts", "കണക്കിൽ"), 1.2),
)


def checks(frame: Frame, facts: SheetFacts) -> tuple[Section, ...]:
    """One table for each stage, in the order of the stages, then the overrides."""
    stages = [name for name in words.STAGES if any(one.stage == name for one in facts.results)]
    others = sorted({one.stage for one in facts.results} - set(stages))
    return (_how(frame), *(_stage(frame, facts, name) for name in (*stages, *others)), lifted(frame, facts))


def lifted(frame: Frame, facts: SheetFacts) -> Section:
    """Every HOLD that an officer let pass, also one withdrawn since or one that the rules do not accept."""
    rows = tuple(
        Row(
            (
                one.check,
                observation_named(one.note.about),
                Label(
                    f"{one.note.by.name}, {_rank(one.rank).en}",
                    f"{one.note.by.name_ml or one.note.by.name}, {_rank(one.rank).ml}",
                ),
                ist(one.note.at),
                one.note.text,
                _counts(withdrawn=one.withdrawn, counted=one.counted),
            ),
            (one.note.source,),
        )
        for one in facts.lifted
    )
    empty = frame.say("No check was let pass by an officer.", "ഒരു പരിശോധനയും ഉദ്യോഗസ്ഥർ ഒഴിവാക്കിയിട്ടില്ല.")
    return Section(
        Label("Checks an officer let pass", "ഉദ്യോഗസ്ഥർ ഒഴിവാക്കിയ പരിശോധനകൾ"), (Table(_LIFTED, rows, empty),)
    )


def observation_named(number: int | None) -> Label:
    """`observation 2`, or the subject as a whole."""
    if number is None:
        return Label("the whole subject", "ലീഡ് കൂട്ടം മുഴുവൻ")
    return Label(f"observation {number}", f"നിരീക്ഷണം {number}")


def _how(frame: Frame) -> Section:
    told = frame.say(
        "Every check gives PASS, FAIL or UNKNOWN. UNKNOWN means that nobody stated the fact; in a check of the kind "
        "BLOCK or HOLD it stops like FAIL. A BLOCK can be lifted by nobody, a HOLD by a named officer with a reason. "
        "For each check the worst result over the observations that count is shown.",
        "ഓരോ പരിശോധനയുടെയും തീർപ്പ് PASS, FAIL, UNKNOWN എന്നിവയിലൊന്ന്. വസ്തുത ആരും പറഞ്ഞിട്ടില്ല എന്നാണ് UNKNOWN; BLOCK, HOLD "
        "പരിശോധനകളിൽ അത് FAIL പോലെതന്നെ തടയും. BLOCK ആർക്കും നീക്കാനാവില്ല; HOLD പേരുള്ള ഒരു ഉദ്യോഗസ്ഥന് / ഉദ്യോഗസ്ഥയ്ക്ക് കാരണം പറഞ്ഞ് "
        "നീക്കാം. കണക്കാക്കുന്ന നിരീക്ഷണങ്ങളിലെ ഏറ്റവും മോശം ഫലമാണ് ഓരോന്നിലും കാണിക്കുന്നത്.",
    )
    return Section(Label("How to read the checks", "പരിശോധനകൾ വായിക്കേണ്ട വിധം"), (told,))


def _stage(frame: Frame, facts: SheetFacts, stage: str) -> Section:
    results = tuple(one for one in facts.results if one.stage == stage)
    name = words.STAGES.get(stage, Label(stage, stage))
    counted = [sum(one.verdict == verdict for one in results) for verdict in words.VERDICTS]
    told = frame.say(
        f"{counted[0]} PASS, {counted[1]} FAIL, {counted[2]} UNKNOWN.",
        f"PASS {counted[0]}, FAIL {counted[1]}, UNKNOWN {counted[2]}.",
    )
    rows = tuple(_row(facts, one) for one in results)
    parts: tuple[Part, ...] = (told, Table(_COLUMNS, rows, frame.say("No check.", "പരിശോധനയില്ല.")))
    return Section(Label(f"Checks: {name.en}", f"പരിശോധനകൾ: {name.ml}"), parts)


def _row(facts: SheetFacts, one: ResultFacts) -> Row:
    rule, found = one.rule, one.found
    same = Label("as demanded", "ആവശ്യപ്പെട്ടതു പോലെ")
    return Row(
        (
            one.check,
            Label(rule.text, rule.text_ml or rule.text),
            same if found.text == rule.text else Label(found.text, found.text_ml or found.text),
            words.VERDICTS.get(one.verdict, one.verdict),
            words.KINDS.get(one.kind, one.kind),
        ),
        (facts.source,),
    )


def _rank(code: str) -> Label:
    rank = named(code, RANKS)
    return rank if isinstance(rank, Label) else Label(code or "?", code or "?")


def _counts(*, withdrawn: bool, counted: bool) -> Label:
    if withdrawn:
        return Label("withdrawn", "പിൻവലിച്ചു")
    if counted:
        return Label("yes", "ഉണ്ട്")
    return Label("not used", "ഉപയോഗിച്ചിട്ടില്ല")
