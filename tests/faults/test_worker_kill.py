"""The worker killed with `kill -9` anywhere in a look, and run again: everything dropped is in, once.

`./dev faults` strikes thirty times; an ordinary test run twice.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import pytest

from kaval.engine.formats import read_one
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.rules.custody import verify_lines
from kaval.gateways.postgres import Cluster
from tests.homes import KAVAL, Home, new_home

STRIKES, STRIKES_IN_A_USUAL_RUN = 30, 2
SEED = 20_260_301
pytestmark = [pytest.mark.faults, pytest.mark.slow]

# `kaval work --once`, killed a while after the n-th change it makes to the station's folders.
_STRUCK = """
import os, signal, sys, threading, time
left, after_s = int(sys.argv.pop(1)), float(sys.argv.pop(1))
home, begun = os.environ["KAVAL_HOME"], False

def strike():
    time.sleep(after_s)
    os.kill(os.getpid(), signal.SIGKILL)

def hook(event, args):
    global left, begun
    if event not in ("os.rename", "os.mkdir", "os.remove", "os.rmdir"):
        return
    begun = begun or "/drop/" in str(args[0])
    if begun and str(args[0]).startswith(home):
        left -= 1
        if left == 0:
            if after_s:
                threading.Thread(target=strike, daemon=True).start()
            else:
                os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(hook)
from kaval.cli import main
main()
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, small_world: Path) -> Iterator[Home]:
    """A station with a unit and no reports, whose server stays up between the commands."""
    roster = tmp_path_factory.mktemp("roster") / "roster"
    shutil.copytree(small_world / "station", roster)
    table = roster / "allocation.csv"
    table.write_text(table.read_text().replace(",yes,", ",no,"))
    with new_home() as made:
        cluster = Cluster(made.path)
        cluster.start()
        made.run("unit", "install", roster, "--name", "CCSE, Example State Police")
        yield made
        cluster.release()


@pytest.fixture(scope="module")
def clerk(home: Home) -> str:
    """The number of an intake clerk."""
    rows = home.rows("SELECT min(number) FROM station_officer WHERE 'intake_clerk' = ANY(roles)")
    return str(rows[0][0])


def _folder(home: Home, clerk: str, source: str) -> Path:
    folder = home.path / "drop" / source
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "officer").write_text(clerk)
    return folder


def _drop(folder: Path, files: list[Path]) -> None:
    for path in files:
        shutil.copy(path, folder)
        (folder / f"{path.name}.ready").touch()


def _strike(home: Home, random: Random, files: int) -> str:
    """Kills one look; says where, for the message of a failure."""
    # Each file is moved, its mark removed; then the store, the delivery's folder and the memory are written.
    number, after_s = random.randint(1, 2 * files + 12), random.choice((0.0, 0.0, random.uniform(0, 0.3)))
    done = subprocess.run(
        [sys.executable, "-c", _STRUCK, str(number), str(after_s), "work", "--once"],
        env=home.environment,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        timeout=120,
    )
    where = f"{after_s:.2f} s after change {number}"
    assert done.returncode in (0, -signal.SIGKILL), f"{where}: {done.stderr}"
    return where if done.returncode else f"not killed ({where})"


def _look_until_empty(home: Home, folder: Path) -> None:
    # A mark is removed before its file is moved: killed in between, that file settles like any other.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Home, "environment", {**home.environment, "KAVAL_DROP_SETTLE_S": "0"})
        for _ in range(3):
            home.run("work", "--once")
            if not list(folder.glob("*.xml")):
                return


