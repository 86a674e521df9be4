"""Verbs that need no station: what they print, what they refuse in one line, and with which exit code."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

import kaval
from kaval.cli.app import app
from tests.homes import Home

SAMPLES = Path(__file__).parents[1] / "samples" / "intake"


def test_it_says_its_version(home: Home) -> None:
    assert home.run("--version").stdout == f"kaval {kaval.__version__}\n"


VERBS = (
    "simulate",
    "read",
    "examine",
    "demo",
    "serve",
    "score",
    "db status",
    "db start",
    "db stop",
    "db digest",
    "db backup",
    "db restore",
    "ledger verify",
    "ledger export",
)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_says_what_it_does_and_shows_an_example(verb: str) -> None:
    """In this process: help needs neither a station nor a start of its own."""
    shown = CliRunner().invoke(app, [*verb.split(), "--help"], env={"COLUMNS": "140", "TERM": "dumb"})
    assert shown.exit_code == 0
    assert f"kaval {verb}" in shown.output


@pytest.mark.parametrize("wrong", [("--operation", "21.9"), ("--operation", "small", "--until", "lunch")])
def test_a_demo_of_what_there_is_not_is_refused_before_anything_is_made(
    home: Home, wrong: tuple[str, ...]
) -> None:
    done = home.run("demo", "--exit", *wrong, code=2)
    assert "Traceback" not in done.stderr
    assert "is not one of" in done.stderr
    assert not list(home.path.iterdir())


def test_simulating_twice_leaves_an_identical_world_alone(home: Home, tmp_path: Path) -> None:
    world = tmp_path / "world"
    home.run("simulate", "--operation", "small", "--seed", "3", "--out", world)
    before = {path: path.stat().st_mtime_ns for path in world.rglob("*") if path.is_file()}
    manifest = json.loads((world / "manifest.json").read_text())
    assert {one["path"] for one in manifest["files"]} | {"manifest.json"} == {
        path.relative_to(world).as_posix() for path in before
    }
    home.run("simulate", "--operation", "small", "--seed", "3", "--out", world)
    assert {path: path.stat().st_mtime_ns for path in world.rglob("*") if path.is_file()} == before


def test_it_does_not_write_a_world_over_a_strangers_folder(home: Home, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("not ours")
    home.run("simulate", "--out", tmp_path, code=2)
    assert (tmp_path / "thesis.txt").read_text() == "not ours"


def test_an_unknown_operation_is_refused_with_those_there_are(home: Home, tmp_path: Path) -> None:
    done = home.run("simulate", "--operation", "21.9", "--out", tmp_path / "w", code=2)
    assert "20.3" in done.stderr
    assert not (tmp_path / "w").exists()


def _samples() -> list[Path]:
    return sorted(path for path in SAMPLES.rglob("*.xml"))


def test_reading_shows_what_was_understood(home: Home) -> None:
    sample = _samples()[0]
    assert f"{sample}: " in home.run("read", sample).stdout
    read = json.loads(home.run("read", sample, "--json").stdout)
    assert read["file"] == str(sample)


def test_a_folder_and_an_archive_are_looked_into(home: Home, tmp_path: Path) -> None:
    sample = _samples()[0]
    with zipfile.ZipFile(tmp_path / "batch.zip", "w") as packed:
        packed.write(sample, sample.name)
    lines = home.run("read", tmp_path, "--json").stdout.splitlines()
    assert [json.loads(line)["file"].endswith(sample.name) for line in lines] == [True]


def test_what_nobody_reads_is_said_and_is_exit_code_3(home: Home, tmp_path: Path) -> None:
    (tmp_path / "unknown.bin").write_bytes(os.urandom(64))
    done = home.run("read", tmp_path / "unknown.bin", code=3)
    assert "quarantined" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command",
    [("read", "no-such-file"), ("ledger", "verify", "no-such-file"), ("score", "no-such-world")],
    ids=" ".join,
)
def test_a_missing_file_is_one_line(home: Home, command: tuple[str, ...]) -> None:
    done = home.run(*command, code=2)
    assert "no-such" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("content", [b"", b"kaval-ledger-1\n"], ids=["nothing", "a word"])
def test_what_is_no_ledger_does_not_verify(home: Home, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ledger.jsonl").write_bytes(content)
    done = home.run("ledger", "verify", tmp_path / "ledger.jsonl", code=1)
    assert done.stderr.startswith("kaval: ")
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_the_ledger_of_a_station_that_did_nothing_verifies(home: Home, tmp_path: Path) -> None:
    """An export of nothing is a ledger too."""
    home.run("ledger", "export", tmp_path / "empty.jsonl")
    assert "0 entries verify" in home.run("ledger", "verify", tmp_path / "empty.jsonl").stdout
