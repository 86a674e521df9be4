"""A ZIP is opened one level deep and within bounds; what is no report stays closed but is named."""

from __future__ import annotations

import hashlib
import io
import stat
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.engine.formats import archive
from kaval.engine.formats._spec import EnclosedFile, ReadWarning, ReceivedFile
from kaval.engine.kernel.errors import ReaderError


def packed(*members: tuple[str | zipfile.ZipInfo, bytes]) -> ReceivedFile:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members:
            target.writestr(name, content, compress_type=zipfile.ZIP_DEFLATED)
    return ReceivedFile("batch.zip", out.getvalue())


def opened(file: ReceivedFile) -> tuple[list[ReceivedFile], list[EnclosedFile], list[ReadWarning]]:
    """What the archive gives, sorted by what it is."""
    found = list(archive.entries(file))
    return (
        [entry for entry in found if isinstance(entry, ReceivedFile)],
        [entry for entry in found if isinstance(entry, EnclosedFile)],
        [entry for entry in found if isinstance(entry, ReadWarning)],
    )


def test_members_are_named_after_archive_and_member_and_keep_their_bytes() -> None:
    files, _, warnings = opened(packed(("CT-2.xml", b"<report/>"), ("in/CT-1.xml", b"<a/>")))
    assert [(f.name, f.content) for f in files] == [
        ("batch.zip!CT-2.xml", b"<report/>"), ("batch.zip!in/CT-1.xml", b"<a/>"),
    ]  # fmt: skip
    assert files[1].base_name == "CT-1.xml"
    assert warnings == []


def test_a_file_that_is_no_archive_comes_back_alone() -> None:
    file = ReceivedFile("CT-1.xml", b"<report/>")
    assert opened(file) == ([file], [], [])


def test_a_picture_is_digested_and_not_handed_on() -> None:
    content = b"\x89PNG abstract pattern"
    files, (picture,), warnings = opened(packed(("190000001/pattern-00012.png", content)))
    assert (files, warnings) == ([], [])
    assert (picture.name, picture.size) == ("190000001/pattern-00012.png", len(content))
    assert picture.sha256 == hashlib.sha256(content).hexdigest()
    assert picture.report == "190000001", "the folder says which report it belongs to"


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("CT-190000001/a.png", "190000001"), ("CyberTip 190000001 file.mp4", "190000001"), ("a/b.png", ""),
        ("190000001/190000002.png", ""), ("x190000001.png", ""), ("190000001/190000001-2.jpg", "190000001"),
    ],
)  # fmt: skip
def test_the_number_of_a_report_is_taken_from_a_name_that_gives_one(name: str, number: str) -> None:
    assert archive.report_number(name) == number


def test_a_large_member_is_streamed_from_where_it_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "IN_MEMORY_BYTES", 100)
    content = bytes(range(256)) * 40
    (member,), _, _ = opened(packed(("leads.csv", content)))
    assert not isinstance(member.stored, bytes)
    assert (member.size, member.head(10)) == (len(content), content[:10])
    with member.open() as stream:
        assert stream.read() == content
        stream.seek(300)
        assert stream.read(5) == content[300:305]


@pytest.mark.parametrize(
    "name", ["../CT-1.xml", "/CT-1.xml", "a/../../CT-1.xml", "c:/CT-1.xml", "..\\CT-1.xml"]
)
def test_a_path_that_leads_out_is_left_out_and_the_rest_is_read(name: str) -> None:
    files, _, (warning,) = opened(packed((name, b"<report/>"), ("CT-2.xml", b"<report/>")))
    assert [f.base_name for f in files] == ["CT-2.xml"]
    assert warning.code == "unsafe_path"


def test_links_nested_archives_and_doubled_names_are_left_out_with_a_word() -> None:
    link = zipfile.ZipInfo("CT-1.xml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.warns(UserWarning, match="Duplicate name"):
        file = packed(
            (link, b"/etc/passwd"), ("inner.zip", b"PK"), ("CT-3.xml", b"<a/>"), ("CT-3.xml", b"<b/>")
        )
    files, _, warnings = opened(file)
    assert files == []
    assert [w.code for w in warnings] == ["link", "nested_archive", "doubled_name", "doubled_name"]


def test_a_member_that_unpacks_far_beyond_its_size_is_refused() -> None:
    with pytest.raises(ReaderError, match="200 times"):
        opened(packed(("CT-1.xml", b"\0" * (4 * 1024 * 1024))))


def test_too_many_members_and_too_many_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    file = packed(*((f"CT-{n}.xml", b"x" * 100) for n in range(6)))
    monkeypatch.setattr(archive, "MAX_ENTRIES", 5)
    with pytest.raises(ReaderError, match="6 members"):
        opened(file)
    monkeypatch.setattr(archive, "MAX_ENTRIES", 10)
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 599)
    with pytest.raises(ReaderError, match="declares more"):
        opened(file)


def test_a_member_that_understates_its_size_is_never_read_beyond_it() -> None:
    file = packed(("CT-1.xml", b"y" * 5000))
    lied = file.content.replace((5000).to_bytes(4, "little"), (50).to_bytes(4, "little"))
    files, _, warnings = opened(ReceivedFile("batch.zip", lied))
    assert files == []
    assert [w.code for w in warnings] == ["member_damaged"]


@pytest.mark.fuzz
@settings(max_examples=150)
@given(data=st.data())
def test_any_damage_ends_in_members_or_a_reader_error(data: st.DataObject) -> None:
    content = bytearray(packed(("CT-1.xml", b"<report/>" * 5), ("a.png", b"p" * 40)).content)
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        files, _, _ = opened(ReceivedFile("batch.zip", bytes(content)))
    except ReaderError:
        return
    assert all(f.name.startswith("batch.zip!") for f in files)
