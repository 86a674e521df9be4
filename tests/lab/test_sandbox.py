"""A confined process keeps what it needs to look at files, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kaval.lab import perceptual
from kaval.lab.sandbox import SINGLE_THREADED, Confinement
from tests.lab.pictures import abstract, encoded, video

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp are of Linux")
_TRIED = """
import json, os, pathlib, socket, subprocess, sys, threading
from kaval.lab.sandbox import confine
inside, outside = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
told = {}
def tried(name, act):
    try:
        told[name] = repr(act())
    except Exception as error:
        told[name] = type(error).__name__
"""


def _run(tmp_path: Path, script: str, **environment: str) -> dict[str, Any]:
    """Runs the script in a process of its own with two folders at hand; what it told."""
    for name in ("inside/read", "inside/write", "outside"):
        (tmp_path / name).mkdir(parents=True)
    for path in ("inside/read/file", "outside/file"):
        (tmp_path / path).write_text("text")
    command = [sys.executable, "-c", _TRIED + textwrap.dedent(script) + "\nprint(json.dumps(told))"]
    done = subprocess.run(
        [*command, str(tmp_path / "inside"), str(tmp_path / "outside")],
        env={**os.environ, **SINGLE_THREADED, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


_CONFINED = """
confined = confine(read=[inside / "read"], write=[inside / "write"], memory_bytes=1 << 29, files=64)
told["confinement"] = confined.as_json()
"""


def test_files_are_read_where_allowed_and_written_only_into_the_output(tmp_path: Path) -> None:
    told = _run(
        tmp_path,
        _CONFINED
        + """
read, write = inside / "read", inside / "write"
tried("read", lambda: (read / "file").read_text())
tried("list", lambda: os.listdir(read))
tried("read outside", lambda: (outside / "file").read_text())
tried("list outside", lambda: os.listdir(outside))
tried("read system", lambda: open("/etc/passwd").read())
tried("change", lambda: (read / "file").write_text("other"))
tried("append", lambda: open(read / "file", "a"))
tried("truncate", lambda: os.truncate(read / "file", 0))
tried("remove", lambda: os.unlink(read / "file"))
tried("make", lambda: (read / "new").write_text("new"))
tried("write", lambda: (write / "new").write_text("new"))
tried("rename", lambda: os.rename(write / "new", write / "newer"))
tried("link in", lambda: os.link(read / "file", write / "linked"))
tried("mode", lambda: os.chmod(read / "file", 0o600))
tried("owner", lambda: os.chown(read / "file", 1, 1))
tried("times", lambda: os.utime(read / "file", (0, 0)))
tried("attribute", lambda: os.setxattr(read / "file", "user.note", b"x"))
""",
    )
    assert told["confinement"]["complete"] is True, told
    assert {
        name for name, answer in told.items() if not answer or answer not in ("PermissionError", "OSError")
    } == {
        "confinement",
        "read",
        "list",
        "write",
        "rename",
    }
    assert told["read"] == "'text'"
    assert (tmp_path / "inside/write/newer").read_text() == "new"
    assert (tmp_path / "inside/read/file").read_text() == "text"


def test_no_network_no_programs_no_other_processes(tmp_path: Path) -> None:
    told = _run(
        tmp_path,
        "import ctypes\n"
        + _CONFINED
        + """
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "")
tried("TCP", lambda: socket.socket(socket.AF_INET))
tried("local socket", lambda: socket.socket(socket.AF_UNIX))
tried("pair", lambda: socket.socketpair())
tried("program", lambda: subprocess.run(["/bin/true"]))
tried("exec", lambda: os.execv("/bin/true", ["true"]))
tried("fork", lambda: os.fork())
tried("signal", lambda: os.kill(os.getppid(), 0))
tried("memory of another", lambda: open(f"/proc/{os.getppid()}/mem", "rb"))
tried("mode of the machine", lambda: call(135 if os.uname().machine == "x86_64" else 92, 0))
tried("own name space", lambda: call(272 if os.uname().machine == "x86_64" else 97, 0))
started = []
thread = threading.Thread(target=started.append, args=(1,))
tried("thread", lambda: (thread.start(), thread.join(), started))
""",
    )
    confinement = told.pop("confinement")
    assert told.pop("thread") == "(None, None, [1])"
    if confinement["landlock"] < 6:
        told.pop("signal")
    assert set(told.values()) == {"PermissionError"}, told


def test_memory_and_open_files_are_limited(tmp_path: Path) -> None:
    told = _run(
        tmp_path,
        _CONFINED
        + """
