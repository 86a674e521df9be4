"""The report of a seizure to the Magistrate, BNSS 106(3), and to the officer in charge of the station, 106(2).

It is no crime report: the crime number may be absent, and then the report says that the examination is pending.
Follows law_and_procedure.md 1.3 and 1.4.
"""

from __future__ import annotations

from kaval.engine.documents._frame import Frame
from kaval.engine.documents._law import LawTable
from kaval.engine.documents._spec import Document, DocumentSpec, FieldList, Label, Need, Section, Statement
from kaval.engine.documents._wording import BASIS_LAW, ist
from kaval.engine.documents.india._sections import (
    head_fields,
    item_hashes,
    officer_name,
    search_fields,
    signing,
    things_seized,
)
from kaval.engine.rules.court.facts import SeizureReportFacts


def build(facts: SeizureReportFacts, law: LawTable) -> Document:
    """The report; grounds and suspected sections are the officer's, never the machine's."""
    search = facts.search
    frame = Frame(facts.head, law, source=search.source)
    sections = (
        _opening(frame, facts),
        _grounds(frame, facts),
        things_seized(frame, search),
        Section(Label("Hash at seizure", "പിടിച്ചെടുക്കുമ്പോഴുള്ള ഹാഷ്"), (item_hashes(frame, search),)),
        _keeping(frame, facts),
        signing(
            (Label("Reporting officer", "റിപ്പോർട്ട് ചെയ്യുന്ന ഉദ്യോഗസ്ഥൻ / ഉദ്യോഗസ്ഥ"), officer_name(search.leader)),
            (Label("Received in court", "കോടതിയിൽ കൈപ്പറ്റിയത്"), None),
        ),
    )
    return frame.close(SPEC, facts, sections)


def _opening(frame: Frame, facts: SeizureReportFacts) -> Section:
    search, number = facts.search, len(facts.search.items)
    cites = (
        ("bnss-106",) if search.basis is None else tuple(dict.fromkeys(("bnss-106", BASIS_LAW[search.basis])))
    )
    court = search.court or "not recorded"
    court_ml = search.court or "രേഖപ്പെടുത്തിയിട്ടില്ല"
    opening = frame.say(
        f"To the Magistrate ({court}): the following {number} thing(s) were seized and the seizure is "
        "reported under BNSS 106(3).",
        f"മജിസ്ട്രേറ്റ് ({court_ml}) മുമ്പാകെ: താഴെ പറയുന്ന {number} സാധനങ്ങൾ പിടിച്ചെടുത്തതായി BNSS 106(3) പ്രകാരം "
        "റിപ്പോർട്ട് ചെയ്യുന്നു.",
        law=cites,
    )
    fields = (
        *head_fields(frame, facts.head),
        *search_fields(frame, search),
        frame.field("Seizure list", "പിടിച്ചെടുക്കൽ പട്ടിക", facts.seizure_list_number),
    )
    return Section(Label("Report", "റിപ്പോർട്ട്"), (opening, FieldList(fields)))


def _grounds(frame: Frame, facts: SeizureReportFacts) -> Section:
    parts: list[Statement | FieldList] = []
    for ground in facts.grounds:
        parts.append(frame.say(ground.text, ground.text_ml or ground.text, source=ground.source))
        if ground.text_ml is None:
            frame.gap("grounds[].text_ml", "a ground in Malayalam", "കാരണത്തിന്റെ മലയാളം")
    if facts.head.crime_number is None:
        parts.append(
            frame.say(
                "No crime is registered on these facts as yet; the things are to be examined. A crime, if "
                "registered, will be "
                "reported with the number of this report.",
                "ഈ വസ്തുതകളിൽ ഇതുവരെ കേസ് രജിസ്റ്റർ ചെയ്തിട്ടില്ല; സാധനങ്ങൾ പരിശോധിക്കേണ്ടതുണ്ട്. കേസ് രജിസ്റ്റർ ചെയ്താൽ ഈ "
                "റിപ്പോർട്ടിന്റെ നമ്പർ സഹിതം "
                "അറിയിക്കുന്നതാണ്.",
                law=("bnss-106",),
            )
        )
    sections = ", ".join(facts.suspected_sections) or None
    parts.append(
        FieldList(
            (
                frame.field(
                    "Offences suspected (chosen by the officer)",
                    "സംശയിക്കുന്ന കുറ്റങ്ങൾ (ഉദ്യോഗസ്ഥൻ / ഉദ്യോഗസ്ഥ തിരഞ്ഞെടുത്തത്)",
                    sections,
                ),
            )
        )
    )
    return Section(
        Label("Circumstances that create suspicion of an offence", "കുറ്റകൃത്യം സംശയിക്കാനുള്ള സാഹചര്യങ്ങൾ"),
        tuple(parts),
    )


