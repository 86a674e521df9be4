"""A synthetic CyberTipline report as law enforcement downloads it: the JSON and the PDF of one and the same report.

The values are invented and the text is neutral. The JSON has the keys of formats.md 1.2; the PDF has a cover page, an
executive summary and the Sections A to D with the labels that public parsers look for. Nobody has seen the official
layout: these files test our readers, they prove nothing about NCMEC's.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import typst

CSEAM_TYPE = "Child Pornography (possession, manufacture, and distribution)"
_VIEWED = {True: "Yes", False: "No", None: "Information Not Provided by Company"}


@dataclass(frozen=True, slots=True)
class Capture:
    """An address seen at a time (aware); `port` None: the provider does not say."""

    ip: str
    at: datetime
    event: str
    port: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A reported person, a recipient or a victim, as the provider knows them."""

    name: tuple[str, str] = ("", "")
    service: str = ""
    account: str = ""
    handle: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    profile_url: str = ""
    captures: tuple[Capture, ...] = ()


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file the provider uploaded; `viewed` None: not stated."""

    submittal: str
    name: str
    md5: str
    viewed: bool | None = None
    class_code: str = ""
    captures: tuple[Capture, ...] = ()


@dataclass(frozen=True, slots=True)
class Download:
    """One report. `note` is the provider's running text; `handling` `Referral`, `Informational` or empty."""

    number: int
    received_at: datetime
    esp: str
    incident_at: datetime
    incident_type: str = CSEAM_TYPE
    reported: tuple[Person, ...] = ()
    recipients: tuple[Person, ...] = ()
    victims: tuple[Person, ...] = ()
    files: tuple[UploadedFile, ...] = ()
    note: str = ""
    handling: str = ""
    located: tuple[tuple[str, str], ...] = field(default=())


def example() -> Download:
    """A report with one of everything."""
    at = datetime(2024, 1, 14, 18, 45, 10, tzinfo=UTC)
    return Download(
        number=190000077,
        received_at=datetime(2024, 1, 15, 10, 0, 0, tzinfo=UTC),
        esp="Example Chat",
        incident_at=at,
        reported=(
            Person(
                name=("Invented", "Person"),
                service="Example Chat",
                account="u-48213",
                handle="demo_user_1",
                emails=("demo1@example.org", "demo2@example.org"),
                phones=("+91 90000 00001",),
                profile_url="https://example.org/u/48213",
                captures=(
                    Capture("198.51.100.44", at, "Login", 51234),
                    Capture("2001:db8:77::44", at.replace(hour=19), "Login"),
                ),
            ),
        ),
        recipients=(Person(service="Example Chat", handle="demo_user_2"),),
        victims=(Person(service="Example Chat", handle="demo_user_3"),),
        files=(
            UploadedFile(
                "s-0001",
                "pattern-0001.png",
                "0cc175b9c0f1b6a831c399e269772661",
                True,
                "B2",
                (Capture("198.51.100.44", at.replace(minute=46), "Upload", 51240),),
            ),
            UploadedFile("s-0002", "pattern-0002.png", "92eb5ffee6ae2fec3ad71c777531578f"),
        ),
        note="Automatic match. The account was closed. Contact e-mail: other@example.net",
        handling="Referral",
        located=(("198.51.100.44", "Example Net, Example City"), ("2001:db8:77::44", "Example Net")),
    )


def le_json(report: Download) -> bytes:
    """The JSON download, with a byte-order mark as it comes."""
    captures = _captures
    body: dict[str, Any] = {
        "reportId": report.number,
        "dateReceived": _z(report.received_at),
        "reportType": report.handling or None,
        "reportedInformation": {
            "reportingEsp": {"espName": report.esp, "firstName": None, "lastName": None},
            "incidentSummary": {
                "incidentType": report.incident_type,
                "incidentDateTime": _z(report.incident_at),
                "incidentDateTimeDescription": None,
            },
            "incidentDetails": None,
            "reportedPeople": {"reportedPersons": [_person(person) for person in report.reported]},
            "intendedRecipients": {"intendedRecipients": [_person(p) for p in report.recipients]},
            "victims": {"victims": [_person(person) for person in report.victims]},
            "uploadedFiles": {
                "uploadedFiles": [
                    {
                        "filename": file.name,
                        "originalFilename": None,
                        "submittalId": file.submittal,
                        "industryClassification": file.class_code or None,
                        "viewedByEsp": file.viewed,
                        "verificationHash": file.md5,
                        "sourceInformation": {"sourceCaptures": captures(file.captures)},
                    }
                    for file in report.files
                ]
            },
            "additionalInformations": [{"value": report.note}] if report.note else None,
        },
    }
    return b"\xef\xbb\xbf" + json.dumps(body, indent=1, ensure_ascii=False).encode()


