"""A CyberTipline report as XML in the provider's own schema (`report`), one lead per file.

The schema describes a report under submission, so it carries no report number: the number is in the file name
`CT-<number>.xml`, and `fields["report_number_from"]` says so. Without one the lead is named after its bytes.
Only what the reported user did counts as the reported party: addresses get the role `client`, addresses of
a victim, a recipient or an associated account get that role, and a possible proxy the role `proxy`.
Everything about a victim that is no identifier, page addresses and message content are restricted. Times
need an offset, else they are unknown.

Versions tried: ispws XSD of the documentation last updated 2025-06-11 (the sample was validated against it).
Not supported: the law-enforcement download (JSON, PDF), which is another format; mining of free text.
Sources: formats.md 1.1; `reference/formats/ncmec/cybertipline-ispws-report.xsd`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Protocol

from lxml import etree

from kaval.engine.formats._spec import FormatSpec, LeadRecord, Reading, ReceivedFile
from kaval.engine.formats._xml import local, parse, prolog, text_of
from kaval.engine.formats.intake._ncmec import (
    Harvest,
    Side,
    bag,
    capture_event,
    children,
    device,
    flags_of,
    stated,
    truth,
)
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
    "personOrUserReported": Side("reported", "client", ""),
    "intendedRecipient": Side("recipient", "recipient", ""),
    "victim": Side("victim", "victim", "", restricted=True),
    "reporter": Side("reporter", "reporter", ""),
}
_MENTIONED = Side("mentioned", "mentioned", "")


def claims(file: ReceivedFile) -> bool:
    """True when the root element is `report`, or no root can be seen and the name is a report's."""
    root = prolog(file.content).root
    return root == "report" or (not root and _NUMBER.fullmatch(file.base_name) is not None)


def read(file: ReceivedFile) -> Reading[LeadRecord]:
    """One lead.

    Raises:
        ReaderError: not well-formed, a DOCTYPE, or another root element.
    """
    root, warnings = parse(file)
    if local(root) != "report":
        raise ReaderError(f"root element {local(root)!r} is not `report`", file=file.name, place="/")
    harvest = Harvest(warnings=list(warnings))
    number = _number(file, harvest)
    summary = root.find("{*}incidentSummary")
    if summary is None:
        harvest.warn(
            "/report", "no_summary", "the element incidentSummary is missing", mend="Ask the provider"
        )
    platform = "" if summary is None else text_of(summary.find("{*}platform"))
    reported = 0
    for child, name, path in children(root, "/report"):
        reported += name == "personOrUserReported"
        _part(harvest, child, path, platform=platform)
    if reported > 1:
        harvest.signals["several_reported"] = None
    return Reading(SPEC, (_lead(root, harvest, number),), tuple(harvest.warnings))


def _number(file: ReceivedFile, harvest: Harvest) -> str:
    match = _NUMBER.fullmatch(file.base_name)
    if match:
        harvest.fields["report_number_from"] = "file name"
        return match.group(1)
    harvest.warn(
        "file name",
        "no_report_number",
        "the file name is not CT-<number>.xml, and the format carries no number",
        mend="Receive the file under the report's number",
    )
    return f"unnumbered-{digest_bytes(file.content).sha256[:16]}"


def _lead(root: etree._Element, harvest: Harvest, number: str) -> LeadRecord:
    summary = root.find("{*}incidentSummary")
    title, time = "", None
    if summary is not None:
        kind = " ".join(text_of(summary.find("{*}incidentType")).split())
        code, title = _TYPES.get(kind, ("other_incident", ""))
        if kind:
            harvest.signals[code] = None
        text = text_of(summary.find("{*}incidentDateTime"))
        time = stated(harvest, text, "/report/incidentSummary/incidentDateTime") if text else None
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


def _part(harvest: Harvest, element: etree._Element, path: str, *, platform: str) -> None:
    """One child of the root."""
    name = local(element)
    if name == "incidentSummary":
        _summary(harvest, element, path)
    elif name == "internetDetails":
        for child, kind, where in children(element, path):
            peer = kind == "peer2peerIncident"
            side = _SIDES["personOrUserReported"] if peer else _MENTIONED
            _account(harvest, child, where, side=replace(side, platform=platform))
    elif name in _SIDES:
        _account(harvest, element, path, side=replace(_SIDES[name], platform=platform))
    else:
        if name == "batchedReport" and "VIRAL" in element.get("reason", ""):
            harvest.signals["viral"] = None
        bag(harvest, element, path, side=_MENTIONED)


