"""Wakes open boards when their operation changes: one LISTEN connection for each event loop, whoever watches.

A notification carries the operation's identifier and nothing else; what changed is read by each board within its own
viewer's reach. After a lost connection every board is woken, since nobody knows what was missed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Final
from weakref import WeakKeyDictionary

import psycopg
from django.db import connections
from psycopg.conninfo import make_conninfo

CHANNEL: Final = "kaval_board"
_RETRY_S: Final = 1.0
_log = logging.getLogger(__name__)


class BoardChannel:
    """The boards open in one event loop, by operation."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._listener: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def changes(self, operation_id: uuid.UUID) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever the operation changed; the last one to leave closes the connection."""
        key, changed = str(operation_id), asyncio.Event()
        self._waiting[key].add(changed)
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen())
        try:
            yield changed
        finally:
            self._waiting[key].discard(changed)
            if not self._waiting[key]:
                del self._waiting[key]
            if not self._waiting and self._listener is not None:
                self._listener.cancel()
                self._listener = None

    async def _listen(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(_address(), autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self.wake_all()
                    async for note in connection.notifies():
                        self.wake(note.payload)
            except psycopg.OperationalError:
                _log.warning("the board's connection to the database was lost; trying again")
            await asyncio.sleep(_RETRY_S)

    def wake(self, key: str) -> None:
        """Wakes the boards of one operation."""
        for changed in self._waiting.get(key, ()):
            changed.set()

    def wake_all(self) -> None:
        """Wakes every board."""
        for key in self._waiting:
            self.wake(key)

    @property
    def is_listening(self) -> bool:
        """True while somebody watches."""
        return self._listener is not None


_channels: WeakKeyDictionary[asyncio.AbstractEventLoop, BoardChannel] = WeakKeyDictionary()


def channel_here() -> BoardChannel:
    """The channel of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _channels:
        _channels[loop] = BoardChannel()
    return _channels[loop]


def _address() -> str:
    settings = connections.settings["default"]
    given = {
        "dbname": settings["NAME"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "host": settings["HOST"],
        "port": settings["PORT"],
    }
    return make_conninfo("", **{name: value for name, value in given.items() if value})
