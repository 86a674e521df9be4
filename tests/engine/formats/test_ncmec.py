"""CyberTipline XML: whose address it is, what may link, what is kept, and what is refused."""

from __future__ import annotations

import pytest

from kaval.engine.formats._spec import LeadRecord, Reading, ReceivedFile
from kaval.engine.formats.intake import ncmec_file_details_xml, ncmec_report_xml
from kaval.engine.kernel.errors import ReaderError

BODY = (
    "<report><incidentSummary><incidentType>Child Sex Trafficking</incidentType><platform>Example Chat</platform>"
    "<incidentDateTime>{time}</incidentDateTime></incidentSummary>{more}</report>"
)


def read(
    more: str = "", *, time: str = "2026-01-03T18:45:10Z", name: str = "CT-7.xml", head: str = ""
) -> Reading[LeadRecord]:
    content = (head + BODY.format(time=time, more=more)).encode()
    return ncmec_report_xml.read(ReceivedFile(name, content))


def lead(more: str = "", *, time: str = "2026-01-03T18:45:10Z") -> LeadRecord:
    (record,) = read(more, time=time).records
    return record


def test_the_number_comes_from_the_name_also_inside_an_archive() -> None:
    reading = read(name="batch-01.zip!CT-190000001.xml")
    assert reading.records[0].source_id == "190000001"
    assert reading.records[0].fields["report_number_from"] == "file name"
    assert reading.warnings == ()


def test_without_a_number_the_lead_is_named_after_its_bytes_and_somebody_must_see_it() -> None:
    first, again = read(name="report.xml"), read(name="other.xml")
    assert first.records[0].source_id.startswith("unnumbered-")
    assert first.records[0].source_id == again.records[0].source_id
    assert [w.code for w in first.warnings] == ["no_report_number"]


def test_a_time_without_an_offset_is_unknown_and_keeps_its_text() -> None:
    reading = read(time="2026-01-03T18:45:10")
    incident = reading.records[0].incident
    assert incident is not None
    assert (incident.as_received, incident.utc) == ("2026-01-03T18:45:10", None)
    assert [w.code for w in reading.warnings] == ["time_without_zone"]


def test_only_the_reported_users_own_address_has_the_role_client() -> None:
    event = "<ipCaptureEvent><ipAddress>198.51.100.{}</ipAddress>{}</ipCaptureEvent>"
    record = lead(
        f"<personOrUserReported>{event.format(1, '')}{event.format(2, '<possibleProxy>true</possibleProxy>')}"
        f"<associatedAccount type='Parent/Guardian'>{event.format(3, '')}</associatedAccount></personOrUserReported>"
        f"<intendedRecipient>{event.format(4, '')}</intendedRecipient><victim>{event.format(5, '')}</victim>"
    )
    assert [(o.ip[-1], o.role) for o in record.observations] == [
        ("1", "client"), ("2", "proxy"), ("3", "associated"), ("4", "recipient"), ("5", "victim"),
    ]  # fmt: skip


def test_what_tells_about_a_victim_is_restricted_and_named_as_the_victims() -> None:
    record = lead(
        "<victim><victimPerson><firstName>Invented</firstName><email>c@example.org</email></victimPerson>"
        "<schoolName>Invented School</schoolName></victim>"
    )
    assert {i.party for i in record.identifiers} == {"victim"}
    assert "name" not in {i.kind for i in record.identifiers}
    assert record.restricted["victim/schoolName"] == "Invented School"
    assert not any("victim" in key for key in record.fields)


def test_unknown_elements_are_kept_under_their_path() -> None:
    record = lead(
        "<personOrUserReported><newThing kind='x'><deep>1</deep><deep>2</deep></newThing></personOrUserReported>"
    )
    kept = {key: value for key, value in record.fields.items() if "newThing" in key}
    assert kept == {
        "personOrUserReported/newThing/@kind": "x",
        "personOrUserReported/newThing/deep[1]": "1",
        "personOrUserReported/newThing/deep[2]": "2",
    }


def test_several_reported_accounts_are_marked_so_that_they_tie_nobody_together() -> None:
    more = "<personOrUserReported><screenName>a1</screenName></personOrUserReported>"
    assert "several_reported" in lead(more * 2).signals
    assert "several_reported" not in lead(more).signals


