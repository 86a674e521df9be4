"""A list of checksum lines (md5sum, sha1sum, sha256sum, tag form, bare) becomes entries without a verdict.

Tried: output of coreutils md5sum, sha1sum, sha256sum, their `--tag` form, and one bare digest per line.
Not supported: other algorithms. Missing values: a list of this kind states no category.
Source: formats.md 2.4 (`hash`, two spaces or space and `*`, name; a leading backslash marks an escaped name).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile, collect
from kaval.engine.formats.hashset._lines import lines
from kaval.engine.formats.hashset._model import EMPTY_FILE, HashSetEntry
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(
    name="md5sum", version="1", kind="hashset", title="Checksum list (md5sum, sha1sum, sha256sum)"
)

_DIGEST = rb"([0-9A-Fa-f]{32}(?:[0-9A-Fa-f]{8}(?:[0-9A-Fa-f]{24})?)?)"
_LINE = re.compile(rb"\s*\\?" + _DIGEST + rb"(?:\s.*)?", re.DOTALL)
_TAG = re.compile(rb"\s*\\?(?:MD5|SHA1|SHA256) \(.*\) = " + _DIGEST + rb"\s*", re.DOTALL)
_COMMENT = (b"#", b";")


def claims(file: ReceivedFile) -> bool:
    """True when the first line that is no comment is a checksum line of one of the three algorithms."""
    for line in file.head().removeprefix(b"\xef\xbb\xbf").splitlines():
        if line.strip() and not line.startswith(_COMMENT):
            return bool(_digest(line))
    return False


def read(file: ReceivedFile) -> Reading[HashSetEntry]:
    """The entries in file order; names are passed over.

    Raises:
        ReaderError: not one line holds a digest.
    """
    return collect(SPEC, stream(file))


def stream(file: ReceivedFile) -> Iterator[HashSetEntry | ReadWarning]:
    """The same one by one; the error of a list without a digest comes at its end."""
    met = False
    for place, line in lines(file):
        if line.startswith(_COMMENT):
            continue
        digest = _digest(line)
        if not digest:
            yield ReadWarning(place, "no-digest", "this is no checksum line; it was left out")
        elif digest in EMPTY_FILE:
            yield ReadWarning(place, "digest-of-empty", "the digest of an empty file; it was left out")
        else:
            met, length = True, len(digest)
            yield HashSetEntry(
                digest if length == 32 else "",
                digest if length == 40 else "",
                digest if length == 64 else "",
                None,
                None,
                place,
            )
    if not met:
        raise ReaderError("not one line holds a digest", file=file.name, place="line 1")


def _digest(line: bytes) -> str:
    """The digest of a line in lower case, empty when it is no checksum line."""
    match = _LINE.fullmatch(line) or _TAG.fullmatch(line)
    return match[1].decode("ascii").lower() if match else ""
