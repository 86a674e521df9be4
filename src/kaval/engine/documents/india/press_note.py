"""The press note of an operation: counted numbers by police district, as of an instant, with what each number means.

It writes CSEAM, never the older words; it names nobody and no place smaller than a police district; small
numbers about
children are hidden before they come here. Source: law_and_procedure.md 1.2 (the punishment reads "and"), 1.5,
1.8, 4.3.
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
    Value,
)
from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.instant import ist_text
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.court.facts import HeadFacts
from kaval.engine.rules.statistics.districts import POLICE_DISTRICTS
from kaval.engine.rules.statistics.figures import DEFINITIONS, Definition, DistrictFigures
from kaval.engine.rules.statistics.release import PressNoteFacts, guard
from kaval.engine.rules.statistics.suppression import PublishedCount

_STATE = Label("State", "സംസ്ഥാനം")


def build(facts: PressNoteFacts, law: LawTable) -> Document:
    """The note, every number from the figures.

    Raises:
        RefusedError: something other than numbers and police districts was put in.
    """
    guard(facts)
    head = HeadFacts(
        number=facts.number,
        unit=facts.unit,
        unit_ml=facts.unit_ml,
        prepared_at=facts.prepared_at,
        training=facts.training,
        operation=facts.operation,
    )
    frame = Frame(head, law, source=_counted(facts))
    sections = [_summary(frame, facts), _by_district(frame, facts)]
    if facts.children is not None:
        sections.append(_children(frame, facts))
    sections += [_meaning(frame), _care(frame, facts)]
    return frame.close(SPEC, facts, sections)


def _counted(facts: PressNoteFacts) -> SourceRef:
    """The ledger when its root is known, else the figures themselves."""
    if facts.ledger_root is not None:
        return SourceRef(facts.ledger_root, "ledger root")
    return SourceRef(
        content_digest([[row.district, *_values(row)] for row in facts.figures.districts]), "figures"
    )


def _values(row: DistrictFigures) -> tuple[int, ...]:
    return tuple(row.value(definition.key) for definition in DEFINITIONS)


def _plural(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _summary(frame: Frame, facts: PressNoteFacts) -> Section:
    state = facts.figures.state
    districts = sum(1 for row in facts.figures.districts if row.places.value > 0)
    as_of = ist_text(facts.figures.as_of)
    reports = state.seizure_reports.value
    return Section(
        Label("Summary", "ചുരുക്കം"),
        (
            frame.say(
                f"Operation {facts.operation}. All figures are as of {as_of}.",
                f"ഓപ്പറേഷൻ {facts.operation}. എല്ലാ കണക്കുകളും {as_of} വരെയുള്ളതാണ്.",
            ),
            frame.say(
                "Against the sharing of child sexual exploitative and abuse material (CSEAM), "
                f"{_plural(state.teams.value, 'team', 'teams')}"
                f" searched {_plural(state.places.value, 'place', 'places')} in "
                f"{_plural(districts, 'police district', 'police districts')}"
                f" and seized {_plural(state.devices.value, 'device', 'devices')}.",
                "കുട്ടികളെ ലൈംഗികമായി ചൂഷണം ചെയ്യുകയും ദുരുപയോഗം ചെയ്യുകയും ചെയ്യുന്ന ഉള്ളടക്കം (CSEAM) പങ്കുവയ്ക്കുന്നതിനെതിരെ "
                f"{districts} പോലീസ് "
                f"ജില്ലകളിലായി {state.places} സ്ഥലങ്ങളിൽ {state.teams} സംഘങ്ങൾ പരിശോധന നടത്തി; {state.devices} "
                "ഉപകരണങ്ങൾ പിടിച്ചെടുത്തു.",
                law=("harish-2024",),
            ),
            frame.say(
                f"{_plural(state.cases.value, 'crime was', 'crimes were')} registered. In {reports} further "
                f"{'matter a report' if reports == 1 else 'matters reports'} of seizure went to the "
                "Magistrate under BNSS 106 and the "
                f"examination decides. {_plural(state.arrests.value, 'person was', 'persons were')} arrested.",
                f"{state.cases} കേസുകൾ രജിസ്റ്റർ ചെയ്തു. മറ്റ് {reports} സംഭവങ്ങളിൽ BNSS 106 പ്രകാരം മജിസ്ട്രേറ്റിന് "
                "പിടിച്ചെടുക്കൽ റിപ്പോർട്ട് നൽകി; "
                f"പരിശോധനാഫലം അനുസരിച്ച് തുടർനടപടി ഉണ്ടാകും. അറസ്റ്റിലായവരുടെ എണ്ണം {state.arrests}.",
                law=("bnss-106",),
            ),
        ),
    )


def _by_district(frame: Frame, facts: PressNoteFacts) -> Section:
    columns = (
        Column(Label("Police district", "പോലീസ് ജില്ല"), 2.6),
        *(Column(Label(d.name_en, d.name_ml), 1.4, ColumnKind.NUMBER) for d in DEFINITIONS),
    )
    source = (_counted(facts),)
    rows = [
        Row((_district(row.district), *map(str, _values(row))), source) for row in facts.figures.districts
    ]
    rows.append(Row((_STATE, *map(str, _values(facts.figures.state))), source, total=True))
    empty = frame.say("No district took part.", "ഒരു ജില്ലയും പങ്കെടുത്തില്ല.")
    return Section(Label("By police district", "പോലീസ് ജില്ല തിരിച്ച്"), (Table(columns, tuple(rows), empty),))


def _district(district: str) -> Label:
    known = POLICE_DISTRICTS[district]
    return Label(known.name_en, known.name_ml)


def _children(frame: Frame, facts: PressNoteFacts) -> Section:
    table = facts.children
    assert table is not None
    columns = (
        Column(Label("Police district", "പോലീസ് ജില്ല"), 3),
        Column(
            Label("Children found at risk and referred", "അപകടസാധ്യതയിൽ കണ്ടെത്തി സംരക്ഷണത്തിനയച്ച കുട്ടികൾ"),
            2,
            ColumnKind.NUMBER,
        ),
    )
    source = (_counted(facts),)
    rows = [Row((_district(name), _published(count)), source) for name, count in table.cells]
    rows.append(Row((_STATE, _published(table.total)), source, total=True))
    why = frame.say(
        "Numbers under three are not given, so that no child can be made out.",
        "ഒരു കുട്ടിയെയും തിരിച്ചറിയാതിരിക്കാൻ മൂന്നിൽ താഴെയുള്ള എണ്ണങ്ങൾ നൽകുന്നില്ല.",
        law=("pocso-23", "jj-74"),
    )
    return Section(Label("Children", "കുട്ടികൾ"), (Table(columns, tuple(rows), why), why))


def _published(count: PublishedCount) -> Value:
    if count.small:
        return Label("fewer than 3", "3-ൽ താഴെ")
    return Label("withheld", "നൽകുന്നില്ല") if count.value is None else str(count.value)


def _meaning(frame: Frame) -> Section:
    return Section(
        Label("What the figures mean", "കണക്കുകളുടെ അർത്ഥം"),
        (
            *(_definition(definition) for definition in DEFINITIONS),
            frame.say(
                "Persons, crimes, reports and arrests are different things and are not added to one another.",
                "വ്യക്തികൾ, കേസുകൾ, റിപ്പോർട്ടുകൾ, അറസ്റ്റുകൾ എന്നിവ വ്യത്യസ്തമാണ്; അവ തമ്മിൽ കൂട്ടിയിട്ടില്ല.",
            ),
        ),
    )


def _definition(definition: Definition) -> Statement:
    digest = content_digest([definition.key, definition.unit, definition.text_en, definition.text_ml])
    return Statement(
        f"{definition.name_en}: {definition.text_en}",
        f"{definition.name_ml}: {definition.text_ml}",
        (SourceRef(digest, f"definition#{definition.key}"),),
    )


def _care(frame: Frame, facts: PressNoteFacts) -> Section:
    return Section(
        Label("Law and care", "നിയമവും ജാഗ്രതയും"),
        (
            frame.say(
                "Under section 67B of the Information Technology Act a first conviction carries "
                "imprisonment of up to five years "
                "and a fine of up to ten lakh rupees.",
                "വിവരസാങ്കേതികവിദ്യാ നിയമം 67B വകുപ്പ് പ്രകാരം ആദ്യ കുറ്റസ്ഥാപനത്തിന് അഞ്ച് വർഷം വരെ തടവും പത്ത് ലക്ഷം രൂപ "
                "വരെ പിഴയും "
                "ശിക്ഷയുണ്ട്.",
                law=("it-67b",),
            ),
            frame.say(
                "A registered crime or an arrest is not a finding of guilt.",
                "കേസ് രജിസ്റ്റർ ചെയ്തതോ അറസ്റ്റ് ചെയ്തതോ കുറ്റം തെളിഞ്ഞു എന്നതിന്റെ സൂചനയല്ല.",
            ),
            frame.say(
                "The identity of a child, and anything from which a child can be made out, may not be "
                "published.",
                "കുട്ടിയെയോ കുട്ടിയെ തിരിച്ചറിയാവുന്ന ഏതെങ്കിലും വിവരമോ പ്രസിദ്ധീകരിക്കാൻ പാടില്ല.",
                law=("pocso-23", "jj-74"),
            ),
            FieldList(
                (
                    frame.field(
                        "Counted from the ledger with root (SHA-256)",
                        "കണക്കിന് ആധാരമായ ലെഡ്ജർ റൂട്ട് (SHA-256)",
                        facts.ledger_root,
                    ),
                )
            ),
        ),
    )


SPEC = DocumentSpec(
    id="in.press_note",
    title=Label("Press note", "പത്രക്കുറിപ്പ്"),
    jurisdiction="IN",
    facts_type=PressNoteFacts,
    needs=(
        Need("figures.districts", Label("figures by police district", "പോലീസ് ജില്ല തിരിച്ചുള്ള കണക്ക്")),
        Need(
            "ledger_root", Label("root of the ledger the figures were counted from", "കണക്കിന് ആധാരമായ ലെഡ്ജർ റൂട്ട്")
        ),
    ),
    cites=("harish-2024", "bnss-106", "it-67b", "pocso-23", "jj-74"),
    build=build,
)
