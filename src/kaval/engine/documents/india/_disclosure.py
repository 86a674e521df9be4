"""The sections of a disclosure pack, whole or redacted: what a reader kept of the export, who had it, and its digests.

The redacted form leaves out what could lead to a person: addresses, account and client identifiers, and the names of
officers. It says what it left out and why; digests and dates stay, so that everything can still be checked.
"""

from __future__ import annotations

from kaval.engine.documents._frame import Frame
from kaval.engine.documents._law import LawTable
from kaval.engine.documents._spec import (
    AnySpec,
    Column,
    ColumnKind,
    Document,
    Field,
    FieldList,
    Label,
    Need,
    Part,
    Row,
    Section,
    Statement,
    Table,
    Value,
)
from kaval.engine.documents._wording import RANKS, ist, named, yes_no
from kaval.engine.documents.india import _sheet_words as words
from kaval.engine.documents.india._sections import officer_name
from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.attribution.case import AfterFacts
from kaval.engine.rules.attribution.checks import after_results
from kaval.engine.rules.court.disclosure_facts import (
    AnswerSourceFacts,
    CameFacts,
    DisclosureFacts,
    LeadSourceFacts,
)
from kaval.engine.rules.court.facts import ExhibitHashFacts, OfficerFacts

NEEDS = (
    Need("leads", Label("lead sources", "ലീഡ് ഉറവിടങ്ങൾ")),
    Need(
        "leads[].tool_version", Label("version of the tool that reported", "റിപ്പോർട്ട് ചെയ്ത ഉപകരണത്തിന്റെ പതിപ്പ്")
    ),
    Need("leads[].operator", Label("operator of the tool that reported", "ഉപകരണം പ്രവർത്തിപ്പിച്ചയാൾ")),
    Need("leads[].came", Label("how the report came", "റിപ്പോർട്ട് വന്ന വഴി")),
    Need("files", Label("sealed files", "മുദ്രവച്ച ഫയലുകൾ")),
)
WITHHELD = Label("withheld", "മറച്ചിരിക്കുന്നു")
# Fields of an export that may be shown to anybody: they describe the tool and the file, never a person or a line.
_OPEN_FIELDS = frozenset(
    (
        "network", "client_name", "client_version", "country", "region", "file_hash_type", "piece_count_have",
        "piece_count_total", "files_offered_count", "download_completed", "severity", "record_hash", "file_size",
        "tool_version", "export_version", "time_profile", "event", "origin",
    )
)  # fmt: skip


_UNDECIDED = Label("not decided yet", "തീരുമാനിച്ചിട്ടില്ല")
_RECIPIENTS = {
    "unit": Label("the unit itself", "യൂണിറ്റ് തന്നെ"),
    "court": Label("the court", "കോടതി"),
    "station": Label("the station that acts", "നടപടിയെടുക്കുന്ന സ്റ്റേഷൻ"),
    "defence": Label("the defence", "പ്രതിഭാഗം"),
}


def disclosure(facts: DisclosureFacts, law: LawTable, *, spec: AnySpec, redacted: bool) -> Document:
    """The pack as a document.

    Raises:
        RefusedError: A-65, the whole pack would leave the procedure.
    """
    leaving = AfterFacts(
        facts.head.prepared_at, level=facts.level, leaves_to=facts.recipient or "unit", names=not redacted
    )
    for result in after_results(leaving, only=("A-65",)):
        if result.stops:
            raise RefusedError(result.check, result.reason.text)
    frame = Frame(facts.head, law, source=facts.source)
    sections = [
        _about(frame, facts, redacted=redacted),
        *(_lead(frame, one, redacted=redacted) for one in facts.leads),
        _hashes(frame, facts),
        _answers(frame, facts, redacted=redacted),
        _files(frame, facts),
    ]
    if redacted:
        sections.append(_left_out(frame))
    return frame.close(spec, facts, sections)


