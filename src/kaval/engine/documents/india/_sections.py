"""Sections that several Indian documents share: the head of a search, things seized, recording, hash
report, signing.
"""

from __future__ import annotations

from kaval.engine.documents._frame import Frame
from kaval.engine.documents._spec import (
    Column,
    ColumnKind,
    Field,
    Label,
    Row,
    Section,
    Signature,
    Signatures,
    Table,
    Value,
)
from kaval.engine.documents._wording import (
    BASES,
    ITEM_KINDS,
    ITEM_STATES,
    RANKS,
    en,
    ist,
    joined,
    ml,
    named,
    yes_no,
)
from kaval.engine.rules.court.facts import HeadFacts, OfficerFacts, SearchFacts, SeizedItemFacts

SIGN_BESIDE = (Label("Date and time (IST)", "തീയതിയും സമയവും (IST)"), Label("Place", "സ്ഥലം"))


def officer_name(officer: OfficerFacts | None) -> Label | None:
    """Name and rank, or None when no officer is recorded."""
    if officer is None:
        return None
    rank = named(officer.rank, RANKS) or officer.rank
    return Label(f"{officer.name}, {en(rank)}", f"{officer.name_ml or officer.name}, {ml(rank)}")


def head_fields(frame: Frame, head: HeadFacts) -> tuple[Field, ...]:
    """Operation, district, station and crime number, the same on every document."""
    return (
        frame.field("Operation", "ഓപ്പറേഷൻ", head.operation),
        frame.field("Police district", "പോലീസ് ജില്ല", head.district),
        frame.field("Police station", "പോലീസ് സ്റ്റേഷൻ", head.police_station),
        frame.field("Crime number", "ക്രൈം നമ്പർ", head.crime_number or _no_crime(head)),
        frame.field("General diary entry", "ജനറൽ ഡയറി നമ്പർ", head.general_diary),
    )


def _no_crime(head: HeadFacts) -> Value | None:
    if head.general_diary is None:
        return None
    return Label("none registered when this was prepared", "ഇത് തയ്യാറാക്കുമ്പോൾ രജിസ്റ്റർ ചെയ്തിട്ടില്ല")


def search_fields(frame: Frame, search: SearchFacts) -> tuple[Field, ...]:
    """Where, when, on what basis and by whom a search was made."""
    return (
        frame.field("Site number", "സ്ഥല നമ്പർ", search.site),
        frame.field("Place searched", "പരിശോധിച്ച സ്ഥലം", search.place),
        frame.field("Legal basis", "നിയമപരമായ അടിസ്ഥാനം", named(search.basis, BASES)),
        frame.field("Warrant or order", "വാറന്റ് അഥവാ ഉത്തരവ്", search.basis_document),
        frame.field("Court", "കോടതി", search.court),
        frame.field("Arrival", "എത്തിയ സമയം", ist(search.arrived_at)),
        frame.field("Search began", "പരിശോധന തുടങ്ങിയത്", ist(search.started_at)),
        frame.field("Search ended", "പരിശോധന അവസാനിച്ചത്", ist(search.ended_at)),
        frame.field(
            "Officer who led the search", "പരിശോധന നയിച്ച ഉദ്യോഗസ്ഥൻ / ഉദ്യോഗസ്ഥ", officer_name(search.leader)
        ),
    )


def description(item: SeizedItemFacts) -> Label:
    """Kind, make, model and capacity of a thing in one line."""
    capacity = None if item.capacity_gb is None else f"{item.capacity_gb} GB"
    kind = named(item.kind, ITEM_KINDS) or item.kind
    return joined((kind, item.make, item.model, capacity)) or Label(item.kind, item.kind)


def unique_ids(item: SeizedItemFacts) -> str | None:
    """Serial number and IMEI as far as recorded."""
    parts = [f"S/N {item.serial}" if item.serial else None, f"IMEI {item.imei}" if item.imei else None]
    return "; ".join(part for part in parts if part) or None


def things_seized(frame: Frame, search: SearchFacts) -> Section:
    """The list itself: every thing, where it was found, by whom, in what state, under which seal."""
    columns = (
        Column(Label("Item no.", "ഇനം നമ്പർ"), 1.5, ColumnKind.CODE),
        Column(Label("Thing", "സാധനം"), 2.2),
        Column(Label("Serial no., IMEI", "സീരിയൽ, IMEI"), 2.1, ColumnKind.CODE),
        Column(Label("State", "അവസ്ഥ"), 1.4),
        Column(Label("Place where found", "കണ്ടെത്തിയ സ്ഥലം"), 2.0),
        Column(Label("Found by; held by", "കണ്ടെത്തിയത്; കൈവശം"), 1.9),
        Column(Label("Seal; packet", "മുദ്ര; പൊതി"), 1.5, ColumnKind.CODE),
    )
    rows = tuple(
        Row(
            (
                item.item_no,
                description(item),
                unique_ids(item),
                named(item.state, ITEM_STATES),
                item.found_at,
                joined((item.found_by, item.possession_of), separator="; "),
                joined((item.seal, _packet(item)), separator="; "),
            ),
            (item.source or search.source,),
        )
        for item in search.items
    )
    empty = frame.say("Nothing was seized.", "ഒന്നും പിടിച്ചെടുത്തിട്ടില്ല.")
    return Section(Label("Things seized", "പിടിച്ചെടുത്ത സാധനങ്ങൾ"), (Table(columns, rows, empty),))


