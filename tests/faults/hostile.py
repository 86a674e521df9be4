"""Inputs made to do harm, built when a test asks: nothing dangerous lies in the repository.

Each is what a person could be sent: a name, bytes, the code or words of the warning it must lead to (None: it is odd
and yet read in full, so nothing need be said), and how many reports it gives. Sources of the ideas: David Fifield, "A
better zip bomb" (overlapping members), the XML "billion laughs", formula injection in spreadsheets.
"""

from __future__ import annotations

import io
import json
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject

SAMPLES = Path(__file__).parent.parent / "samples" / "intake"
PROFILES = tuple(sorted(SAMPLES.rglob("*.profile.json")))
_DATE = (2026, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Hostile:
    """One input: its name, how it is made, what must be said about it, and how many reports it gives."""

    name: str
    make: Callable[[], bytes]
    said: str | None
    reports: int = 0


# ---------------------------------------------------------------- XML


def _report(extra: str = "", number: int = 1, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    return (
        f"{head}<report><incidentSummary><incidentType>Other</incidentType><incidentDateTime>2026-01-03T18:45:10Z"
        f"</incidentDateTime></incidentSummary><personOrUserReported><screenName>blue_kite_{number}</screenName>"
        f"{extra}</personOrUserReported></report>"
    )


def _with_doctype(inner: str, use: str) -> bytes:
    return _report(f"<additionalInfo>{use}</additionalInfo>", head=f"<!DOCTYPE report [{inner}]>").encode()


def _laughs() -> bytes:
    lines = ['<!ENTITY a0 "ha">'] + [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)]
    return _with_doctype("".join(lines), "&a9;")


def _attributes() -> bytes:
    attributes = " ".join(f"a{n}=''" for n in range(1_000_000))
    return _report(f"<device {attributes}/>").encode()


def _cut(tenths: int) -> bytes:
    whole = (SAMPLES / "ncmec_report_xml" / "CT-190000001.xml").read_bytes()
    return whole[: len(whole) * tenths // 10]


def _xml() -> Iterator[Hostile]:
    external = '<!ENTITY x SYSTEM "file:///etc/hostname">'
    remote = '<!ENTITY % x SYSTEM "https://example.invalid/x.dtd"> %x;'
    yield Hostile("CT-300000001.xml", _laughs, "DOCTYPE")
    yield Hostile("CT-300000002.xml", lambda: _with_doctype(external, "&x;"), "DOCTYPE")
    yield Hostile("CT-300000003.xml", lambda: _with_doctype(remote, ""), "DOCTYPE")
    yield Hostile(
        "CT-300000004.xml", lambda: _report("<a>" * 100_000 + "</a>" * 100_000).encode(), "nested deeper"
    )
    yield Hostile("CT-300000005.xml", _attributes, "different names")
    yield Hostile(
        "CT-300000006.xml",
        lambda: _report(f"<additionalInfo>{'x' * 12_000_000}</additionalInfo>").encode(),
        "larger than 10 million",
    )
    says_utf16 = '<?xml version="1.0" encoding="UTF-16"?>'
    yield Hostile("CT-300000007.xml", lambda: _report(head=says_utf16, number=7).encode(), "encoding", 1)
    yield Hostile(
        "CT-300000008.xml",
        lambda: _report("<additionalInfo>caf\xe9</additionalInfo>", 8).encode("latin-1"),
        "not UTF-8",
        1,
    )
    yield Hostile("CT-300000009.xml", lambda: _report(head="", number=9).encode("utf-16-le"), "encoding", 1)
    yield Hostile("CT-300000010.xml", lambda: _report(head="", number=10).encode("utf-16-be"), "encoding", 1)
    yield Hostile("CT-300000011.xml", lambda: _report(head="", number=11).encode("utf-32-le"), None, 1)
    yield Hostile("CT-300000012.xml", lambda: _report(head="", number=12).encode("utf-32-be"), None, 1)
    unknown = '<?xml version="1.0" encoding="klingon"?>'
    yield Hostile("CT-300000013.xml", lambda: _report(head=unknown, number=13).encode(), "encoding", 1)
    for tenths in range(1, 10):
        yield Hostile(f"CT-30000002{tenths}.xml", lambda tenths=tenths: _cut(tenths), "ends too early")  # type: ignore[misc]


# ---------------------------------------------------------------- ZIP


def _zip(*members: tuple[str | zipfile.ZipInfo, bytes], pack: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", pack) as packed:
        for name, content in members:
            entry = zipfile.ZipInfo(name, _DATE) if isinstance(name, str) else name
            packed.writestr(entry, content, compress_type=pack)
    return out.getvalue()


def _good(number: int) -> tuple[str, bytes]:
    return f"CT-{number}.xml", _report(number=number).encode()


def _bomb() -> bytes:
    return _zip(("CT-1.xml", bytes(20 * 1024 * 1024)))


def _header(name: bytes, packed: int, size: int, crc: int) -> bytes:
    return struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0x5C21, crc, packed, size, len(name), 0) + name


def _overlapping(count: int = 80, size: int = 2_000_000) -> bytes:
    """Members that share one packed kernel: each quotes the local header of the next as a stored block."""
    body = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = body.compress(bytes(size)) + body.flush()
    crc, plain = zlib.crc32(bytes(size)), size
    headers: list[tuple[bytes, int, int, int]] = []
    whole = packed
    unpacked = bytes(size)
    for number in reversed(range(count)):
        name = f"CT-{number:04}.xml".encode()
        header = _header(name, len(whole), plain, crc)
        headers.insert(0, (name, len(whole), plain, crc))
        if number:
            quote = b"\0" + struct.pack("<HH", len(header), len(header) ^ 0xFFFF) + header
            unpacked = header + unpacked
            plain, crc = len(unpacked), zlib.crc32(unpacked)
            whole = quote + whole
        else:
            whole = header + whole
    # The local header of member n begins one quote (5 bytes) after that of member n - 1 ends.
    directory, at = b"", 0
    for name, length, plain_size, check in headers:
        directory += struct.pack(
            "<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0x5C21, check, length, plain_size,
            len(name), 0, 0, 0, 0, 0, at,
        ) + name  # fmt: skip
        at += 30 + len(name) + 5
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(directory), len(whole), 0)
    return whole + directory + end


def _many(count: int) -> bytes:
    """Thousands of empty members, written by hand: the library needs a second for them."""
    local, directory = bytearray(), bytearray()
    for number in range(count):
        name = b"%06d.xml" % number
        at = len(local)
        local += struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 0, 0, 0x5C21, 0, 0, 0, len(name), 0) + name
        directory += struct.pack(
            "<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 0, 0, 0x5C21, 0, 0, 0, len(name), 0, 0, 0, 0, 0, at
        ) + name  # fmt: skip
    said = min(count, 0xFFFF)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, said, said, len(directory), len(local), 0)
    return bytes(local + directory) + end


