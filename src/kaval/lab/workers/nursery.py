"""One process with everything loaded, from which confined workers are forked in milliseconds.

It is started at first use and lives as long as the program that started it; it has no terminal, no secrets in its
environment, and ends its workers when the program goes away, however that ends.
"""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass

from kaval.engine.kernel.errors import ConfigurationError
from kaval.lab.sandbox import SINGLE_THREADED
from kaval.lab.workers.board import Board
from kaval.lab.workers.wire import Inbox, Message, close_all, send

_KEPT = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "NUMBA_CACHE_DIR",
    "XDG_CACHE_HOME",
)
_START_S = 60.0


@dataclass(slots=True)
class Hatched:
    """A worker: its process, the socket to it, what it has said, and the board on which it says where it is."""

    process: int
    socket: socket.socket
    inbox: Inbox
    board: Board


class Nursery:
    """The parent's side. One at a time asks; a nursery that died is started again by the next who asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def hatch(self, settings: Message) -> Hatched:
        """A new worker under the given settings (see `worker.Worker`).

        Raises:
            ConfigurationError: no process can be started here.
        """
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._start()
            ours, theirs = socket.socketpair()
            board = Board.new()
            try:
                send(self._asking, {"settings": settings}, files=(theirs.fileno(), board))
                answer = next(self._inbox.each(), None)
                if answer is None:
                    raise ConnectionError("the process that starts them ended")
                return Hatched(int(answer["process"]), ours, Inbox(ours), Board(board))
            except OSError as error:
                ours.close()
                raise ConfigurationError(f"no worker process can be started: {error}") from error
            finally:
                theirs.close()
                close_all([board])

    def end(self, one: Hatched) -> None:
        """Kill a worker at once and give back what it held; harmless when it has already ended."""
        with self._lock:
            one.socket.close()
            one.board.close()
            if self._process is not None and self._process.poll() is None:
                send(self._asking, {"end": one.process})
                next(self._inbox.each(), None)

    def close(self) -> None:
        """End the nursery and every worker of it."""
        with self._lock:
            self._stop()

    def _stop(self) -> None:
        if self._process is not None:
            self._asking.close()
            self._process.wait()
            self._process = None

    def _start(self) -> None:
        self._stop()
        self._asking, theirs = socket.socketpair()
        self._asking.settimeout(_START_S)
        kept = {name: value for name, value in os.environ.items() if name in _KEPT}
        self._inbox = Inbox(self._asking)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "kaval.lab.workers.nursery_process", str(theirs.fileno())],
            env={**kept, **SINGLE_THREADED},
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is the program's to handle; it ends its workers itself
        )
        theirs.close()


_of_this_program = Nursery()
atexit.register(_of_this_program.close)


def nursery() -> Nursery:
    """The one nursery of this program."""
    return _of_this_program