def _packet(item: SeizedItemFacts) -> Label | None:
    return Label("SEM packet", "SEM പൊതി") if item.sem_packet else None


def item_hashes(frame: Frame, search: SearchFacts) -> Table:
    """The hash taken at seizure for each thing, or why none was taken; neither recorded is a gap."""
    rows: list[Row] = []
    for item in search.items:
        reason = (
            None
            if item.no_hash_reason is None
            else Label(f"not possible: {item.no_hash_reason}", f"സാധ്യമായില്ല: {item.no_hash_reason}")
        )
        if item.hash_sha256 is None and reason is None:
            frame.gap(
                "items[].hash_sha256",
                f"hash at seizure, or the reason why none was taken ({item.item_no})",
                f"പിടിച്ചെടുക്കുമ്പോഴുള്ള ഹാഷ്, അല്ലെങ്കിൽ എടുക്കാത്തതിന്റെ കാരണം ({item.item_no})",
            )
        rows.append(Row((item.item_no, item.hash_sha256 or reason), (item.source or search.source,)))
    columns = (
        Column(Label("Item no.", "ഇനം നമ്പർ"), 1.2, ColumnKind.CODE),
        Column(Label("SHA-256 at seizure", "പിടിച്ചെടുക്കുമ്പോഴുള്ള SHA-256"), 5, ColumnKind.CODE),
    )
    return Table(columns, tuple(rows), frame.say("There is nothing to hash.", "ഹാഷ് എടുക്കേണ്ട ഒന്നുമില്ല."))


def recordings(frame: Frame, search: SearchFacts) -> Section:
    """The audio-video recording: each file, what it covers, its hash, and when it went to the court."""
    columns = (
        Column(Label("File; SID", "ഫയൽ; SID"), 2.0, ColumnKind.CODE),
        Column(Label("From, to", "മുതൽ, വരെ"), 2.3, ColumnKind.CODE),
        Column(Label("Unbroken", "ഇടവേളയില്ലാതെ"), 1.0),
        Column(Label("Shows list made", "പട്ടിക തയ്യാറാക്കൽ ഉൾപ്പെടുന്നു"), 1.2),
        Column(Label("Shows signing", "ഒപ്പിടൽ ഉൾപ്പെടുന്നു"), 1.2),
        Column(Label("SHA-256", "SHA-256"), 2.6, ColumnKind.CODE),
        Column(Label("Forwarded", "അയച്ചത്"), 1.9, ColumnKind.CODE),
    )
    rows = tuple(
        Row(
            (
                joined((r.file_name, None if r.sid is None else f"SID {r.sid}"), separator="; "),
                joined((ist(r.start_at), ist(r.stop_at)), separator=" – "),
                yes_no(r.continuous),
                yes_no(r.covers_list),
                yes_no(r.covers_signatures),
                r.sha256,
                joined((r.forwarded_to, ist(r.forwarded_at))),
            ),
            (r.source or search.source,),
        )
        for r in search.recordings
    )
    empty = frame.say("No recording is on record.", "രേഖപ്പെടുത്തൽ ഫയലുകളൊന്നും രേഖയിലില്ല.")
    rule = frame.say(
        "The search, the making of this list and the signing by the witnesses are to be "
        "recorded by audio-video "
        "means and forwarded without delay.",
        "പരിശോധനയും ഈ പട്ടിക തയ്യാറാക്കലും സാക്ഷികൾ ഒപ്പിടുന്നതും ശബ്ദ-ദൃശ്യമായി രേഖപ്പെടുത്തി വൈകാതെ അയയ്ക്കേണ്ടതാണ്.",
        law=("bnss-105",),
    )
    return Section(
        Label("Audio-video recording (BNSS 105)", "ശബ്ദ-ദൃശ്യ രേഖപ്പെടുത്തൽ (BNSS 105)"),
        (rule, Table(columns, rows, empty)),
    )


def signing(*places: tuple[Label, Value | None]) -> Section:
    """Places to sign by hand, side by side."""
    return Section(
        Label("Signatures", "ഒപ്പുകൾ"),
        (Signatures(tuple(Signature(role, name, SIGN_BESIDE) for role, name in places)),),
    )