def _link() -> bytes:
    link = zipfile.ZipInfo("CT-2.xml", _DATE)
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return _zip((link, b"/etc/passwd"), _good(300000101))


def _doubled() -> bytes:
    packed = _zip(("CT-3.xml", b"<report/>"), ("CT-4.xml", b"<report>2</report>"), _good(300000102))
    return packed.replace(b"CT-4.xml", b"CT-3.xml")


def _flagged() -> bytes:
    packed = bytearray(_zip(("CT-5.xml", b"secret" * 9), _good(300000103)))
    packed[6] |= 1
    packed[packed.index(b"PK\1\2") + 8] |= 1
    return bytes(packed)


def _wrong_crc() -> bytes:
    packed = bytearray(_zip(("CT-6.xml", b"<report>a</report>"), _good(300000104)))
    at = packed.index(b"PK\1\2") + 16
    packed[at : at + 4] = b"\1\2\3\4"
    return bytes(packed)


def _understated() -> bytes:
    packed = bytearray(_zip(("CT-7.xml", b"<report>" + b" " * 9000 + b"</report>"), _good(300000105)))
    at = packed.index(b"PK\1\2") + 24
    packed[at : at + 4] = struct.pack("<I", 10)
    return bytes(packed)


def _archives() -> Iterator[Hostile]:
    yield Hostile("ratio.zip", _bomb, "times its size")
    yield Hostile("overlapping.zip", _overlapping, "times its size")
    yield Hostile("sixty-thousand.zip", lambda: _many(60_000), "members")
    names = ("/etc/CT-1.xml", "../../CT-1.xml", "..\\CT-1.xml", "c:\\CT-1.xml")
    for number, name in enumerate(names):
        make = lambda name=name, number=number: _zip((name, b"<report/>"), _good(300000110 + number))  # noqa: E731
        yield Hostile(f"path-{number}.zip", make, "unsafe_path", 1)
    yield Hostile("link.zip", _link, "link", 1)
    yield Hostile("doubled.zip", _doubled, "doubled_name", 1)
    yield Hostile("password.zip", _flagged, "password", 1)
    nested = lambda: _zip(("inner.zip", _zip(_good(300000199))), _good(300000106))  # noqa: E731
    yield Hostile("nested.zip", nested, "nested_archive", 1)
    yield Hostile("crc.zip", _wrong_crc, "member_damaged", 1)
    yield Hostile("understated.zip", _understated, "member_damaged", 1)
    yield Hostile("cut-directory.zip", lambda: _zip(_good(1), _good(2))[:-60], "not a whole ZIP")
    yield Hostile("empty.zip", _zip, "empty_archive")
    yield Hostile("also-a.pdf", lambda: b"%PDF-1.7\n" + _zip(_good(300000107)), "not a readable PDF")
    yield Hostile("half.zip", lambda: _zip(_good(300000108), ("CT-1.xml", b"<report")), "unread", 1)


