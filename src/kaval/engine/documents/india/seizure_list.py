"""The list of things seized and of the places where they were found, BNSS 103(5), with witnesses, recording and copy.

Follows law_and_procedure.md 1.4 and 2.1. The Kerala Police SOP of 2021 was not read; its form may differ.
"""

from __future__ import annotations

from kaval.engine.documents._frame import Frame
from kaval.engine.documents._law import LawTable
from kaval.engine.documents._spec import (
    Column,
    ColumnKind,
    Document,
    DocumentSpec,
    FieldList,
    Label,
    Need,
    Row,
    Section,
    Statement,
    Table,
)
from kaval.engine.documents._wording import BASIS_LAW, RANKS, ROLES, ist, named, yes_no
from kaval.engine.documents.india._sections import (
    head_fields,
    item_hashes,
    officer_name,
    recordings,
    search_fields,
    signing,
    things_seized,
)
from kaval.engine.rules.court.facts import SearchFacts

_MIN_WITNESSES = 2


def build(facts: SearchFacts, law: LawTable) -> Document:
    """The list as signed on the spot; with no thing seized it says so."""
    frame = Frame(facts.head, law, source=facts.source)
    sections = (
        _search(frame, facts),
        _people(frame, facts),
        _witnesses(frame, facts),
        things_seized(frame, facts),
        Section(Label("Hash at seizure", "പിടിച്ചെടുക്കുമ്പോഴുള്ള ഹാഷ്"), (item_hashes(frame, facts),)),
        recordings(frame, facts),
        _closing(frame, facts),
        signing(
            (
                Label("Officer who led the search", "പരിശോധന നയിച്ച ഉദ്യോഗസ്ഥൻ / ഉദ്യോഗസ്ഥ"),
                officer_name(facts.leader),
            ),
            *((Label(f"Witness {n}", f"സാക്ഷി {n}"), w.name) for n, w in enumerate(facts.witnesses, start=1)),
            (
                Label("Occupant, for the copy received", "പകർപ്പ് കൈപ്പറ്റിയ താമസക്കാർ"),
                facts.occupant.name if facts.occupant else None,
            ),
        ),
    )
    return frame.close(SPEC, facts, sections)


def _search(frame: Frame, facts: SearchFacts) -> Section:
    cites = ("bnss-103-5",) if facts.basis is None else ("bnss-103-5", BASIS_LAW[facts.basis])
    opening = frame.say(
        "This is the list of all things seized in the search named below and of the places where they "
        "were found.",
        "താഴെ പറയുന്ന പരിശോധനയിൽ പിടിച്ചെടുത്ത എല്ലാ സാധനങ്ങളുടെയും അവ കണ്ടെത്തിയ സ്ഥലങ്ങളുടെയും പട്ടികയാണിത്.",
        law=cites,
    )
    return Section(
        Label("The search", "പരിശോധന"),
        (opening, FieldList((*head_fields(frame, facts.head), *search_fields(frame, facts)))),
    )


def _people(frame: Frame, facts: SearchFacts) -> Section:
    columns = (
        Column(Label("Officer", "ഉദ്യോഗസ്ഥൻ / ഉദ്യോഗസ്ഥ"), 2.5),
        Column(Label("Rank", "റാങ്ക്"), 2),
        Column(Label("Role", "ചുമതല"), 2),
        Column(Label("Woman officer", "വനിത"), 1),
    )
    rows = tuple(
        Row(
            (Label(o.name, o.name_ml or o.name), named(o.rank, RANKS), named(o.role, ROLES), yes_no(o.woman)),
            (facts.source,),
        )
        for o in facts.team
    )
    empty = frame.say("No team member is on record.", "സംഘാംഗങ്ങൾ രേഖയിലില്ല.")
    if facts.team and not any(officer.woman for officer in facts.team):
        frame.gap("team[].woman", "a woman officer in the team", "സംഘത്തിലെ വനിതാ ഉദ്യോഗസ്ഥ")
    return Section(
        Label("Team and occupant", "സംഘവും താമസക്കാരും"), (Table(columns, rows, empty), _occupant(frame, facts))
    )


