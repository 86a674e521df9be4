"""The type of a file by its first bytes, never by its name.

Covers the common picture, video, sound, document and container types. Empty files are `inode/x-empty`; what
no row knows is `text/plain` when it reads as UTF-8 text, else `application/octet-stream`. Source: the
published signatures of each format; `tests/lab/test_filetype.py` holds one example of each family.
"""

from __future__ import annotations

from collections import defaultdict

HEAD_BYTES = 4096
"""How many first bytes `file_type` wants; fewer only when the file is shorter."""

_UNKNOWN = "application/octet-stream"
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"8BPS", "image/vnd.adobe.photoshop"),
    (0, b"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2"),
    (0, b"\xff\x0a", "image/jxl"),
    (0, b"\x00\x00\x00\x0cJXL \r\n\x87\n", "image/jxl"),
    (0, b"\x1a\x45\xdf\xa3", "video/x-matroska"),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b"0&\xb2u\x8ef\xcf\x11\xa6\xd9\x00\xaa\x00b\xcel", "video/x-ms-asf"),
    (0, b"\x00\x00\x01\xba", "video/mpeg"),
    (0, b"\x00\x00\x01\xb3", "video/mpeg"),
    (0, b"OggS", "application/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\x1f\x8b\x08", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\x00", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"ANDROID BACKUP\n", "application/x-android-backup"),
    (257, b"ustar", "application/x-tar"),
    (0, b"\x7fELF", "application/x-elf"),
)
_BY_FIRST: dict[int, list[tuple[int, bytes, str]]] = defaultdict(
    list
)  # most files then ask no signature at all
for _row in _SIGNATURES:
    if _row[0] == 0:
        _BY_FIRST[_row[1][0]].append(_row)
_LATER = tuple(row for row in _SIGNATURES if row[0] > 0)
_RIFF = {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo", b"WAVE": "audio/wav"}
_BRANDS = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"msf1": "image/heif",
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"crx ": "image/x-canon-cr3",
}
_OFFICE = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_CONTROL = bytes(set(range(32)) - {7, 8, 9, 10, 12, 13, 27})


def file_type(head: bytes) -> str:
    """The MIME type that the first bytes of a file speak for; never an error."""
    if not head:
        return "inode/x-empty"
    for offset, magic, mime in (*_BY_FIRST.get(head[0], ()), *_LATER):
        if head.startswith(magic, offset):
            return _matroska(head) if mime == "video/x-matroska" else mime
    return _by_structure(head) or _text(head)


def _by_structure(head: bytes) -> str | None:
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if head[4:8] == b"ftyp":
        return "video/3gpp" if head[8:10] == b"3g" else _BRANDS.get(head[8:12], "video/mp4")
    if head[4:8] in (b"moov", b"mdat", b"wide") and head[:2] == b"\x00\x00":
        return "video/quicktime"
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _zip(head)
    if (
        head[:2] == b"BM"
        and head[6:10] == bytes(4)
        and head[14:18] in (b"\x28\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0")
    ):
        return "image/bmp"
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return "video/mp2t"
    if head[0] == 0xFF and len(head) > 3 and head[1] & 0xE6 == 0xE2 and head[2] & 0xF0 not in (0, 0xF0):
        return "audio/mpeg"
    return None


def _matroska(head: bytes) -> str:
    return "video/webm" if b"webm" in head[:64] else "video/x-matroska"


def _zip(head: bytes) -> str:
    if head[30:38] == b"mimetype" and head[38:].startswith(b"application/"):
        return head[38:].split(b"PK", 1)[0][:80].decode("ascii", "replace")
    if head[30:49] == b"[Content_Types].xml":
        return next((mime for part, mime in _OFFICE.items() if part in head), "application/zip")
    return "application/zip"


def _text(head: bytes) -> str:
    if len(head.translate(None, _CONTROL)) < len(head):
        return _UNKNOWN
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if len(head) < HEAD_BYTES or error.start < len(head) - 3:
            return _UNKNOWN
        text = head[: error.start].decode("utf-8")
    start = text.lstrip("\ufeff \t\r\n")[:64].lower()
    if start.startswith(("<!doctype html", "<html")):
        return "text/html"
    return "text/xml" if start.startswith("<?xml") else "text/plain"