# ---------------------------------------------------------------- workbooks

_LIST = ("Sl No", "CyberTip No", "Received On", "Incident Time", "ESP", "Category", "District", "Type", "PDF Name",
         "Remarks")  # fmt: skip
_SHEET, _STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def _book(number: int, change: Callable[[object], None] = lambda _: None, wide: int = 0) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "List"
    sheet.append(["Weekly list"])
    sheet.append([*_LIST, *[" "] * wide])
    row = [
        1,
        str(number),
        "2026-01-05",
        "13/01/2026 02:05:00 AM",
        "Example Chat",
        "Other",
        "TVM",
        "Referral",
        "",
        "x",
    ]
    sheet.append(row)
    change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _with(content: bytes, member: str, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            body = old.read(entry)
            new.writestr(entry.filename, change(body) if entry.filename == member else body)
        if member not in old.namelist():
            new.writestr(member, change(b""))
    return out.getvalue()


def _strings(_: bytes) -> bytes:
    return b"<sst><si><t>" + b"A" * 20_000_000 + b"</t></si></sst>"


def _far_row(body: bytes) -> bytes:
    body = body.replace(b'<dimension ref="A1:J3"', b'<dimension ref="A1:XFD1048576"')
    far = b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>end</t></is></c></row></sheetData>'
    return body.replace(b"</sheetData>", far)


def _formulas(sheet: object) -> None:
    sheet["J3"] = '=HYPERLINK("https://example.invalid")'  # type: ignore[index]


def _merged(sheet: object) -> None:
    sheet.merge_cells("I3:J3")  # type: ignore[attr-defined]


def _books() -> Iterator[Hostile]:
    yield Hostile("formulas.xlsx", lambda: _book(300000201, _formulas), "formula", 1)
    yield Hostile("merged.xlsx", lambda: _book(300000202, _merged), "merged_cells", 1)
    yield Hostile("wide.xlsx", lambda: _book(300000203, wide=1500), None, 1)
    far = lambda: _book(300000209, lambda sheet: sheet.cell(2, 1500, "Far"), wide=1400)  # type: ignore[attr-defined]  # noqa: E731
    yield Hostile("far-column.xlsx", far, "no confirmed profile")
    linked = lambda: _with(_book(300000204), "xl/externalLinks/externalLink1.xml", lambda _: b"<a/>")  # noqa: E731
    yield Hostile("linked.xlsx", linked, "external_links", 1)
    doctype = lambda: _with(_book(300000205), _SHEET, lambda body: b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + body)  # noqa: E731
    yield Hostile("doctype.xlsx", doctype, "DOCTYPE")
    yield Hostile("strings.xlsx", lambda: _with(_book(300000206), _STRINGS, _strings), "times its size")
    yield Hostile("far.xlsx", lambda: _with(_book(300000207), _SHEET, _far_row), "row 1048576", 1)
    yield Hostile("cut.xlsx", lambda: _book(300000208)[:-40], "list of members")


# ---------------------------------------------------------------- CSV

_P2P = ("source_system,source_record_id,network,observed_first,observed_last,ip,port,transport,"
        "client_guid_or_user_hash,peer_id,client_name,client_version,country,region,isp,file_hash_type,file_hash,infohash,piece_count_have,"
        "piece_count_total,files_offered_count,file_name,download_completed,severity,record_hash")  # fmt: skip


def _row(number: str, *, at: str = "2026-01-02T18:00:00Z", name: str = "pattern-0001.png") -> str:
    return (
        f"WATCH-H,{number},gnutella,{at},{at},198.51.100.7,41822,tcp,,,PlainShare,1.2,IN,Kerala,,sha1,"
        f"3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ,,,,12,{name},yes,2,00"
    )


def _csv(*rows: str, head: str = _P2P) -> bytes:
    return "\r\n".join((head, *rows, "")).encode()


def _sheets() -> Iterator[Hostile]:
    evil = [_row(f"F{sign}", name=f"{sign}cmd|' /C calc'!A0") for sign in "=+-@"]
    yield Hostile("formula.csv", lambda: _csv(*evil), "formula", 4)
    yield Hostile("nul.csv", lambda: _csv(_row("N1"), _row("N2", name="a\0b.png")), "encoding", 2)
    yield Hostile(
        "quote.csv", lambda: _csv(_row("Q1"), _row("Q2", name='"never closed'), _row("Q3")), "quote", 1
    )
    yield Hostile("ragged.csv", lambda: _csv(_row("R1"), _row("R2") + ",1,2", "R3,x", _row("R4")), "cells", 2)
    yield Hostile("doubled.csv", lambda: _csv(_row("D1") + ",x", head=_P2P + ",ip"), "come twice")
    latin = lambda: _csv(_row("L1", name="caf\xe9.png")).replace(b"\xc3\xa9", b"\xe9")  # noqa: E731
    yield Hostile("latin.csv", latin, "not UTF-8", 1)
    yield Hostile(
        "swapped.csv",
        lambda: _csv(_row("S1", at="03/04/2026 10:00:00")),
        "3 April 2026, as month/day/year it is 4 March 2026",
        1,
    )
    yield Hostile("endless-line.csv", lambda: _csv(_row("E1", name="x" * 50_000_000)), "line", 0)
    yield Hostile("header-only.csv", _csv, "no_rows")
    yield Hostile("unknown.csv", lambda: b"a,b,c,d\r\n1,2,3,4\r\n", "no confirmed profile")
    yield Hostile("empty.csv", bytes, "it is empty")


# ---------------------------------------------------------------- JSON


def _tip(number: str, **more: object) -> str:
    return json.dumps({"tip_id": number, "received_at": "2026-01-02T10:00:00Z", "text": "abstract", **more})


def _letters() -> Iterator[Hostile]:
    deep = lambda: b'{"tip_id":"J1","a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"  # noqa: E731
    yield Hostile("deep.json", deep, "deep")
    huge = lambda: b'{"tip_id":"J2","a":' + b"9" * 100_000 + b"}"  # noqa: E731
    yield Hostile("huge-number.json", huge, "digits")
    yield Hostile("twice.json", lambda: b'{"tip_id":"J3","text":"a","tip_id":"J3b"}', "key_twice", 1)
    yield Hostile("nan.json", lambda: b'{"tip_id":"J4","a":NaN}', "NaN")
    yield Hostile("half-pair.json", lambda: b'{"tip_id":"J5","text":"\\ud800 and \\u0000"}', "encoding", 1)
    yield Hostile("marked.json", lambda: b"\xef\xbb\xbf" + _tip("J6").encode(), None, 1)
    yield Hostile("cut.json", lambda: _tip("J7").encode()[:-9], "not JSON")
    yield Hostile("half-wide.json", lambda: _tip("J8").encode("utf-16-le"), "without its mark")


# ---------------------------------------------------------------- PDF


def _pdf(change: Callable[[pypdf.PdfWriter], None]) -> bytes:
    writer = pypdf.PdfWriter(clone_from=SAMPLES / "ncmec_le_pdf" / "CT-190000077.pdf")
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _swollen(writer: pypdf.PdfWriter) -> None:
    stream = StreamObject()
    stream._data = zlib.compress(b" " * 40_000_000, 1)
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)


