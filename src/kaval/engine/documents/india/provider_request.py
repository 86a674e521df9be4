"""A request to an internet service provider: who used these addresses at these instants, and where is the line
installed.

Every row is set by machine from a sealed observation; UTC and IST stand side by side, 24-hour, with check digits over
the row. It asks for the installation address and the billing address, each labelled, because four agreeing addresses
once led to the wrong home by a billing address (law_and_procedure.md 0 (9), 3.3, A-13, A-34, A-39).
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network

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
from kaval.engine.documents._wording import NOT_STATED_IN_SOURCE
from kaval.engine.documents.india._asked import (
    NOT_SUSPECT,
    answer_section,
    enclose_certificate,
    numbered,
    order_fields,
)
from kaval.engine.documents.india._sections import officer_name, signing
from kaval.engine.kernel.instant import ist_text, utc_text
from kaval.engine.rules.court.check_digit import check_digits
from kaval.engine.rules.court.facts import RequestFacts, RequestRowFacts


def build(facts: RequestFacts, law: LawTable) -> Document:
    """The request, one row per observation in the order given.

    Raises:
        ValueError: a row's `ip` is no IP address.
    """
    frame = Frame(facts.head, law, source=facts.source)
    sections = (
        _order(frame, facts),
        _observations(frame, facts),
        _asked(frame),
        answer_section(frame, answer_by=facts.answer_by, channel=facts.answer_channel),
        signing(
            (
                Label("Officer who signs the order", "ഉത്തരവിൽ ഒപ്പിടുന്ന ഉദ്യോഗസ്ഥൻ / ഉദ്യോഗസ്ഥ"),
                officer_name(facts.signatory),
            )
        ),
    )
    return frame.close(SPEC, facts, sections)


def _order(frame: Frame, facts: RequestFacts) -> Section:
    rows = len(facts.rows)
    opening = frame.say(
        f"You are asked to state, for each of the {rows} row(s) below, which subscriber of yours had the "
        "address at that instant.",
        f"താഴെയുള്ള {rows} വരികളിൽ ഓരോന്നിലും പറയുന്ന സമയത്ത് ആ വിലാസം നിങ്ങളുടെ ഏത് വരിക്കാരനായിരുന്നു എന്ന് അറിയിക്കുക.",
        law=("bnss-94",),
    )
    fields = (
        *order_fields(
            frame,
            facts.head,
            to=facts.provider,
            office=facts.provider_office,
            basis=facts.basis,
            authority=facts.authority,
            signatory=facts.signatory,
        ),
        frame.field("Rows by kind", "വരികൾ, തരം തിരിച്ച്", _kinds(facts)),
    )
    return Section(Label("Order", "ഉത്തരവ്"), (opening, FieldList(fields)))


def _observations(frame: Frame, facts: RequestFacts) -> Section:
    columns = (
        Column(Label("Reference", "അവലംബം"), 1.6, ColumnKind.CODE),
        Column(Label("IP address", "ഐപി വിലാസം"), 2.3, ColumnKind.CODE),
        Column(Label("Source port", "സോഴ്സ് പോർട്ട്"), 1.0, ColumnKind.CODE),
        Column(Label("Protocol", "പ്രോട്ടോക്കോൾ"), 1.0, ColumnKind.CODE),
        Column(Label("From – to, UTC", "മുതൽ – വരെ, UTC"), 2.4, ColumnKind.CODE),
        Column(Label("From – to, IST", "മുതൽ – വരെ, IST"), 2.4, ColumnKind.CODE),
        Column(Label("Check", "ചെക്ക്"), 0.7, ColumnKind.CODE),
    )
    empty = frame.say("No observation is on record.", "നിരീക്ഷണങ്ങളൊന്നും രേഖയിലില്ല.")
    note = frame.say(
        "The time in UTC and the time in IST of a row are the same instant (IST is UTC plus 5 hours 30 "
        "minutes). The two check "
        "digits are computed over address, port and times (ISO 7064 MOD 97-10). Do not retype a row; copy "
        "it.",
        "ഒരു വരിയിലെ UTC സമയവും IST സമയവും ഒരേ നിമിഷമാണ് (UTC + 5 മണിക്കൂർ 30 മിനിറ്റ് = IST). വിലാസം, പോർട്ട്, "
        "സമയം എന്നിവയിൽ നിന്ന് "
        "കണക്കാക്കിയതാണ് രണ്ട് ചെക്ക് അക്കങ്ങൾ (ISO 7064 MOD 97-10). വരികൾ വീണ്ടും ടൈപ്പ് ചെയ്യാതെ പകർത്തുക.",
    )
    rows = tuple(_observation(frame, row) for row in facts.rows)
    return Section(Label("Observations", "നിരീക്ഷണങ്ങൾ"), (Table(columns, rows, empty), note))


def _observation(frame: Frame, row: RequestRowFacts) -> Row:
    if row.port is None:
        frame.gap(
            "rows[].port",
            f"source port ({row.reference}); on a shared address the answer cannot name one subscriber",
            f"സോഴ്സ് പോർട്ട് ({row.reference}); പങ്കിട്ട വിലാസമാണെങ്കിൽ ഒരു വരിക്കാരനെ തിരിച്ചറിയാനാവില്ല",
        )
    span_utc = f"{utc_text(row.first_at)} – {utc_text(row.last_at)}"
    span_ist = f"{ist_text(row.first_at)} – {ist_text(row.last_at)}"
    check = check_digits(row.ip, row.port, first_at=row.first_at, last_at=row.last_at)
    port = NOT_STATED_IN_SOURCE if row.port is None else str(row.port)
    protocol = row.protocol or NOT_STATED_IN_SOURCE
    return Row(
        (row.reference, _address(row.ip), port, protocol, span_utc, span_ist, check),
        (row.source,),
    )


def _address(text: str) -> str:
    """The address; for IPv6 with the /64 it lies in, because a provider keeps prefixes (A-26)."""
    address = ip_address(text)
    if address.version == 4:
        return address.compressed
    return f"{address.compressed} ({ip_network((address, 64), strict=False)})"


def _asked(frame: Frame) -> Section:
    asked = (
        (
            "Repeat the reference, address, port and time of each row in your answer, with the time zone named.",
            "ഓരോ വരിയുടെയും അവലംബം, വിലാസം, പോർട്ട്, സമയം എന്നിവ സമയമേഖല സഹിതം മറുപടിയിൽ ആവർത്തിക്കുക.",
        ),
        (
            "State start and end of the lease or session and, for a shared address, the port range.",
            "ലീസ് അഥവാ സെഷന്റെ തുടക്കവും അവസാനവും, പങ്കിട്ട വിലാസമെങ്കിൽ പോർട്ട് പരിധിയും അറിയിക്കുക.",
        ),
        (
            "For an IPv6 address, state the prefix you had delegated, its length, and from when to when. Do not match "
            "on the last 64 bits: the device changes them.",
            "IPv6 വിലാസമെങ്കിൽ, നൽകിയിരുന്ന പ്രിഫിക്സും അതിന്റെ നീളവും എന്നു മുതൽ എന്നു വരെ എന്നും അറിയിക്കുക. അവസാന 64 ബിറ്റുകൾ "
            "ഒത്തുനോക്കരുത്: ഉപകരണം അവ മാറ്റും.",
        ),
        (
            "State the INSTALLATION address of the line, labelled as such, and the BILLING address, labelled "
            "as such. An address "
            "without label will be returned to you.",
            "കണക്ഷൻ സ്ഥാപിച്ച വിലാസവും (INSTALLATION) ബില്ലിംഗ് വിലാസവും (BILLING) അങ്ങനെ അടയാളപ്പെടുത്തി വെവ്വേറെ "
            "അറിയിക്കുക. അടയാളപ്പെടുത്താത്ത "
            "വിലാസം മടക്കി അയയ്ക്കുന്നതാണ്.",
        ),
        (
            "State whether the line serves a home, a business, a hostel or is shared, and since when.",
            "കണക്ഷൻ വീട്, വ്യാപാരസ്ഥാപനം, ഹോസ്റ്റൽ, പങ്കിട്ടത് എന്നിവയിൽ ഏതാണെന്നും എന്നു മുതലെന്നും അറിയിക്കുക.",
        ),
        (
            "If more than one subscriber fits a row, or none, say so; do not choose.",
            "ഒന്നിലധികം വരിക്കാർ യോജിക്കുന്നെങ്കിലോ ആരും യോജിക്കുന്നില്ലെങ്കിലോ അത് പറയുക; ഒരാളെ തിരഞ്ഞെടുക്കരുത്.",
        ),
        NOT_SUSPECT,
    )
    parts = numbered(frame, asked)
    parts.append(enclose_certificate(frame, len(parts) + 1))
    return Section(Label("What is asked", "ആവശ്യപ്പെടുന്നത്"), tuple(parts))


def _kinds(facts: RequestFacts) -> Label:
    """How many rows of each kind, so that a provider sees at once what it was sent."""
    four = [row for row in facts.rows if ip_address(row.ip).version == 4]
    ported = sum(row.port is not None for row in four)
    six = len(facts.rows) - len(four)
    return Label(
        f"{len(facts.rows)}: IPv4 with port {ported}, IPv4 without port {len(four) - ported}, IPv6 {six}",
        f"{len(facts.rows)}: പോർട്ടുള്ള IPv4 {ported}, പോർട്ടില്ലാത്ത IPv4 {len(four) - ported}, IPv6 {six}",
    )


SPEC = DocumentSpec(
    id="in.provider_request",
    title=Label("Request to an internet service provider", "ഇന്റർനെറ്റ് സേവനദാതാവിനുള്ള അപേക്ഷ"),
    jurisdiction="IN",
    facts_type=RequestFacts,
    needs=(
        Need("provider_office", Label("office of the provider", "സേവനദാതാവിന്റെ ഓഫീസ്")),
        Need("basis", Label("legal basis of the request", "അപേക്ഷയുടെ നിയമപരമായ അടിസ്ഥാനം")),
        Need("authority", Label("authority of the request", "അപേക്ഷയ്ക്കുള്ള അധികാരം")),
        Need("signatory", Label("officer who signs", "ഒപ്പിടുന്ന ഉദ്യോഗസ്ഥൻ / ഉദ്യോഗസ്ഥ")),
        Need("rows", Label("observations", "നിരീക്ഷണങ്ങൾ")),
        Need("answer_by", Label("date of answer", "മറുപടി നൽകേണ്ട തീയതി")),
        Need("answer_channel", Label("channel of answer", "മറുപടിയുടെ മാർഗ്ഗം")),
    ),
    cites=("bnss-94", "bsa-63-4", "bsa-schedule"),
    build=build,
)
