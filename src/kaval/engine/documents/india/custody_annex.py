"""The sequence of custody of each electronic device, BNSS 193(3), one ordered table per device, holes named.

Follows law_and_procedure.md 2.3.
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
    Part,
    Row,
    Section,
    Table,
    Value,
)
from kaval.engine.documents._wording import CUSTODY_EVENTS, ist, joined, named, yes_no
from kaval.engine.documents.india._sections import description, head_fields, unique_ids
from kaval.engine.rules.court.custody_gaps import custody_gaps
from kaval.engine.rules.court.facts import CustodyFacts, CustodyRowFacts, SeizedItemFacts

_COLUMNS = (
    Column(Label("No.", "നമ്പർ"), 0.6, ColumnKind.NUMBER),
    Column(Label("Event", "സംഭവം"), 1.5),
    Column(Label("Time", "സമയം"), 1.6, ColumnKind.CODE),
    Column(Label("From – to; witness", "നൽകിയത് – വാങ്ങിയത്; സാക്ഷി"), 2.4),
    Column(Label("Place; purpose; authority", "സ്ഥലം; ഉദ്ദേശ്യം; അധികാരം"), 2.4),
    Column(Label("Seal before – after; intact", "മുദ്ര മുമ്പ് – പിമ്പ്; കേടില്ല"), 1.9, ColumnKind.CODE),
    Column(Label("SHA-256", "SHA-256"), 2.0, ColumnKind.CODE),
)


def build(facts: CustodyFacts, law: LawTable) -> Document:
    """The annex; a row of an item that is not among the devices is a gap, never dropped in silence."""
    frame = Frame(facts.head, law, source=facts.source)
    known = {item.item_no for item in facts.items}
    for stray in sorted({row.item_no for row in facts.rows} - known):
        frame.gap(
            "items",
            f"description of item {stray}, which has custody rows",
            f"കൈവശരേഖയുള്ള {stray} എന്ന ഇനത്തിന്റെ വിവരണം",
        )
    devices = tuple(_device(frame, facts, item) for item in facts.items)
    return frame.close(SPEC, facts, (_opening(frame, facts), *devices))


def _opening(frame: Frame, facts: CustodyFacts) -> Section:
    rule = frame.say(
        f"The sequence of custody of {len(facts.items)} electronic device(s), taken from the custody "
        "ledger without omission.",
        f"{len(facts.items)} ഇലക്ട്രോണിക് ഉപകരണങ്ങളുടെ കൈവശക്രമം; കൈവശ ലെഡ്ജറിൽ നിന്ന് ഒന്നും വിട്ടുകളയാതെ എടുത്തത്.",
        law=("bnss-193-3",),
    )
    return Section(
        Label("Annex to the police report", "പോലീസ് റിപ്പോർട്ടിന്റെ അനുബന്ധം"),
        (
            rule,
            FieldList(
                (
                    *head_fields(frame, facts.head),
                    frame.field("Ledger root (SHA-256)", "ലെഡ്ജർ റൂട്ട് (SHA-256)", facts.ledger_root),
                )
            ),
        ),
    )


def _device(frame: Frame, facts: CustodyFacts, item: SeizedItemFacts) -> Section:
    rows = tuple(row for row in facts.rows if row.item_no == item.item_no)
    gaps = custody_gaps(rows)
    for gap in gaps:
        frame.gap(
            "rows",
            f"unbroken custody of {item.item_no}, row {gap.seq} ({gap.check}: {gap.text_en})",
            f"{item.item_no} ഇനത്തിന്റെ തുടർച്ചയായ കൈവശം, {gap.seq}-ആം രേഖ ({gap.check}: {gap.text_ml})",
        )
    if not rows:
        frame.gap("rows", f"custody rows of {item.item_no}", f"{item.item_no} ഇനത്തിന്റെ കൈവശരേഖകൾ")
    source = item.source or facts.source
    what = FieldList(
        (
            frame.field("Device", "ഉപകരണം", description(item), source=source),
            frame.field("Serial number, IMEI", "സീരിയൽ നമ്പർ, IMEI", unique_ids(item), source=source),
        )
    )
    table = Table(
        _COLUMNS,
        tuple(_row(row) for row in rows),
        frame.say("No custody row is on record.", "കൈവശരേഖകളൊന്നുമില്ല."),
    )
    flags: tuple[Part, ...] = tuple(
        frame.say(
            f"GAP at row {gap.seq} ({gap.check}): {gap.text_en}.",
            f"വിടവ്, {gap.seq}-ആം രേഖ ({gap.check}): {gap.text_ml}.",
            source=gap.source,
        )
        for gap in gaps
    )
    if rows and not gaps:
        flags = (
            frame.say(
                "No gap was found in this sequence (checks C-1 to C-5).",
                "ഈ ക്രമത്തിൽ വിടവുകളൊന്നും കണ്ടെത്തിയില്ല (പരിശോധന C-1 മുതൽ C-5 വരെ).",
                source=source,
            ),
        )
    return Section(Label(f"Device {item.item_no}", f"ഉപകരണം {item.item_no}"), (what, table, *flags))


def _row(row: CustodyRowFacts) -> Row:
    intact = yes_no(row.seal_intact)
    holder = joined((_arrow(row.from_holder, row.to_holder), row.witness), separator="; ")
    seals = joined((_arrow(row.seal_before, row.seal_after), intact), separator="; ")
    where = joined((row.place, row.purpose, row.authority, row.note), separator="; ")
    return Row(
        (str(row.seq), named(row.event, CUSTODY_EVENTS), ist(row.at), holder, where, seals, _hashes(row)),
        (row.source,),
    )


def _arrow(before: str | None, after: str | None) -> Value | None:
    if before is None and after is None:
        return None
    return f"{before or '(–)'} – {after or '(–)'}"


def _hashes(row: CustodyRowFacts) -> Value | None:
    values = tuple(dict.fromkeys(value for value in (row.hash_before, row.hash_after) if value is not None))
    return " – ".join(values) if values else Label("none taken", "എടുത്തിട്ടില്ല")


SPEC = DocumentSpec(
    id="in.custody_annex",
    title=Label("Sequence of custody of electronic devices", "ഇലക്ട്രോണിക് ഉപകരണങ്ങളുടെ കൈവശക്രമം"),
    jurisdiction="IN",
    facts_type=CustodyFacts,
    needs=(
        Need("items", Label("devices", "ഉപകരണങ്ങൾ")),
        Need("rows", Label("custody rows", "കൈവശരേഖകൾ")),
        Need("rows[].to_holder", Label("who received the device (row)", "ഉപകരണം ഏറ്റുവാങ്ങിയ ആൾ (രേഖ)")),
        Need("rows[].place", Label("place (row)", "സ്ഥലം (രേഖ)")),
        Need("rows[].seal_after", Label("seal after the event (row)", "സംഭവത്തിനു ശേഷമുള്ള മുദ്ര (രേഖ)")),
        Need("ledger_root", Label("root of the custody ledger", "കൈവശ ലെഡ്ജറിന്റെ റൂട്ട്")),
    ),
    cites=("bnss-193-3",),
    build=build,
)
