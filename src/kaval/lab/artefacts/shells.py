"""Which programs a person started from a command line: names, how often and the last time; never a command itself.

Tried: histories of bash (with and without times), zsh (extended), and PowerShell. What stands after a pipe or `sudo`
counts for the program it starts. A history that was cleared is short, and so is one of a shell that is hardly used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kaval.lab.artefacts.clocks import from_unix
from kaval.lab.artefacts.given import Given, shown
from kaval.lab.shapes import Artefact

_LARGEST = 64 * 1024 * 1024
_MOST_PROGRAMS = 10_000
_BASH_TIME = re.compile(r"#(\d{9,11})")
_ZSH_TIME = re.compile(r": (\d{9,11}):\d+;(.*)")
_NAME = re.compile(r"[A-Za-z0-9_.+/\\:-]{1,200}")
_BEFORE = frozenset(("sudo", "doas", "nohup", "time", "exec", "env", "&"))


def shell(given: Given) -> Iterator[Artefact]:
    """One program with its number of starts and the last time among those that have one, in the order of first use."""
    found: dict[str, tuple[int, int | None]] = {}
    at: int | None = None
    for line in given.whole(_LARGEST).decode("utf-8", "replace").splitlines():
        stamp = _BASH_TIME.fullmatch(line)
        if stamp:
            at = int(stamp[1])
            continue
        extended = _ZSH_TIME.match(line)
        if extended:
            at, line = int(extended[1]), extended[2]
        for part in re.split(r"\|\|?|&&|;", line):
            program = _program(part)
            if program and (program in found or len(found) < _MOST_PROGRAMS):
                count, last = found.get(program, (0, None))
                found[program] = (count + 1, at if last is None else max(last, at or last))
        at = None
    for program, (count, last) in found.items():
        when = from_unix(last)
        facts = {"program": shown(program), "run_count": count, "from": "shell history"}
        yield Artefact("program.run", "", when, 1.0 if when else None, facts)


def _program(command: str) -> str | None:
    """The first word that is neither a setting (`A=b`) nor a word that only starts another; None when there is none."""
    for word in command.split()[:8]:
        if word in _BEFORE or "=" in word:
            continue
        name = word.strip("\"'")
        return name if _NAME.fullmatch(name) else None
    return None
