"""The other list formats: what their samples do not show. SQLite's RDS, NCMEC's votes and limits, streams."""

from __future__ import annotations

import sqlite3
import tracemalloc
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.formats.hashset import icse, md5sum, ncmec, nsrl2, vics
from kaval.engine.formats.hashset._model import HashSetEntry, SchemeCode, Votes, photodna_bytes
from kaval.engine.kernel.errors import ReaderError
from kaval.lab.hashset import nsrl3
from kaval.lab.hashset.lists import OnDisk

MD5, SHA1, SHA256 = "900150983cd24fb0d6963f7d28e17f72", "ab" * 20, "cd" * 32
EMPTY = "d41d8cd98f00b204e9800998ecf8427e"


def rds(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as base:
        for statement in statements:
            base.execute(statement)
        base.commit()
    return path


def test_the_minimal_rds_and_the_view_of_the_full_one_say_the_same(tmp_path: Path) -> None:
    columns = (
        "sha256 TEXT, sha1 TEXT, md5 TEXT, crc32 TEXT, file_name TEXT, file_size TEXT, package_id INTEGER"
    )
    row = (
        f"('{SHA256.upper()}', '{SHA1}', '{MD5}', '0', 'a', '12', 1), (NULL, NULL, '{EMPTY}', '0', 'e', 0, 1)"
    )
    table = rds(tmp_path / "m.db", f"CREATE TABLE FILE({columns})", f"INSERT INTO FILE VALUES {row}")
    view = rds(
        tmp_path / "f.db",
        f"CREATE TABLE METADATA({columns})",
        f"INSERT INTO METADATA VALUES {row}",
        "CREATE VIEW FILE AS SELECT sha256, sha1, md5, file_name, file_size FROM METADATA",
    )
    for path in (table, view):
        assert nsrl3.claims(ReceivedFile(path.name, path.read_bytes()))
        entry, warning = nsrl3.stream(path)
        assert entry == HashSetEntry(MD5, SHA1, SHA256, None, 12, "FILE row 1")
        assert isinstance(warning, ReadWarning)
        assert (warning.place, warning.code) == ("FILE row 2", "digest-of-empty")


ENDLESS = (
    "CREATE VIEW FILE AS WITH RECURSIVE n(md5) AS (SELECT 'x' UNION ALL SELECT md5 FROM n)"
    " SELECT md5 FROM n WHERE md5 = 'y'"
)


@pytest.mark.parametrize(
    "statements", [("CREATE TABLE OTHER(md5)",), ("CREATE TABLE FILE(name)",), (ENDLESS,)], ids=str
)
def test_a_database_that_is_no_rds_or_never_ends_is_refused(
    tmp_path: Path, statements: tuple[str, ...]
) -> None:
    with pytest.raises(ReaderError):
        list(nsrl3.stream(rds(tmp_path / "x.db", *statements)))


@settings(max_examples=30)
@given(damage=st.binary(min_size=1, max_size=60), at=st.integers(16, 8000))
def test_a_damaged_database_ends_in_entries_or_a_reader_error(
    tmp_path_factory: pytest.TempPathFactory, damage: bytes, at: int
) -> None:
    path = tmp_path_factory.mktemp("rds") / "x.db"
    rds(path, "CREATE TABLE FILE(sha1 TEXT, md5 TEXT)", f"INSERT INTO FILE VALUES ('{SHA1}', '{MD5}')")
    content = bytearray(path.read_bytes())
    content[at : at + len(damage)] = damage
    path.write_bytes(content)
    with suppress(ReaderError):
        assert all(isinstance(item, HashSetEntry | ReadWarning) for item in nsrl3.stream(path))


def test_nsrl_of_version_1_5_is_read_by_its_column_names() -> None:
    header = '"SHA-1","FileName","FileSize","ProductCode","OpSystemCode","MD4","MD5","CRC32","SpecialCode"'
    line = f'"{SHA1}","a,b","7","1","2","{"0" * 32}","{MD5}","0","S"'
    (entry,) = nsrl2.read(ReceivedFile("NSRLFile.txt", f"{header}\n{line}\n".encode())).records
    assert (entry.md5, entry.sha1, entry.size) == (MD5, SHA1, 7)
    assert entry.category == SchemeCode("NSRL/SpecialCode", "2", "S")


def answer(inside: str, *, head: str = "") -> ReceivedFile:
    space = "https://hashsharing.ncmec.org/hashsharing/v2"
    text = f'{head}<queryResult xmlns="{space}"><images>{inside}</images></queryResult>'
    return ReceivedFile("entries.xml", text.encode())


def image(number: int, feedback: str = "") -> str:
    return (
        f'<image><member id="7"/><timestamp>2026-01-01T00:00:00Z</timestamp><id>i{number}</id>'
        f"<fingerprints><md5>{number:032x}</md5></fingerprints><feedback>{feedback}</feedback></image>"
    )


def votes(name: str, kind: str, *members: int) -> str:
    inside = "".join(f'<member id="{member}"/>' for member in members)
    return f'<{name}Feedback type="{kind}"><members>{inside}</members></{name}Feedback>'


@pytest.mark.parametrize(
    ("feedback", "expected", "contested"),
    [
        ("", (), False),
        (votes("affirmative", "Md5", 1, 2), (Votes("md5", 2, 0),), False),
        (votes("affirmative", "Md5", 1, 2) + votes("negative", "Md5", 3), (Votes("md5", 2, 1),), False),
        (votes("affirmative", "Md5", 1) + votes("negative", "Md5", 3), (Votes("md5", 1, 1),), True),
        (votes("negative", "Md5", 3, 3), (Votes("md5", 0, 1),), True),
        (votes("negative", "TMK_PDQF", 3), (), False),
        (votes("affirmative", "Pdna", 1, 2) + votes("negative", "PDQ", 3), None, True),
    ],
)
def test_votes_are_counted_by_member_and_fingerprint(
    feedback: str, expected: tuple[Votes, ...] | None, contested: bool
) -> None:
    (entry,) = ncmec.read(answer(image(1, feedback))).records
    assert entry.contested is contested
    assert expected is None or entry.votes == expected


@pytest.mark.parametrize(
    "file",
    [
        answer(image(1), head='<!DOCTYPE queryResult [<!ENTITY a "b">]>'),
        answer(image(1) + "<image>"),
        ReceivedFile("x.xml", b"<queryResult/>"),
        answer("<image>" + "<x>" * 300 + "</x>" * 300 + "</image>"),
    ],
)
def test_an_answer_that_is_not_whole_or_not_plain_is_refused(file: ReceivedFile) -> None:
    with pytest.raises(ReaderError):
        ncmec.read(file)


@dataclass(frozen=True)
class Long:
    """A file written as head, one part many times, tail."""

    head: bytes
    part: bytes
    times: int
    tail: bytes

    def at(self, path: Path) -> ReceivedFile:
        with path.open("wb") as file:
            file.write(self.head)
            for _ in range(self.times):
                file.write(self.part)
            file.write(self.tail)
        return ReceivedFile(path.name, OnDisk(path))


ANSWER = answer("").content.split(b"</images>")[0]
MEDIA = (b'{"MD5": "' + MD5.encode() + b'"},') * 100
VICS = b'{"@odata.context": "x/DataModels/2.0.xml/US/$metadata#Media", "value": ['
ONE = b'{"MD5": "' + MD5.encode() + b'"}'
STREAMS = {
    "vics": (vics, Long(VICS, MEDIA, 120, ONE + b"]}"), 12_001),
    "vics case": (vics, Long(VICS + b'{"CaseID": "x", "Media": [', MEDIA, 120, ONE + b"]}]}"), 12_001),
    "ncmec": (
        ncmec,
        Long(
            ANSWER,
            image(1).encode() * 100,
            120,
            b"</images></queryResult>",
        ),
        12_000,
    ),
    "icse": (icse, Long(b"MD5;Image ID;Baseline\n", f"{MD5};1;yes\n".encode() * 100, 120, b""), 12_000),
    "md5sum": (md5sum, Long(b"", f"{MD5}  pattern.png\n".encode() * 100, 120, b""), 12_000),
}


@pytest.mark.parametrize("name", STREAMS)
def test_a_long_list_is_never_held_in_memory(name: str, tmp_path: Path) -> None:
    reader, source, count = STREAMS[name]
    file = source.at(tmp_path / "x")
    tracemalloc.start()
    try:
        met = sum(isinstance(item, HashSetEntry) for item in reader.stream(file))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert met == count
    assert peak < 6_000_000  # the entries alone would be ten


@pytest.mark.parametrize(
    ("reader", "source"),
    [
        (vics, Long(VICS + b'{"MD5": [', b"1, " * 1000, 70, b"1]}]}")),
        (vics, Long(VICS + b'{"CaseID": "', b"x" * 100_000, 300, b'"}]}')),
        (
            ncmec,
            Long(ANSWER + b"<image>", b"<x>" + b"y" * 9000 + b"</x>", 2000, b""),
        ),
    ],
)
def test_a_record_that_never_ends_is_refused(reader: Any, source: Long, tmp_path: Path) -> None:
    with pytest.raises(ReaderError):
        list(reader.stream(source.at(tmp_path / "x")))


def test_a_line_that_never_ends_is_one_line() -> None:
    file = ReceivedFile("x", f"{MD5}  {'x' * 200_000}\n{SHA1}  y\n".encode())
    assert [(entry.md5, entry.sha1) for entry in md5sum.read(file).records] == [(MD5, ""), ("", SHA1)]


def test_photodna_is_read_from_base64_and_hex_and_nothing_else() -> None:
    assert photodna_bytes("00" * 144) == photodna_bytes("A" * 192) == bytes(144)
    assert all(photodna_bytes(text) is None for text in ("", "00" * 143, "A" * 188, "é" * 192, "zz" * 144))
