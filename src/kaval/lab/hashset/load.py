"""A hash set file is read by the one engine reader that claims it; its version is the digest of its bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile
from kaval.engine.formats.hashset import hashdeep, md5sum, vics
from kaval.engine.formats.hashset._model import HashSetEntry
from kaval.engine.kernel.errors import ReaderError
from kaval.lab.index.exact import IndexedSet
from kaval.lab.sources.entry import readable

_Claims = Callable[[ReceivedFile], bool]
_Read = Callable[[ReceivedFile], Reading[HashSetEntry]]
_FORMATS: tuple[tuple[FormatSpec, _Claims, _Read], ...] = tuple(
    (module.SPEC, module.claims, module.read) for module in (vics, hashdeep, md5sum)
)


@dataclass(frozen=True, slots=True)
class LoadedSet:
    """A hash set ready to index: `sha256` of the file (its version), reader, warnings of the reading."""

    indexed: IndexedSet
    sha256: str
    format: str
    warnings: tuple[ReadWarning, ...]


def load(path: Path) -> LoadedSet:
    """The hash set in a file: named after the file without endings; its version is the file's SHA-256.

    Raises:
        ReaderError: not readable, or no reader claims it. A run against half its lists would look complete,
        so this
            stops the examination before it starts.
    """
    shown = readable(path.name.encode("utf-8", "surrogateescape"))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ReaderError(
            error.strerror or str(error), file=shown, mend="Check the path of the hash set"
        ) from error
    file = ReceivedFile(shown, content)
    claiming = [read for _, claims, read in _FORMATS if claims(file)]
    if len(claiming) != 1:
        known = ", ".join(spec.name for spec, _, _ in _FORMATS)
        raise ReaderError(
            "no single hash set reader claims this file", file=shown, mend=f"Supported: {known}"
        )
    reading = claiming[0](file)
    sha256 = hashlib.sha256(content).hexdigest()
    indexed = IndexedSet(shown.split(".", 1)[0] or shown, sha256, reading.records)
    return LoadedSet(indexed, sha256, f"{reading.format.name}/{reading.format.version}", reading.warnings)
