"""NSRL RDS version 2, the text `NSRLFile.txt`, becomes entries of files known as ordinary software.

Tried: lists made here with the header of version 2 and with that of 1.5 (another order, MD4 among the columns).
Not supported: `NSRLMfg.txt`, `NSRLOS.txt` and `NSRLProd.txt`, which say what product a file is of; zipped sets (unpack
first). Missing values: SpecialCode blank means no verdict. A code (`M`, `S`) is kept as it is under the scheme
`NSRL/SpecialCode`: it says something of software, not of a picture.
Source: formats.md 2.4 (column names are read from the header; the text is Latin-1).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile, collect
from kaval.engine.formats.hashset._lines import Columns, entry_of, header, table, told
from kaval.engine.formats.hashset._model import HashSetEntry, SchemeCode
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(name="nsrl2", version="1", kind="hashset", title="NSRL RDS version 2 (NSRLFile.txt)")

_NAMES = {"sha-1": "sha1", "md5": "md5", "filesize": "size", "specialcode": "special"}


def claims(file: ReceivedFile) -> bool:
    """True for a first line with the column names of NSRLFile.txt."""
    return {"sha-1", "filename", "productcode", "specialcode"} <= set(header(file))


def read(file: ReceivedFile) -> Reading[HashSetEntry]:
    """The entries in file order; file names are passed over.

    Raises:
        ReaderError: no header of NSRLFile.txt.
    """
    return collect(SPEC, stream(file))


def stream(file: ReceivedFile) -> Iterator[HashSetEntry | ReadWarning]:
    """The same one by one; a set of this kind has a hundred million lines."""
    if not claims(file):
        raise ReaderError("no header of NSRLFile.txt", file=file.name, place="line 1")
    yield from told(_entries(file), place="line 2")


def _entries(file: ReceivedFile) -> Iterator[HashSetEntry | ReadWarning]:
    for place, values in table(file, _columns):
        special = values["special"]
        yield entry_of(
            values, place, category=SchemeCode("NSRL/SpecialCode", "2", special) if special else None
        )


def _columns(names: Sequence[str]) -> Columns:
    return {_NAMES[name]: at for at, name in enumerate(names) if name in _NAMES}