def _summary(harvest: Harvest, element: etree._Element, path: str) -> None:
    for child, name, where in children(element, path):
        if name == "reportAnnotations":
            harvest.signals.update(dict.fromkeys(flags_of(child)))
        elif name == "escalateToHighPriority" and text_of(child):
            harvest.signals["escalated"] = None
        bag(harvest, child, where, side=_MENTIONED)


def _account(harvest: Harvest, element: etree._Element, path: str, *, side: Side) -> None:
    """A person, account or incident element: identifiers and events by the element's name, the rest kept as
    text."""
    service = text_of(element.find("{*}espService")) or text_of(element.find("{*}platform"))
    here = replace(side, platform=service) if service else side
    _full_name(harvest, element, path, side=here)
    for key, value in element.attrib.items():
        harvest.keep(f"{path}/@{str(key).rpartition('}')[2]}", str(value), restricted=side.restricted)
    for child, name, where in children(element, path):
        handler = _HANDLERS.get(name)
        if handler is not None:
            handler(harvest, child, where, side=here)
        elif len(child):
            other = (
                replace(here, party="mentioned", role="associated") if name == "associatedAccount" else here
            )
            _account(harvest, child, where, side=other)
        else:
            bag(harvest, child, where, side=here)


def _full_name(harvest: Harvest, element: etree._Element, path: str, *, side: Side) -> None:
    """A person's name is a weak identifier; a victim's is only kept restricted (the bag does that)."""
    parts = [text_of(element.find(f"{{*}}{name}")) for name in ("firstName", "middleName", "lastName")]
    if any(parts) and side.party != "victim":
        harvest.name("name", " ".join(filter(None, parts)), side=side, path=path)


class _Handler(Protocol):
    """Takes one element of an account."""

    def __call__(self, harvest: Harvest, element: etree._Element, path: str, *, side: Side) -> None: ...


def _event(harvest: Harvest, element: etree._Element, path: str, *, side: Side) -> None:
    capture_event(harvest, element, path, side=side)


def _device(harvest: Harvest, element: etree._Element, path: str, *, side: Side) -> None:
    device(harvest, element, path, side=side)


def _simple(kind: str, *, scoped: bool = False) -> _Handler:
    """A handler for an element whose text is an identifier of a kind; its attributes are kept."""

    def handle(harvest: Harvest, element: etree._Element, path: str, *, side: Side) -> None:
        harvest.name(kind, text_of(element), side=side, path=path, scope=side.platform if scoped else "")
        _attributes(harvest, element, path, side=side)

    return handle


def _phone(harvest: Harvest, element: etree._Element, path: str, *, side: Side) -> None:
    country, text = element.get("countryCallingCode", "").strip(), text_of(element)
    whole = f"{country} {text}" if country and text and not text.startswith(("+", "00")) else text
    harvest.name("phone", whole, side=side, path=path)
    _attributes(harvest, element, path, side=side)


def _attributes(harvest: Harvest, element: etree._Element, path: str, *, side: Side) -> None:
    for key, value in element.attrib.items():
        harvest.keep(f"{path}/@{str(key).rpartition('}')[2]}", str(value), restricted=side.restricted)


def _prior(harvest: Harvest, element: etree._Element, path: str, *, side: Side) -> None:
    if side.party == "reported":
        harvest.signals["prior_reports"] = None
    harvest.keep(path, text_of(element), restricted=side.restricted)


def _compromised(harvest: Harvest, element: etree._Element, path: str, *, side: Side) -> None:
    if side.party == "reported" and truth(text_of(element)):
        harvest.signals["compromised_account"] = None
    harvest.keep(path, text_of(element), restricted=side.restricted)


_HANDLERS: dict[str, _Handler] = {
    "ipCaptureEvent": _event,
    "deviceId": _device,
    "email": _simple("email"),
    "emailAddress": _simple("email"),
    "phone": _phone,
    "phoneNumber": _phone,
    "screenName": _simple("handle", scoped=True),
    "espIdentifier": _simple("esp_account", scoped=True),
    "profileUrl": _simple("profile_url"),
    "groupIdentifier": _simple("group_code", scoped=True),
    "priorCTReports": _prior,
    "priorCTReport": _prior,
    "compromisedAccount": _compromised,
}