def _looping(writer: pypdf.PdfWriter) -> None:
    tree = writer._root_object["/Pages"].get_object()
    assert isinstance(tree, DictionaryObject)
    tree[NameObject("/Kids")] = ArrayObject([writer._root_object.raw_get("/Pages")])
    tree[NameObject("/Count")] = NumberObject(1_000_000)


def _paged(writer: pypdf.PdfWriter) -> None:
    tree = writer._root_object["/Pages"].get_object()
    assert isinstance(tree, DictionaryObject)
    kids = tree["/Kids"]
    assert isinstance(kids, ArrayObject)
    tree[NameObject("/Kids")] = ArrayObject(list(kids) * 4000)
    tree[NameObject("/Count")] = NumberObject(len(kids) * 4000)


def _papers() -> Iterator[Hostile]:
    yield Hostile("CT-300000401.pdf", lambda: _pdf(lambda writer: writer.encrypt("secret")), "encrypted")
    yield Hostile("CT-300000402.pdf", lambda: _pdf(_swollen), "unpacks to more")
    yield Hostile("CT-300000403.pdf", lambda: _pdf(_paged), "unpacks to more")
    yield Hostile("CT-300000404.pdf", lambda: _pdf(_looping), "not a readable PDF")
    whole = (SAMPLES / "ncmec_le_pdf" / "CT-190000077.pdf").read_bytes
    yield Hostile("CT-300000405.pdf", lambda: whole()[:20_000], "not a readable PDF")