def _occupant(frame: Frame, facts: SearchFacts) -> FieldList:
    who = facts.occupant
    source = facts.source if who is None else who.source or facts.source
    children = None if who is None or who.children_present is None else str(who.children_present)
    cared = None if who is None else who.children_cared_by
    fields = [
        frame.field(
            "Occupant present",
            "താമസക്കാർ സന്നിഹിതരോ",
            None if who is None else yes_no(who.present),
            source=source,
        ),
        frame.field("Name of occupant", "താമസക്കാരുടെ പേര്", None if who is None else who.name, source=source),
        frame.field(
            "Occupant attended the search",
            "പരിശോധനയിൽ പങ്കെടുത്തോ",
            yes_no(who.attended) if who else None,
            source=source,
        ),
        frame.field(
            "Children present (number only)", "സന്നിഹിതരായ കുട്ടികൾ (എണ്ണം മാത്രം)", children, source=source
        ),
    ]
    if who is not None and who.children_present:
        fields.append(frame.field("Children were with", "കുട്ടികൾ ആരോടൊപ്പം", cared, source=source))
        if cared is None:
            frame.gap(
                "occupant.children_cared_by", "with whom the children were kept", "കുട്ടികൾ ആരോടൊപ്പമായിരുന്നു എന്നത്"
            )
    return FieldList(tuple(fields))


def _witnesses(frame: Frame, facts: SearchFacts) -> Section:
    columns = (
        Column(Label("Witness", "സാക്ഷി"), 2),
        Column(Label("Address", "വിലാസം"), 3),
        Column(Label("Of the locality", "പ്രദേശവാസി"), 1.6),
        Column(Label("Written order served", "രേഖാമൂല ഉത്തരവ് നൽകി"), 1.3),
        Column(Label("Signed at", "ഒപ്പിട്ട സമയം"), 2, ColumnKind.CODE),
    )
    rows: list[Row] = []
    for witness in facts.witnesses:
        locality = yes_no(witness.of_locality)
        if witness.of_locality is False:
            locality = Label(
                f"no: {witness.reason_if_elsewhere or 'reason not recorded'}",
                f"അല്ല: {witness.reason_if_elsewhere or 'കാരണം രേഖപ്പെടുത്തിയിട്ടില്ല'}",
            )
            if witness.reason_if_elsewhere is None:
                frame.gap(
                    "witnesses[].reason_if_elsewhere",
                    f"why witness {witness.name} is from elsewhere",
                    f"സാക്ഷി {witness.name} മറ്റൊരു പ്രദേശത്തു നിന്നായതിന്റെ കാരണം",
                )
        rows.append(
            Row(
                (
                    witness.name,
                    witness.address,
                    locality,
                    yes_no(witness.order_served),
                    ist(witness.signed_at),
                ),
                (witness.source or facts.source,),
            )
        )
    if 0 < len(facts.witnesses) < _MIN_WITNESSES:
        frame.gap("witnesses", "a second witness", "രണ്ടാമത്തെ സാക്ഷി")
    rule = frame.say(
        "The search was to be made before two or more independent and respectable "
        "inhabitants of the locality.",
        "പ്രദേശവാസികളായ രണ്ടോ അതിലധികമോ സ്വതന്ത്ര സാക്ഷികളുടെ സാന്നിധ്യത്തിലാണ് പരിശോധന നടത്തേണ്ടത്.",
        law=("bnss-103-4",),
    )
    empty = frame.say("No witness is on record.", "സാക്ഷികളാരും രേഖയിലില്ല.")
    return Section(
        Label("Witnesses", "സാക്ഷികൾ"), (rule, Table(columns, tuple(rows), empty), _self_search(frame, facts))
    )


def _self_search(frame: Frame, facts: SearchFacts) -> FieldList:
    return FieldList(
        (
            frame.field(
                "Officers and witnesses were searched first",
                "ഉദ്യോഗസ്ഥരെയും സാക്ഷികളെയും ആദ്യം പരിശോധിച്ചോ",
                yes_no(facts.self_search_done),
            ),
        )
    )


