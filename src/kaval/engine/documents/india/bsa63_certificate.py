"""The certificate for an electronic record, BSA 63(4) and Schedule, Part A and Part B: one exhibit, one submission.

The hash block prints SHA-1, SHA-256 and MD5 with the form's tick boxes. Part B's fields beyond its opening were not
read in a primary source (law_and_procedure.md 1.5) and follow Part A. Dates are DD/MM/YYYY, times IST, 24-hour.
"""

from __future__ import annotations

from datetime import datetime

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
    Signature,
    Signatures,
    Table,
    Ticks,
)
from kaval.engine.documents.india._sections import head_fields
from kaval.engine.kernel.instant import IST, require_aware
from kaval.engine.rules.court.facts import CertificateFacts

_SOURCES: tuple[tuple[str, Label], ...] = (
    ("computer", Label("Computer / storage media", "കമ്പ്യൂട്ടർ / സംഭരണ മാധ്യമം")),
    ("dvr", Label("DVR", "ഡിവിആർ")),
    ("mobile", Label("Mobile", "മൊബൈൽ")),
    ("flash_drive", Label("Flash drive", "ഫ്ലാഷ് ഡ്രൈവ്")),
    ("optical", Label("CD/DVD", "സിഡി/ഡിവിഡി")),
    ("server", Label("Server", "സെർവർ")),
    ("cloud", Label("Cloud", "ക്ലൗഡ്")),
    ("other", Label("Other", "മറ്റുള്ളവ")),
)
_RELATIONS: tuple[tuple[str, Label], ...] = (
    ("owned", Label("owned", "ഉടമസ്ഥതയിൽ")),
    ("maintained", Label("maintained", "പരിപാലനത്തിൽ")),
    ("managed", Label("managed", "നടത്തിപ്പിൽ")),
    ("operated", Label("operated", "പ്രവർത്തനത്തിൽ")),
)
_ALGORITHMS = (
    Label("SHA1", "SHA1"),
    Label("SHA256", "SHA256"),
    Label("MD5", "MD5"),
    Label("Other (legally acceptable standard)", "മറ്റുള്ളവ (നിയമപരമായി സ്വീകാര്യമായ മാനദണ്ഡം)"),
)
_SIGN = (
    Label("Date (DD/MM/YYYY)", "തീയതി (DD/MM/YYYY)"),
    Label("Time (IST, 24-hour)", "സമയം (IST, 24 മണിക്കൂർ)"),
    Label("Place", "സ്ഥലം"),
)


def build(facts: CertificateFacts, law: LawTable) -> Document:
    """The certificate, both parts pre-filled and neither signed; signing is done by hand or by eSign
    outside.
    """
    frame = Frame(facts.head, law, source=facts.source)
    sections = (
        _submission(frame, facts),
        _part_a(frame, facts),
        _part_b(frame, facts),
        _hash_report(frame, facts),
    )
    return frame.close(SPEC, facts, sections)


def _submission(frame: Frame, facts: CertificateFacts) -> Section:
    rule = frame.say(
        f"This certificate belongs to exhibit {facts.exhibit} at submission {facts.submission} and to no "
        "other submission.",
        f"ഈ സാക്ഷ്യപത്രം {facts.exhibit} എന്ന തെളിവിന്റെ {facts.submission}-ാമത്തെ സമർപ്പണത്തിന് മാത്രമുള്ളതാണ്.",
        law=("bsa-63-4",),
    )
    return Section(
        Label("Record and submission", "രേഖയും സമർപ്പണവും"),
        (
            rule,
            FieldList(
                (
                    *head_fields(frame, facts.head),
                    frame.field("Exhibit", "തെളിവ് നമ്പർ", facts.exhibit),
                    frame.field("Submission number", "സമർപ്പണ നമ്പർ", str(facts.submission)),
                    frame.field("Submitted to", "സമർപ്പിക്കുന്നത്", facts.submitted_to),
                )
            ),
        ),
    )


def _part_a(frame: Frame, facts: CertificateFacts) -> Section:
    party = facts.party
    parts: list[Part] = [
        frame.say(
            "To be filled and signed by the party who produces the record.",
            "രേഖ ഹാജരാക്കുന്ന കക്ഷി പൂരിപ്പിച്ച് ഒപ്പിടേണ്ടത്.",
            law=("bsa-63-4", "bsa-schedule"),
        ),
        FieldList(
            (
                frame.field("Name", "പേര്", party.name),
                frame.field("Son / daughter / spouse of", "മകൻ / മകൾ / ജീവിതപങ്കാളി", party.parent_or_spouse),
                frame.field("Residing at or employed as", "താമസം അഥവാ ഉദ്യോഗം", party.residence_or_employment),
            )
        ),
        *_device(frame, facts),
        *_conditions(frame, facts),
        *_hash_block(frame, facts),
        Signatures((Signature(Label("Signature, Part A", "ഒപ്പ്, ഭാഗം എ"), party.name, _SIGN),)),
    ]
    return Section(Label("Part A (by the party)", "ഭാഗം എ (കക്ഷി പൂരിപ്പിക്കേണ്ടത്)"), tuple(parts))


