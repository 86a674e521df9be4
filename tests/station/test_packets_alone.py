"""A packet cannot be opened before both release it, nor after recall: tried with the files alone on another machine."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

import kaval
from kaval.station.operations import packets
from kaval.station.sealed import path_of
from tests.station import packet_rows as rows
from tests.station.console_rows import World

pytestmark = pytest.mark.django_db
THIEF = Path(__file__).with_name("packet_thief.py")


@pytest.fixture(scope="module")
def kept(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[rows.Kept]:
    """Sealed once for all tests here."""
    with rows.kept_for_module(django_db_blocker, tmp_path_factory.mktemp("station") / "home") as held:
        yield held


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def world(kept: rows.Kept, home: Path) -> Iterator[World]:
    """Both named, everything sealed."""
    with rows.at_home(kept, home) as built:
        yield built


@pytest.fixture
def sealed(kept: rows.Kept) -> packets.Sealed:
    """What the sealing made."""
    return kept.sealed


def thief(folder: Path, *codes: str) -> dict[str, Any]:
    """What somebody opens who has these files only, in a process with nothing of ours in its environment."""
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            _ALONE,
            str(Path(kaval.__file__).parents[1]),
            str(THIEF),
            str(folder),
            *codes,
        ],
        env={"HOME": str(folder)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


_ALONE = (
    "import runpy, sys; sys.path.insert(0, sys.argv[1]); sys.argv = sys.argv[2:]; "
    "runpy.run_path(sys.argv[0], run_name='__main__')"
)


def elsewhere(home: Path, folder: Path) -> Path:
    """Everything the station has on its disk, on another machine."""
    shutil.copytree(home, folder, dirs_exist_ok=True)
    return folder


def test_the_packet_files_alone_open_nothing_whatever_code_one_has(
    world: World, sealed: packets.Sealed, tmp_path: Path
) -> None:
    made = sealed
    rows.release(world)
    other = tmp_path / "other"
    other.mkdir()
    for packet in made.packets:
        shutil.copy(path_of(packet.digest), other / f"{packet.number}.html")
    assert thief(other, *(slip.code for slip in made.slips)) == {"packets": 2, "opened": []}


def test_before_both_release_the_whole_station_opens_nothing(
    world: World, sealed: packets.Sealed, home: Path, tmp_path: Path
) -> None:
    codes = [slip.code for slip in sealed.slips]
    assert thief(elsewhere(home, tmp_path / "none"), *codes) == {"packets": 2, "opened": []}
    rows.release(world, "commander")
    assert thief(elsewhere(home, tmp_path / "one"), *codes) == {"packets": 2, "opened": []}
    rows.release(world, "deputy_commander")
    found = thief(elsewhere(home, tmp_path / "both"), *codes)
    assert len(found["opened"]) == 2, "or this shows nothing"


def test_a_team_code_opens_the_packet_of_its_team_and_no_code_opens_none(
    world: World, sealed: packets.Sealed, home: Path, tmp_path: Path
) -> None:
    made = sealed
    rows.release(world)
    other = elsewhere(home, tmp_path / "other")
    mine = {slip.team: slip.code for slip in made.slips}
    for packet in made.packets:
        code = mine[f"{packet.team.district.code}-{packet.team.number:02d}"]
        assert thief(other, code)["opened"] == [packet.number]
    assert thief(other)["opened"] == []


def test_after_a_recall_nothing_opens_with_all_files_and_codes(
    world: World, sealed: packets.Sealed, home: Path, tmp_path: Path
) -> None:
    codes = [slip.code for slip in sealed.slips]
    rows.release(world)
    rows.recall(world)
    other = elsewhere(home, tmp_path / "other")
    assert thief(other, *codes) == {"packets": 2, "opened": []}
    assert not [path for path in (home / "packet-keys").rglob("*") if path.is_file()]


def test_no_key_passphrase_or_code_is_in_any_row(world: World, sealed: packets.Sealed) -> None:
    from django.apps import apps

    made = sealed
    rows.release(world)
    held = "\n".join(
        str(row) for model in apps.get_models() for row in model._default_manager.order_by("pk").values_list()
    )
    secret = [*rows.WORDS.values(), *(slip.code for slip in made.slips)]
    secret += [slip.code.replace("-", "") for slip in made.slips]
    assert made.packets[0].number in held, "or this shows nothing"
    assert not [one for one in secret if one in held]


def test_key_files_are_for_the_station_alone(world: World, sealed: packets.Sealed, home: Path) -> None:
    rows.release(world, "commander")
    modes = {path.name: path.stat().st_mode & 0o777 for path in (home / "packet-keys").rglob("*.json")}
    assert modes
    assert set(modes.values()) == {0o600}
