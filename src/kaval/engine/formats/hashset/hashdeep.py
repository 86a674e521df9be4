"""A hashdeep file becomes hash set entries without a verdict.

Tried: output of hashdeep 4.4 (version line `HASHDEEP-1.0`, columns with md5, sha1, sha256). Not supported:
tiger and whirlpool columns (they are passed over), audit reports. Missing values: a list of this kind states
no category.
Source: formats.md 2.4 (line 1 version, line 2 columns, `##` comments, then CSV with the file name last and
unquoted).
"""

from __future__ import annotations

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile
from kaval.engine.formats.hashset._model import EMPTY_FILE, HashSetEntry, hex_digest
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
    lines = file.content.split(b"\n")
    if not claims(file):
        raise ReaderError("no hashdeep version line", file=file.name, place="line 1")
    columns = (
        lines[1].decode("ascii", "replace").strip().removeprefix("%%%% ").split(",") if len(lines) > 1 else []
    )
    if not set(columns) & set(_ALGORITHMS):
        raise ReaderError("no column of MD5, SHA-1 or SHA-256", file=file.name, place="line 2")
    entries: list[HashSetEntry] = []
    warnings: list[ReadWarning] = []
    for number, line in enumerate(lines[2:], start=3):
        if not line.strip() or line.startswith((b"##", b"%%%%")):
            continue
        taken = _entry(line, columns, place=f"line {number}")
        (entries if isinstance(taken, HashSetEntry) else warnings).append(taken)  # type: ignore[arg-type] # by its type
    if not entries:
        warnings.append(ReadWarning("line 3", "no-entries", "the file holds no usable entry"))
    return Reading(SPEC, tuple(entries), tuple(warnings))


def _entry(line: bytes, columns: list[str], *, place: str) -> HashSetEntry | ReadWarning:
    values = dict(zip(columns, line.decode("utf-8", "replace").split(",", len(columns) - 1), strict=False))
    digests = {name: hex_digest(values.get(name, ""), name) or "" for name in _ALGORITHMS}
    if not any(digests.values()):
        return ReadWarning(place, "no-digest", "no usable digest in this line; it was left out")
    if set(digests.values()) & EMPTY_FILE:
        return ReadWarning(place, "digest-of-empty", "this is the digest of an empty file; it was left out")
    size = values.get("size", "")
    stated = int(size) if size.isascii() and size.isdigit() and len(size) < 19 else None
    return HashSetEntry(digests["md5"], digests["sha1"], digests["sha256"], None, stated, place)
