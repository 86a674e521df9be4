"""Letters of the unit's own templates and tips by e-mail: strict, exact about places, and nothing dropped."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.engine.formats import claimants
from kaval.engine.formats._spec import EnclosedFile, LeadRecord, Reading, ReceivedFile
from kaval.engine.formats.as_json import as_text
from kaval.engine.formats.intake import (
    agency_request_json,
    field_lead_json,
    provider_direct_json,
    public_tip_json,
    tip_email,
)
from kaval.engine.kernel.digest import digest_bytes
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.testing import outcome_of

LETTERS = (agency_request_json, field_lead_json, provider_direct_json)
each_letter = pytest.mark.parametrize("module", LETTERS, ids=[module.SPEC.name for module in LETTERS])


def received(value: Any) -> ReceivedFile:
    return ReceivedFile("letter.json", json.dumps(value).encode())


def read(module: ModuleType, value: Any) -> Reading[LeadRecord]:
    reading: Reading[LeadRecord] = module.read(received(value))
    return reading


def codes(reading: Reading[Any]) -> list[tuple[str, str]]:
    return [(warning.place, warning.code) for warning in reading.warnings]


@each_letter
def test_its_template_is_read_without_a_warning(module: ModuleType) -> None:
    reading = read(module, module.TEMPLATE)
    assert (len(reading.records), reading.warnings) == (1, ())
    assert [found.SPEC.name for found in claimants(received(module.TEMPLATE), "intake")] == [module.SPEC.name]


@each_letter
def test_a_list_with_a_byte_order_mark_is_read_alike(module: ModuleType) -> None:
    content = b"\xef\xbb\xbf" + json.dumps([module.TEMPLATE, module.TEMPLATE]).encode()
    reading = module.read(ReceivedFile("letter.json", content))
    assert [record.locator for record in reading.records] == ["/0", "/1"]


@each_letter
@settings(max_examples=40)
@given(data=st.data())
def test_a_value_of_a_wrong_type_is_kept_and_warned_of_at_its_place(
    module: ModuleType, data: st.DataObject
) -> None:
    key = data.draw(st.sampled_from(sorted(set(module.TEMPLATE) - {"template"})))
    reading = read(module, module.TEMPLATE | {key: {"strange": "PLANTED"}})
    identity = {"agency", "reference", "lead_id", "kind", "provider", "report_id"}
    assert any(place.startswith(f"/{key}") for place, _ in codes(reading))
    if key in identity:
        assert reading.records == ()
    else:
        record = reading.records[0]
        assert "PLANTED" in (record.fields | record.restricted)[key]  # type: ignore[operator]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("203.0.113.7"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("ip", "kind", "value", "hashes", "time", "x/y~z", "party")), inner)
    ),
    max_leaves=12,
)


@each_letter
@settings(max_examples=60)
@given(data=st.data())
def test_any_json_ends_in_a_reading(module: ModuleType, data: st.DataObject) -> None:
    keys = st.sampled_from(sorted(module.TEMPLATE))
    value = module.TEMPLATE | data.draw(st.dictionaries(keys, JSON_VALUES, max_size=5))
    as_text(read(module, value), unmask=True).encode()


def test_missing_null_and_empty_stay_apart() -> None:
    letter = {"template": "field_lead/1", "lead_id": "1", "kind": "recidivism"}
    fields = [
        dict(read(field_lead_json, letter | more).records[0].fields)
        for more in ({}, {"noticed_by": None}, {"noticed_by": ""}, {"note_number": None})
    ]
    assert fields == [{}, {"(null)": "noticed_by"}, {"(empty)": "noticed_by"}, {"(null)": "note_number"}]


def test_what_no_template_knows_is_kept_and_what_may_hurt_is_restricted() -> None:
    more = {"desk": {"room": 4}, "household": {"victim_name": "Z"}, "remarks": "see page 2"}
    record = read(agency_request_json, agency_request_json.TEMPLATE | more).records[0]
    assert record.fields["desk"] == '{"room": 4}'
    assert {"household", "remarks", "text"} <= set(record.restricted)
    assert "victim_name" not in " ".join(record.fields.values())


def test_a_key_that_comes_twice_is_a_warning() -> None:
    content = b'{"template": "field_lead/1", "lead_id": "1", "lead_id": "2", "kind": "recidivism"}'
    reading = field_lead_json.read(ReceivedFile("letter.json", content))
    assert (reading.records[0].source_id, codes(reading)) == ("2", [("key lead_id", "key_twice")])


@pytest.mark.parametrize(
    "content",
    [
        b'{"template": "field_lead/1", "lead_id": NaN}',
        b"[" * 5000,
        b"7",
        b"{",
        b'{"a":' * 50 + b"1" + b"}" * 50,
    ],
)
def test_what_is_no_letter_is_refused(content: bytes) -> None:
    with pytest.raises(ReaderError):
        field_lead_json.read(ReceivedFile("letter.json", content))


def test_an_agency_s_request_has_the_agency_s_identity_and_says_when_a_reply_is_due() -> None:
    letter = agency_request_json.TEMPLATE | {"agency": " Example  BUREAU "}
    record = read(agency_request_json, letter).records[0]
    assert (record.source_system, record.source_id, record.kind) == (
        "agency:example bureau",
        "ENB-2026-0017",
        "request",
    )
    assert record.signals == ("agency_request", "reply_due")
    assert record.fields["reply_by UTC"] == "2026-01-12T11:30:00Z"
    later = read(agency_request_json, letter | {"reply_by": None}).records[0]
    assert later.signals == ("agency_request",)


def test_a_provider_s_report_that_went_to_ncmec_too_keeps_its_own_identity() -> None:
    record = read(provider_direct_json, provider_direct_json.TEMPLATE).records[0]
    assert (record.source_system, record.source_id) == ("provider:example chat", "R-48213")
    assert record.fields["also_reported_as"] == "ncmec 190000001"
    assert [(o.role, o.origin) for o in record.observations] == [
        ("client", "field"),
        ("mentioned", "free_text"),
    ]
    assert "190000001" not in {i.value for i in record.identifiers}


def test_viewed_true_false_and_not_stated_are_three_things() -> None:
    files = [{"file_id": "1", "viewed": True}, {"file_id": "2", "viewed": False}, {"file_id": "3"}]
    record = read(provider_direct_json, provider_direct_json.TEMPLATE | {"files": files}).records[0]
    assert [file.viewed_by_esp for file in record.files] == [True, False, None]


@each_letter
def test_a_tip_reader_leaves_a_letter_alone_that_names_a_tip(module: ModuleType) -> None:
    file = received(module.TEMPLATE | {"tip_id": "TIP-1"})
    assert [found.SPEC.name for found in claimants(file, "intake")] == [module.SPEC.name]


def test_a_tip_s_own_words_are_mined_and_stay_restricted() -> None:
    tip = {"tip_id": "T1", "text": "Phone: 9846012345, seen 203.0.113.7 at 2026-01-03 18:45:10 UTC"}
    record = read(public_tip_json, [tip]).records[0]
    assert [(i.value, i.party, i.locator) for i in record.identifiers] == [
        ("9846012345", "mentioned", "/0/text characters 7-17")
    ]
    assert (record.observations[0].role, record.signals, set(record.restricted)) == (
        "mentioned",
        (),
        {"text"},
    )


def mail(*headers: str, body: str | bytes = "hello") -> ReceivedFile:
    content = body.encode() if isinstance(body, str) else body
    return ReceivedFile("tip.eml", "\r\n".join((*headers, "", "")).encode() + content)


BASE = (
    "From: Usha <usha@example.net>",
    "Message-ID: <a1@mail.example.net>",
    "Date: Sun, 4 Jan 2026 21:05:00 +0530",
)


def lead_of(file: ReceivedFile) -> LeadRecord:
    record = tip_email.read(file).records[0]
    assert isinstance(record, LeadRecord)
    return record


def test_a_message_is_a_tip_of_its_sender() -> None:
    record = lead_of(mail(*BASE, body="UPI: anil12@examplebank"))
    assert (record.source_system, record.source_id, record.incident) == (
        "tip_email",
        "a1@mail.example.net",
        None,
    )
    assert [(i.kind, i.party) for i in record.identifiers] == [("email", "reporter"), ("upi", "mentioned")]
    assert record.fields["Date UTC"] == "2026-01-04T15:35:00Z"
    assert "usha" not in json.dumps(dict(record.fields)).lower()


def test_a_message_without_an_id_is_known_by_its_bytes() -> None:
    file = mail("From: usha@example.net")
    assert lead_of(file).source_id == f"sha256:{digest_bytes(file.content).sha256}"
    assert ("header Message-ID", "no_identity") in codes(tip_email.read(file))


def test_machines_on_the_way_are_no_clients() -> None:
    way = "Received: from a ([198.51.100.4]) by b ([198.51.100.5]); Sun, 4 Jan 2026 15:36:02 +0000"
    record = lead_of(mail(*BASE, way, "X-Originating-IP: [203.0.113.9]"))
    assert [(o.ip, o.role, o.time.utc is not None) for o in record.observations] == [
        ("198.51.100.4", "relay", True),
        ("198.51.100.5", "relay", True),
        ("203.0.113.9", "reporter", False),
    ]


def test_an_attachment_is_digested_and_a_message_inside_stays_closed() -> None:
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nsee file\r\n"
        "--b\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n"
        'Content-Disposition: attachment; filename="..\\..\\x.zip"\r\n\r\ncGF0dGVybg==\r\n'
        "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: c@example.com\r\n\r\ninner a@example.com\r\n--b--\r\n"
    )
    reading = tip_email.read(mail(*BASE, "Content-Type: multipart/mixed; boundary=b", body=body))
    enclosed = [record for record in reading.records if isinstance(record, EnclosedFile)]
    assert [(file.name, file.size, file.sha256) for file in enclosed] == [
        ("x.zip", 7, digest_bytes(b"pattern").sha256)
    ]
    assert [code for _, code in codes(reading)] == ["nested_message"]
    assert "inner" not in as_text(reading, unmask=True)


def test_a_page_becomes_text_without_scripts() -> None:
    page = (
        "<style>p{}</style><script>var a='192.0.2.1'</script><p>IP: 203.0.113.7 &amp; more<br>2 < 3"
        "<img src='https://track.example.com/203.0.113.9'><!-- 203.0.113.8 -->"
    )
    record = lead_of(mail(*BASE, "Content-Type: text/html", body=page))
    assert record.restricted["text"] == "IP: 203.0.113.7 & more\n2 < 3"
    assert [o.ip for o in record.observations] == ["203.0.113.7"]


def test_a_header_that_hides_another_makes_none() -> None:
    reading = tip_email.read(mail(*BASE, "Subject: =?utf-8?q?A=0D=0AFrom:_x@example.com?="))
    assert ("header Subject", "header_control") in codes(reading)
    assert [i.value for i in reading.records[0].identifiers] == ["usha@example.net"]  # type: ignore[union-attr]


def test_bounds_hold_for_parts_and_depth() -> None:
    many = "".join(f"--b\r\nContent-Type: text/plain\r\n\r\n{i}\r\n" for i in range(400)) + "--b--"
    wide = tip_email.read(mail(*BASE, "Content-Type: multipart/mixed; boundary=b", body=many))
    deep = b"".join(
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (i, i + 1) for i in range(60)
    )
    nested = tip_email.read(mail(*BASE, "Content-Type: multipart/mixed; boundary=b0", body=deep))
    assert "too_many_parts" in {code for _, code in codes(wide)} & {code for _, code in codes(nested)}


@pytest.mark.parametrize(
    "headers, body",
    [
        (("Content-Type: text/plain; charset=no-such",), b"caf\xe9"),
        (("Content-Type: text/plain; charset=utf-8",), b"\xff\xfe\x00"),
        (("Content-Transfer-Encoding: base64",), b"%%%not base64"),
        (("Content-Type: multipart/mixed",), b"no boundary"),
        (("Content-Type: text/html",), b"&#" + b"9" * 6000 + b";"),
        (("Content-Type: =?utf-8?q?x", "Content-Disposition: attachment; filename*=bad'x'%ZZ"), b"x"),
        (("Subject: =?utf-8?b?!!!!?=", "From: =?no-such?q?x?= <>"), b"x"),
        (("Content-Transfer-Encoding: uuencode",), b"begin 644 x\n"),
        (('Content-Type: text/plain; charset="ut\x00f"',), b"caf\xe9"),
    ],
)
def test_damage_ends_in_a_reading(headers: tuple[str, ...], body: bytes) -> None:
    as_text(tip_email.read(mail(*BASE, *headers, body=body)), unmask=True).encode()


PARTS = ("--b", "Content-Type: multipart/mixed; boundary=b", "Content-Type: message/rfc822")
SIGNS = (
    "",
    "\x00",
    "From ",
    ": ",
    "Content-Transfer-Encoding: base64",
    "=?utf-8?q?=FF?=",
    "<p",
    "Subject: \udcff",
)


@settings(max_examples=80)
@given(st.lists(st.sampled_from((*BASE, *PARTS, *SIGNS)), max_size=14))
def test_any_lines_end_in_a_reading_or_a_refusal(lines: list[str]) -> None:
    file = ReceivedFile("x.eml", "\r\n".join(lines).encode("utf-8", "surrogateescape"))
    assert isinstance(tip_email.claims(file), bool)
    found = outcome_of(tip_email, file)
    if isinstance(found, Reading):
        as_text(found, unmask=True).encode()
