"""Killing a demo where it hurts: at a step of its own, a moment later, with its server or without."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from kaval.cli.demo import STEPS
from tests.homes import KAVAL, Home


@dataclass(frozen=True)
class Kill:
    """When to strike: `after_s` seconds after a step was done ("": after the start); whether the server dies too."""

    after: str
    after_s: float
    server_too: bool

    def __str__(self) -> str:
        what = "demo and server" if self.server_too else "demo"
        return f"{what} {self.after_s:.2f} s after {self.after or 'the start'}"


def draw(random: Random) -> Kill:
    """A moment anywhere in a run: the start is long (a server is made, a schema laid), a step is short."""
    after = random.choice(["", "", "simulate", *STEPS[:-1]])
    longest = {"": 4.0, "simulate": 7.0, "press note": 1.2, "examine": 2.2}.get(after, 0.5)
    return Kill(after, random.uniform(0, longest), random.random() < 0.35)


def strike(home: Home, kill: Kill) -> int | None:
    """Starts the small demo and kills it with SIGKILL; gives its exit code, None where it was killed."""
    begun = subprocess.Popen(
        [*KAVAL, "demo", "--operation", "small", "--exit", "--json"],
        env={**home.environment, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        start_new_session=True,
    )
    with begun:
        _wait_for(begun, kill.after)
        with suppress(subprocess.TimeoutExpired):
            return begun.wait(kill.after_s)
        if kill.server_too:
            _kill_server(home.path)
        # The demo's whole process group: initdb, the typesetter and the examiner die with it.
        os.killpg(begun.pid, signal.SIGKILL)
        begun.wait()
    return None


def _wait_for(begun: subprocess.Popen[str], step: str) -> None:
    if not step:
        return
    for line in begun.stderr or ():
        if line.startswith(step):
            return


def _kill_server(home: Path) -> None:
    with suppress(OSError, ValueError, IndexError):
        os.kill(int((home / "pg" / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)


def servers_of(home: Path) -> list[int]:
    """The processes that still work in the home's database folder."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):
            if link.readlink().is_relative_to(home):
                found.append(int(link.parent.name))
    return found


def wait_until_gone(home: Path, *, limit_s: float = 15) -> bool:
    """True when no process works in the home any more."""
    until = time.monotonic() + limit_s
    while servers_of(home) and time.monotonic() < until:
        time.sleep(0.1)
    return not servers_of(home)
