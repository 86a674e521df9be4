"""The nursery's own process: loads what workers need once, then forks a worker whenever it is told to.

Single-threaded by construction (a fork of a process with threads may inherit a held lock). Run by `nursery.Nursery`.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from contextlib import suppress
from typing import NoReturn

from kaval.lab.workers.wire import Inbox, Message, close_all, send
from kaval.lab.workers.worker import Worker, load


def main(descriptor: int) -> None:
    """Fork a worker for each `settings`, end one for each `end`, and end them all when the program is gone."""
    asking = socket.socket(fileno=descriptor)
    load()
    gc.freeze()  # what is loaded stays shared between the workers' memories
    inbox, alive = Inbox(asking), set[int]()
    for message in inbox.each():
        files = inbox.take_files()
        if "settings" in message:
            process = _fork(message["settings"], files, asking=asking)
            alive.add(process)
        else:
            process = int(message["end"])
            _end(process, alive)
        close_all(files)
        with suppress(ConnectionError):  # the program has gone meanwhile: the next read says so
            send(asking, {"process": process})
    for process in tuple(alive):
        _end(process, alive)


def _fork(settings: Message, files: list[int], *, asking: socket.socket) -> int:
    process = os.fork()
    if process == 0:
        asking.close()
        _work(settings, files)
    return process


def _work(settings: Message, files: list[int]) -> NoReturn:
    """The worker's whole life. It never returns into the nursery's loop, whatever happens."""
    try:
        Worker(socket.socket(fileno=files[0]), board=files[1], settings=settings).serve()
    finally:
        os._exit(0)


def _end(process: int, alive: set[int]) -> None:
    if process not in alive:
        return
    alive.discard(process)
    os.kill(process, signal.SIGKILL)  # not yet waited for: the number is still this process's own
    os.waitpid(process, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