import resource
tried("small", lambda: len(bytearray(1 << 26)))
tried("large", lambda: bytearray(1 << 30))
kept = []
def open_many():
    for _ in range(100):
        kept.append(open(inside / "read" / "file"))
tried("many", open_many)
for one in kept:
    one.close()
tried("raise", lambda: resource.setrlimit(resource.RLIMIT_CORE, (1, 1)) or resource.getrlimit(resource.RLIMIT_CORE))
""",
    )
    assert told["small"] == str(1 << 26)
    assert told["large"] == "MemoryError"
    assert told["many"] == "OSError"
    assert told["confinement"]["files"] == 64


def test_a_confined_process_reads_pictures_and_videos_and_survives_one_that_does_not_fit(
    tmp_path: Path,
) -> None:
    perceptual.warm()  # tells Pillow of HEIF, so that the test can write it
    made = {
        name: encoded(abstract(3, 72, 96), name) for name in ("PNG", "GIF", "WEBP", "TIFF", "HEIF", "AVIF")
    }
    made["JPEG"] = encoded(abstract(3, 600, 640), "JPEG")
    made["bomb"] = encoded(Image.new("RGB", (10_000, 10_000)), "PNG", compress_level=1)
    made["video"] = video([abstract(3, 48, 64)] * 3, rate=5)
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    told = _run(
        tmp_path,
        """
import io
from kaval.lab import perceptual
from kaval.lab.filetype import file_type
perceptual.warm()
files = {path.name: path.read_bytes() for path in inside.parent.iterdir() if path.is_file()}
told["confinement"] = confine(read=[], write=[], memory_bytes=1 << 27).as_json()
told["bomb"] = perceptual.picture(io.BytesIO(files.pop("bomb")), mime="image/png").code
told["video"] = len(perceptual.video(io.BytesIO(files.pop("video"))).vpdq)
for name, content in files.items():
    told[name] = perceptual.picture(io.BytesIO(content), mime=file_type(content), orientations=True).pdq_quality
""",
    )
    confinement = told.pop("confinement")
    assert confinement["threads"] == 1
    assert confinement["complete"] is True
    assert told.pop("video") == 1
    assert told.pop("bomb") == "picture-broken"
    assert len(told) == 7
    assert set(told.values()) == {100}, told


def test_threads_that_landlock_does_not_hold_are_told(tmp_path: Path) -> None:
    told = _run(
        tmp_path,
        """
stop = threading.Event()
threading.Thread(target=stop.wait).start()
told["confinement"] = confine(read=[], write=[], memory_bytes=1 << 29).as_json()
stop.set()
""",
    )
    assert told["confinement"]["threads"] == 2
    assert told["confinement"]["complete"] is False


def test_a_path_that_is_not_there_is_an_error_not_a_wider_sandbox(tmp_path: Path) -> None:
    told = _run(
        tmp_path, 'tried("confine", lambda: confine(read=[outside / "no"], write=[], memory_bytes=1 << 29))'
    )
    assert told["confine"] == "FileNotFoundError"


def test_a_machine_without_a_wall_is_not_complete() -> None:
    walls: dict[str, Any] = {
        "memory_bytes": 1,
        "files": 1,
        "no_new_privs": True,
        "landlock": 7,
        "seccomp": True,
    }
    assert Confinement(**walls, threads=1).complete
    for name, missing in (
        ("memory_bytes", None),
        ("no_new_privs", False),
        ("landlock", None),
        ("seccomp", False),
    ):
        assert not Confinement(**{**walls, name: missing}, threads=1).complete
