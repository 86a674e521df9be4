"""The law-enforcement JSON: every value with its pointer, whatever stands where a container should be."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats._spec import LeadRecord, Reading, ReceivedFile
from kaval.engine.formats.intake import ncmec_le_json, ncmec_report_xml
from kaval.engine.formats.intake._ncmec_le import HANDLING_KEYS, INCIDENT_TYPES
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.testing import outcome_of

SKELETON = Path(__file__).parents[2] / "samples" / "intake" / "ncmec_le_json" / "skeleton.json"
PERSONS = "reportedInformation/reportedPeople/reportedPersons"
FILES = "reportedInformation/uploadedFiles/uploadedFiles"


def report(**inner: Any) -> dict[str, Any]:
    return {"reportId": 7, "dateReceived": "2024-01-05T10:00:00Z", "reportedInformation": inner}


def person(**parts: Any) -> dict[str, Any]:
    return {"reportedPeople": {"reportedPersons": [parts]}}


def uploaded(**parts: Any) -> dict[str, Any]:
    return {"uploadedFiles": {"uploadedFiles": [parts]}}


def read(value: Any, *, name: str = "7.json") -> Reading[LeadRecord]:
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return ncmec_le_json.read(ReceivedFile(name, content))


def lead(**inner: Any) -> LeadRecord:
    (record,) = read(report(**inner)).records
    return record


def codes(value: Any) -> list[str]:
    return [w.code for w in read(value).warnings if w.code != "no_summary"]


def capture(**parts: Any) -> dict[str, Any]:
    return {"sourceInformation": {"sourceCaptures": [{"captureType": "IP Address", **parts}]}}


# ---------------------------------------------------------------- identity


def test_the_number_is_the_reports_whatever_the_file_is_called() -> None:
    record = read(report()).records[0]
    assert (record.source_system, record.source_id, record.kind) == ("ncmec", "7", "cybertip")
    assert "number_differs" in {w.code for w in read(report(), name="CT-190000077.json").warnings}


def test_a_byte_order_mark_and_utf_16_are_accepted() -> None:
    text = json.dumps(report(**person(espUserId="u-കേരളം")), ensure_ascii=False)
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert read(text.encode(encoding)).records[0].identifiers[0].value == "u-കേരളം"


@pytest.mark.parametrize("number", [None, "", True, [7], {"value": 7}, "unknown", 10**19])
def test_without_a_number_a_single_report_is_refused(number: Any) -> None:
    with pytest.raises(ReaderError, match="reportId") as caught:
        read({**report(), "reportId": number})
    assert caught.value.mend


def test_a_list_gives_each_report_with_its_place_and_names_the_entry_without_a_number() -> None:
    reading = read(
        [report(**person(espUserId="u1")), {"reportedInformation": {}}, {**report(), "reportId": "8"}]
    )
    assert [(r.source_id, r.locator) for r in reading.records] == [("7", "/0"), ("8", "/2")]
    assert reading.records[0].identifiers[0].locator == f"/0/{PERSONS}/0/espUserId"
    assert ("/1", "no_identity") in [(w.place, w.code) for w in reading.warnings]


def test_a_list_that_is_cut_off_gives_no_record_at_all() -> None:
    content = json.dumps([report()] * 50).encode()[:-3]
    items = ncmec_le_json.stream(ReceivedFile("x.json", content))
    with pytest.raises(ReaderError, match="not JSON"):
        next(items)


class Counted:
    """Bytes that count how far they were read each time they were opened."""

    def __init__(self, content: bytes) -> None:
        self.content, self.opened = content, list[io.BytesIO]()
        self.size = len(content)

    def open(self) -> io.BytesIO:
        self.opened.append(io.BytesIO(self.content))
        return self.opened[-1]


def test_a_long_list_is_read_report_by_report() -> None:
    one = json.dumps(report(additionalInformations=[{"value": "x" * 20_000}]))
    stored = Counted(("[" + ",".join([one] * 500) + "]").encode())
    items = ncmec_le_json.stream(ReceivedFile("x.json", stored))
    first = next(item for item in items if isinstance(item, LeadRecord))
    assert first.source_id == "7"
    # A block or two are read ahead, never the whole.
    assert stored.opened[-1].tell() < stored.size / 4
    assert sum(isinstance(item, LeadRecord) for item in items) == 499


# ---------------------------------------------------------------- whose it is


def test_whose_an_address_and_an_identifier_is() -> None:
    here = {**capture(value="192.0.2.1", port=51234), "screenName": {"value": "a"}}
    record = lead(
        reportedPeople={"reportedPersons": [here]},
        intendedRecipients={"intendedRecipients": [here]},
        victims={"victims": [here]},
        uploadedFiles={"uploadedFiles": [capture(value="192.0.2.1")]},
        incidentDetails={"webpageIncident": [here], "peer2peerIncident": [capture(value="192.0.2.1")]},
    )
    assert [o.role for o in record.observations] == [
        "client", "recipient", "victim", "client", "mentioned", "client",
    ]  # fmt: skip
    assert [i.party for i in record.identifiers] == ["reported", "recipient", "victim", "mentioned"]
    assert record.observations[0].port == 51234
    assert record.observations[3].port is None


def test_a_possible_proxy_is_not_the_users_own_address() -> None:
    record = lead(**person(**capture(value="192.0.2.1", possibleProxy=True)))
    assert record.observations[0].role == "proxy"


def test_what_tells_about_a_victim_is_restricted_and_its_name_links_nothing() -> None:
    victim = {
        "firstName": "Invented",
        "schoolName": "Invented School",
        "additionalInformations": [{"value": "a@example.org"}],
    }
    record = lead(victims={"victims": [victim]}, **person(relationshipToChildVictim="unknown"))
    assert record.identifiers == ()
    assert {"Invented", "Invented School", "a@example.org", "unknown"} <= set(record.restricted.values())
    assert not any("ictim" in key for key in record.fields)


def test_a_handle_has_the_service_as_its_scope_else_the_provider() -> None:
    both = [{"screenName": {"value": "a"}, "espService": "Example Chat"}, {"espUserId": "u1"}]
    record = lead(reportingEsp={"espName": "Example ESP"}, reportedPeople={"reportedPersons": both})
    assert [(i.kind, i.scope) for i in record.identifiers] == [
        ("handle", "Example Chat"),
        ("esp_account", "Example ESP"),
    ]
    assert "several_reported" in record.signals
    assert "several_reported" not in lead(**person(espUserId="u1")).signals


# ---------------------------------------------------------------- values


def test_four_things_are_four_things() -> None:
    parts = [{"viewedByEsp": v} for v in (True, False, None)] + [
        {},
        {"viewedByEsp": ""},
        {"viewedByEsp": "perhaps"},
    ]
    reading = read(report(uploadedFiles={"uploadedFiles": parts}))
    record = reading.records[0]
    assert [f.viewed_by_esp for f in record.files] == [True, False, None, None, None, None]
    assert record.fields[f"{FILES}/1/viewedByEsp"] == "false"
    assert record.fields["null_values"] == f"{FILES}/2/viewedByEsp"
    assert record.fields["empty_values"] == f"{FILES}/4/viewedByEsp"
    assert f"{FILES}/3/viewedByEsp" not in str(record.fields)
    assert "flag_unreadable" in [w.code for w in reading.warnings]


@pytest.mark.parametrize(
    "digest, pair",
    [
        ("D41D8CD98F00B204E9800998ECF8427E", ("md5", "d41d8cd98f00b204e9800998ecf8427e")),
        ("da39a3ee5e6b4b0d3255bfef95601890afd80709", ("sha1", "da39a3ee5e6b4b0d3255bfef95601890afd80709")),
        ("0" * 64, ("sha256", "0" * 64)),
    ],
)
def test_a_digest_without_a_kind_is_taken_by_its_length_and_marked(
    digest: str, pair: tuple[str, str]
) -> None:
    (file,) = lead(**uploaded(verificationHash=digest, submittalId="s-1", industryClassification="A1")).files
    assert (file.name, file.hashes, file.tags) == ("s-1", (pair,), ("esp_class_a1", "hash_kind_assumed"))


def test_a_digest_that_is_none_is_kept_and_matches_nothing() -> None:
    reading = read(report(**uploaded(verificationHash="xyz")))
    assert reading.records[0].files[0].hashes == ()
    assert reading.records[0].fields[f"{FILES}/0/verificationHash"] == "xyz"
    assert "hash_unreadable" in [w.code for w in reading.warnings]


def test_file_names_page_addresses_and_message_content_are_restricted() -> None:
    record = lead(
        incidentDetails={
            "webpageIncident": [
                {
                    "sourceInformation": {
                        "sourceCaptures": [{"captureType": "URL", "value": "https://example.invalid/i"}]
                    }
                }
            ],
            "emailIncident": [{"contents": [{"value": "From: c@example.org"}]}],
        },
        **uploaded(filename="pattern-0001.png", espMetadata={"metadatas": [{"name": "n", "value": "v"}]}),
    )
    assert {"https://example.invalid/i", "From: c@example.org", "pattern-0001.png", "v"} <= set(
        record.restricted.values()
    )
    assert not {"https://example.invalid/i", "pattern-0001.png"} & set(record.fields.values())


def test_running_text_is_mined_and_only_mentions() -> None:
    record = lead(
        additionalInformations=[
            {"value": "wrote from c@example.org, IP: 203.0.113.5 at 2024-01-04 18:45:10 UTC"}
        ]
    )
    (named,), (seen,) = record.identifiers, record.observations
    assert (named.origin, named.party, named.value) == ("free_text", "mentioned", "c@example.org")
    assert (seen.origin, seen.role) == ("free_text", "mentioned")
    assert named.locator.startswith("/reportedInformation/additionalInformations/0/value")


def test_a_time_without_an_offset_is_unknown_and_a_bad_port_is_not_stated() -> None:
    reading = read(report(**person(**capture(value="192.0.2.1", dateTime="2024-01-04T18:45:10", port=0))))
    (seen,) = reading.records[0].observations
    assert (seen.time.utc, seen.time.as_received, seen.port) == (None, "2024-01-04T18:45:10", None)
    assert {"time_without_zone", "port_unreadable"} <= {w.code for w in reading.warnings}


def test_what_is_no_address_is_kept_with_a_warning() -> None:
    reading = read(report(**person(**capture(value="300.1.2.3"))))
    assert reading.records[0].observations == ()
    assert "300.1.2.3" in reading.records[0].fields.values()
    assert "address_unreadable" in [w.code for w in reading.warnings]


def test_unknown_keys_are_kept_under_their_pointer() -> None:
    record = lead(**person(newThing={"a/b": [1, None, False, {"deep": "x"}]}))
    kept = {k: v for k, v in record.fields.items() if "newThing" in k}
    assert kept == {
        f"{PERSONS}/0/newThing/a~1b/0": "1",
        f"{PERSONS}/0/newThing/a~1b/2": "false",
        f"{PERSONS}/0/newThing/a~1b/3/deep": "x",
    }


def test_a_name_that_comes_twice_keeps_both_values() -> None:
    reading = read(b'{"reportId": 7, "reportedInformation": {"a": "1", "a": "2"}}')
    assert {"1", "2"} <= set(reading.records[0].fields.values())
    assert "key_twice" in [w.code for w in reading.warnings]


# ---------------------------------------------------------------- incident, handling


def test_incident_types_are_those_of_the_xml() -> None:
    for text in (*INCIDENT_TYPES, "Something else"):
        xml = f"<report><incidentSummary><incidentType>{text}</incidentType></incidentSummary></report>"
        (by_xml,) = ncmec_report_xml.read(ReceivedFile("CT-7.xml", xml.encode())).records
        by_json = lead(incidentSummary={"incidentType": text})
        assert (by_json.signals, by_json.title) == (by_xml.signals, by_xml.title)


@pytest.mark.parametrize(
    "parts, handling",
    [
        *[({key: "Referral"}, "referral") for key in HANDLING_KEYS],
        ({"reportType": "INFORMATIONAL"}, "informational"),
        ({"isReferral": True}, "referral"),
        ({"isReferral": False}, ""),
        ({"reportType": "Other"}, ""),
        ({}, ""),
    ],
)
def test_handling_is_taken_only_from_a_value_that_says_it(parts: dict[str, Any], handling: str) -> None:
    assert read({**report(), **parts}).records[0].handling == handling


def test_a_report_called_both_is_neither() -> None:
    reading = read({**report(classification="Informational"), "reportType": "Referral"})
    assert reading.records[0].handling == ""
    assert "handling_differs" in [w.code for w in reading.warnings]


# ---------------------------------------------------------------- containers of another type


@pytest.mark.parametrize(
    "inner, warned",
    [
        (person(emails=None), False),
        (person(emails={"emails": None}), False),
        (person(emails=["a@example.org"]), False),
        (person(emails={"emails": {"value": "a@example.org"}}), True),
        (person(emails="a@example.org"), False),
        (person(sourceInformation=None), False),
        (
            person(sourceInformation={"sourceCaptures": {"captureType": "IP Address", "value": "192.0.2.1"}}),
            True,
        ),
        (person(sourceInformation={"sourceCaptures": ["192.0.2.1"]}), True),
        ({"reportedPeople": {"reportedPersons": {"espUserId": "u1"}}}, True),
        ({"reportedPeople": {"reportedPersons": [None, 3, "u1"]}}, True),
        ({"reportedPeople": [{"reportedPersons": [{"espUserId": "u1"}]}]}, False),
        ({"uploadedFiles": [{"filename": "pattern-0001.png"}]}, False),
        ({"uploadedFiles": "none"}, True),
        ({"intendedRecipients": 5}, True),
    ],
)
def test_containers_of_another_type_are_read_as_far_as_they_go(inner: dict[str, Any], warned: bool) -> None:
    assert ("container_type" in codes(report(**inner))) is warned


@pytest.mark.parametrize("inner", [None, [], "text", 3])
def test_a_report_without_content_is_a_record_with_a_warning(inner: Any) -> None:
    reading = read({"reportId": 7, "reportedInformation": inner})
    assert reading.records[0].source_id == "7"
    assert "no_content" in [w.code for w in reading.warnings]


Mutation = Callable[[Any], Any]


@given(data=st.data())
def test_any_part_may_be_replaced_by_anything(data: st.DataObject) -> None:
    value = json.loads(SKELETON.read_text("utf-8"))
    for _ in range(data.draw(st.integers(1, 3))):
        _replace(value, data)
    file = ReceivedFile("x.json", json.dumps(value).encode())
    reading = outcome_of(ncmec_le_json, file)
    if isinstance(reading, Reading):
        for record in reading.records:
            assert record.source_id
            assert all(i.locator.startswith("/") for i in record.identifiers)


def _replace(value: Any, data: st.DataObject) -> None:
    while isinstance(value, dict | list) and value:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(value[key], dict | list) or not value[key] or data.draw(st.integers(0, 3)) == 0:
            value[key] = data.draw(
                st.sampled_from(
                    [
                        None,
                        "",
                        [],
                        {},
                        True,
                        0,
                        -1,
                        1.5,
                        "x\0y",
                        [[]],
                        {"value": None},
                        [{"value": 1}],
                        "\ud800",
                    ]
                )
            )
            return
        value = value[key]


@pytest.mark.parametrize(
    "content",
    [
        b'{"reportId": 7',
        b'{"reportId": 7} x',
        b"[" * 200,
        b'{"reportId": ' + b"9" * 5000 + b"}",
        b"7",
        b'"reportId"',
    ],
)
def test_what_is_no_whole_json_is_refused(content: bytes) -> None:
    with pytest.raises(ReaderError) as caught:
        read(content)
    assert caught.value.mend
