"""Mutations that know the shape of what they change: members of a ZIP, streams of a PDF, tokens of a text.

Bytes changed at random break a ZIP's checksums and a PDF's streams, and nothing behind them is ever reached.
"""

from __future__ import annotations

import io
import random
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence

_TOKEN = re.compile(rb"[A-Za-z0-9_.:@+-]+|\s+|.", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_BROKEN = (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, RuntimeError, NotImplementedError)
_MOST_TOKENS = 20_000
COMMON = (
    b"", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\xc2\x85", b"\xe2\x80\xae", b"\r", b"\x1f",
    b'"', b"'", b"null", b"true", b"false", b"{}", b"[]", b"[", b"{", b"-1", b"0", b"1e999", b"NaN", b"Infinity",
    b"99999999999999999999", b"\\ud800", b"\\u0000", b"03/04/2026", b"2026-02-30", b"2026-01-01T00:00:00Z", b"+05:30",
    b"99:99", b"0001-01-01", b"9999-12-31T23:59:59.999999+14:00", b"12/31/9999", b"=1+1", b"2001:db8::1%eth0",
    b"::ffff:192.0.2.1",
    b"198.51.100.7:65536", b"<!DOCTYPE a>", b"<![CDATA[", b"]]>", b"<a>", b"</a>", b"&amp;", b"&#0;", b"xmlns=",
    b"<?xml version='1.0' encoding='utf-16'?>", b"=?utf-8?b?AAAA?=", b"Content-Type: multipart/mixed; boundary=a\r\n",
    b"--a\r\n", b"Content-Transfer-Encoding: base64\r\n", b"endstream", b"/Filter", b"/FlateDecode", b"/Kids",
    b"/Parent",
    b"Infinity", b"1" * 400, b"a" * 400, "๙".encode(), "٣".encode(), "²".encode(), "ഒ".encode(),
)  # fmt: skip


def zipped(members: Sequence[tuple[str, bytes]], *, pack: int = zipfile.ZIP_STORED) -> bytes:
    """A ZIP of these members, with a fixed date."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", pack) as packed:
        warnings.simplefilter("ignore")  # two members of one name are meant
        for name, content in members:
            packed.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


def mutated(data: bytes, *, most: int, seed: int, raw: Callable[[bytes, int], bytes]) -> bytes:
    """A changed input of at most `most` bytes; `raw` is the mutator of bytes without shape."""
    chance = random.Random(seed)
    if data.startswith(b"PK") and chance.random() < 0.8:
        return _zip(data, most=most, chance=chance, raw=raw)
    if data.startswith(b"%PDF") and chance.random() < 0.7:
        return _pdf(data, most=most, chance=chance, raw=raw)
    return _plain(data, most=most, chance=chance, raw=raw)


def _plain(data: bytes, *, most: int, chance: random.Random, raw: Callable[[bytes, int], bytes]) -> bytes:
    if chance.random() < 0.4 or not data:
        return raw(data, most)
    return _tokens(data, chance)[:most]


def _tokens(data: bytes, chance: random.Random) -> bytes:
    """Tokens doubled, dropped, swapped, or replaced by what readers stumble over."""
    tokens = _TOKEN.findall(data)[:_MOST_TOKENS]
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        at, to = chance.randrange(len(tokens) + 1), chance.randrange(len(tokens) + 1)
        length = chance.choice((1, 1, 2, 5, 20))
        match chance.randrange(6):
            case 0:
                tokens[at:at] = tokens[to : to + length]
            case 1:
                del tokens[at : at + length]
            case 2:
                tokens[at : at + length], tokens[to : to + length] = (
                    tokens[to : to + length],
                    tokens[at : at + length],
                )
            case 3:
                tokens[at : at + 1] = [chance.choice(COMMON)]
            case 4:
                tokens[at:at] = [chance.choice(COMMON)]
            case _:
                tokens[at : at + length] = tokens[at : at + length] * chance.choice((2, 2, 40))
    return b"".join(tokens)


def _zip(data: bytes, *, most: int, chance: random.Random, raw: Callable[[bytes, int], bytes]) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [
                (entry.filename, archive.read(entry))
                for entry in archive.infolist()[:50]
                if entry.file_size < 1_000_000
            ]
    except _BROKEN:
        return raw(data, most)
    if not members:
        return raw(data, most)
    at = chance.randrange(len(members))
    name, content = members[at]
    doing = chance.random()
    if doing < 0.8:
        members[at] = (name, _plain(content, most=most, chance=chance, raw=raw))
    elif doing < 0.9:
        members[at : at + 1] = [] if chance.random() < 0.5 else [members[at]] * 2
    else:
        fresh = raw(name.encode("utf-8", "replace"), 200).decode("utf-8", "replace")
        members[at] = (fresh or "a", content)
    pack = chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    packed = zipped(members, pack=pack)
    return packed if len(packed) <= most else raw(data, most)


def _pdf(data: bytes, *, most: int, chance: random.Random, raw: Callable[[bytes, int], bytes]) -> bytes:
    """One stream unpacked, changed and packed again; the offsets of the table no longer fit, as in a damaged file."""
    streams = list(_STREAM.finditer(data))
    if not streams:
        return raw(data, most)
    match = chance.choice(streams)
    packed = match.group(1)
    try:
        fresh = zlib.compress(_plain(zlib.decompress(packed), most=most, chance=chance, raw=raw), 1)
    except zlib.error:
        fresh = _plain(packed, most=most, chance=chance, raw=raw)
    return (data[: match.start(1)] + fresh + data[match.end(1) :])[:most]