@pytest.mark.parametrize(
    "more, signal",
    [
        ("<batchedReport reason='VIRAL_POTENTIAL_MEME'/>", "viral"),
        (
            "<personOrUserReported><compromisedAccount>true</compromisedAccount></personOrUserReported>",
            "compromised_account",
        ),
        ("<personOrUserReported><priorCTReports>1</priorCTReports></personOrUserReported>", "prior_reports"),
    ],
)
def test_what_the_provider_marks_becomes_a_signal(more: str, signal: str) -> None:
    assert signal in lead(more).signals


def test_an_empty_escalation_escalates_nothing() -> None:
    summary = "<report><incidentSummary><escalateToHighPriority>{}</escalateToHighPriority></incidentSummary></report>"
    for text, escalated in (("", False), (" ", False), ("now", True)):
        reading = ncmec_report_xml.read(ReceivedFile("CT-7.xml", summary.format(text).encode()))
        assert ("escalated" in reading.records[0].signals) is escalated


def test_page_addresses_and_file_names_are_restricted() -> None:
    record = lead(
        "<internetDetails><webPageIncident><url>https://example.invalid/item</url></webPageIncident></internetDetails>"
        "<internetDetails><peer2peerIncident><fileNames>pattern-00012.png</fileNames></peer2peerIncident></internetDetails>"
    )
    assert sorted(record.restricted.values()) == ["https://example.invalid/item", "pattern-00012.png"]
    assert not any("example.invalid" in value or "pattern" in value for value in record.fields.values())


@pytest.mark.parametrize(
    "head",
    [
        "<!DOCTYPE report>",
        '<?xml version="1.0"?><!-- x --><!DOCTYPE report [<!ENTITY a "b">]>',
        '<!DOCTYPE report SYSTEM "file:///etc/passwd">',
    ],
)
def test_a_doctype_is_refused_and_still_recognised_as_a_report(head: str) -> None:
    file = ReceivedFile("CT-7.xml", (head + BODY.format(time="2026-01-03T18:45:10Z", more="")).encode())
    assert ncmec_report_xml.claims(file)
    with pytest.raises(ReaderError, match="DOCTYPE"):
        ncmec_report_xml.read(file)


def test_a_doctype_behind_a_long_comment_or_in_utf_16_is_refused_too() -> None:
    text = BODY.format(time="2026-01-03T18:45:10Z", more="")
    long = f"<!--{'x' * 70_000}--><!DOCTYPE report [<!ENTITY a 'b'>]>{text}"
    for content in (
        long.encode(),
        f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE report>{text}'.encode("utf-16"),
    ):
        with pytest.raises(ReaderError, match="DOCTYPE"):
            ncmec_report_xml.read(ReceivedFile("CT-7.xml", content))


def test_a_doctype_quoted_in_a_message_is_no_doctype() -> None:
    record = lead("<additionalInfo><![CDATA[<!DOCTYPE html>]]></additionalInfo>")
    assert record.fields["additionalInfo"] == "<!DOCTYPE html>"


def test_bytes_that_are_no_utf8_are_read_with_a_warning() -> None:
    content = BODY.format(
        time="2026-01-03T18:45:10Z", more="<additionalInfo>caf\xe9</additionalInfo>"
    ).encode("latin-1")
    reading = ncmec_report_xml.read(ReceivedFile("CT-7.xml", content))
    assert reading.records[0].fields["additionalInfo"] == "caf\xe9"
    assert [w.code for w in reading.warnings] == ["encoding"]


@pytest.mark.parametrize("cut", [10, 60, 150])
def test_a_report_cut_short_is_refused_with_a_mend(cut: int) -> None:
    content = BODY.format(time="2026-01-03T18:45:10Z", more="").encode()[:cut]
    with pytest.raises(ReaderError, match="not well-formed") as caught:
        ncmec_report_xml.read(ReceivedFile("CT-7.xml", content))
    assert caught.value.mend


def test_file_details_belong_to_the_report_of_their_name() -> None:
    xml = "<fileDetails><reportId>8</reportId><fileId>f</fileId></fileDetails>"
    reading = ncmec_file_details_xml.read(ReceivedFile("CT-7.file-f.xml", xml.encode()))
    (record,) = reading.records
    assert (record.source_system, record.source_id, record.kind) == ("ncmec", "7", "cybertip_file")
    assert [w.code for w in reading.warnings] == ["number_differs"]
    assert record.files[0].viewed_by_esp is None


