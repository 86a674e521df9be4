"""File type by content: one example of each family, made here, and any bytes survive."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kaval.lab.filetype import HEAD_BYTES, file_type
from tests.lab.images import picture


def drawn(format_name: str) -> bytes:
    target = io.BytesIO()
    Image.effect_mandelbrot((32, 32), (-2, -1, 1, 1), 20).save(target, format_name)
    return target.getvalue()


def zipped(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, "application/vnd.oasis.opendocument.text" if name == "mimetype" else "x")
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (drawn("JPEG"), "image/jpeg"),
        (drawn("PNG"), "image/png"),
        (drawn("GIF"), "image/gif"),
        (drawn("BMP"), "image/bmp"),
        (drawn("TIFF"), "image/tiff"),
        (drawn("WEBP"), "image/webp"),
        (drawn("PDF"), "application/pdf"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", "image/avif"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "video/mp4"),
        (b"\0\0\0\x18ftyp3gp4\0\0\0\0", "video/3gpp"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0", "video/quicktime"),
        (b"RIFF\0\0\0\0AVI LIST", "video/x-msvideo"),
        (b"\x1aE\xdf\xa3\x93B\x82\x88webm", "video/webm"),
        (b"\x1aE\xdf\xa3\x93B\x82\x88matroska", "video/x-matroska"),
        (b"FLV\x01\x05", "video/x-flv"),
        (b"\0\0\x01\xba\x44", "video/mpeg"),
        ((b"G" + bytes(187)) * 3, "video/mp2t"),
        (zipped("a.txt"), "application/zip"),
        (zipped("mimetype"), "application/vnd.oasis.opendocument.text"),
        (
            zipped("[Content_Types].xml", "word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (b"SQLite format 3\0", "application/vnd.sqlite3"),
        (b"\x28\xb5\x2f\xfd\x04", "application/zstd"),
        (b"ANDROID BACKUP\n5\n", "application/x-android-backup"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
        (b"plain words", "text/plain"),
        (("മലയാളം" * 700).encode(), "text/plain"),
        (b"<?xml version='1.0'?>", "text/xml"),
        (b"<!DOCTYPE html>", "text/html"),
        (b"", "inode/x-empty"),
        (b"\x00\x01\x02", "application/octet-stream"),
        (b"\xff\xd8", "application/octet-stream"),
    ],
)
def test_a_type_is_told_by_content(content: bytes, expected: str) -> None:
    assert file_type(content[:HEAD_BYTES]) == expected


def test_a_generated_picture_is_a_picture() -> None:
    assert file_type(picture(1)) == "image/png"


@given(st.binary(max_size=600))
def test_any_bytes_have_a_type(head: bytes) -> None:
    assert "/" in file_type(head)
