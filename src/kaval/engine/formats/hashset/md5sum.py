"""A list of checksum lines (md5sum, sha1sum, sha256sum, tag form, bare) becomes entries without a verdict.

Tried: output of coreutils md5sum, sha1sum, sha256sum, their `--tag` form, and one bare digest per line.
Not supported: other algorithms. Missing values: a list of this kind states no category.
Source: formats.md 2.4 (`hash`, two spaces or space and `*`, name; a leading backslash marks an escaped name).
"""

from __future__ import annotations

import re

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile
from kaval.engine.formats.hashset._model import EMPTY_FILE, HashSetEntry, algorithm_of
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(
    name="md5sum", version="1", kind="hashset", title="Checksum list (md5sum, sha1sum, sha256sum)"
)

_LINE = re.compile(rb"\\?([0-9A-Fa-f]{32,64})(?:[ \t]+\*?.*)?")
_TAG = re.compile(rb"\\?(?:MD5|SHA1|SHA256) \(.*\) = ([0-9A-Fa-f]{32,64})")


def claims(file: ReceivedFile) -> bool:
    """True when the first line that is no comment is a checksum line of one of the three algorithms."""
    for line in file.head().removeprefix(b"\xef\xbb\xbf").splitlines():
        if line.strip() and not line.startswith((b"#", b";")):
            return _digest(line) is not None
    return False


def read(file: ReceivedFile) -> Reading[HashSetEntry]:
    """The entries in file order; names are passed over.

    Raises:
        ReaderError: not one line holds a digest.
    """
    entries: list[HashSetEntry] = []
    warnings: list[ReadWarning] = []
    for number, raw in enumerate(file.content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        line, place = raw.rstrip(b"\r"), f"line {number}"
        if not line.strip() or line.startswith((b"#", b";")):
            continue
        digest = _digest(line)
        if digest is None:
            warnings.append(ReadWarning(place, "no-digest", "this is no checksum line; it was left out"))
        elif digest in EMPTY_FILE:
            warnings.append(
                ReadWarning(place, "digest-of-empty", "the digest of an empty file; it was left out")
            )
        else:
            given = {algorithm_of(digest): digest}
            entries.append(
                HashSetEntry(
                    given.get("md5", ""), given.get("sha1", ""), given.get("sha256", ""), None, None, place
                )
            )
    if not entries:
        raise ReaderError("not one line holds a digest", file=file.name, place="line 1")
    return Reading(SPEC, tuple(entries), tuple(warnings))


def _digest(line: bytes) -> str | None:
    match = _TAG.fullmatch(line.strip()) or _LINE.fullmatch(line.strip())
    text = match[1].decode("ascii").lower() if match else ""
    return text if algorithm_of(text) else None
