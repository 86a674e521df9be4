"""Whatever the published schema allows is read and written again without losing a letter."""

from __future__ import annotations

from dataclasses import replace

import pytest
import xmlschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from kaval.engine.formats._spec import (
    FREE_TEXT,
    IdentifierRecord,
    LeadRecord,
    ObservationRecord,
    Reading,
    ReceivedFile,
)
from kaval.engine.formats.intake import ncmec_file_details_xml, ncmec_report_xml
from kaval.engine.formats.intake._ncmec_schema import CHILDREN
from kaval.engine.formats.ncmec_write import write
from kaval.engine.kernel.instant import NO_TIME
from tests.engine.formats.ncmec_documents import (
    XS,
    XSD,
    Element,
    Schema,
    covering,
    documents,
    elements_of,
    infoset,
    targets,
)

READERS = {
    "report": (ncmec_report_xml, "CT-7.xml"),
    "fileDetails": (ncmec_file_details_xml, "CT-7.file-f1.xml"),
}
each_root = pytest.mark.parametrize("root", sorted(READERS))


def record_of(content: bytes, root: str) -> LeadRecord:
    reader, name = READERS[root]
    reading: Reading[LeadRecord] = reader.read(ReceivedFile(name, content))
    (record,) = reading.records
    return record


def rewritten(content: bytes, root: str) -> etree._Element:
    """The document written from the record of a document."""
    return etree.fromstring(write(record_of(content, root)))


def assert_kept(content: bytes, root: str = "report") -> None:
    quiet = etree.XMLParser(remove_comments=True, remove_pis=True)
    assert infoset(rewritten(content, root)) == infoset(etree.fromstring(content, quiet))


REPORT = (
    b"<report><incidentSummary><incidentType>Child Sex Tourism</incidentType></incidentSummary>%s</report>"
)


@pytest.mark.parametrize(
    "inside",
    [
        "<victim/>",
        "<victim> </victim>",
        "<victim><victimPerson/><schoolName/><screenName> a </screenName></victim>",
        "<victim><screenName>out</screenName><victimPerson>of</victimPerson><screenName>order</screenName></victim>",
        "<personOrUserReported>text <displayName>a</displayName> beside <displayName/> elements</personOrUserReported>",
        "<newThing b='2' a='1'><z/><a>1</a><z>2</z> tail </newThing>",
        "<personOrUserReported><email><deep>x</deep></email><newThing><email>a@example.org</email></newThing>"
        "</personOrUserReported>",
        "<n:victim xmlns:n='urn:n'><n:schoolName>S</n:schoolName><schoolName>T</schoolName></n:victim>",
        "<n:other xmlns:n='urn:n' n:a='1' a='2'><b/></n:other>",
        "<reporter xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='person'/>",
        "<report_number_from>x</report_number_from>",
        "<additionalInfo>a<!-- not data -->b<?no data?>c</additionalInfo>",
        "<additionalInfo>&#13;&#10; &#x9;<![CDATA[<a>]]></additionalInfo>",
        "<personOrUserReported><phone countryCallingCode='+91'>+91 5550001234</phone>"
        "<ipCaptureEvent><ipAddress>192.0.2.7</ipAddress><port>00443</port><port/></ipCaptureEvent>"
        "<ipCaptureEvent kind='x'><port>443</port><ipAddress a='1'>192.0.2.7</ipAddress></ipCaptureEvent>"
        "<ipCaptureEvent>192.0.2.7</ipCaptureEvent><ipCaptureEvent/></personOrUserReported>",
        "<lawEnforcement><officerContact><email>o@example.org</email><phone>1</phone></officerContact></lawEnforcement>",
    ],
)  # fmt: skip
def test_what_the_schema_does_not_allow_is_kept_as_well(inside: str) -> None:
    assert_kept(REPORT % inside.encode())


def test_a_whole_document_in_a_namespace_keeps_it() -> None:
    content = (
        REPORT.replace(b"<report>", b"<report xmlns='urn:x' lang='en'>", 1)
        % b"<victim><a xmlns=''/></victim>"
    )
    assert_kept(content)
    assert record_of(content, "report").title.endswith("child sex tourism")


def test_what_was_mined_from_running_text_is_not_written_a_second_time() -> None:
    content = REPORT % b"<additionalInfo>asks a@example.org</additionalInfo>"
    record = record_of(content, "report")
    place = "/report/victim/victimPerson/email"
    mined = replace(
        record,
        identifiers=(IdentifierRecord("email", "a@example.org", "", "mentioned", place, FREE_TEXT),),
        observations=(ObservationRecord("192.0.2.1", None, "", NO_TIME, "", "mentioned", place, FREE_TEXT),),
    )
    assert infoset(etree.fromstring(write(mined))) == infoset(etree.fromstring(content))


