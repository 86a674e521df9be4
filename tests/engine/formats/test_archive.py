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
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.kernel.errors import ReaderError


def packed(*members: tuple[str | zipfile.ZipInfo, bytes]) -> ReceivedFile:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members:
            target.writestr(name, content, compress_type=zipfile.ZIP_DEFLATED)
    return ReceivedFile("batch.zip", out.getvalue())


def test_members_are_named_after_archive_and_member_and_keep_their_bytes() -> None:
    files, warnings = archive.unpack(packed(("CT-2.xml", b"<report/>"), ("in/CT-1.xml", b"<a/>")))
    assert [(f.name, f.content) for f in files] == [
        ("batch.zip!CT-2.xml", b"<report/>"), ("batch.zip!in/CT-1.xml", b"<a/>"),
    ]  # fmt: skip
    assert files[1].base_name == "CT-1.xml"
    assert warnings == []


def test_a_file_that_is_no_archive_comes_back_alone() -> None:
    file = ReceivedFile("CT-1.xml", b"<report/>")
    assert archive.unpack(file) == ([file], [])


def test_a_picture_is_digested_and_not_handed_on() -> None:
    content = b"\x89PNG abstract pattern"
    files, (warning,) = archive.unpack(packed(("pattern-00012.png", content)))
    assert files == []
    assert warning.code == "not_opened"
    assert hashlib.sha256(content).hexdigest() in warning.text
    assert f"{len(content)} bytes" in warning.text


@pytest.mark.parametrize(
    "name", ["../CT-1.xml", "/CT-1.xml", "a/../../CT-1.xml", "c:/CT-1.xml", "..\\CT-1.xml"]
)
def test_a_path_that_leads_out_is_left_out_and_the_rest_is_read(name: str) -> None:
    files, (warning,) = archive.unpack(packed((name, b"<report/>"), ("CT-2.xml", b"<report/>")))
    assert [f.base_name for f in files] == ["CT-2.xml"]
    assert warning.code == "unsafe_path"


def test_links_nested_archives_and_doubled_names_are_left_out_with_a_word() -> None:
    link = zipfile.ZipInfo("CT-1.xml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.warns(UserWarning, match="Duplicate name"):
        file = packed(
            (link, b"/etc/passwd"), ("inner.zip", b"PK"), ("CT-3.xml", b"<a/>"), ("CT-3.xml", b"<b/>")
        )
    files, warnings = archive.unpack(file)
    assert files == []
    assert [w.code for w in warnings] == ["link", "nested_archive", "doubled_name", "doubled_name"]


def test_a_member_that_unpacks_far_beyond_its_size_is_refused() -> None:
    with pytest.raises(ReaderError, match="200 times"):
        archive.unpack(packed(("CT-1.xml", b"\0" * (4 * 1024 * 1024))))


def test_too_many_members_and_too_many_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    file = packed(*((f"CT-{n}.xml", b"x" * 100) for n in range(6)))
    monkeypatch.setattr(archive, "MAX_ENTRIES", 5)
    with pytest.raises(ReaderError, match="6 members"):
        archive.unpack(file)
    monkeypatch.setattr(archive, "MAX_ENTRIES", 10)
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 599)
    with pytest.raises(ReaderError, match="declares more"):
        archive.unpack(file)


def test_a_member_that_understates_its_size_is_never_read_beyond_it() -> None:
    file = packed(("CT-1.xml", b"y" * 5000))
    lied = file.content.replace((5000).to_bytes(4, "little"), (50).to_bytes(4, "little"))
    files, warnings = archive.unpack(ReceivedFile("batch.zip", lied))
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
        files, _ = archive.unpack(ReceivedFile("batch.zip", bytes(content)))
    except ReaderError:
        return
    assert all(f.name.startswith("batch.zip!") for f in files)
