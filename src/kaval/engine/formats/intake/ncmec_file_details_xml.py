"""One file of a CyberTipline report as XML (`fileDetails`): a part of the lead with the same report number.

The record is of kind `cybertip_file` with the report's own identity: it joins that lead and is never one of
its own. The number is taken from the file name `CT-<number>.file-<id>.xml`; `reportId` inside must say the
same, else a warning. Without such a name `reportId` counts. The file itself is never here and never opened.
The record's `name` is the provider's file id; both file names and the place of the file are restricted. The
industry classification is the provider's own tag (`esp_class_…`), not a finding. A missing
`fileViewedByEsp` stays not stated. Everything is kept as written: `formats/ncmec_write.py` gives the document back.

Versions tried: ispws XSD of the documentation last updated 2025-06-11.
Not supported: the uploaded file; EXIF pairs are kept as text and not interpreted.
Sources: formats.md 1.1 (`fileDetails`); `reference/formats/ncmec/cybertipline-ispws-report.xsd`.
"""

from __future__ import annotations

import re

from lxml import etree

from kaval.engine.formats._spec import FileRecord, FormatSpec, LeadRecord, Reading, ReceivedFile
from kaval.engine.formats._xml import local, parse, prolog, text_of
from kaval.engine.formats.intake._ncmec import (
    Harvest,
    Side,
    container,
    document,
    flags_of,
    leaf,
    shape_of,
    truth,
    warn_of_strangers,
)
from kaval.engine.formats.intake._ncmec_event import capture_event, device
from kaval.engine.formats.intake._ncmec_schema import NUMBER_FROM
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.kernel.identifier import file_md5, file_sha1

SPEC = FormatSpec(
    name="ncmec_file_details_xml", version="1", kind="intake", title="NCMEC CyberTipline file details (XML)"
)

_NUMBER = re.compile(r"CT-(\d{1,18})\.file-[^/]{1,128}\.xml", re.IGNORECASE | re.ASCII)
_SIDE = Side("reported", "client", "")
_HASHES = {"md5": file_md5, "sha1": file_sha1}


def claims(file: ReceivedFile) -> bool:
    """True when the root element is `fileDetails`, or no root can be seen and the name is a file part's."""
    root = prolog(file.head()).root
    return root == "fileDetails" or (not root and _NUMBER.fullmatch(file.base_name) is not None)


def read(file: ReceivedFile) -> Reading[LeadRecord]:
    """One lead part with one file.

    Raises:
        ReaderError: not well-formed, a DOCTYPE, another root element, or no report number anywhere.
    """
    root, warnings = parse(file)
    if local(root) != "fileDetails":
        raise ReaderError(f"root element {local(root)!r} is not `fileDetails`", file=file.name, place="/")
    harvest = Harvest("/fileDetails", warnings=list(warnings))
    number = _number(file, root, harvest)
    document(harvest, root, shape=_FILE, side=_SIDE)
    warn_of_strangers(harvest)
    viewed = truth(text_of(root.find("{*}fileViewedByEsp")))
    file_id = text_of(root.find("{*}fileId"))
    tags = tuple(harvest.tags)
    record = FileRecord(file_id, tuple(harvest.hashes), viewed, tags, "/fileDetails")
    signals = tuple(tag for tag in tags if not tag.startswith("esp_class_"))
    return Reading(
        SPEC,
        (
            LeadRecord(
                source_system="ncmec",
                source_id=number,
                kind="cybertip_file",
                title=f"CyberTip {number}: file {file_id}",
                incident=None,
                observations=tuple(harvest.observations),
                identifiers=tuple(harvest.identifiers),
                files=(record,),
                signals=signals,
                fields=harvest.fields,
                restricted=harvest.restricted,
                locator="/fileDetails",
            ),
        ),
        tuple(harvest.warnings),
    )


def _number(file: ReceivedFile, root: etree._Element, harvest: Harvest) -> str:
    match = _NUMBER.fullmatch(file.base_name)
    stated = text_of(root.find("{*}reportId"))
    named = match.group(1) if match else stated
    if not (named.isascii() and named.isdigit()):
        raise ReaderError(
            "no report number in the name or in reportId",
            file=file.name,
            place="/fileDetails",
            mend="Receive the file as CT-<number>.file-<id>.xml",
        )
    if stated != named:
        text = f"reportId says {stated!r}, the file name {named!r}: the name counts"
        harvest.warn("reportId", "number_differs", text, mend="Ask which report this file belongs to")
    harvest.fields[NUMBER_FROM] = "file name" if match else "reportId"
    return named


def _hash(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
    """Type and value; MD5 and SHA-1 in normal form, others as received in lower case."""
    kind = re.sub(r"[^a-z0-9]", "", element.get("hashType", "").lower())
    value = text_of(element)
    module = _HASHES.get(kind)
    if module is None:
        value = value.lower()
    elif module.is_valid(value):
        value = module.validate(value)
    else:
        text = f"{value!r} is no {kind.upper()}: kept as text, it matches nothing"
        harvest.warn(where, "hash_unreadable", text)
    harvest.hashes.append((kind, value))
    leaf(harvest, element, where, side=side, said=value)


def _annotations(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
    harvest.tags.update(dict.fromkeys(flags_of(element)))
    container(harvest, element, where, shape=_FLAGS, side=side)


def _meme(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
    if truth(text_of(element)):
        harvest.tags["viral"] = None
    leaf(harvest, element, where, side=side)


def _industry(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
    if text := text_of(element):
        harvest.tags[f"esp_class_{text.lower()}"] = None
    leaf(harvest, element, where, side=side)


_FLAGS = shape_of("fileAnnotations", {})
_FILE = shape_of(
    "fileDetails",
    {
        "fileDetails/originalFileHash": _hash,
        "fileDetails/fileAnnotations": _annotations,
        "fileDetails/potentialMeme": _meme,
        "fileDetails/industryClassification": _industry,
        "ipCaptureEvent": capture_event,
        "deviceId": device,
    },
)