def hash_words(frame: Frame) -> tuple[Statement, ...]:
    """What a digest is and what a match says, in plain words; every paper that speaks of a match says the same."""
    return (
        frame.say(
            "A hash value (digest) is a number a computer works out from all the bytes of a file. Two files with the "
            "same SHA-256 are, as far as anybody knows, the same file. One changed byte gives another number. From the "
            "number nobody can see what the file shows.",
            "ഒരു ഫയലിലെ എല്ലാ ബൈറ്റുകളിൽ നിന്നും കമ്പ്യൂട്ടർ കണക്കാക്കുന്ന സംഖ്യയാണ് ഹാഷ് മൂല്യം. ഒരേ SHA-256 ഉള്ള രണ്ട് ഫയലുകൾ, "
            "അറിയാവുന്നിടത്തോളം, ഒരേ ഫയലാണ്. ഒരു ബൈറ്റ് മാറിയാൽ സംഖ്യ മാറും. ഫയലിൽ എന്താണെന്ന് സംഖ്യയിൽ നിന്ന് കാണാനാവില്ല.",
        ),
        frame.say(
            "A match says that a file equals one on a list that somebody else made. It does not say who put the file "
            "where it was, who opened it, or that anybody knew of it. MD5 and SHA-1 can be forged on purpose and are "
            "given only so that older lists can be compared.",
            "മറ്റൊരാൾ ഉണ്ടാക്കിയ പട്ടികയിലെ ഫയലുമായി ഒന്നാണെന്നു മാത്രമാണ് പൊരുത്തം പറയുന്നത്. ഫയൽ അവിടെ വച്ചത് ആരെന്നോ തുറന്നത് "
            "ആരെന്നോ ആർക്കെങ്കിലും അറിയാമായിരുന്നെന്നോ പറയുന്നില്ല. MD5, SHA-1 എന്നിവ മനഃപൂർവം വ്യാജമായി ഉണ്ടാക്കാം; പഴയ "
            "പട്ടികകളുമായി ഒത്തുനോക്കാൻ മാത്രമാണ് നൽകുന്നത്.",
        ),
    )


def viewing_words(frame: Frame, lead: LeadSourceFacts) -> Statement:
    """Who looked at the files before this unit had the report, as the reporter says; silence is said to be silence."""
    seen, matched, unsaid = lead.viewed
    if not seen + matched + unsaid:
        return frame.say(
            f"Lead {lead.lead}: the report names no file, so nobody is said to have viewed one.",
            f"ലീഡ് {lead.lead}: റിപ്പോർട്ടിൽ ഫയലൊന്നും പറയുന്നില്ല; ആരെങ്കിലും കണ്ടെന്നും പറയുന്നില്ല.",
            source=lead.source,
        )
    lists = f" ({', '.join(lead.hash_lists)})" if lead.hash_lists else ""
    return frame.say(
        f"Lead {lead.lead}: of {seen + matched + unsaid} file(s) the reporter says that a person viewed {seen} and "
        f"that {matched} only matched by hash value{lists}; for {unsaid} it does not say. This unit's software opens "
        "no file.",
        f"ലീഡ് {lead.lead}: ആകെ {seen + matched + unsaid} ഫയലിൽ {seen} എണ്ണം ഒരാൾ കണ്ടെന്നും {matched} എണ്ണം ഹാഷ് മൂല്യത്തിൽ "
        f"മാത്രം പൊരുത്തപ്പെട്ടെന്നും{lists} റിപ്പോർട്ട് ചെയ്തവർ പറയുന്നു; {unsaid} എണ്ണത്തെക്കുറിച്ച് പറയുന്നില്ല. ഈ യൂണിറ്റിന്റെ "
        "സോഫ്റ്റ്‌വെയർ ഒരു ഫയലും തുറക്കുന്നില്ല.",
        source=lead.source,
    )


def _about(frame: Frame, facts: DisclosureFacts, *, redacted: bool) -> Section:
    rule = frame.say(
        "This pack says where the leads of one subject come from, so that anybody who must judge them can check the "
        "source: tool, version, operator, digest, every hand they went through, and how they were read.",
        "ഒരു ലീഡ് കൂട്ടത്തിന്റെ ഉറവിടം ഈ രേഖ പറയുന്നു: ഉപകരണം, പതിപ്പ്, പ്രവർത്തിപ്പിച്ചയാൾ, ഹാഷ്, കടന്നുപോയ കൈകൾ, വായിച്ച രീതി. "
        "വിലയിരുത്തേണ്ട ആർക്കും പരിശോധിക്കാം.",
        law=("bsa-63-4",),
    )
    fields = (
        frame.field("Subject", "ലീഡ് കൂട്ടം", facts.subject),
        frame.field("Level of the attribution", "കണ്ടെത്തലിന്റെ ലെവൽ", words.LEVELS[facts.level]),
        frame.field("Leads", "ലീഡുകൾ", str(len(facts.leads))),
        frame.field("Observations in them", "അവയിലെ നിരീക്ഷണങ്ങൾ", str(facts.seen)),
        frame.field("For", "ആർക്ക്", named(facts.recipient, _RECIPIENTS) or _UNDECIDED),
        frame.field("Form", "രൂപം", _form(redacted=redacted)),
        frame.field("Our own software", "ഞങ്ങളുടെ സോഫ്റ്റ്‌വെയർ", facts.software),
    )
    return Section(Label("What this pack is", "ഈ രേഖ എന്താണ്"), (rule, FieldList(fields)))