def _keeping(frame: Frame, facts: SeizureReportFacts) -> Section:
    bond = (
        None
        if facts.on_bond is None
        else (
            Label("left on bond", "ബോണ്ടിൽ വിട്ടുനൽകി")
            if facts.on_bond
            else Label("kept by the police", "പോലീസ് കസ്റ്റഡിയിൽ")
        )
    )
    return Section(
        Label("Custody and reporting", "കൈവശവും റിപ്പോർട്ടിംഗും"),
        (
            FieldList(
                (
                    frame.field("Custody of the things", "സാധനങ്ങളുടെ കൈവശം", bond),
                    frame.field("Kept at", "സൂക്ഷിച്ചിരിക്കുന്നത്", facts.kept_at),
                    frame.field(
                        "Officer in charge of the station informed",
                        "സ്റ്റേഷൻ ചുമതലയുള്ള ഉദ്യോഗസ്ഥനെ അറിയിച്ചത്",
                        ist(facts.station_officer_told_at),
                    ),
                    frame.field(
                        "Reported to the Magistrate", "മജിസ്ട്രേറ്റിന് റിപ്പോർട്ട് ചെയ്തത്", ist(facts.reported_at)
                    ),
                )
            ),
        ),
    )


SPEC = DocumentSpec(
    id="in.seizure_report_106",
    title=Label("Report of seizure to the Magistrate", "മജിസ്ട്രേറ്റിനുള്ള പിടിച്ചെടുക്കൽ റിപ്പോർട്ട്"),
    jurisdiction="IN",
    facts_type=SeizureReportFacts,
    needs=(
        Need("search.court", Label("court", "കോടതി")),
        Need("search.place", Label("place searched", "പരിശോധിച്ച സ്ഥലം")),
        Need("search.basis", Label("legal basis of the search", "പരിശോധനയുടെ നിയമപരമായ അടിസ്ഥാനം")),
        Need("search.leader", Label("reporting officer", "റിപ്പോർട്ട് ചെയ്യുന്ന ഉദ്യോഗസ്ഥൻ / ഉദ്യോഗസ്ഥ")),
        Need("search.items", Label("things seized", "പിടിച്ചെടുത്ത സാധനങ്ങൾ")),
        Need("search.items[].found_at", Label("place where found", "കണ്ടെത്തിയ സ്ഥലം")),
        Need("search.items[].seal", Label("seal number", "മുദ്ര നമ്പർ")),
        Need("seizure_list_number", Label("number of the seizure list", "പിടിച്ചെടുക്കൽ പട്ടികയുടെ നമ്പർ")),
        Need("grounds", Label("grounds of suspicion", "സംശയത്തിന്റെ കാരണങ്ങൾ")),
        Need("suspected_sections", Label("offences suspected", "സംശയിക്കുന്ന കുറ്റങ്ങൾ")),
        Need(
            "on_bond", Label("whether the things are kept or left on bond", "കൈവശം വച്ചോ ബോണ്ടിൽ നൽകിയോ എന്നത്")
        ),
        Need("kept_at", Label("where the things are kept", "സാധനങ്ങൾ സൂക്ഷിച്ചിരിക്കുന്ന സ്ഥലം")),
        Need("station_officer_told_at", Label("when the station was informed", "സ്റ്റേഷനെ അറിയിച്ച സമയം")),
        Need("reported_at", Label("when the Magistrate was informed", "മജിസ്ട്രേറ്റിനെ അറിയിച്ച സമയം")),
    ),
    cites=("bnss-106",),
    build=build,
)
