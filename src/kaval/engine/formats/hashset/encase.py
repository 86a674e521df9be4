"""An EnCase hash set (`.hash`) becomes hash set entries by MD5, without a verdict.

Tried: files made here by the layout. Not supported: the set name in the header (a list is named after its file or by
what the unit says of it) and the two bytes after each digest, whose meaning is not published. Missing values: a list
of this kind states no category.
Source: formats.md 2.4 (eight bytes of magic, name at 1032, records of 18 bytes from 1152, the first 16 an MD5).
"""

from __future__ import annotations

from collections.abc import Iterator

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile, collect
from kaval.engine.formats.hashset._lines import entry_of, told
from kaval.engine.formats.hashset._model import HashSetEntry
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(name="encase", version="1", kind="hashset", title="EnCase hash set (.hash)")

_MAGIC = b"HASH\r\n\xff\x00"
_FIRST, _RECORD, _MD5 = 1152, 18, 16
_BLOCK = _RECORD * 4096


def claims(file: ReceivedFile) -> bool:
    """True for a file with EnCase's magic bytes."""
    return file.head(len(_MAGIC)) == _MAGIC


def read(file: ReceivedFile) -> Reading[HashSetEntry]:
    """The entries in file order; a place is the record's number, from 1.

    Raises:
        ReaderError: no magic bytes, or no whole header.
    """
    return collect(SPEC, stream(file))


def stream(file: ReceivedFile) -> Iterator[HashSetEntry | ReadWarning]:
    """The same one by one."""
    if not claims(file) or file.size < _FIRST:
        raise ReaderError("no header of an EnCase hash set", file=file.name, place="byte 0")
    yield from told(_entries(file), place="byte 1152")


def _entries(file: ReceivedFile) -> Iterator[HashSetEntry | ReadWarning]:
    number = 0
    with file.open() as source:
        source.seek(_FIRST)
        while block := source.read(_BLOCK):
            for at in range(0, len(block) - _RECORD + 1, _RECORD):
                number += 1
                yield entry_of({"md5": block[at : at + _MD5].hex()}, f"record {number}")
            if len(block) % _RECORD:
                yield ReadWarning(
                    f"record {number + 1}",
                    "cut-short",
                    "the last record is not whole; it was left out",
                    "Ask the sender for the file again",
                )