def _closing(frame: Frame, facts: SearchFacts) -> Section:
    number = len(facts.items)
    parts: list[Statement] = [
        frame.say(
            f"Things in this list: {number}.", f"ഈ പട്ടികയിലെ സാധനങ്ങളുടെ എണ്ണം: {number}.", law=("bnss-103-5",)
        )
    ]
    if facts.looked_for_not_found is not None:
        parts.append(
            frame.say(
                f"Looked for and not found: {facts.looked_for_not_found}.",
                f"തിരഞ്ഞെങ്കിലും കണ്ടെത്താത്തത്: {facts.looked_for_not_found}.",
            )
        )
    if facts.list_copies is not None:
        parts.append(
            frame.say(
                f"Copies of this list signed: {facts.list_copies}.",
                f"ഒപ്പിട്ട പകർപ്പുകളുടെ എണ്ണം: {facts.list_copies}.",
            )
        )
    if facts.occupant_copy_at is not None:
        at = ist(facts.occupant_copy_at)
        parts.append(
            frame.say(
                f"A signed copy was handed to the occupant at {at}.",
                f"ഒപ്പിട്ട ഒരു പകർപ്പ് {at}-ന് താമസക്കാർക്ക് നൽകി.",
                law=("bnss-103-6",),
            )
        )
    elif facts.occupant is not None and facts.occupant.present:
        frame.gap(
            "occupant_copy_at",
            "when the signed copy was handed to the occupant",
            "ഒപ്പിട്ട പകർപ്പ് താമസക്കാർക്ക് നൽകിയ സമയം",
        )
    return Section(Label("Closing", "സമാപനം"), tuple(parts))


SPEC = DocumentSpec(
    id="in.seizure_list",
    title=Label("List of things seized", "പിടിച്ചെടുത്ത സാധനങ്ങളുടെ പട്ടിക"),
    jurisdiction="IN",
    facts_type=SearchFacts,
    needs=(
        Need("basis", Label("legal basis of the search", "പരിശോധനയുടെ നിയമപരമായ അടിസ്ഥാനം")),
        Need("basis_document", Label("warrant or order", "വാറന്റ് അഥവാ ഉത്തരവ്")),
        Need("place", Label("place searched", "പരിശോധിച്ച സ്ഥലം")),
        Need("started_at", Label("when the search began", "പരിശോധന തുടങ്ങിയ സമയം")),
        Need("ended_at", Label("when the search ended", "പരിശോധന അവസാനിച്ച സമയം")),
        Need("leader", Label("officer who led the search", "പരിശോധന നയിച്ച ഉദ്യോഗസ്ഥൻ / ഉദ്യോഗസ്ഥ")),
        Need("occupant", Label("who was in occupation", "താമസക്കാരെ സംബന്ധിച്ച വിവരം")),
        Need("witnesses", Label("witnesses", "സാക്ഷികൾ")),
        Need("witnesses[].address", Label("address of witness", "സാക്ഷിയുടെ വിലാസം")),
        Need(
            "witnesses[].of_locality",
            Label("whether the witness is of the locality", "സാക്ഷി പ്രദേശവാസിയാണോ എന്നത്"),
        ),
        Need("witnesses[].signed_at", Label("when the witness signed", "സാക്ഷി ഒപ്പിട്ട സമയം")),
        Need(
            "self_search_done", Label("search of officers and witnesses", "ഉദ്യോഗസ്ഥരുടെയും സാക്ഷികളുടെയും പരിശോധന")
        ),
        Need("items[].found_at", Label("place where found", "കണ്ടെത്തിയ സ്ഥലം")),
        Need("items[].found_by", Label("who found it", "കണ്ടെത്തിയ ആൾ")),
        Need("items[].seal", Label("seal number", "മുദ്ര നമ്പർ")),
        Need("items[].state", Label("state when found", "കണ്ടെത്തിയപ്പോഴുള്ള അവസ്ഥ")),
        Need("recordings", Label("audio-video recording", "ശബ്ദ-ദൃശ്യ രേഖപ്പെടുത്തൽ")),
        Need("recordings[].sha256", Label("hash of recording", "രേഖപ്പെടുത്തലിന്റെ ഹാഷ്")),
        Need("recordings[].forwarded_at", Label("when the recording was forwarded", "രേഖപ്പെടുത്തൽ അയച്ച സമയം")),
        Need("list_copies", Label("number of signed copies", "ഒപ്പിട്ട പകർപ്പുകളുടെ എണ്ണം")),
    ),
    cites=("bnss-103-4", "bnss-103-5", "bnss-103-6", "bnss-105"),
    build=build,
)
