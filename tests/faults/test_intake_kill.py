"""An import killed at fifty random moments, and run again, ends where one undisturbed run ends, row by row."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from bench import _reports
from tests.homes import Home, new_home

KILLS = 50


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory, small_world: Path) -> Path:
    """A folder as it is handed over: loose reports, details before and after them, a package, exports, rubbish."""
    folder = tmp_path_factory.mktemp("delivered") / "handed-over"
    list(_reports.write(folder / "reports", 150))
    inbox = small_world / "inbox"
    for kind in ("p2p", "tips", "register"):
        for path in (inbox / kind).iterdir():
            (folder / kind).mkdir(exist_ok=True)
            (folder / kind / path.name).write_bytes(path.read_bytes())
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(120, 260):
            archive.writestr(f"CT-{300_000_000 + number}.xml", _reports.report(number, people=90))
        archive.writestr("media/300000001/pattern-0001.png", b"an abstract pattern")
        archive.writestr("broken/CT-1.xml", b"<report")
    (folder / "package.zip").write_bytes(package.getvalue())
    for path in sorted((inbox / "cybertip").glob("CT-*"))[:60]:
        (folder / "loose").mkdir(exist_ok=True)
        (folder / "loose" / path.name).write_bytes(path.read_bytes())
    (folder / "rubbish.bin").write_bytes(b"\x00\x01\x02" * 50)
    return folder


@contextmanager
def importer(home: Home, folder: Path, world: Path) -> Iterator[Importer]:
    """The importing process of a station of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.importer", str(folder), str(world)],
        env=home.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        told = Importer(process)
        assert told.answer() == "ready"
        yield told
        assert process.stdin is not None
        process.stdin.close()


class Importer:
    """Tells the process what to do and hears what became of it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def tell(self, command: str) -> str:
        """Gives a command and waits for the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        return self.answer()

    def answer(self) -> str:
        """One line."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@pytest.mark.faults
def test_fifty_kills_and_every_time_the_same_end(delivered: Path, small_world: Path) -> None:
    random = Random(20260301)
    with new_home() as home, importer(home, delivered, small_world) as told:
        assert told.tell("run 0") == "done"
        clean = told.tell("digest")
        kills = rounds = 0
        while kills < KILLS:
            rounds += 1
            assert told.tell("empty") == "done"
            said = "killed"
            for _ in range(10):
                said = told.tell(f"run {random.uniform(0.02, 0.7)}")
                if said != "killed":
                    break
                kills += 1
            if said == "killed":
                said = told.tell("run 0")
            assert said == "done", said
            assert told.tell("digest") == clean, f"after {kills} kills in {rounds} rounds"
        assert told.tell("run 0") == "done"
        assert told.tell("digest") == clean, "the same command again changes nothing"
