"""A CyberTipline report as law enforcement downloads it (JSON): one report, or a list of them; one lead a report.

The number is `reportId`, so the report joins the same one that came as XML or PDF. Every value has its JSON pointer.
A container may be null, missing or of another type: what is there is read, with a warning. `viewedByEsp` true, false
and not stated stay three things. File names, page addresses, message content, running text, the reporter's own
particulars and everything about a child are restricted. Running text is mined, and what is found there is only
mentioned. An address counts as the user's own only with a reported person, an uploaded file or a peer-to-peer incident.
`verificationHash` names no algorithm: its length decides, and the file is marked `hash_kind_assumed`. Whether NCMEC
made a referral of it is taken from `HANDLING_KEYS`, which no real sample has confirmed yet.

Versions tried: the skeleton made of the keys that two public police tools read; our own synthetic download.
Not supported: ZIP packages (the archive reader opens those); interpretation of `ncmecTags` (kept as restricted text).
Sources: formats.md 1.2; `reference/formats/ncmec/own-le-download-skeleton.json`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kaval.engine.formats._spec import FormatSpec, LeadRecord, Reading, ReadWarning, ReceivedFile, collect
from kaval.engine.formats._text import decode
from kaval.engine.formats._tree import scalar
from kaval.engine.formats.intake._ncmec_le import (
    HANDLING_KEYS,
    handling_of,
    incident_of,
    is_number,
    number_in_name,
    title_of,
)
from kaval.engine.formats.intake._ncmec_le_tree import encoding_of, reports_in
from kaval.engine.formats.intake._ncmec_le_walk import Walk, walk
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(
    name="ncmec_le_json",
    version="1",
    kind="intake",
    title="NCMEC CyberTipline report, law-enforcement download (JSON)",
)
BEGINS = frozenset((b"{", b"["))

_HEAD = re.compile(r"\s*(?:\[\s*)?\{")


def claims(file: ReceivedFile) -> bool:
    """True when the text starts as JSON and has the download's own keys near its start."""
    head = decode(file.head())[0]
    if _HEAD.match(head) is None:
        return False
    return '"reportedInformation"' in head or ('"reportId"' in head and '"dateReceived"' in head)


def stream(file: ReceivedFile) -> Iterator[LeadRecord | ReadWarning]:
    """The reports one by one, each after its warnings; in constant memory for a list of any length.

    Raises:
        ReaderError: not JSON, cut off, nested too deep or a report too large, before anything is given; or a single
            object without a number.
    """
    encoding, warnings = encoding_of(file)
    yield from warnings
    for base, value, doubled in reports_in(file, encoding):
        number = _number(value)
        if not number:
            if not base:
                raise ReaderError("no reportId: no report number", file=file.name, place="/", mend=_ASK)
            yield ReadWarning(base, "no_identity", "no reportId: this entry was not read", _ASK)
            continue
        found = Walk(base)
        record = _lead(found, value, number)
        yield from (
            ReadWarning(base or "/", "key_twice", f"{key} comes twice: both are kept") for key in doubled
        )
        yield from _name_check(file, number, base)
        yield from found.harvest.warnings
        yield record


def read(file: ReceivedFile) -> Reading[LeadRecord]:
    """All reports of the file.

    Raises:
        ReaderError: as `stream`.
    """
    return collect(SPEC, stream(file))


_ASK = "Ask for the download again; the bytes received stay sealed"


def _number(value: Any) -> str:
    number = value.get("reportId") if isinstance(value, dict) else None
    if isinstance(number, bool | dict | list):
        return ""
    text = scalar(number).strip()
    text = text.removesuffix(".0") if text.endswith(".0") else text
    return text if is_number(text) else ""


def _name_check(file: ReceivedFile, number: str, base: str) -> Iterator[ReadWarning]:
    named = number_in_name(file.base_name)
    if named and not base and named != number:
        text = f"reportId says {number}, the file name {named}: reportId counts"
        yield ReadWarning("/reportId", "number_differs", text, "Ask which report this file is")


def _at(value: Any, *keys: str) -> Any:
    """The value below keys, None when one of them is not there."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _lead(found: Walk, report: dict[str, Any], number: str) -> LeadRecord:
    inner = report.get("reportedInformation")
    if not isinstance(inner, dict):
        said = "is missing" if inner is None else "is no object"
        found.warn("reportedInformation", "no_content", f"reportedInformation {said}", mend=_ASK)
    summary = "reportedInformation", "incidentSummary"
    esp = _at(report, "reportedInformation", "reportingEsp", "espName")
    walk(found, report, platform=scalar(esp).strip() if isinstance(esp, str) else "")
    signal, words = incident_of(scalar(_at(report, *summary, "incidentType")))
    if not isinstance(_at(report, *summary), dict):
        found.warn("/".join(summary), "no_summary", "incidentSummary is missing", mend=_ASK)
    harvest = found.harvest
    if signal:
        harvest.signals[signal] = None
    if found.reported > 1:
        harvest.signals["several_reported"] = None
    time = scalar(_at(report, *summary, "incidentDateTime")).strip()
    harvest.time(scalar(report.get("dateReceived")).strip(), found.at("dateReceived"))
    found.missing()
    return LeadRecord(
        source_system="ncmec",
        source_id=number,
        kind="cybertip",
        title=title_of(number, words),
        incident=harvest.time(time, found.at("/".join((*summary, "incidentDateTime")))) if time else None,
        observations=tuple(harvest.observations),
        identifiers=tuple(harvest.identifiers),
        files=tuple(found.files),
        signals=tuple(harvest.signals),
        fields=harvest.fields,
        restricted=harvest.restricted,
        locator=found.base or "/",
        handling=_handling(found, report),
    )


def _handling(found: Walk, report: dict[str, Any]) -> str:
    """What one of the likely keys says, on the report or one of its two summaries; a contradiction says nothing."""
    places = (
        report,
        _at(report, "reportedInformation"),
        _at(report, "reportedInformation", "incidentSummary"),
    )
    said = {
        handling_of(
            "referral" if _at(place, key) is True and key == "isReferral" else scalar(_at(place, key))
        )
        for place in places
        for key in HANDLING_KEYS
    } - {""}
    if len(said) > 1:
        found.warn("", "handling_differs", "called referral and informational: neither is taken", mend=_ASK)
    return said.pop() if len(said) == 1 else ""
