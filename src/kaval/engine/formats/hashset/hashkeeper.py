"""A HashKeeper list (`.hke`) becomes hash set entries without a verdict.

Tried: lists made here with the columns of the format, quoted and bare. Not supported: the `.hsh` file beside it, which
describes the set. Missing values: a list of this kind states no category.
Source: formats.md 2.4 (the header's column names; `hash` is an MD5).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile, collect
from kaval.engine.formats.hashset._lines import Columns, entry_of, header, table, told
from kaval.engine.formats.hashset._model import HashSetEntry
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(name="hashkeeper", version="1", kind="hashset", title="HashKeeper list (.hke)")

_NAMES = {"hash": "md5", "file_size": "size"}


def claims(file: ReceivedFile) -> bool:
    """True for a first line with HashKeeper's column names."""
    return {"file_id", "hashset_id", "file_name", "hash"} <= set(header(file))


def read(file: ReceivedFile) -> Reading[HashSetEntry]:
    """The entries in file order; file names and comments are passed over.

    Raises:
        ReaderError: no header of HashKeeper.
    """
    return collect(SPEC, stream(file))


def stream(file: ReceivedFile) -> Iterator[HashSetEntry | ReadWarning]:
    """The same one by one."""
    if not claims(file):
        raise ReaderError("no header of a HashKeeper list", file=file.name, place="line 1")
    yield from told((entry_of(values, place) for place, values in table(file, _columns)), place="line 2")


def _columns(names: Sequence[str]) -> Columns:
    return {_NAMES[name]: at for at, name in enumerate(names) if name in _NAMES}