def _form(*, redacted: bool) -> Label:
    if redacted:
        return Label("redacted: see what was withheld", "മറച്ചത്: മറച്ചതെന്തെന്ന് കാണുക")
    return Label("whole; stays with the unit and the court (A-65)", "പൂർണരൂപം; യൂണിറ്റിലും കോടതിയിലും മാത്രം (A-65)")


def _lead(frame: Frame, lead: LeadSourceFacts, *, redacted: bool) -> Section:
    def told(label_en: str, label_ml: str, value: Value | None) -> Field:
        return frame.field(label_en, label_ml, value, source=lead.source)

    none_needed = Label("the format needs none", "ഈ രൂപത്തിന് ആവശ്യമില്ല")
    fields = (
        told("Tool or platform", "ഉപകരണം അഥവാ പ്ലാറ്റ്ഫോം", lead.system),
        told("Its version", "പതിപ്പ്", lead.tool_version),
        told("Its operator", "പ്രവർത്തിപ്പിച്ചയാൾ", WITHHELD if redacted and lead.operator else lead.operator),
        told("Kind of report", "റിപ്പോർട്ടിന്റെ തരം", lead.kind),
        told("Its own number", "സ്വന്തം നമ്പർ", WITHHELD if redacted else lead.report),
        told("Place in the export", "കയറ്റുമതിയിലെ സ്ഥാനം", lead.locator or None),
        told("SHA-256 of the export", "കയറ്റുമതി ഫയലിന്റെ SHA-256", lead.export.sha256),
        told("Read by", "വായിച്ചത്", lead.reader),
        told("Reading profile", "വായനാ പ്രൊഫൈൽ", lead.profile or none_needed),
        told(
            "Kinds of hash value named", "പറയുന്ന ഹാഷ് തരങ്ങൾ", ", ".join(lead.hash_kinds) or Label("none", "ഇല്ല")
        ),
    )
    parts: tuple[Part, ...] = (
        FieldList(fields),
        viewing_words(frame, lead),
        _came(frame, lead, redacted=redacted),
        _kept(frame, lead, redacted=redacted),
    )
    return Section(Label(f"Lead {lead.lead}", f"ലീഡ് {lead.lead}"), parts)


def _came(frame: Frame, lead: LeadSourceFacts, *, redacted: bool) -> Table:
    columns = (
        Column(Label("Received", "ലഭിച്ചത്"), 2.0, ColumnKind.CODE),
        Column(Label("From", "എവിടെ നിന്ന്"), 2.0),
        Column(Label("Way", "വഴി"), 1.8),
        Column(Label("Taken in by", "ഏറ്റുവാങ്ങിയത്"), 2.4),
    )
    rows = tuple(_arrival(one, lead, redacted=redacted) for one in lead.came)
    return Table(
        columns, rows, frame.say("No arrival is on record.", "വന്നതിന്റെ രേഖയില്ല.", source=lead.source)
    )


def _arrival(one: CameFacts, lead: LeadSourceFacts, *, redacted: bool) -> Row:
    who = _rank_only(one.by) if redacted else officer_name(one.by)
    return Row((ist(one.received_at), one.source_name, one.channel, who), (lead.source,))


def _rank_only(officer: OfficerFacts) -> Value:
    return named(officer.rank, RANKS) or officer.rank


def _kept(frame: Frame, lead: LeadSourceFacts, *, redacted: bool) -> Table:
    columns = (
        Column(Label("Field of the export", "കയറ്റുമതിയിലെ ഫീൽഡ്"), 2.4, ColumnKind.CODE),
        Column(Label("As it stands there", "അവിടെയുള്ള രൂപം"), 5, ColumnKind.CODE),
    )
    rows = tuple(
        Row((name, WITHHELD if redacted and name not in _OPEN_FIELDS else value), (lead.source,))
        for name, value in lead.kept
    )
    empty = frame.say(
        "The reader kept no further field of the export.",
        "വായനയിൽ കൂടുതൽ ഫീൽഡുകൾ സൂക്ഷിച്ചിട്ടില്ല.",
        source=lead.source,
    )
    return Table(columns, rows, empty)


def _hashes(frame: Frame, facts: DisclosureFacts) -> Section:
    return Section(Label("What a hash match is", "ഹാഷ് പൊരുത്തം എന്താണ്"), hash_words(frame))


