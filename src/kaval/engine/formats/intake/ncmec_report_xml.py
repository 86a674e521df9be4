"""A CyberTipline report as XML in the provider's own schema (`report`), one lead per file.

The schema describes a report under submission, so it carries no report number: the number is in the file name
`CT-<number>.xml`, and `fields["report_number_from"]` says so. Without one the lead is named after its bytes.
Only what the reported user did counts as the reported party: addresses get the role `client`, addresses of
a victim, a recipient or an associated account get that role, and a possible proxy the role `proxy`.
Everything about a victim that is no identifier, who reports, page addresses and message content are restricted. An
officer or agency named in `lawEnforcement` is nobody's account and becomes no identifier. Times need an offset, else
they are unknown; whether a time lies in the past cannot be seen without a clock. Running text is mined (`free_text`).
Everything is kept as written: `formats/ncmec_write.py` gives the document back from the record. Elements that the
schema does not know are kept too, and named in one warning. Reports built alike are read by one program made from
the second of them (`_ncmec_program.py`); whatever is unusual in one of them goes the ordinary way, parsed and walked.

Versions tried: ispws XSD of the documentation last updated 2025-06-11; every element, attribute and
value of it is generated, read, written and compared in the tests.
Not supported: the law-enforcement download (JSON, PDF), which is another format; the server's answers
(`reportResponse`, `reportDoneResponse`), which go to a provider and never come to a unit.
Sources: formats.md 1.1; `reference/formats/ncmec/cybertipline-ispws-report.xsd`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from lxml import etree

from kaval.engine.formats._spec import (
    FormatSpec,
    IdentifierRecord,
    LeadRecord,
    Reading,
    ReadWarning,
    ReceivedFile,
)
from kaval.engine.formats._xml import local, parse, prolog, text_of
from kaval.engine.formats.intake import _ncmec_program as usual
from kaval.engine.formats.intake import _ncmec_report_program as plainly
from kaval.engine.formats.intake._ncmec import (
    Handler,
    Harvest,
    Side,
    container,
    document,
    flags_of,
    free_text,
    hidden_text,
    identifier,
    leaf,
    shape_of,
    truth,
    warn_of_strangers,
)
from kaval.engine.formats.intake._ncmec_event import capture_event, device, device_value, stated
from kaval.engine.formats.intake._ncmec_program import Taker, Unusual, first_of
from kaval.engine.formats.intake._ncmec_report_program import NAME_PARTS, ReportProgram, report_program
from kaval.engine.formats.intake._ncmec_schema import CHILDREN, NUMBER_FROM, TABLE
from kaval.engine.formats.intake._plain_xml import Plain, take_apart
from kaval.engine.kernel.digest import digest_bytes
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(
    name="ncmec_report_xml", version="1", kind="intake", title="NCMEC CyberTipline report (XML)"
)

_NUMBER = re.compile(r"CT-(\d{1,18})\.xml", re.IGNORECASE | re.ASCII)
_TYPES = {
    "Child Pornography (possession, manufacture, and distribution)": ("cseam", "CSEAM"),
    "Child Sex Trafficking": ("child_sex_trafficking", "child sex trafficking"),
    "Child Sex Tourism": ("child_sex_tourism", "child sex tourism"),
    "Child Sexual Molestation": ("child_sexual_molestation", "offence against a child"),
    "Misleading Domain Name": ("misleading_domain", "misleading domain name"),
    "Misleading Words or Digital Images on the Internet": (
        "misleading_content",
        "misleading words or images",
    ),
    "Online Enticement of Children for Sexual Acts": ("online_enticement", "online enticement of a child"),
    "Unsolicited Obscene Material Sent to a Child": (
        "unsolicited_to_child",
        "unsolicited material sent to a child",
    ),
}
_SIDES = {
    "personOrUserReported": ("reported", "client", False),
    "intendedRecipient": ("recipient", "recipient", False),
    "victim": ("victim", "victim", True),
    "reporter": ("reporter", "reporter", False),
}
# An officer or an agency named in a report is nobody's account: no identifiers are made of them.
_OFFICE = Side("", "mentioned", "")


def claims(file: ReceivedFile) -> bool:
    """True when the root element is `report`, or no root can be seen and the name is a report's."""
    root = prolog(file.head()).root
    return root == "report" or (not root and _NUMBER.fullmatch(file.base_name) is not None)


def read(file: ReceivedFile) -> Reading[LeadRecord]:
    """One lead.

    Raises:
        ReaderError: not well-formed, too deep, a DOCTYPE, or another root element.
    """
    content = file.content
    if content is not file.stored:
        file = replace(file, stored=content)
    plain = take_apart(content)
    if plain is None:
        return _walked(file)
    outline = _outline(plain.head, plain.outline)
    if outline.program is not None:
        try:
            return _run(outline.program, file, plain.values)
        except Unusual:
            return _walked(file)
    reading = _walked(file)
    _learn(outline, plain, file=file, reading=reading)
    return reading


@dataclass(slots=True)
class _Outline:
    """What is known of the reports of one outline: whether one was read, their program, whether they have none."""

    seen: bool = False
    program: ReportProgram | None = None
    hopeless: bool = False


