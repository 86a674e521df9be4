"""Content that passes by once, kept so that a parser can go back and forth in it: in memory while small.

What is larger goes to a file without a name in the run's own folder, gone with the process that wrote it: no copy of
a device's media ever has a path.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import BinaryIO, cast

IN_MEMORY_BYTES = 16 << 20


class Spool:
    """Filled by `write`, then read by `opened`; `close` forgets the content.

    `folder` is where large content goes. Raises OSError when the disk is full.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._pieces, self._held = folder, list[bytes](), 0
        self._file: BinaryIO | None = None

    def write(self, piece: bytes) -> None:
        """Keep the next bytes."""
        if self._file is not None:
            self._file.write(piece)
            return
        self._pieces.append(piece)
        self._held += len(piece)
        if self._held > IN_MEMORY_BYTES:
            self._file = cast(BinaryIO, tempfile.TemporaryFile(dir=self._folder))  # noqa: SIM115 -- closed by `close`
            self._file.writelines(self._pieces)
            self._pieces = []

    def opened(self) -> BinaryIO:
        """The content from its start, seekable, valid until `close`; asked again it is the same stream, rewound."""
        if self._file is None:
            self._file = io.BytesIO(self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces))
            self._pieces = []
        self._file.seek(0)
        return self._file

    def close(self) -> None:
        """Forget the content."""
        self._pieces = []
        if self._file is not None:
            self._file.close()
            self._file = None