def _reports_in(files: list[Path]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for path in files:
        with suppress(ReaderError):
            reading = read_one(ReceivedFile(path.name, path.read_bytes()), "intake")
            found |= {
                (one.source_system, one.source_id) for one in reading.records if one.kind != "cybertip_file"
            }
    return found


def test_killed_anywhere_in_a_look_everything_is_in_once(
    home: Home, clerk: str, small_world: Path, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    random = Random(SEED)
    asked = "faults" in str(request.config.getoption("markexpr"))
    inbox = sorted((small_world / "inbox" / "cybertip").glob("CT-*.xml"))
    folder, dropped, said = _folder(home, clerk, "ncrb_cybertip"), list[Path](), list[str]()
    strikes = STRIKES if asked else STRIKES_IN_A_USUAL_RUN
    for number in range(strikes):
        files = inbox[number::strikes]
        _drop(folder, files)
        dropped += files
        said.append(_strike(home, random, len(files)))
    _look_until_empty(home, folder)

    names = home.rows("SELECT name FROM station_receipt WHERE source = 'ncrb_cybertip' ORDER BY name")
    assert [name for (name,) in names] == sorted(path.name for path in dropped), said
    held = home.rows("SELECT source_system, source_id FROM station_report WHERE source_system = 'ncmec'")
    assert set(held) == _reports_in(dropped), said
    assert home.rows(
        "SELECT (SELECT count(*) FROM station_report), count(*) - max(number) FROM station_lead"
    ) == home.rows("SELECT count(*), 0 FROM station_lead"), said
    assert home.rows(
        "SELECT count(*) FROM station_delivery WHERE finished_at IS NULL OR number > 1 "
        "OR NOT EXISTS (SELECT 1 FROM station_receipt r WHERE r.delivery_id = station_delivery.id)"
    ) == [(0,)], said
    deliveries = {
        str(row[0]) for row in home.rows("SELECT id FROM station_delivery WHERE source = 'ncrb_cybertip'")
    }
    assert {path.name for path in (folder / ".done").iterdir()} == deliveries, said
    assert sorted(path.name for path in (folder / ".done").glob("*/*")) == sorted(
        path.name for path in dropped
    )
    assert sorted(path.name for path in folder.iterdir()) == [".done", ".taking", "officer"]
    assert list((folder / ".taking").iterdir()) == []
    home.run("ledger", "export", tmp_path / "ledger.jsonl")
    with (tmp_path / "ledger.jsonl").open("rb") as ledger:
        assert verify_lines(ledger).size > 0


@contextmanager
def _working(home: Home) -> Iterator[subprocess.Popen[str]]:
    environment = {**home.environment, "KAVAL_DROP_EVERY_S": "1", "KAVAL_DROP_SETTLE_S": "0"}
    with subprocess.Popen(
        [*KAVAL, "work"], env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/"
    ) as worker:
        try:
            yield worker
        finally:
            with suppress(ProcessLookupError):
                os.kill(worker.pid, signal.SIGKILL)


def _wait_until_in(folder: Path, deliveries: int) -> None:
    until = time.monotonic() + 60
    while len(list(folder.glob(".done/*"))) < deliveries:
        assert time.monotonic() < until, sorted(folder.rglob("*"))
        time.sleep(0.05)


def test_a_worker_goes_on_after_one_that_was_killed_and_ends_when_asked(
    home: Home, clerk: str, small_world: Path
) -> None:
    first, second = sorted((small_world / "inbox" / "p2p").glob("*.csv"))[:2]
    folder = _folder(home, clerk, "p2p_export")
    with _working(home) as worker:
        shutil.copy(first, folder)
        _wait_until_in(folder, 1)
        worker.kill()
        worker.wait()
    with _working(home) as worker:
        shutil.copy(second, folder)
        _wait_until_in(folder, 2)
        worker.send_signal(signal.SIGTERM)
        out, err = worker.communicate(timeout=60)

    assert worker.returncode == 0, err
    assert out == ""
    assert "drop p2p_export: delivery " in err
    assert "1 files" in err
    assert "Warning" not in err
    names = home.rows("SELECT name FROM station_receipt WHERE source = 'p2p_export' ORDER BY name")
    assert names == [(first.name,), (second.name,)]
    assert home.rows("SELECT usename FROM pg_stat_activity WHERE usename = 'kaval_worker'") == []


def test_a_folder_nobody_answers_for_is_told_and_left(home: Home) -> None:
    folder = home.path / "drop" / "public_tip"
    folder.mkdir(parents=True)
    (folder / "tip.json").write_text("{}")
    done = home.run("work", "--once", code=2)
    assert "nobody answers for drop/public_tip" in done.stderr
    assert (folder / "tip.json").exists()
    shutil.rmtree(folder)
