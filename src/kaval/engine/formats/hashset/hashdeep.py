"""A hashdeep file becomes hash set entries without a verdict.

Tried: output of hashdeep 4.4 (version line `HASHDEEP-1.0`, columns with md5, sha1, sha256). Not supported:
tiger and whirlpool columns (they are passed over), audit reports. Missing values: a list of this kind states
no category.
Source: formats.md 2.4 (line 1 version, line 2 columns, `##` comments, then CSV with the file name last and
unquoted).
"""

from __future__ import annotations

from collections.abc import Iterator

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile, collect
from kaval.engine.formats.hashset._lines import entry_of, lines, told
from kaval.engine.formats.hashset._model import HashSetEntry
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(name="hashdeep", version="1", kind="hashset", title="hashdeep list (HASHDEEP-1.0)")

_FIRST = b"%%%% HASHDEEP-1.0"
_ALGORITHMS = ("md5", "sha1", "sha256")


def claims(file: ReceivedFile) -> bool:
    """True for a file that starts with hashdeep's version line."""
    return file.head(64).startswith(_FIRST)


def read(file: ReceivedFile) -> Reading[HashSetEntry]:
    """The entries in file order. File names are passed over: they come from a case and are not needed.

    Raises:
        ReaderError: no version line, or a column line without one of MD5, SHA-1, SHA-256.
    """
    return collect(SPEC, stream(file))


def stream(file: ReceivedFile) -> Iterator[HashSetEntry | ReadWarning]:
    """The same one by one."""
    if not claims(file):
        raise ReaderError("no hashdeep version line", file=file.name, place="line 1")
    second = file.head().split(b"\n", 2)[1:2]
    columns = second[0].decode("ascii", "replace").strip().removeprefix("%%%% ").split(",") if second else []
    if not set(columns) & set(_ALGORITHMS):
        raise ReaderError("no column of MD5, SHA-1 or SHA-256", file=file.name, place="line 2")
    yield from told(_entries(file, columns), place="line 3")


def _entries(file: ReceivedFile, columns: list[str]) -> Iterator[HashSetEntry | ReadWarning]:
    for place, line in lines(file):
        if not line.startswith((b"##", b"%%%%")):
            values = line.decode("utf-8", "replace").split(",", len(columns) - 1)
            yield entry_of(dict(zip(columns, values, strict=False)), place)