def _z(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _captures(captures: tuple[Capture, ...]) -> list[dict[str, Any]]:
    return [
        {
            "captureType": "IP Address",
            "value": c.ip,
            "dateTime": _z(c.at),
            "eventName": c.event,
            "port": c.port,
        }
        for c in captures
    ]


def _person(person: Person) -> dict[str, Any]:
    captures = _captures(person.captures)
    if person.profile_url:
        captures.append({"captureType": "Profile URL", "value": person.profile_url})
    return {
        "firstName": person.name[0] or None,
        "middleName": None,
        "lastName": person.name[1] or None,
        "espService": person.service or None,
        "espUserId": person.account or None,
        "screenName": {"value": person.handle} if person.handle else None,
        "emails": {"emails": [{"value": value, "verified": True} for value in person.emails]},
        "phones": {"phones": [{"value": value, "verified": False} for value in person.phones]},
        "addresses": None,
        "sourceInformation": {"sourceCaptures": captures},
        "additionalInformations": None,
    }


# ---------------------------------------------------------------- PDF

Rows = list[tuple[str, str]]


def le_pdf(report: Download) -> bytes:
    """The PDF download: A4, plain, the same bytes for the same report."""
    source = resources.files("kaval.simulation").joinpath("le_download.typ").read_bytes()
    return _compile(source, json.dumps(_pages(report), ensure_ascii=False), at=report.received_at)


def _compile(source: bytes, content: str, *, at: datetime) -> bytes:
    with tempfile.TemporaryDirectory(prefix="kaval-typst-") as root:
        compiler = typst.Compiler(source, root=root, ignore_system_fonts=True, sys_inputs={"report": content})
        made = compiler.compile(format="pdf", timestamp=at)
    if not isinstance(made, bytes):
        raise TypeError("the compiler gave no single PDF")
    return made


def _pages(report: Download) -> dict[str, Any]:
    """The text of the pages: blocks of a heading and rows of label and value."""
    cover: Rows = [("Received by NCMEC", _utc(report.received_at)), ("Report Number", str(report.number))]
    if report.handling:
        cover.append(("Report Type", report.handling))
    summary: Rows = [("Incident Type", report.incident_type), ("Number of Files", str(len(report.files)))]
    return {
        "number": str(report.number),
        "cover": cover,
        "summary": summary,
        "sections": [
            ["Section A: Reported Information", _section_a(report)],
            [
                "Section B: Automated Information Added by NCMEC Systems",
                [
                    [
                        "Geo-Lookup",
                        [
                            row
                            for ip, place in report.located
                            for row in (("IP Address", ip), ("Place", place))
                        ],
                    ]
                ],
            ],
            [
                "Section C: Additional Information Provided by NCMEC",
                [["NCMEC Note", [("Analyst Note", "None")]]],
            ],
            [
                "Section D: Law Enforcement Contact Information",
                [["Agency", [("Agency Name", "Example Police"), ("Email Address", "desk@example.net")]]],
            ],
        ],
    }


def _section_a(report: Download) -> list[list[Any]]:
    blocks: list[list[Any]] = [
        ["Reporting Electronic Service Provider (ESP)", [("Submitter", report.esp)]],
        ["Incident Information", [("Incident Time", _utc(report.incident_at))]],
    ]
    for heading, people in (
        ("Suspect", report.reported),
        ("Intended Recipient", report.recipients),
        ("Victim", report.victims),
    ):
        blocks += [[heading, _person_rows(person)] for person in people]
    blocks += [["Uploaded File Information", _file_rows(file)] for file in report.files]
    if report.note:
        blocks.append(["Additional Information", [("", report.note)]])
    return blocks


def _person_rows(person: Person) -> Rows:
    rows: Rows = [
        ("Name", " ".join(filter(None, person.name))),
        *(("Email Address", f"{value} (Verified)") for value in person.emails),
        *(("Phone", value) for value in person.phones),
        ("ESP Service", person.service),
        ("Screen/User Name", person.handle),
        ("ESP User ID", person.account),
        ("Profile URL", person.profile_url),
    ]
    return [row for row in rows if row[1]] + _capture_rows(person.captures)


def _file_rows(file: UploadedFile) -> Rows:
    rows: Rows = [
        ("Filename", file.name),
        ("Submittal ID", file.submittal),
        ("MD5", file.md5),
        ("Did Reporting ESP view entire contents of uploaded file?", _VIEWED[file.viewed]),
        ("Industry Classification", file.class_code),
    ]
    return [row for row in rows if row[1]] + _capture_rows(file.captures)


def _capture_rows(captures: tuple[Capture, ...]) -> Rows:
    rows: Rows = []
    for capture in captures:
        rows.append(("IP Address", f"{capture.ip} ({capture.event})"))
        if capture.port is not None:
            rows.append(("Port", str(capture.port)))
        rows.append(("Date/Time", _utc(capture.at)))
    return rows
