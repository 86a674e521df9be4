"""A few bytes of shared memory in which a worker says where it is, without a system call for every file.

Two slots and a byte that names the valid one: a worker that dies while writing leaves the slot before it readable.
"""

from __future__ import annotations

import mmap
import os
import struct
import tempfile
from collections.abc import Sequence
from typing import NamedTuple

_SLOT = struct.Struct("<7Q")
_BYTES = 1 + 2 * _SLOT.size


class Place(NamedTuple):
    """Where a worker is: `entry` of its unit, `step` within that entry (0: the file itself, n: its nth member).

    `written`: bytes of the part that end with a whole entry. `files` and `read`: files done and bytes read of
    the source in this task (not of what lies in its archives). `patience`: bytes the present reading may take time for.
    `pulse` grows with whatever is read.
    """

    entry: int = 0
    step: int = 0
    written: int = 0
    files: int = 0
    read: int = 0
    patience: int = 0
    pulse: int = 0


class Board:
    """The shared memory; the run makes it, the worker gets its descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._memory = mmap.mmap(descriptor, _BYTES)

    @staticmethod
    def new() -> int:
        """A descriptor of fresh shared memory without a name."""
        with tempfile.TemporaryFile() as file:
            file.truncate(_BYTES)
            return os.dup(file.fileno())

    def write(self, numbers: Sequence[int]) -> None:
        """Say where the worker is: the numbers of a `Place`, in their order."""
        slot = 1 - (self._memory[0] & 1)
        _SLOT.pack_into(self._memory, 1 + slot * _SLOT.size, *numbers)
        self._memory[0] = slot

    def read(self) -> Place:
        """Where the worker last was."""
        return Place(*_SLOT.unpack_from(self._memory, 1 + (self._memory[0] & 1) * _SLOT.size))

    def close(self) -> None:
        """Unmap it."""
        self._memory.close()