@lru_cache(maxsize=512)
def _outline(head: str, outline: str) -> _Outline:
    return _Outline()


def _learn(outline: _Outline, plain: Plain, *, file: ReceivedFile, reading: Reading[LeadRecord]) -> None:
    """From the second report of an outline on a program is made, and kept if it says what the walk said."""
    if outline.hopeless or not outline.seen:
        outline.seen = True
        return
    try:
        program = report_program(plain.outline, shape=_REPORT, takers=_TAKERS)
    except Unusual:
        outline.hopeless = True
        return
    try:
        said = _run(program, file, plain.values)
    except Unusual:
        return
    if said == reading and repr(said) == repr(reading):
        outline.program = program
    else:
        outline.hopeless = True


def _run(program: ReportProgram, file: ReceivedFile, values: list[str]) -> Reading[LeadRecord]:
    harvest = Harvest("/report")
    number = _number(file, harvest)
    source = harvest.fields
    values = program.steps.run(harvest, values)
    harvest.fields.update(source)
    if program.several_reported:
        harvest.signals["several_reported"] = None
    kind, time = first_of(values, program.kind), first_of(values, program.time)
    return Reading(SPEC, (_lead(harvest, number, summary=(kind, time)),), tuple(harvest.warnings))


def _walked(file: ReceivedFile) -> Reading[LeadRecord]:
    """The ordinary way: parsed, and walked element by element."""
    root, warnings = parse(file)
    if local(root) != "report":
        raise ReaderError(f"root element {local(root)!r} is not `report`", file=file.name, place="/")
    harvest = Harvest("/report", warnings=list(warnings))
    number = _number(file, harvest)
    summary = next(root.iterchildren("{*}incidentSummary"), None)
    if summary is None:
        text = "the element incidentSummary is missing"
        harvest.warnings.append(ReadWarning("/report", "no_summary", text, "Ask the provider"))
    platform = "" if summary is None else _text_in(summary, "{*}platform")
    document(harvest, root, shape=_REPORT, side=Side("mentioned", "mentioned", platform))
    reported = sum(1 for _ in root.iterchildren("{*}personOrUserReported"))
    if reported > 1:
        harvest.signals["several_reported"] = None
    said = ("", "")
    if summary is not None:
        said = _text_in(summary, "{*}incidentType"), _text_in(summary, "{*}incidentDateTime")
    return Reading(SPEC, (_lead(harvest, number, summary=said),), tuple(harvest.warnings))


def _number(file: ReceivedFile, harvest: Harvest) -> str:
    match = _NUMBER.fullmatch(file.base_name)
    if match:
        harvest.fields[NUMBER_FROM] = "file name"
        return match.group(1)
    harvest.warnings.append(
        ReadWarning(
            "file name",
            "no_report_number",
            "the file name is not CT-<number>.xml, and the format carries no number",
            "Receive the file under the report's number",
        )
    )
    return f"unnumbered-{digest_bytes(file.content).sha256[:16]}"


def _lead(harvest: Harvest, number: str, *, summary: tuple[str, str]) -> LeadRecord:
    title, time = "", None
    kind = " ".join(summary[0].split())
    if kind:
        code, title = _TYPES.get(kind, ("other_incident", ""))
        harvest.signals[code] = None
    if summary[1]:
        time = stated(harvest, summary[1], "incidentSummary/incidentDateTime")
    warn_of_strangers(harvest)
    return LeadRecord(
        source_system="ncmec",
        source_id=number,
        kind="cybertip",
        title=f"CyberTip {number}{title and ': '}{title}",
        incident=time,
        observations=tuple(harvest.observations),
        identifiers=tuple(harvest.identifiers),
        files=(),
        signals=tuple(harvest.signals),
        fields=harvest.fields,
        restricted=harvest.restricted,
        locator="/report",
    )


def _text_in(element: etree._Element, *names: str) -> str:
    """The first text that is not empty in the children of these names."""
    for child in element.iterchildren(*names):
        if text := text_of(child):
            return text
    return ""


