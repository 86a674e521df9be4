"""Findings as files: the shortest input of each kind, what went wrong with it, and how to see it again."""

from __future__ import annotations

import hashlib
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the harness imports the targets later, so that their modules are instrumented
    from tests.fuzz.targets import Target

HANG_S = 10
MEMORY_MB = 1024
# What libFuzzer leaves behind when a process ended: a hang, too much memory, a C library that fell over.
FATAL = ("timeout-", "oom-", "crash-", "leak-")
_SLICES = (2, 4, 8, 16, 32, 64, 128, 256)


def signature(error: BaseException) -> str:
    """The kind of a finding: the class of the error and the innermost function of ours."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/kaval/" in frame.filename or "/tests/fuzz/" in frame.filename]
    last = (ours or list(frames))[-1]
    return f"{type(error).__name__} in {Path(last.filename).stem}.{last.name}"


class Findings:
    """The findings of one target in its folder."""

    def __init__(self, target: Target, folder: Path) -> None:
        self._target, self._folder = target, folder
        folder.mkdir(parents=True, exist_ok=True)

    def try_out(self, content: bytes) -> str:
        """The signature of what goes wrong with the input, kept when it is new or shorter; empty: nothing does."""
        try:
            self._target.check(content)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
            return self._keep(content, error)
        return ""

    def _keep(self, content: bytes, error: BaseException) -> str:
        kind = signature(error)
        path = self._folder / f"finding-{hashlib.sha256(kind.encode()).hexdigest()[:10]}.bin"
        if not path.exists() or path.stat().st_size > len(content):
            told = "".join(traceback.format_exception(error, limit=-12))
            path.write_bytes(content)
            text = f"{kind}\n{len(content)} bytes\nagain: ./dev fuzz --replay {path}\n\n{told}"
            path.with_suffix(".txt").write_text(text, "utf-8", "backslashreplace")
        return kind

    def shorten(self, path: Path, *, seconds: float) -> None:
        """Takes away what a finding does not need."""
        until = time.monotonic() + seconds
        content, wanted = path.read_bytes(), path.with_suffix(".txt").read_text("utf-8").partition("\n")[0]
        shorter = True
        while shorter:
            shorter = False
            for slices in _SLICES:
                size = max(len(content) // slices, 1)
                at = 0
                while at < len(content) and time.monotonic() < until:
                    fewer = content[:at] + content[at + size :]
                    if self.try_out(fewer) == wanted:
                        content, shorter = fewer, True
                    else:
                        at += size


def kept(folder: Path) -> list[tuple[Path, str]]:
    """The findings of a folder: file and kind. What libFuzzer left is given the form of the others first."""
    for left in sorted(path for path in folder.glob("*") if path.name.startswith(FATAL)):
        word = {"timeout": f"a hang over {HANG_S} s", "oom": f"memory over {MEMORY_MB} MiB"}.get(
            left.name.partition("-")[0], "the process died"
        )
        path = folder / f"finding-{left.name[:16]}.bin"
        left.replace(path)
        path.with_suffix(".txt").write_text(
            f"{word}\n{path.stat().st_size} bytes\nagain: ./dev fuzz --replay {path}\n"
        )
    return [
        (path, path.with_suffix(".txt").read_text("utf-8").partition("\n")[0])
        for path in sorted(folder.glob("finding-*.bin"))
    ]
