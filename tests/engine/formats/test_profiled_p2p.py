"""Sightings by profile: one record for every way a table may be written, and every hash in its normal form."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats import claimants
from kaval.engine.formats._profiled import is_sensitive
from kaval.engine.formats._spec import LeadRecord, Reading, ReadWarning, ReceivedFile
from kaval.engine.formats.intake import p2p_lead_csv, p2p_lead_profiled
from kaval.engine.formats.profile import TimeRule
from kaval.engine.kernel.errors import ReaderError
from tests.engine.formats.made_profiles import Rows, ist, made_profile, received, table

SHA1, SHA1_32 = "da39a3ee5e6b4b0d3255bfef95601890afd80709", "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
ED2K = "31d6cfe0d16ae931b73c59d7e0c089c0"
TTH = "LWPNACQDBZRYXW3VHJVCJ64QBZNGHOHHHZWCLNQ"
V2 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

HEADER = (
    "Ref", "SeenOn", "SeenTime", "Address", "SrcPort", "HashType", "Hash", "Torrent", "Client", "Pieces", "SharedName",
    "Colour", "OperatorNotes",
)  # fmt: skip
COLUMNS = {
    "source_record_id": "Ref", "ip": "Address", "port": "SrcPort", "file_hash_type": "HashType", "file_hash": "Hash",
    "infohash": "Torrent", "client_guid_or_user_hash": "Client", "piece_count_have": "Pieces",
    "file_name": "SharedName",
}  # fmt: skip
ROW = {
    "Ref": "A-1", "SeenOn": "03/01/2026", "SeenTime": "00:15:10", "Address": "198.51.100.7", "SrcPort": "41822",
    "HashType": "SHA-1", "Hash": SHA1_32, "Torrent": f"urn:btih:{SHA1_32}", "Pieces": "12",
    "Client": "0A1B2C3D4E5F60718293A4B5C6D7E8F9", "SharedName": "pattern-0001.png", "Colour": "green",
    "OperatorNotes": "seen twice",
}  # fmt: skip


def of(rows: Rows, *, layout: str = "csv", fixed: dict[str, str] | None = None) -> Reading[LeadRecord]:
    profile = made_profile(
        "p2p",
        HEADER,
        columns=COLUMNS,
        times={"observed_first": ist("SeenOn", "SeenTime")},
        fixed={"source_system": "WATCH-X", "network": "bittorrent"} if fixed is None else fixed,
        layout=layout,
    )
    return p2p_lead_profiled.read(received(profile, HEADER, rows))


@pytest.mark.parametrize("layout", ["csv", "xlsx", "json", "xml"])
def test_a_row_is_the_same_lead_in_every_kind_of_table(layout: str) -> None:
    reading = of([ROW], layout=layout)
    (lead,) = reading.records
    assert reading.warnings == ()
    assert (lead.source_system, lead.source_id, lead.kind) == ("WATCH-X", "A-1", "p2p")
    assert lead.profile == "made-p2p@3"
    (seen,) = lead.observations
    assert (seen.ip, seen.port, seen.time.offset_minutes) == ("198.51.100.7", 41822, 330)
    assert seen.time.utc is not None
    assert seen.time.utc.isoformat() == "2026-01-02T18:45:10+00:00"
    assert [(file.hashes, file.tags, file.name) for file in lead.files] == [
        ((("sha1", SHA1),), (), ""), ((("btih", SHA1),), ("torrent",), ""),
    ]  # fmt: skip
    assert lead.fields == {"network": "bittorrent", "piece_count_have": "12", "Colour": "green"}
    assert lead.restricted == {"file_name": "pattern-0001.png", "OperatorNotes": "seen twice"}


def test_the_reader_claims_a_file_only_under_a_fitting_profile_of_its_kind() -> None:
    profile = made_profile("p2p", HEADER, columns=COLUMNS)
    file = received(profile, HEADER, [ROW])
    assert [m.SPEC.name for m in claimants(file, "intake")] == ["p2p_lead_profiled"]
    assert claimants(file, "provider") == ()
    for other in (
        replace(file, profiles=()),
        replace(file, profiles=(replace(profile, kind="lease"),)),
        replace(file, stored=table("csv", (*HEADER, "New"), [ROW])),
    ):
        assert not p2p_lead_profiled.claims(other)
        with pytest.raises(ReaderError, match="no confirmed profile"):
            p2p_lead_profiled.read(other)


def test_a_row_without_a_number_has_the_identity_of_its_content() -> None:
    bare = {**ROW, "Ref": ""}
    first = of([bare, {**bare, "Pieces": "13"}, bare])
    again = of([{**ROW, "Ref": "A-9"}, bare])
    ids = [lead.source_id for lead in first.records]
    assert ids[0] == ids[2] == again.records[1].source_id != ids[1]
    assert [(w.place, w.code) for w in first.warnings] == [
        (f"row {n}", "identity_derived") for n in (2, 3, 4)
    ]


def test_a_row_without_a_source_system_is_not_read() -> None:
    reading = of([ROW], fixed={})
    assert reading.records == ()
    assert [w.code for w in reading.warnings] == ["no_source_system"]


def test_an_address_that_is_none_keeps_its_text_and_the_time() -> None:
    (lead,) = of([{**ROW, "Address": "192.0.2.300"}]).records
    assert lead.observations == ()
    assert lead.incident is not None
    assert lead.incident.utc is not None
    assert (lead.fields["ip"], lead.fields["port"]) == ("192.0.2.300", "41822")


@pytest.mark.parametrize("kind, cell, hashes, codes", [
    ("SHA1", SHA1.upper(), [("sha1", SHA1)], []),
    ("", f"urn:sha1:{SHA1_32}", [("sha1", SHA1)], []),
    ("", f"urn:bitprint:{SHA1_32}.{TTH}", [("sha1", SHA1), ("tth", TTH.lower())], []),
    ("ED2K", ED2K.upper(), [("ed2k", ED2K)], []),
    ("eDonkey2000", f"urn:ed2k:{ED2K}", [("ed2k", ED2K)], []),
    ("AICH", SHA1, [("aich", SHA1_32.lower())], []),
    ("Tiger Tree", TTH, [("tth", TTH.lower())], []),
    ("SHA-256", V2, [("sha256", V2)], []),
    ("infohash", SHA1_32, [("btih", SHA1)], []),
    ("infohash", V2, [("btmh", V2)], []),
    ("", f"urn:btmh:1220{V2}", [("btmh", V2)], []),
    ("btih", f"{SHA1}; 1220{V2}", [("btih", SHA1), ("btmh", V2)], []),
    ("", f"ed2k:{ED2K} sha1:{SHA1}", [("ed2k", ED2K), ("sha1", SHA1)], []),
    ("sha1", f"urn:btih:{SHA1}", [("btih", SHA1)], ["hash_type_differs"]),
    ("", SHA1, [("unknown", SHA1)], ["hash_type_unknown"]),
    ("md5", "1234", [("md5", "1234")], ["hash_unreadable"]),
    ("CRC32", "0A0B0C0D", [("crc32", "0a0b0c0d")], []),
    ("", f"magnet:?xt=urn:btih:{SHA1}&xt=urn:btmh:1220{V2}&dn=pattern-0002.png&xl=17",
     [("btih", SHA1), ("btmh", V2)], []),
    ("", f"ed2k://|file|pattern-0002.png|17|{ED2K}|h={SHA1_32}|/", [("ed2k", ED2K), ("aich", SHA1_32.lower())], []),
])  # fmt: skip
def test_every_form_of_hash_comes_to_one(
    kind: str, cell: str, hashes: list[tuple[str, str]], codes: list[str]
) -> None:
    reading = of([{**ROW, "HashType": kind, "Hash": cell, "Torrent": ""}])
    (lead,) = reading.records
    assert [pair for file in lead.files for pair in file.hashes] == hashes
    assert [w.code for w in reading.warnings] == codes
    assert all(("torrent" in f.tags) == (f.hashes[0][0] in ("btih", "btmh")) for f in lead.files)
    if "pattern-0002" in cell:
        assert lead.restricted["file_name"] == "pattern-0001.png | pattern-0002.png"
        assert lead.restricted["file_hash"] == cell
        assert lead.fields["file_size"] == "17"
        assert "pattern" not in str(lead.fields)


def test_a_column_for_each_kind_of_hash_is_read() -> None:
    header = ("id", "sha1", "tth", "ih")
    profile = made_profile(
        "p2p",
        header,
        columns={"source_record_id": "id", "sha1": "sha1", "tth": "tth", "btmh": "ih"},
        fixed={"source_system": "W"},
    )
    row = {"id": "1", "sha1": SHA1_32, "tth": TTH, "ih": V2}
    (lead,) = p2p_lead_profiled.read(received(profile, header, [row])).records
    assert [f.hashes for f in lead.files] == [(("sha1", SHA1), ("tth", TTH.lower())), (("btmh", V2),)]


def test_the_canonical_table_knows_the_same_forms() -> None:
    row = dict.fromkeys(p2p_lead_csv.COLUMNS, "")
    row |= {
        "source_system": "W",
        "source_record_id": "1",
        "file_hash_type": "tth",
        "file_hash": TTH,
        "infohash": V2,
    }
    content = table("csv", p2p_lead_csv.COLUMNS, [row])
    (lead,) = p2p_lead_csv.read(ReceivedFile("watch.csv", content)).records
    assert [f.hashes for f in lead.files] == [(("tth", TTH.lower()),), (("btmh", V2),)]


def test_empty_and_null_of_json_stay_two_things() -> None:
    profile = made_profile(
        "p2p",
        ("id", "Colour", "Shape"),
        columns={"source_record_id": "id"},
        fixed={"source_system": "W"},
        layout="json",
    )
    content = b'{"rows":[{"id":"1","Colour":null,"Shape":""}]}'
    (lead,) = p2p_lead_profiled.read(ReceivedFile("t.json", content, (profile,))).records
    assert lead.fields == {"Colour": "null", "Shape": ""}


class Counting:
    """A large table that counts how many of its bytes were read."""

    def __init__(self, content: bytes) -> None:
        self.content, self.size, self.furthest = content, len(content), 0

    def open(self) -> io.BytesIO:
        outer = self

        class Watched(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                chunk = super().read(size)
                outer.furthest = max(outer.furthest, self.tell())
                return chunk

        return Watched(self.content)


def test_the_first_lead_is_given_before_the_file_is_read_to_its_end() -> None:
    profile = made_profile("p2p", HEADER, columns=COLUMNS, fixed={"source_system": "W"})
    stored = Counting(table("csv", HEADER, [{**ROW, "Ref": str(n)} for n in range(9_000)]))
    leads = p2p_lead_profiled.stream(ReceivedFile("t.csv", stored, (profile,)))
    first = next(leads)
    assert isinstance(first, LeadRecord)
    assert first.source_id == "0"
    assert stored.furthest < stored.size / 4
    assert sum(isinstance(item, LeadRecord) for item in leads) == 8_999


def test_a_table_full_of_trouble_ends_in_a_count_and_loses_no_row() -> None:
    profile = made_profile("p2p", HEADER, columns=COLUMNS, fixed={"source_system": "W"})
    content = table("csv", HEADER, [{**ROW, "Ref": str(n), "SrcPort": "x"} for n in range(1_200)])
    items = list(p2p_lead_profiled.stream(ReceivedFile("t.csv", content, (profile,))))
    warnings = [item for item in items if isinstance(item, ReadWarning)]
    assert len(items) - len(warnings) == 1_200
    assert len(warnings) == 1_001
    assert "200 more of this kind" in warnings[-1].text


@given(st.text(max_size=80), st.sampled_from(["", "sha1", "btih", "colour"]))
def test_any_text_in_a_hash_cell_ends_in_a_lead(cell: str, kind: str) -> None:
    rows = [{**ROW, "Hash": cell.replace("\r", " ").replace("\n", " ").replace("\0", ""), "HashType": kind}]
    profile = made_profile("p2p", HEADER, columns=COLUMNS, fixed={"source_system": "W"})
    content = table("csv", HEADER, rows).decode().encode("utf-8", "replace")
    (lead,) = p2p_lead_profiled.read(ReceivedFile("t.csv", content, (profile,))).records
    assert all(value == value.lower() or kind for file in lead.files for _, value in file.hashes)


@pytest.mark.parametrize("header, hidden", [
    ("File_Name", True), ("fileName", True), ("display name", True), ("Group Title", True), ("Message Text", True),
    ("ChildAge", True), ("Complainant", True), ("വിവരം", True), ("Region", False), ("isp", False),
    ("files_offered_count", False), ("client_version", False),
])  # fmt: skip
def test_a_header_tells_what_must_be_masked(header: str, hidden: bool) -> None:
    assert is_sensitive(header) is hidden


def test_a_time_without_a_rule_is_unknown_and_a_zone_is_never_guessed() -> None:
    rule = TimeRule(("SeenOn", "SeenTime"), "dmy")
    profile = made_profile(
        "p2p", HEADER, columns=COLUMNS, times={"observed_first": rule}, fixed={"source_system": "W"}
    )
    reading = p2p_lead_profiled.read(received(profile, HEADER, [ROW]))
    assert reading.records[0].observations[0].time.utc is None
    assert reading.warnings