# ---------------------------------------------------------------- e-mail

_MAIL = (
    "From: a@example.org\r\nTo: tips@example.org\r\nSubject: tip\r\nDate: Fri, 2 Jan 2026 10:00:00 +0530\r\n"
)


def _mails() -> Iterator[Hostile]:
    parts = lambda: (  # noqa: E731
        _MAIL + "Message-ID: <m1@example.org>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        + "--b\r\nContent-Type: text/plain\r\n\r\nabstract\r\n" * 10_000 + "--b--\r\n"
    ).encode()  # fmt: skip
    yield Hostile("parts.eml", parts, "too_many_parts", 1)
    headers = lambda: (  # noqa: E731
        _MAIL + "Message-ID: <m2@example.org>\r\n" + "X-Bomb: =?utf-8?b?QUFB?=\r\n" * 50_000 + "\r\nabstract\r\n"
    ).encode()  # fmt: skip
    yield Hostile("headers.eml", headers, "too_many_headers", 1)
    nested = lambda: (  # noqa: E731
        _MAIL + "Message-ID: <m3@example.org>\r\n"
        + "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(5000))
        + "\r\nabstract\r\n"
    ).encode()  # fmt: skip
    yield Hostile("nested.eml", nested, "too_many_parts", 1)


# ---------------------------------------------------------------- names


def _names() -> Iterator[Hostile]:
    for number, name in enumerate(
        ("=cmd()|.bin", "a\nb\x1b[31m.bin", "‮gpj.exe", "x" * 200 + ".bin", "caf\udce9.bin")
    ):
        yield Hostile(name, lambda number=number: b"\0\1\2" + bytes([number]), "no reader")  # type: ignore[misc]


def every() -> list[Hostile]:
    """All hostile inputs, in a fixed order."""
    makers = (_xml, _archives, _books, _sheets, _letters, _papers, _mails, _names)
    return [one for maker in makers for one in maker()]