def _part_b(frame: Frame, facts: CertificateFacts) -> Section:
    expert = facts.expert
    parts: list[Part] = [
        frame.say(
            "To be filled and signed by the expert.",
            "വിദഗ്ദ്ധൻ / വിദഗ്ദ്ധ പൂരിപ്പിച്ച് ഒപ്പിടേണ്ടത്.",
            law=("bsa-63-4", "bsa-schedule"),
        ),
        FieldList(
            (
                frame.field("Name", "പേര്", expert.name),
                frame.field("Designation", "പദവി", expert.designation),
                frame.field("Category of expert", "വിദഗ്ദ്ധ വിഭാഗം", expert.category),
            )
        ),
        *_device(frame, facts),
        *_hash_block(frame, facts),
        Signatures((Signature(Label("Signature, Part B", "ഒപ്പ്, ഭാഗം ബി"), expert.name, _SIGN),)),
    ]
    return Section(Label("Part B (by the expert)", "ഭാഗം ബി (വിദഗ്ദ്ധൻ / വിദഗ്ദ്ധ പൂരിപ്പിക്കേണ്ടത്)"), tuple(parts))


def _device(frame: Frame, facts: CertificateFacts) -> tuple[Part, ...]:
    return (
        _ticks(Label("Source of the record", "രേഖയുടെ ഉറവിടം"), _SOURCES, facts.source_kind, facts=facts),
        FieldList(
            (
                frame.field("Make and model", "നിർമ്മാതാവും മോഡലും", facts.make_model),
                frame.field("Colour", "നിറം", facts.colour),
                frame.field("Serial number", "സീരിയൽ നമ്പർ", facts.serial),
                frame.field(
                    "IMEI / UIN / UID / MAC / Cloud ID", "IMEI / UIN / UID / MAC / ക്ലൗഡ് ഐഡി", facts.unique_id
                ),
                frame.field("Other information", "മറ്റു വിവരങ്ങൾ", facts.other_information),
            )
        ),
    )


def _conditions(frame: Frame, facts: CertificateFacts) -> tuple[Part, ...]:
    period_en, period_ml = _period(facts.in_use_from, facts.in_use_to)
    lawful = frame.say(
        "The device or source was under lawful control and used regularly to create, store or process "
        f"information {period_en}.",
        f"ഈ ഉപകരണം അഥവാ ഉറവിടം {period_ml} നിയമാനുസൃത നിയന്ത്രണത്തിലും വിവരങ്ങൾ സൃഷ്ടിക്കാനും സൂക്ഷിക്കാനും കൈകാര്യം "
        "ചെയ്യാനും പതിവായി ഉപയോഗത്തിലും "
        "ആയിരുന്നു.",
        law=("bsa-63-2",),
    )
    parts: list[Part] = [lawful]
    if facts.working_properly is True:
        parts.append(
            frame.say(
                "Through that time it worked properly.", "ആ കാലയളവിൽ അത് ശരിയായി പ്രവർത്തിച്ചു.", law=("bsa-63-2",)
            )
        )
    elif facts.working_properly is False:
        fault = facts.fault or "not recorded"
        fault_ml = facts.fault or "രേഖപ്പെടുത്തിയിട്ടില്ല"
        parts.append(
            frame.say(
                f"It did not work properly for part of the time: {fault}.",
                f"കുറച്ചു സമയം അത് ശരിയായി പ്രവർത്തിച്ചില്ല: {fault_ml}.",
                law=("bsa-63-2",),
            )
        )
        if facts.fault is None:
            frame.gap(
                "fault",
                "what the fault was and that the record was not affected",
                "തകരാർ എന്തായിരുന്നു, രേഖയെ ബാധിച്ചില്ല എന്നിവ",
            )
    parts.append(
        _ticks(
            Label("The device or source is", "ഉപകരണം അഥവാ ഉറവിടം"),
            _RELATIONS,
            facts.party.relation,
            facts=facts,
        )
    )
    return tuple(parts)


def _period(start: datetime | None, end: datetime | None) -> tuple[str, str]:
    if start is None or end is None:
        return "during a period that is not recorded", "രേഖപ്പെടുത്തിയിട്ടില്ലാത്ത കാലയളവിൽ"
    return f"from {court_time(start)} to {court_time(end)}", f"{court_time(start)} മുതൽ {court_time(end)} വരെ"


def court_time(at: datetime) -> str:
    """`18/01/2026 07:12:00 IST`, as the Schedule asks."""
    return require_aware(at).astimezone(IST).strftime("%d/%m/%Y %H:%M:%S IST")