def _answers(frame: Frame, facts: DisclosureFacts, *, redacted: bool) -> Section:
    columns = (
        Column(Label("Provider", "സേവനദാതാവ്"), 1.8),
        Column(Label("Profile", "പ്രൊഫൈൽ"), 1.5, ColumnKind.CODE),
        Column(Label("Form of the answer", "മറുപടിയുടെ രൂപം"), 2.2, ColumnKind.CODE),
        Column(Label("Form accepted by", "രൂപം അംഗീകരിച്ചത്"), 1.8),
        Column(Label("Agreed way", "സമ്മതിച്ച വഴി"), 1.0),
        Column(Label("Certificate", "സാക്ഷ്യപത്രം"), 1.2),
        Column(Label("SHA-256", "SHA-256"), 2.4, ColumnKind.CODE),
    )
    rows = tuple(_answer(one, redacted=redacted) for one in facts.answers)
    empty = frame.say("No provider has answered.", "സേവനദാതാക്കൾ മറുപടി നൽകിയിട്ടില്ല.")
    return Section(
        Label("Answers of providers and how they were read", "സേവനദാതാക്കളുടെ മറുപടികളും വായിച്ച രീതിയും"),
        (Table(columns, rows, empty),),
    )


_CERTIFICATES = {
    "received": Label("received", "ലഭിച്ചു"),
    "asked": Label("asked for", "ആവശ്യപ്പെട്ടു"),
}


def _answer(one: AnswerSourceFacts, *, redacted: bool) -> Row:
    accepted: Value | None = Label("nobody yet", "ഇതുവരെ ആരുമില്ല")
    if one.accepted_by is not None:
        accepted = _rank_only(one.accepted_by) if redacted else officer_name(one.accepted_by)
    cells = (
        one.provider,
        one.profile,
        one.template,
        accepted,
        yes_no(one.channel_agreed),
        named(one.certificate, _CERTIFICATES),
        one.source.sha256,
    )
    return Row(cells, (one.source,))


def _files(frame: Frame, facts: DisclosureFacts) -> Section:
    columns = (
        Column(Label("What", "എന്ത്"), 1.6),
        Column(Label("Bytes", "ബൈറ്റ്"), 0.9, ColumnKind.NUMBER),
        Column(Label("SHA-256", "SHA-256"), 3.0, ColumnKind.CODE),
        Column(Label("SHA-1", "SHA-1"), 2.2, ColumnKind.CODE),
        Column(Label("MD5", "MD5"), 1.8, ColumnKind.CODE),
    )
    rows = tuple(_file(one) for one in facts.files)
    note = frame.say(
        "Whoever is given a copy of one of these files can compute the three numbers with any tool and compare. A "
        "number that differs means that the copy is not what was received.",
        "ഈ ഫയലുകളുടെ പകർപ്പ് ലഭിക്കുന്ന ആർക്കും ഏത് ഉപകരണം കൊണ്ടും ഈ മൂന്ന് സംഖ്യകൾ കണക്കാക്കി ഒത്തുനോക്കാം. വ്യത്യാസമുണ്ടെങ്കിൽ "
        "പകർപ്പ് ലഭിച്ചതല്ല എന്നർഥം.",
    )
    empty = frame.say("No sealed file is on record.", "മുദ്രവച്ച ഫയലുകൾ രേഖയിലില്ല.")
    return Section(Label("Sealed files", "മുദ്രവച്ച ഫയലുകൾ"), (note, Table(columns, rows, empty)))


def _file(one: ExhibitHashFacts) -> Row:
    return Row(
        (words.BASIS.get(one.record, one.record), str(one.size), one.sha256, one.sha1, one.md5), (one.source,)
    )


def _left_out(frame: Frame) -> Section:
    return Section(
        Label("What was withheld, and why", "മറച്ചതും കാരണവും"),
        (
            frame.say(
                "Withheld: addresses, account and client identifiers, numbers of reports, and names of officers and "
                "operators. At levels 1 and 2 nothing that could lead to a person leaves the unit (A-65): a subscriber "
                "is not a suspect. The whole pack lies with the court and can be asked for there.",
                "മറച്ചത്: വിലാസങ്ങൾ, അക്കൗണ്ടുകളുടെയും ക്ലയന്റുകളുടെയും തിരിച്ചറിയൽ വിവരം, റിപ്പോർട്ട് നമ്പറുകൾ, "
                "ഉദ്യോഗസ്ഥരുടെയും പ്രവർത്തിപ്പിച്ചവരുടെയും പേരുകൾ. ലെവൽ 1, 2 എന്നിവയിൽ ഒരാളിലേക്ക് എത്തിക്കാവുന്ന ഒന്നും യൂണിറ്റിനു പുറത്ത് "
                "പോകരുത് (A-65): വരിക്കാരൻ / വരിക്കാരി എന്നാൽ കുറ്റം സംശയിക്കപ്പെടുന്നയാൾ എന്നല്ല. പൂർണരൂപം കോടതിയിലുണ്ട്; അവിടെ ചോദിക്കാം.",
            ),
        ),
    )