def test_a_newer_schema_gives_one_warning_and_everything_is_kept() -> None:
    reading = read(
        "<personOrUserReported><newFlag>yes</newFlag><newFlag>no</newFlag></personOrUserReported><trend><x/></trend>"
    )
    (warning,) = reading.warnings
    assert (warning.code, warning.place) == ("unknown_element", "/report/trend")
    assert "trend, personOrUserReported/newFlag, trend/x;" in warning.text
    fields = reading.records[0].fields
    assert fields["personOrUserReported/newFlag[2]"] == "no"
    assert fields["trend/x"] == ""


def test_absent_empty_and_false_are_three_things() -> None:
    inside = "<personOrUserReported>{}</personOrUserReported>"
    path = "personOrUserReported/thirdPartyUserReported"
    assert path not in lead(inside.format("")).fields
    assert lead(inside.format("<thirdPartyUserReported/>")).fields[path] == ""
    assert (
        lead(inside.format("<thirdPartyUserReported>false</thirdPartyUserReported>")).fields[path] == "false"
    )


@pytest.mark.parametrize(
    "text, viewed",
    [("true", True), ("1", True), (" true ", True), ("false", False), ("0", False), ("", None), (None, None)],
)
def test_viewed_by_the_provider_is_yes_no_or_not_stated(text: str | None, viewed: bool | None) -> None:
    flag = "" if text is None else f"<fileViewedByEsp>{text}</fileViewedByEsp>"
    xml = f"<fileDetails><reportId>7</reportId><fileId>f</fileId>{flag}</fileDetails>"
    (record,) = ncmec_file_details_xml.read(ReceivedFile("CT-7.file-f.xml", xml.encode())).records
    assert record.files[0].viewed_by_esp is viewed


def test_an_event_that_no_address_can_be_read_from_keeps_all_it_says() -> None:
    reading = read(
        "<personOrUserReported><ipCaptureEvent><ipAddress>192.0.2.07</ipAddress><eventName>Login</eventName>"
        "<dateTime>2026-01-03T18:45:10Z</dateTime><port>0443</port></ipCaptureEvent></personOrUserReported>"
    )
    (record,) = reading.records
    assert record.observations == ()
    assert [warning.code for warning in reading.warnings] == ["address_unreadable"]
    kept = {k.rpartition("/")[2]: v for k, v in record.fields.items() if "ipCaptureEvent" in k}
    assert kept == {
        "ipAddress": "192.0.2.07", "eventName": "Login", "dateTime": "2026-01-03T18:45:10Z", "port": "0443",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text, utc, offset",
    [
        ("2026-01-03T18:45:10Z", "2026-01-03 18:45:10", 0),
        (" 2026-01-03T18:45:10.987+05:30\n", "2026-01-03 13:15:10", 330),
        ("2026-01-03T18:45:10-11:00", "2026-01-04 05:45:10", -660),
        ("0001-01-01T00:00:00+05:30", None, None),
        ("2026-01-03T24:00:00Z", None, None),
        ("2026-W01-1T10:10:10Z", None, None),
        ("-2026-01-03T18:45:10Z", None, None),
    ],
)
def test_the_short_way_for_times_says_what_the_long_way_says(
    text: str, utc: str | None, offset: int | None
) -> None:
    incident = lead(time=text).incident
    assert incident is not None
    assert incident.as_received == text.strip()
    assert (incident.utc and incident.utc.strftime("%Y-%m-%d %H:%M:%S")) == utc
    assert incident.offset_minutes == offset


def test_running_text_is_mined_and_marked_as_what_it_is() -> None:
    record = lead(
        "<internetDetails><chatImIncident><content>mail me a@example.org</content></chatImIncident></internetDetails>"
        "<personOrUserReported><email>b@example.org</email></personOrUserReported>"
    )
    found = {i.value: (i.party, i.origin) for i in record.identifiers}
    assert found == {"a@example.org": ("mentioned", "free_text"), "b@example.org": ("reported", "field")}


def test_an_officer_named_in_a_report_is_nobodys_account() -> None:
    record = lead(
        "<lawEnforcement><agencyName>Unit</agencyName><officerContact><firstName>Asha</firstName>"
        "<email>o@example.org</email></officerContact></lawEnforcement>"
    )
    assert record.identifiers == ()
    assert record.fields["lawEnforcement/officerContact/email"] == "o@example.org"


def test_who_reports_is_shown_only_on_need() -> None:
    record = lead("<reporter><reportingPerson><firstName>Asha</firstName></reportingPerson></reporter>")
    assert record.restricted["reporter/reportingPerson/firstName"] == "Asha"
    assert not any("Asha" in value for value in record.fields.values())