def test_the_bag_that_went_through_a_store_without_order_gives_the_same_document() -> None:
    content = REPORT % (
        b"<victim><victimPerson/><n/><m/><n/></victim><batchedReport reason='VIRAL_POTENTIAL_MEME'/>"
        b"<personOrUserReported><screenName>a</screenName><displayName>x</displayName></personOrUserReported>"
    )
    record = record_of(content, "report")
    shuffled = replace(
        record,
        fields=dict(sorted(record.fields.items(), reverse=True)),
        restricted=dict(sorted(record.restricted.items(), reverse=True)),
    )
    assert infoset(etree.fromstring(write(shuffled))) == infoset(etree.fromstring(content))


def test_a_record_of_another_format_is_not_written() -> None:
    record = replace(record_of(REPORT % b"", "report"), locator="/reportedInformation")
    with pytest.raises(ValueError, match="no CyberTipline XML"):
        write(record)


if XSD.is_file():  # the schema lies beside the repository, not in it
    SCHEMA = Schema(XSD)
    ROOTS = {name: SCHEMA.root(name) for name in READERS}
    SECOND = xmlschema.XMLSchema(str(XSD))

    def checked(element: etree._Element, root: str, *, twice: bool) -> None:
        """One document: valid, read, written, valid again, and the same."""
        SCHEMA.lxml.assertValid(element)
        written = rewritten(etree.tostring(element), root)
        assert infoset(written) == infoset(etree.fromstring(etree.tostring(element)))
        SCHEMA.lxml.assertValid(written)
        if twice:
            SECOND.validate(element)
            SECOND.validate(written)

    @each_root
    def test_every_element_attribute_and_value_of_the_schema_comes_back(root: str) -> None:
        wanted = {str(target) for target in targets(ROOTS[root])}
        seen = set()
        for number, (target, element) in enumerate(covering(ROOTS[root])):
            checked(element, root, twice=number % 16 == 0)
            place = element if len(target.path) == 1 else element.find("/".join(target.path[1:]))
            assert place is not None
            if target.attribute:
                assert target.value in (None, place.get(target.attribute))
                assert place.get(target.attribute) is not None
            elif target.value is not None:
                assert (place.text or "") == target.value
            seen.add(str(target))
        assert seen == wanted

    def test_the_covering_documents_miss_nothing_that_the_schema_names() -> None:
        """Counted in the file itself, not through the walk that made the documents."""
        named: set[str] = set()
        values: list[str] = []
        for part in etree.parse(XSD).getroot():
            if part.get("name") in ("reportResponse", "reportDoneResponse"):
                continue
            named |= {
                str(n.get("name")) for n in part.iter(f"{XS}element", f"{XS}attribute") if n.get("name")
            }
            values += [str(n.get("value")) for n in part.iter(f"{XS}enumeration")]
        covered = [target for root in READERS for target in targets(ROOTS[root])]
        reached = {target.attribute or target.path[-1] for target in covered}
        assert reached == named
        assert {t.value for t in covered if t.value is not None} == set(values)
        assert len([t for t in covered if t.value is not None]) >= len(values)

    def test_the_table_of_reader_and_writer_is_the_schema() -> None:
        def compare(element: Element, kind: str) -> None:
            parts = list(elements_of(element.group))
            assert [part.name for part in parts] == [child.name for child in CHILDREN[kind]], element.name
            for part, child in zip(parts, CHILDREN[kind], strict=True):
                assert bool(child.type) == (part.group is not None), f"{kind}/{part.name}"
                if child.type:
                    compare(part, child.type)

        for name, root in ROOTS.items():
            compare(root, name)

    @each_root
    @pytest.mark.fuzz
    @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(data=st.data())
    def test_any_valid_document_comes_back_letter_by_letter(root: str, data: st.DataObject) -> None:
        checked(data.draw(documents(ROOTS[root])), root, twice=True)

    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(data=st.data())
    def test_line_breaks_between_elements_change_nothing(data: st.DataObject) -> None:
        element = data.draw(documents(ROOTS["report"]))
        plain = record_of(etree.tostring(element), "report")
        spaced = etree.tostring(element, pretty_print=True, encoding="UTF-16", xml_declaration=True)
        assert isinstance(spaced, bytes)
        assert record_of(spaced, "report") == plain
