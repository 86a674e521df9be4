"""A real unit from the command line: installed from its files, apart from training, with passwords nobody prints."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.homes import KAVAL, Home

NAME = "CCSE, Example State Police"
WORDS = "two rivers and one boat"


@pytest.fixture
def roster(small_world: Path, tmp_path: Path) -> Path:
    """A roster's files whose address table routes nothing: documentation ranges are for training only."""
    folder = tmp_path / "roster"
    shutil.copytree(small_world / "station", folder)
    table = folder / "allocation.csv"
    table.write_text(table.read_text().replace(",yes,", ",no,"))
    return folder


def _password(home: Home, number: str, words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KAVAL, "unit", "password", number],
        env=home.environment,
        input=f"{words}\n",
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        timeout=120,
    )


def test_a_real_unit_is_installed_once_and_given_a_password(home: Home, roster: Path) -> None:
    installed = home.run("unit", "install", roster, "--name", NAME).stdout
    number = installed.split("kaval unit password ")[1].strip()
    before = home.digest()
    home.run("unit", "install", roster, "--name", NAME)
    assert home.digest() == before
    assert "another" in home.run("unit", "install", roster, "--name", "Another Unit", code=2).stderr
    assert home.digest() == before
    done = _password(home, number, WORDS)
    assert done.returncode == 0, done.stderr
    assert WORDS not in done.stdout + done.stderr
    ((stored,),) = home.rows("SELECT left(password, 6) FROM station_account WHERE password <> '!'")
    assert stored == "argon2"
    assert _password(home, number, "short").returncode == 2
    assert "kaval: " in _password(home, "NOBODY", WORDS).stderr
    refused = home.run("demo", "--operation", "small", "--exit", code=2)
    assert "real" in refused.stderr, "training is never played on a real station"


def test_training_addresses_are_refused_for_a_real_unit(home: Home, small_world: Path) -> None:
    done = home.run("unit", "install", small_world / "station", "--name", NAME, code=2)
    assert "A-04" in done.stderr
    assert home.rows("SELECT count(*) FROM station_unit") == [(0,)]


def test_a_roster_that_lacks_a_file_is_refused(home: Home, tmp_path: Path) -> None:
    done = home.run("unit", "install", tmp_path, "--name", NAME, code=2)
    assert "stations.geojson is missing" in done.stderr
