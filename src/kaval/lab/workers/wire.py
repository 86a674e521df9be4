"""Messages between the run and its workers: one JSON object a line on a socket, with open files beside it.

Nothing a worker sends is ever unpickled by the run: it may have been taken over by the file it was reading.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator, Sequence
from typing import Any

_PIECE = 1 << 16
_MAX_LINE = 1 << 20
_MAX_FILES = 4

Message = dict[str, Any]


def send(to: socket.socket, message: Message, *, files: Sequence[int] = ()) -> None:
    """Send a message, and descriptors with it; the receiver gets copies of them."""
    line = json.dumps(message, separators=(",", ":")).encode() + b"\n"
    sent = socket.send_fds(to, [line], files) if files else 0
    to.sendall(line[sent:])


class Inbox:
    """What arrives on one socket, put together to messages."""

    def __init__(self, own: socket.socket) -> None:
        self._own, self._held = own, b""
        self.files: list[int] = []

    def arrived(self) -> list[Message] | None:
        """The messages that one read completes; None when the other side has gone or talks nonsense."""
        try:
            piece, files, _, _ = socket.recv_fds(self._own, _PIECE, _MAX_FILES)
        except ConnectionError:
            return None
        self.files += files
        if not piece:
            return None
        *lines, self._held = (self._held + piece).split(b"\n")
        try:
            found = [json.loads(line) for line in lines]
        except ValueError:
            return None
        whole = len(self._held) <= _MAX_LINE and all(isinstance(one, dict) for one in found)
        return found if whole else None

    def each(self) -> Iterator[Message]:
        """Every message until the other side goes away."""
        while (found := self.arrived()) is not None:
            yield from found

    def take_files(self) -> list[int]:
        """The descriptors that came with the last message; theirs who takes them."""
        taken, self.files = self.files, []
        return taken


def close_all(files: Sequence[int]) -> None:
    """Give descriptors back."""
    for descriptor in files:
        os.close(descriptor)
