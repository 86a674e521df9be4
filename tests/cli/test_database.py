"""The database's verbs: it is made once, stops with its last user, and is put away and back without loss."""

from __future__ import annotations

import json
import stat
import tarfile
from pathlib import Path

from kaval.gateways.postgres import Cluster
from tests.homes import Home


def test_status_says_what_is_there(home: Home) -> None:
    lines = dict(line.split(None, 1) for line in home.run("db", "status").stdout.splitlines())
    assert lines["role"] == "kaval_app"
    assert lines["unit"] == "none installed"
    assert lines["ledger"] == "0 entries"


def test_secrets_are_for_their_owner_only(home: Home) -> None:
    home.run("db", "start")
    assert stat.S_IMODE((home.path / "secrets.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((home.path / "pg").stat().st_mode) == 0o700


def test_an_empty_station_has_a_digest_that_stays(home: Home) -> None:
    first = home.digest()
    assert first == home.digest()
    assert len(first) == 64


def test_stopping_what_does_not_run_is_no_error(home: Home) -> None:
    home.run("db", "stop")
    home.run("db", "start")
    home.run("db", "stop")


def test_a_backup_is_never_written_over_another_file(home: Home, tmp_path: Path) -> None:
    kept = tmp_path / "kaval.tar"
    kept.write_text("something else")
    done = home.run("db", "backup", kept, code=2)
    assert "exists" in done.stderr
    assert kept.read_text() == "something else"


def test_a_damaged_backup_is_refused_before_anything_is_touched(home: Home, tmp_path: Path) -> None:
    kept = tmp_path / "kaval.tar"
    home.run("db", "backup", kept)
    before = home.digest()
    with tarfile.open(kept) as tar:
        tar.extractall(tmp_path / "parts", filter="data")
    assert json.loads((tmp_path / "parts" / "manifest.json").read_text())["kaval_backup"] == 1
    dump = tmp_path / "parts" / "kaval.dump"
    dump.write_bytes(dump.read_bytes()[:-100])
    with tarfile.open(tmp_path / "damaged.tar", "w") as tar:
        tar.add(tmp_path / "parts", ".")
    done = home.run("db", "restore", tmp_path / "damaged.tar", "--yes", code=2)
    assert "damaged" in done.stderr
    assert home.digest() == before


def test_a_file_that_is_no_backup_is_refused_in_one_line(home: Home, tmp_path: Path) -> None:
    (tmp_path / "kaval.tar").write_text("no archive")
    done = home.run("db", "restore", tmp_path / "kaval.tar", code=2)
    assert len(done.stderr.splitlines()) == 1
    assert not (home.path / "pg").exists()


def test_a_mark_of_a_stranger_with_a_used_number_keeps_no_server_running(home: Home) -> None:
    """A demo was killed, and its process number belongs to somebody else now."""
    home.run("db", "start")
    (home.path / "users" / "1").write_text("12345")
    home.run("db", "status")
    assert not (home.path / "pg" / "postmaster.pid").exists()
    assert not Cluster(home.path).sockets.exists()


def test_the_lock_of_a_killed_server_whose_number_is_a_strangers_is_no_server(home: Home) -> None:
    """Nobody else's process is ever taken for the server, nor stopped as one."""
    home.run("db", "start")
    (home.path / "pg" / "postmaster.pid").write_text(f"1\n{home.path}/pg\n0\n5432\n\n\n0\n")
    assert "kaval_app" in home.run("db", "status").stdout
