"""Archives of the standard library, py7zr and hand-made bytes: what went in comes out, in bounds, whatever comes."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import py7zr
import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaval.lab.archives import ArchiveLimits, Budget, is_archive, members
from kaval.lab.filetype import file_type
from kaval.lab.shapes import Member
from kaval.lab.sources.entry import CHUNK_BYTES, Trouble
from tests.lab.images import picture

ZIP, TAR, SEVEN = "application/zip", "application/x-tar", "application/x-7z-compressed"
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "application/gzip": gzip.compress,
    "application/x-bzip2": bz2.compress,
    "application/x-xz": lzma.compress,
    "application/zstd": zstd.compress,
}
FILES = {
    "one.png": picture(1),
    "folder/two.png": picture(2),
    "empty": b"",
    "folder/ten.txt": b"ten" * 100_000,
}
AT = datetime(2026, 3, 2, 6, 30, 10, tzinfo=UTC)


def zipped(files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of files, all of one wall-clock time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (2026, 3, 2, 12, 0, 10))
            archive.writestr(entry, content, compress_type=method)
    return out.getvalue()


def tarred(files: dict[str, bytes], *, shape: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar of files, all of one time."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=shape) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = len(content), int(AT.timestamp())
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def sevened(files: dict[str, bytes], **options: Any) -> bytes:
    """A 7z of files in one solid block."""
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", **options) as archive:
        for name, content in files.items():
            archive.writestr(content, name)
    return out.getvalue()


def opened(
    content: bytes, mime: str, *, limits: ArchiveLimits | None = None, budget: Budget | None = None
) -> tuple[dict[str, bytes | str], list[str]]:
    """(content or the words of its trouble by path, codes of the archive's trouble)."""
    found: dict[str, bytes | str] = {}
    codes: list[str] = []
    for item in members(io.BytesIO(content), mime=mime, limits=limits or ArchiveLimits(), budget=budget):
        if isinstance(item, Trouble):
            codes.append(item.code)
            continue
        try:
            chunks = list(item.chunks())
        except OSError as error:
            found[item.path] = str(error)
            continue
        assert all(len(chunk) <= CHUNK_BYTES for chunk in chunks)
        found[item.path] = b"".join(chunks)
    return found, codes


MAKERS: dict[str, Callable[[dict[str, bytes]], bytes]] = {ZIP: zipped, TAR: tarred, SEVEN: sevened}
ARCHIVES = {
    "zip-stored": (ZIP, zipped(FILES, method=zipfile.ZIP_STORED)),
    "zip-deflate": (ZIP, zipped(FILES)),
    "zip-bzip2": (ZIP, zipped(FILES, method=zipfile.ZIP_BZIP2)),
    "zip-lzma": (ZIP, zipped(FILES, method=zipfile.ZIP_LZMA)),
    "tar-pax": (TAR, tarred(FILES)),
    "tar-gnu": (TAR, tarred(FILES, shape=tarfile.GNU_FORMAT)),
    "tar-ustar": (TAR, tarred(FILES, shape=tarfile.USTAR_FORMAT)),
    "7z-lzma2": (SEVEN, sevened(FILES, filters=[{"id": py7zr.FILTER_LZMA2, "preset": 1}])),
    "7z-deflate": (SEVEN, sevened(FILES, filters=[{"id": py7zr.FILTER_DEFLATE}])),
    "7z-copy": (SEVEN, sevened(FILES, filters=[{"id": py7zr.FILTER_COPY}])),
}
each_archive = pytest.mark.parametrize("kind", ARCHIVES)


@each_archive
def test_what_went_in_comes_out(kind: str) -> None:
    mime, content = ARCHIVES[kind]
    assert is_archive(file_type(content[:4096]))
    assert opened(content, mime) == (FILES, [])


@pytest.mark.parametrize("mime", PACKERS)
def test_a_packed_file_is_one_member_however_many_streams(mime: str) -> None:
    pack = PACKERS[mime]
    content = FILES["folder/ten.txt"]
    assert opened(pack(content) + pack(b"more"), mime) == ({"content": content + b"more"}, [])
    found, codes = opened(pack(content) + b"stranger", mime)
    assert (found, codes) == ({"content": content}, ["trailing-bytes"])
    cut, _ = opened(pack(content)[:-9], mime)
    assert isinstance(cut["content"], str)


def test_gzip_gives_its_name_and_time() -> None:
    out = io.BytesIO()
    with gzip.GzipFile("letters.tar", "wb", fileobj=out, mtime=AT.timestamp()) as stream:
        stream.write(b"x")
    [member] = members(io.BytesIO(out.getvalue()), mime="application/gzip")
    assert isinstance(member, Member)
    assert (member.path, member.times.modified) == ("letters.tar", "2026-03-02T06:30:10Z")


def test_times_are_utc_where_the_format_says_so() -> None:
    def times(content: bytes, mime: str) -> set[str | None]:
        found = members(io.BytesIO(content), mime=mime)
        return {item.times.modified for item in found if isinstance(item, Member)}

    assert times(ARCHIVES["tar-pax"][1], TAR) == {"2026-03-02T06:30:10Z"}
    assert times(ARCHIVES["zip-deflate"][1], ZIP) == {"2026-03-02T12:00:10"}, "a ZIP's clock has no zone"
    entry = zipfile.ZipInfo("x", (2026, 3, 2, 12, 0, 10))
    entry.extra = struct.pack("<HHBl", 0x5455, 5, 1, int(AT.timestamp()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(entry, b"x")
    assert times(out.getvalue(), ZIP) == {"2026-03-02T06:30:10Z"}


def test_archives_in_archives_share_one_budget() -> None:
    inner = zipped({"deep.bin": b"d" * 1000})
    outer = zipped({"inner.zip": inner}, method=zipfile.ZIP_STORED)
    limits = ArchiveLimits(max_ratio=1, free_bytes=len(inner) + 1000)
    budget = limits.budget(0)
    found, codes = opened(outer, ZIP, budget=budget)
    assert opened(found["inner.zip"], ZIP, budget=budget) == ({"deep.bin": b"d" * 1000}, [])  # type: ignore[arg-type]
    found, codes = opened(inner, ZIP, budget=budget)
    assert codes == ["archive-bomb"]
    assert "more than" in str(found["deep.bin"])


@pytest.mark.parametrize("mime", [ZIP, TAR, SEVEN, *PACKERS])
def test_a_bomb_stops_at_the_bound_and_is_named(mime: str) -> None:
    zeros = {"zeros": bytes(8 << 20)}
    content = PACKERS[mime](zeros["zeros"]) if mime in PACKERS else MAKERS[mime](zeros)
    found, codes = opened(content, mime, limits=ArchiveLimits(max_ratio=0, free_bytes=1 << 20))
    assert all(isinstance(value, str) for value in found.values())
    assert codes == ["archive-bomb"]


@pytest.mark.parametrize("kind", ["zip-stored", "tar-ustar", "7z-copy"])
def test_too_many_entries_stop_and_are_named(kind: str) -> None:
    mime, content = ARCHIVES[kind]
    found, codes = opened(content, mime, limits=ArchiveLimits(max_members=2))
    assert (len(found), codes) == (2, ["archive-bomb"])


def test_members_that_overlap_in_a_zip_are_bounded_too() -> None:
    """A directory of a thousand entries for one packed block (Fifield's construction, simplest form)."""
    content = zipped({"x": bytes(1 << 20)})
    directory = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    record = content[directory:end]
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1000, 1000, len(record) * 1000, directory, 0)
    bomb = content[:directory] + record * 1000 + tail
    seen = 0
    codes = []
    for item in members(io.BytesIO(bomb), mime=ZIP, limits=ArchiveLimits(max_ratio=10, free_bytes=4 << 20)):
        if isinstance(item, Trouble):
            codes.append(item.code)
        else:
            with pytest.raises(OSError, match="more than") if seen == 4 << 20 else _nothing():
                seen += sum(map(len, item.chunks()))
    assert (seen, codes) == (4 << 20, ["archive-bomb"])


class _nothing:
    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...


@pytest.mark.parametrize("name", ["../../out", "/etc/out", "C:\\out", "a/../../out", "\\\\host\\out"])
@pytest.mark.parametrize("make", [zipped, tarred])
def test_a_path_that_leads_out_is_read_where_it_is_and_named(
    name: str, make: Callable[[dict[str, bytes]], bytes]
) -> None:
    found, codes = opened(make({name: b"x"}), ZIP if make is zipped else TAR)
    assert (list(found.values()), codes) == ([b"x"], ["path-unsafe"])


def test_names_never_pass_for_another_archives_inside() -> None:
    found, codes = opened(zipped({"fake.zip!/in.png": b"x", "a\u202egnp.exe": b"y"}), ZIP)
    assert set(found) == {"fake.zip\\u{21}/in.png", "a\\u{202e}gnp.exe"}
    assert codes == ["name-escaped", "name-escaped"]


def test_links_and_devices_are_named_and_not_read() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for number, kind in enumerate((tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE)):
            entry = tarfile.TarInfo(f"odd{number}")
            entry.type, entry.linkname = kind, "/etc/hostname"
            archive.addfile(entry)
    assert opened(out.getvalue(), TAR) == ({}, ["not-a-regular-file"] * 4)
    out = io.BytesIO()
    link = zipfile.ZipInfo("link")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(out, "w") as zipfile_:
        zipfile_.writestr(link, "/etc/hostname")
    assert opened(out.getvalue(), ZIP) == ({}, ["not-a-regular-file"])


def test_encrypted_members_are_named_and_the_others_read() -> None:
    content = bytearray(zipped({"open.txt": b"open", "shut.txt": b"shut"}))
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.rindex(sign)
        content[at + offset] |= 1
    assert opened(bytes(content), ZIP) == ({"open.txt": b"open"}, ["encrypted-member"])
    locked = sevened({"shut.txt": b"shut"}, password="pattern")  # a test's own
    assert opened(locked, SEVEN) == ({}, ["encrypted-member"])
    nameless = sevened({"shut.txt": b"shut"}, password="pattern", header_encryption=True)
    assert opened(nameless, SEVEN) == ({}, ["encrypted-member"])


def test_what_is_not_read_here_is_named() -> None:
    assert is_archive("application/vnd.rar")
    assert opened(b"Rar!\x1a\x07\x00", "application/vnd.rar") == ({}, ["archive-not-supported"])
    content = bytearray(zipped({"x": b"x" * 99}))
    for sign, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content[content.index(sign) + offset] = 9
    assert opened(bytes(content), ZIP) == ({}, ["method-not-supported"])
    packed = sevened({"x": b"x" * 999}, filters=[{"id": py7zr.FILTER_PPMD, "order": 6, "mem": 20}])
    assert opened(packed, SEVEN) == ({}, ["method-not-supported"])
    with pytest.raises(ValueError, match="no archive"):
        list(members(io.BytesIO(b""), mime="image/png"))


def test_office_documents_are_opened() -> None:
    assert is_archive("application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    assert not is_archive("application/vnd.sqlite3")


def test_a_member_that_lies_about_itself_is_an_error_and_the_next_is_read() -> None:
    good = zipped({"a": b"a" * 1000, "b": b"b"})
    at = good.index(b"PK\x01\x02")
    for offset, size in ((16, 4), (24, 4)):  # checksum, size
        bad = bytearray(good)
        bad[at + offset : at + offset + size] = struct.pack("<L", 500)
        found, codes = opened(bytes(bad), ZIP)
        assert isinstance(found["a"], str)
        assert found["b"] == b"b"
        assert codes == []
    renamed = bytearray(good)
    renamed[good.index(b"PK\x03\x04") + 30] = ord("z")
    assert opened(bytes(renamed), ZIP) == ({"a": b"a" * 1000, "b": b"b"}, ["name-differs"])


def test_bytes_before_a_zip_and_zip64_do_no_harm() -> None:
    found, codes = opened(b"stranger" * 99 + ARCHIVES["zip-deflate"][1], ZIP)
    assert (found, codes) == (FILES, [])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, archive.open("wide", "w", force_zip64=True) as stream:
        stream.write(b"w" * 70_000)
    assert opened(out.getvalue(), ZIP) == ({"wide": b"w" * 70_000}, [])


def test_a_zip_without_its_end_gives_what_stands_by_itself() -> None:
    whole = ARCHIVES["zip-deflate"][1]
    directory = whole.index(b"PK\x01\x02")
    assert opened(whole[:directory], ZIP) == (FILES, ["archive-damaged"])
    found, codes = opened(whole[: directory - 20], ZIP)
    assert {name for name in FILES if found.get(name) == FILES[name]} == set(FILES) - {"folder/ten.txt"}
    assert codes == ["archive-damaged"]
    out = io.BytesIO()
    with zipfile.ZipFile(
        _Unseekable(out), "w", zipfile.ZIP_DEFLATED
    ) as archive:  # sizes come after each member
        for name, content in FILES.items():
            archive.writestr(name, content)
    flowed = out.getvalue()
    assert opened(flowed, ZIP) == (FILES, [])
    found, codes = opened(flowed[: flowed.index(b"PK\x01\x02")], ZIP)
    assert (found, codes) == (FILES, ["archive-damaged"])


class _Unseekable(io.RawIOBase):
    def __init__(self, out: io.BytesIO) -> None:
        super().__init__()
        self._out = out

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        return self._out.write(content)


def test_members_of_a_solid_7z_may_be_passed_over() -> None:
    names = [
        item for item in members(io.BytesIO(ARCHIVES["7z-lzma2"][1]), mime=SEVEN) if isinstance(item, Member)
    ]
    assert b"".join(names[-1].chunks()) == FILES["folder/ten.txt"]
    with pytest.raises(OSError, match="in order"):
        list(names[0].chunks())


def test_a_header_that_claims_gigabytes_costs_no_memory() -> None:
    entry = tarfile.TarInfo("././@LongLink")
    entry.type, entry.size = tarfile.GNUTYPE_LONGNAME, 1 << 33
    found, codes = opened(entry.tobuf(tarfile.GNU_FORMAT) + bytes(4096), TAR)
    assert (found, codes) == ({}, ["archive-damaged"])
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 30}]
    body = lzma.compress(b"x", format=lzma.FORMAT_XZ, filters=[filters[0] | {"dict_size": 1 << 20}])
    # 40 is a dictionary of 4 GiB; the block header's checksum is made again.
    at = body.index(b"\x21\x01") + 2
    header = bytearray(body[12 : 12 + (body[12] + 1) * 4])
    header[at - 12] = 40
    header[-4:] = struct.pack("<L", zlib.crc32(header[:-4]))
    found, _ = opened(body[:12] + bytes(header) + body[12 + len(header) :], "application/x-xz")
    assert "emory" in str(found["content"]) or "limit" in str(found["content"])


def test_a_tar_that_leads_back_into_itself_ends() -> None:
    entry = tarfile.TarInfo("loop")
    block = bytearray(entry.tobuf(tarfile.GNU_FORMAT))
    block[124:136] = b"\xff" * 10 + b"\xfc\x00"  # base-256 for -1024: the next header lies before this one
    block[148:156] = b"        "
    block[148:156] = b"%06o\0 " % sum(block)
    _, codes = opened(tarred({"x": b"x"})[:1024] + bytes(block) + bytes(1024), TAR)
    assert codes
    assert set(codes) <= {"archive-damaged", "trailing-bytes"}


def mutations(content: bytes, seed: int) -> Iterable[bytes]:
    """Copies with bytes changed, cut out, doubled, or the end gone."""
    dice = random.Random(seed)
    for _ in range(40):
        copy = bytearray(content)
        for _ in range(dice.randint(1, 8)):
            at = dice.randrange(max(len(copy), 1))
            kind = dice.randrange(4)
            if kind == 0:
                copy[at : at + 1] = bytes((dice.randrange(256),))
            elif kind == 1:
                del copy[at : at + dice.randint(1, 64)]
            elif kind == 2:
                copy[at:at] = copy[at : at + dice.randint(1, 64)]
            else:
                copy[at : at + 4] = b"\xff" * 4
        yield bytes(copy[: dice.randrange(len(copy))]) if dice.random() < 0.2 else bytes(copy)


SMALL = {"one.png": picture(1, side=6), "folder/two": b"two" * 50}


@each_archive
def test_damaged_archives_end_in_words(kind: str) -> None:
    mime = ARCHIVES[kind][0]
    for content in mutations(MAKERS[mime](SMALL), len(kind)):
        opened(content, mime, limits=ArchiveLimits(free_bytes=1 << 24))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=st.binary(max_size=600), mime=st.sampled_from((ZIP, TAR, SEVEN, *PACKERS)))
def test_any_bytes_end_in_words(content: bytes, mime: str) -> None:
    opened(content, mime, limits=ArchiveLimits(free_bytes=1 << 24))


@settings(max_examples=60, deadline=None)
@given(
    files=st.dictionaries(
        st.text(st.characters(codec="utf-8", exclude_characters="\0\\"), min_size=1, max_size=20).filter(
            lambda name: not name.endswith("/")
        ),
        st.binary(max_size=200),
        max_size=5,
    )
)
def test_no_two_names_become_one_and_no_byte_is_lost(files: dict[str, bytes]) -> None:
    found, _ = opened(zipped(files), ZIP)
    assert sorted(found.values(), key=str) == sorted(files.values(), key=str)
    assert len(found) == len(files)
