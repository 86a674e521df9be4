"""`./dev` says what it does on stderr, keeps stdout for kaval, and stops with a sentence when something is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

COMMANDS = ("setup", "demo", "run", "test", "check", "docs", "bench", "fuzz", "faults", "lock", "help")
COREUTILS = (
    "sh",
    "dirname",
    "date",
    "cksum",
    "cat",
    "find",
    "sort",
    "tr",
    "xargs",
    "rm",
    "mkdir",
    "grep",
    "tail",
)


def _dev(*arguments: str, root: Path = ROOT, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": path or os.environ["PATH"]}
    environment.pop("KAVAL_PYTHON", None)
    command = ["sh", str(root / "dev"), *arguments]
    return subprocess.run(command, cwd="/", env=environment, text=True, capture_output=True, check=False)


@pytest.mark.parametrize("word", ["help", "--help", "-h"])
def test_help_names_every_command_with_examples(word: str) -> None:
    told = _dev(word)

    assert told.returncode == 0
    assert [name for name in COMMANDS if f"\n  {name} " not in told.stdout] == []
    assert "examples:" in told.stdout


def test_an_unknown_command_is_refused_with_the_list_on_stderr() -> None:
    told = _dev("demmo")

    assert (told.returncode, told.stdout) == (1, "")
    assert "no such command: demmo" in told.stderr


def test_without_python_it_says_what_to_install(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in COREUTILS:
        found = shutil.which(name)
        assert found, name
        (tools / name).symlink_to(found)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    for name in ("dev", "pyproject.toml", "package.json", "package-lock.json", ".npmrc", "vite.config.mjs"):
        shutil.copy(ROOT / name, tmp_path)
    # The script adds the sbin folders itself; a machine with a Python there is not the machine of this test.
    if any(Path(folder, "python3").exists() for folder in ("/usr/sbin", "/sbin")):
        (tmp_path / "dev").write_text(
            (ROOT / "dev").read_text("utf-8").replace(":/usr/sbin:/sbin", ""), "utf-8"
        )

    told = _dev("setup", root=tmp_path, path=str(tools))

    assert (told.returncode, told.stdout) == (1, "")
    assert "no Python 3.11 or newer found" in told.stderr
    assert "apt-get install python3" in told.stderr
    assert not (tmp_path / ".venv").exists()
