"""A request to a platform about accounts: whose is it, from where was it used, how is it recovered.

Every row is set by machine from a field of a sealed report, never from free text, a victim or a reporter. Times are
asked for with their zone and addresses with their port: an account alone leads nowhere (law_and_procedure.md 3.3).
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
    Table,
)
from kaval.engine.documents._wording import ist, joined, named
from kaval.engine.documents.india._asked import (
    NOT_SUSPECT,
    answer_section,
    enclose_certificate,
    numbered,
    order_fields,
)
from kaval.engine.documents.india._sections import officer_name, signing
from kaval.engine.rules.court.asking_facts import AccountRowFacts, PlatformRequestFacts

CATEGORIES = {
    "subscriber": Label("subscriber data", "വരിക്കാരുടെ വിവരം"),
    "logins": Label("log-ins with address, port and time", "വിലാസം, പോർട്ട്, സമയം സഹിതം ലോഗിനുകൾ"),
    "recovery": Label("recovery e-mail and telephone", "വീണ്ടെടുക്കൽ ഇമെയിലും ഫോണും"),
    "devices": Label("devices used", "ഉപയോഗിച്ച ഉപകരണങ്ങൾ"),
}
_KINDS = {
    "esp_account": Label("account number", "അക്കൗണ്ട് നമ്പർ"),
    "handle": Label("user name", "ഉപയോക്തൃനാമം"),
    "email": Label("e-mail address", "ഇമെയിൽ വിലാസം"),
    "phone": Label("telephone", "ഫോൺ"),
}
_ASKED = (
    (
        "Repeat the reference of each row in your answer.",
        "ഓരോ വരിയുടെയും അവലംബം മറുപടിയിൽ ആവർത്തിക്കുക.",
    ),
    (
        "Give every time with its zone, 24-hour, and every address with its source port.",
        "എല്ലാ സമയവും സമയമേഖല സഹിതം 24 മണിക്കൂർ രൂപത്തിലും എല്ലാ വിലാസവും സോഴ്സ് പോർട്ട് സഹിതവും നൽകുക.",
    ),
    (
        "Say for each item whether you verified it (a telephone called, an e-mail confirmed) or only stored what was "
        "entered.",
        "ഓരോ വിവരവും ഉറപ്പാക്കിയതാണോ (വിളിച്ച ഫോൺ, സ്ഥിരീകരിച്ച ഇമെയിൽ), ചേർത്തതു സൂക്ഷിച്ചതു മാത്രമാണോ എന്ന് പറയുക.",
    ),
    (
        "Say whether a person viewed a reported file or only a hash value matched, and against which list.",
        "റിപ്പോർട്ട് ചെയ്ത ഫയൽ ഒരാൾ കണ്ടോ, ഹാഷ് മൂല്യം മാത്രം പൊരുത്തപ്പെട്ടോ, ഏത് പട്ടികയുമായി എന്ന് പറയുക.",
    ),
    (
        "Keep the data of these accounts until you are told otherwise. Do not send any reported file.",
        "മറിച്ച് അറിയിക്കുന്നതു വരെ ഈ അക്കൗണ്ടുകളുടെ വിവരം സൂക്ഷിക്കുക. റിപ്പോർട്ട് ചെയ്ത ഫയലുകളൊന്നും അയയ്ക്കരുത്.",
    ),
    (
        "If an account seems to be a child's, say so at once: a child is helped first.",
        "അക്കൗണ്ട് കുട്ടിയുടേതെന്നു തോന്നിയാൽ ഉടൻ പറയുക: കുട്ടിക്ക് ആദ്യം സഹായം.",
    ),
    NOT_SUSPECT,
)


def build(facts: PlatformRequestFacts, law: LawTable) -> Document:
    """The request, one row per account in the order given."""
    frame = Frame(facts.head, law, source=facts.source)
    asked = numbered(frame, _ASKED)
    sections = (
        _order(frame, facts),
        _accounts(frame, facts),
        Section(Label("What is asked", "ആവശ്യപ്പെടുന്നത്"), (*asked, enclose_certificate(frame, len(asked) + 1))),
        answer_section(frame, answer_by=facts.answer_by, channel=facts.answer_channel),
        signing(
            (
                Label("Officer who signs the order", "ഉത്തരവിൽ ഒപ്പിടുന്ന ഉദ്യോഗസ്ഥൻ / ഉദ്യോഗസ്ഥ"),
                officer_name(facts.signatory),
            )
        ),
    )
    return frame.close(SPEC, facts, sections)


def _order(frame: Frame, facts: PlatformRequestFacts) -> Section:
    rows = len(facts.rows)
    opening = frame.say(
        f"You are asked to state, for each of the {rows} account(s) below, the data named beside it.",
        f"താഴെയുള്ള {rows} അക്കൗണ്ടുകളിൽ ഓരോന്നിന്റെയും ഒപ്പം പറഞ്ഞിരിക്കുന്ന വിവരം അറിയിക്കുക.",
        law=("bnss-94",),
    )
    fields = order_fields(
        frame,
        facts.head,
        to=facts.platform,
        office=facts.platform_office,
        basis=facts.basis,
        authority=facts.authority,
        signatory=facts.signatory,
    )
    return Section(Label("Order", "ഉത്തരവ്"), (opening, FieldList(fields)))


def _accounts(frame: Frame, facts: PlatformRequestFacts) -> Section:
    columns = (
        Column(Label("Reference", "അവലംബം"), 1.5, ColumnKind.CODE),
        Column(Label("Kind", "തരം"), 1.4),
        Column(Label("Account", "അക്കൗണ്ട്"), 2.6, ColumnKind.CODE),
        Column(Label("Data asked for", "ആവശ്യപ്പെടുന്ന വിവരം"), 2.8),
        Column(Label("Named in report", "പറയുന്ന റിപ്പോർട്ട്"), 1.9, ColumnKind.CODE),
        Column(Label("Report received", "റിപ്പോർട്ട് ലഭിച്ചത്"), 1.8, ColumnKind.CODE),
    )
    empty = frame.say("No account is on record.", "അക്കൗണ്ടുകളൊന്നും രേഖയിലില്ല.")
    note = frame.say(
        "The last sign of a reference is a check digit. Do not retype a row; copy it.",
        "അവലംബത്തിന്റെ അവസാന അക്ഷരം ചെക്ക് അക്കമാണ്. വരികൾ വീണ്ടും ടൈപ്പ് ചെയ്യാതെ പകർത്തുക.",
    )
    rows = tuple(_account(row) for row in facts.rows)
    return Section(Label("Accounts", "അക്കൗണ്ടുകൾ"), (Table(columns, rows, empty), note))


def _account(row: AccountRowFacts) -> Row:
    asked = joined(tuple(CATEGORIES.get(code, code) for code in row.asked))
    return Row(
        (row.reference, named(row.kind, _KINDS), row.value, asked, row.report, ist(row.received_at)),
        (row.source,),
    )


SPEC = DocumentSpec(
    id="in.platform_request",
    title=Label("Request to a platform about accounts", "അക്കൗണ്ടുകളെക്കുറിച്ച് പ്ലാറ്റ്ഫോമിനുള്ള അപേക്ഷ"),
    jurisdiction="IN",
    facts_type=PlatformRequestFacts,
    needs=(
        Need("platform_office", Label("office of the platform", "പ്ലാറ്റ്ഫോമിന്റെ ഓഫീസ്")),
        Need("basis", Label("legal basis of the request", "അപേക്ഷയുടെ നിയമപരമായ അടിസ്ഥാനം")),
        Need("authority", Label("authority of the request", "അപേക്ഷയ്ക്കുള്ള അധികാരം")),
        Need("signatory", Label("officer who signs", "ഒപ്പിടുന്ന ഉദ്യോഗസ്ഥൻ / ഉദ്യോഗസ്ഥ")),
        Need("rows", Label("accounts", "അക്കൗണ്ടുകൾ")),
        Need("answer_by", Label("date of answer", "മറുപടി നൽകേണ്ട തീയതി")),
        Need("answer_channel", Label("channel of answer", "മറുപടിയുടെ മാർഗ്ഗം")),
    ),
    cites=("bnss-94", "bsa-63-4", "bsa-schedule"),
    build=build,
)