def _hash_block(frame: Frame, facts: CertificateFacts) -> tuple[Part, ...]:
    taken = (any(h.sha1 for h in facts.hashes), bool(facts.hashes), any(h.md5 for h in facts.hashes))
    ticked = frozenset(index for index, present in enumerate(taken) if present)
    number = len(facts.hashes)
    stated = frame.say(
        f"The hash values of {number} record(s) obtained through the algorithms ticked are those of the "
        "enclosed hash report.",
        f"അടയാളപ്പെടുത്തിയ അൽഗോരിതങ്ങളിലൂടെ ലഭിച്ച {number} രേഖകളുടെ ഹാഷ് മൂല്യങ്ങൾ ഇതോടൊപ്പമുള്ള ഹാഷ് റിപ്പോർട്ടിലുള്ളവയാണ്.",
        law=("bsa-schedule",),
    )
    return Ticks(Label("Algorithm", "അൽഗോരിതം"), _ALGORITHMS, ticked, (facts.source,)), stated


def _hash_report(frame: Frame, facts: CertificateFacts) -> Section:
    columns = (
        Column(Label("Record; size in bytes; taken at", "രേഖ; വലിപ്പം (ബൈറ്റ്); സമയം"), 2.4, ColumnKind.CODE),
        Column(Label("Algorithm", "അൽഗോരിതം"), 1),
        Column(Label("Hash value", "ഹാഷ് മൂല്യം"), 6, ColumnKind.CODE),
    )
    rows: list[Row] = []
    for record in facts.hashes:
        taken = "" if record.computed_at is None else f"; {court_time(record.computed_at)}"
        named = (f"{record.record}; {record.size}{taken}", record.record, record.record)
        for first, (algorithm, value) in zip(
            named, (("SHA256", record.sha256), ("SHA1", record.sha1), ("MD5", record.md5)), strict=True
        ):
            rows.append(Row((first, algorithm, value), (record.source,)))
    empty = frame.say("No hash value is on record.", "ഹാഷ് മൂല്യങ്ങളൊന്നും രേഖയിലില്ല.")
    return Section(
        Label("Hash report (enclosed)", "ഹാഷ് റിപ്പോർട്ട് (ഇതോടൊപ്പം)"), (Table(columns, tuple(rows), empty),)
    )


def _ticks(
    label: Label, options: tuple[tuple[str, Label], ...], code: str | None, *, facts: CertificateFacts
) -> Ticks:
    ticked = frozenset(index for index, (key, _) in enumerate(options) if key == code)
    return Ticks(label, tuple(name for _, name in options), ticked, (facts.source,))


SPEC = DocumentSpec(
    id="in.bsa63_certificate",
    title=Label(
        "Certificate for an electronic record (BSA 63(4))", "ഇലക്ട്രോണിക് രേഖയ്ക്കുള്ള സാക്ഷ്യപത്രം (BSA 63(4))"
    ),
    jurisdiction="IN",
    facts_type=CertificateFacts,
    needs=(
        Need("submitted_to", Label("to whom the record is submitted", "രേഖ ആർക്ക് സമർപ്പിക്കുന്നു എന്നത്")),
        Need("source_kind", Label("kind of source", "ഉറവിടത്തിന്റെ ഇനം")),
        Need("make_model", Label("make and model", "നിർമ്മാതാവും മോഡലും")),
        Need("serial", Label("serial number", "സീരിയൽ നമ്പർ")),
        Need("party.name", Label("name of the signer of Part A", "ഭാഗം എ ഒപ്പിടുന്നയാളുടെ പേര്")),
        Need(
            "party.parent_or_spouse",
            Label("parent or spouse of the signer of Part A", "ഭാഗം എ ഒപ്പിടുന്നയാളുടെ രക്ഷിതാവ് / ജീവിതപങ്കാളി"),
        ),
        Need(
            "party.residence_or_employment",
            Label("residence or employment of the signer of Part A", "ഭാഗം എ ഒപ്പിടുന്നയാളുടെ താമസം / ഉദ്യോഗം"),
        ),
        Need(
            "party.relation",
            Label("owned, maintained, managed or operated", "ഉടമസ്ഥത, പരിപാലനം, നടത്തിപ്പ്, പ്രവർത്തനം എന്നിവയിൽ ഏത്"),
        ),
        Need("expert.name", Label("name of the expert", "വിദഗ്ദ്ധന്റെ / വിദഗ്ദ്ധയുടെ പേര്")),
        Need("expert.category", Label("category of the expert", "വിദഗ്ദ്ധ വിഭാഗം")),
        Need("in_use_from", Label("start of regular use", "പതിവ് ഉപയോഗത്തിന്റെ തുടക്കം")),
        Need("in_use_to", Label("end of regular use", "പതിവ് ഉപയോഗത്തിന്റെ അവസാനം")),
        Need(
            "working_properly", Label("whether the device worked properly", "ഉപകരണം ശരിയായി പ്രവർത്തിച്ചോ എന്നത്")
        ),
        Need("hashes", Label("hash values", "ഹാഷ് മൂല്യങ്ങൾ")),
        Need("hashes[].sha1", Label("SHA1 of record", "രേഖയുടെ SHA1")),
        Need("hashes[].md5", Label("MD5 of record", "രേഖയുടെ MD5")),
        Need("hashes[].computed_at", Label("when the hash was taken", "ഹാഷ് എടുത്ത സമയം")),
    ),
    cites=("bsa-63-2", "bsa-63-4", "bsa-schedule"),
    build=build,
)
