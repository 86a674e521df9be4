"""Tables of intake: identity, restricted values, bad rows alone, and byte-order marks."""

from __future__ import annotations

import pytest

from kaval.engine.formats._spec import LeadRecord, Reading, ReceivedFile
from kaval.engine.formats.intake import handle_register_csv, p2p_lead_csv, public_tip_json
from kaval.engine.kernel.errors import ReaderError

P2P_ROW = {
    "source_system": "WATCH-G", "source_record_id": "G1", "network": "gnutella",
    "observed_first": "2026-01-02T18:00:00Z", "observed_last": "2026-01-02T18:20:00Z",
    "ip": "198.51.100.7", "port": "41822", "transport": "TCP",
    "client_guid_or_user_hash": "0A1B2C3D4E5F60718293A4B5C6D7E8F9", "file_hash_type": "SHA1",
    "file_hash": "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", "file_name": "pattern-00012.png", "severity": "2",
}  # fmt: skip


def p2p(*rows: dict[str, str], encoding: str = "utf-8") -> Reading[LeadRecord]:
    lines = [",".join(p2p_lead_csv.COLUMNS)]
    lines += [",".join(row.get(column, "") for column in p2p_lead_csv.COLUMNS) for row in rows]
    return p2p_lead_csv.read(ReceivedFile("watch.csv", "\n".join(lines).encode(encoding)))


def test_a_sighting_has_its_first_and_last_time_its_client_and_a_file_without_a_name() -> None:
    (lead,) = p2p(P2P_ROW).records
    assert (lead.source_system, lead.source_id, lead.kind, lead.locator) == ("WATCH-G", "G1", "p2p", "row 2")
    assert [(o.event, o.ip, o.port, o.role) for o in lead.observations] == [
        ("first seen", "198.51.100.7", 41822, "client"), ("last seen", "198.51.100.7", 41822, "client"),
    ]  # fmt: skip
    assert [(i.kind, i.party) for i in lead.identifiers] == [("client_guid", "reported")]
    assert lead.files[0].hashes == (("sha1", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),)
    assert lead.files[0].name == ""
    assert lead.restricted == {"file_name": "pattern-00012.png"}
    assert lead.fields == {"network": "gnutella", "severity": "2"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_byte_order_marks_are_accepted(encoding: str) -> None:
    reading = p2p(P2P_ROW, encoding=encoding)
    assert (len(reading.records), reading.warnings) == (1, ())


def test_latin_1_is_read_with_a_warning() -> None:
    reading = p2p({**P2P_ROW, "region": "caf\xe9"}, encoding="latin-1")
    assert reading.records[0].fields["region"] == "caf\xe9"
    assert [w.code for w in reading.warnings] == ["encoding"]


def test_a_bad_row_is_a_warning_with_its_number_and_the_others_are_read() -> None:
    reading = p2p(
        P2P_ROW,
        {**P2P_ROW, "source_record_id": ""},
        {**P2P_ROW, "source_record_id": "G3", "region": "a,b"},
        {**P2P_ROW, "source_record_id": "G4"},
    )
    assert [r.source_id for r in reading.records] == ["G1", "G4"]
    assert [(w.place, w.code) for w in reading.warnings] == [("row 3", "no_identity"), ("row 4", "cells")]


def test_missing_columns_are_named() -> None:
    header = ",".join(c for c in p2p_lead_csv.COLUMNS if c not in ("port", "record_hash"))
    with pytest.raises(ReaderError, match="columns missing: port, record_hash") as caught:
        p2p_lead_csv.read(ReceivedFile("watch.csv", header.encode()))
    assert caught.value.place == "row 1"
    assert caught.value.mend


def test_an_unknown_column_is_kept() -> None:
    text = ",".join((*p2p_lead_csv.COLUMNS, "Colour")) + "\n" + "A,1" + "," * 24 + "green\n"
    (lead,) = p2p_lead_csv.read(ReceivedFile("watch.csv", text.encode())).records
    assert lead.fields["Colour"] == "green"


def test_nul_bytes_never_reach_a_record() -> None:
    (lead,) = p2p({**P2P_ROW, "region": "Ker\0ala"}).records
    assert "\0" not in str(lead)


def test_a_handle_is_its_platform_and_handle_and_a_group_holds_nobody_together() -> None:
    header = ",".join(handle_register_csv.COLUMNS)
    row = "Example Chat,blue_kite,ec-1,G-4,Group 4,10,1,,KP1,A/1,other_name,,2026-01-01T10:00:00+05:30,"
    (lead,) = handle_register_csv.read(ReceivedFile("handles.csv", f"{header}\n{row}\n".encode())).records
    assert (lead.source_system, lead.source_id) == ("register", "Example Chat:blue_kite")
    assert [(i.kind, i.scope, i.party) for i in lead.identifiers] == [
        ("handle", "Example Chat", "reported"), ("esp_account", "Example Chat", "reported"),
        ("handle", "", "mentioned"), ("group_code", "Example Chat", "reported"),
    ]  # fmt: skip
    assert lead.restricted == {"group_display_name G-4": "Group 4"}


def test_a_tips_reporter_and_text_are_restricted() -> None:
    text = '{"tip_id":"T1","channel":"web","text":"words","reporter":{"phone":"+915550001111"},"mentions":[]}'
    (lead,) = public_tip_json.read(ReceivedFile("t.json", text.encode("utf-8-sig"))).records
    assert lead.restricted == {"text": "words", "reporter/phone": "+915550001111"}
    assert [i.party for i in lead.identifiers] == ["reporter"]
    assert lead.incident is None


def test_half_a_character_pair_in_a_tip_does_not_reach_a_record() -> None:
    (lead,) = public_tip_json.read(ReceivedFile("t.json", b'{"tip_id":"T1","text":"\\ud800\\u0000"}')).records
    assert lead.restricted["text"].encode("utf-8")
    assert "\0" not in lead.restricted["text"]
