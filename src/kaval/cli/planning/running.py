"""Districts planned side by side: a pool of processes behind the `Runner` that the solver takes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait

from kaval.engine.rules.planning.day import DistrictMade, DistrictTask, Runner, one_by_one


@contextmanager
def processes(count: int) -> Iterator[Runner]:
    """A runner over `count` processes, started at once so that they are there when the first districts are ready.

    One process: this one. When the block ends by an error or by Ctrl-C the processes are ended, whatever they do.
    """
    if count == 1:
        yield one_by_one
        return
    # A fork would copy the solver's threads and locks in whatever state they are.
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), initializer=_quiet)
    try:
        # Ctrl-C reaches every process of the terminal: these inherit deafness to it, and are ended by this one.
        heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
        for _ in range(count):
            pool.submit(_ready)
        signal.signal(signal.SIGINT, heard)

        def run(
            work: Callable[[DistrictTask], DistrictMade], tasks: Sequence[DistrictTask]
        ) -> Iterable[DistrictMade]:
            return pool.map(work, tasks)

        yield run
        pool.shutdown()
    except BaseException:
        for child in multiprocessing.active_children():
            child.terminate()
        pool.shutdown(cancel_futures=True)
        raise


def _quiet() -> None:
    """Deaf to Ctrl-C also when started later, and gone when the process that gives the work is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    giver = multiprocessing.parent_process()
    if giver is not None:
        threading.Thread(target=_end_with, args=(giver.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _ready() -> None:
    """Loads the solver in a process before there is work for it."""
