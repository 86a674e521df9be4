"""Every report and every file description keeps the order of the provider schema, and is valid against it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from lxml import etree

from tests.simulation.rules import xml_files

XSD = Path(__file__).parents[3] / "shared/reference/formats/ncmec/cybertipline-ispws-report.xsd"

ORDER = {
    "report": (
        "batchedReport", "incidentSummary", "internetDetails", "reporter", "personOrUserReported", "victim",
        "additionalInfo",
    ),
    "incidentSummary": (
        "incidentType", "platform", "escalateToHighPriority", "reportAnnotations", "incidentDateTime",
    ),
    "personOrUserReported": (
        "personOrUserReportedPerson", "espIdentifier", "espService", "screenName", "ipCaptureEvent",
        "deviceId", "priorCTReports", "estimatedLocation",
    ),
    "personOrUserReportedPerson": (
        "firstName", "lastName", "phone", "email", "address", "dateOfBirth",
    ),
    "address": ("address", "city", "zipCode", "nonUsaState", "country"),
    "ipCaptureEvent": ("ipAddress", "eventName", "dateTime", "port"),
    "fileDetails": (
        "reportId", "fileId", "originalFileName", "uploadedToEspTimestamp", "fileViewedByEsp",
        "fileAnnotations", "originalFileHash",
    ),
}  # fmt: skip


def test_elements_stand_in_the_order_of_the_schema(world: Path) -> None:
    roots = set()
    for name, content in xml_files(world):
        root = etree.fromstring(content)
        roots.add(root.tag)
        for element in root.iter(*ORDER):
            places = [ORDER[element.tag].index(child.tag) for child in element]
            assert all(a <= b for a, b in pairwise(places)), (name, element.tag)
        if root.tag == "fileDetails":
            assert name.startswith(f"CT-{root.findtext('reportId')}.file-{root.findtext('fileId')}")
    assert roots == {"report", "fileDetails"}


if XSD.is_file():  # the schema lies beside the repository, not in it

    def test_every_xml_is_valid(world: Path) -> None:
        schema = etree.XMLSchema(etree.parse(XSD))
        for name, content in xml_files(world):
            assert schema.validate(etree.fromstring(content)), (name, schema.error_log)