def _batched(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
    if "VIRAL" in element.get("reason", ""):
        harvest.signals["viral"] = None
    leaf(harvest, element, where, side=side)


def _annotations(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
    harvest.signals.update(dict.fromkeys(flags_of(element)))
    container(harvest, element, where, shape=_SHAPES["reportAnnotations"], side=side)


def _escalation(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
    """Any text escalates (formats.md 1.1)."""
    if text_of(element):
        harvest.signals["escalated"] = None
    free_text(harvest, element, where, side=side)


def _party(kind: str) -> Handler:
    """A handler for a person or account at the root: whose side it is, and the platform it speaks of."""
    party, role, restricted = _SIDES[kind]
    named = _names_platform(kind)

    def handle(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
        platform = (_text_in(element, "{*}espService") if named else "") or side.platform
        container(harvest, element, where, shape=_SHAPES[kind], side=Side(party, role, platform, restricted))

    return handle


def _names_platform(kind: str) -> bool:
    return any(child.name == "espService" for child in CHILDREN[kind])


def _associated(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
    """An account beside the reported one is somebody's, not the reported user's own."""
    platform = _text_in(element, "{*}espService") or _text_in(element, "{*}platform") or side.platform
    other = Side("mentioned", "associated", platform, side.restricted)
    at = len(harvest.identifiers)
    container(harvest, element, where, shape=_SHAPES["associatedAccount"], side=other)
    _full_name(harvest, where, side=other, at=at)


def _person(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
    at = len(harvest.identifiers)
    container(harvest, element, where, shape=_SHAPES["person"], side=side)
    _full_name(harvest, where, side=side, at=at)


def _reporting_person(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
    _person(harvest, element, where, side=side._replace(restricted=True))


def _full_name(harvest: Harvest, where: str, *, side: Side, at: int) -> None:
    """A person's name is a weak identifier, put before the others; a victim's is only kept restricted."""
    if side.party == "victim":
        return
    bag = harvest.restricted if side.restricted else harvest.fields
    parts = [bag.get(f"{where}/{name}", "").strip() for name in NAME_PARTS]
    whole = " ".join([part for part in parts if part])
    if whole:
        named = IdentifierRecord("name", whole, "", side.party, f"{harvest.root}/{where}")
        harvest.identifiers.insert(at, named)


def _peer(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
    """What a peer-to-peer incident says of addresses it says of the reported user."""
    own = Side("reported", "client", side.platform)
    container(harvest, element, where, shape=_SHAPES["peer2peerIncident"], side=own)


def _office(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
    container(harvest, element, where, shape=_SHAPES["lawEnforcement"], side=_OFFICE)


def _phone(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
    whole = text_of(element) if side.party else ""
    if whole:
        country = element.get("countryCallingCode", "").strip()
        if country and not whole.startswith(("+", "00")):
            whole = f"{country} {whole}"
        harvest.identifiers.append(
            IdentifierRecord("phone", whole, "", side.party, f"{harvest.root}/{where}")
        )
    leaf(harvest, element, where, side=side, said=whole)


def _prior(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
    if side.party == "reported":
        harvest.signals["prior_reports"] = None
    leaf(harvest, element, where, side=side)


def _compromised(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
    if side.party == "reported" and truth(text_of(element)):
        harvest.signals["compromised_account"] = None
    leaf(harvest, element, where, side=side)


_HANDLERS: dict[str, Handler] = {
    "report/batchedReport": _batched,
    "incidentSummary/reportAnnotations": _annotations,
    "incidentSummary/escalateToHighPriority": _escalation,
    "internetDetails/peer2peerIncident": _peer,
    "report/lawEnforcement": _office,
    "reporter/reportingPerson": _reporting_person,
    "reporter/contactPerson": _reporting_person,
    **{f"report/{kind}": _party(kind) for kind in _SIDES},
    **{f"{kind}/{kind}Person": _person for kind in _SIDES},
    "associatedAccount": _associated,
    "ipCaptureEvent": capture_event,
    "deviceId": device,
    "email": identifier("email"),
    "emailAddress": identifier("email"),
    "phone": _phone,
    "phoneNumber": _phone,
    "screenName": identifier("handle", scoped=True),
    "espIdentifier": identifier("esp_account", scoped=True),
    "profileUrl": identifier("profile_url", restricted=True),
    "groupIdentifier": identifier("group_code", scoped=True),
    "priorCTReports": _prior,
    "priorCTReport": _prior,
    "compromisedAccount": _compromised,
}
_SHAPES = {name: shape_of(name, _HANDLERS) for name in TABLE}
_REPORT = _SHAPES["report"]
# The same, for an outline: a handler without an entry here sends its documents the ordinary way.
_USUALLY: dict[str, Taker] = {
    "report/batchedReport": plainly.batched,
    "incidentSummary/reportAnnotations": plainly.annotated,
    "incidentSummary/escalateToHighPriority": plainly.escalation,
    "internetDetails/peer2peerIncident": plainly.side("reported", "client", own_platform=True),
    "report/lawEnforcement": plainly.side(_OFFICE.party, _OFFICE.role, own_platform=False),
    "reporter/reportingPerson": plainly.reporting_person,
    **{f"report/{kind}": plainly.party(*side, named=_names_platform(kind)) for kind, side in _SIDES.items()},
    "victim/victimPerson": plainly.person,
    "associatedAccount": plainly.associated,
    "ipCaptureEvent": usual.capture_event,
    "deviceId": plainly.device,
    "email": usual.identifier("email"),
    "emailAddress": usual.identifier("email"),
    "phone": plainly.phone,
    "screenName": usual.identifier("handle", scoped=True),
    "espIdentifier": usual.identifier("esp_account", scoped=True),
    "profileUrl": usual.identifier("profile_url", restricted=True),
    "groupIdentifier": usual.identifier("group_code", scoped=True),
    "priorCTReports": plainly.prior,
    "compromisedAccount": plainly.compromised,
}
_TAKERS: dict[Handler, Taker] = {_HANDLERS[name]: taker for name, taker in _USUALLY.items()} | {
    device_value: plainly.device_value,
    free_text: usual.free_text(restricted=False),
    hidden_text: usual.free_text(restricted=True),
}
