"""Workers die, hang and are many: every file is named, and the result is the same as that of one who lived."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kaval.engine.kernel.errors import ConfigurationError, RefusedError
from kaval.lab import ExaminationSummary, Progress, examine
from kaval.lab.archives import ArchiveLimits
from kaval.lab.findings import Listed
from kaval.lab.sources.entry import Entry, State, Trouble
from kaval.lab.sources.folder import FolderSource
from kaval.lab.workers.board import Board, Place
from kaval.lab.workers.listing import UNIT_FILES, ListedEntry, ListingWriter, Unit, read_listing
from kaval.lab.workers.looking import MAX_NESTING, Looker
from kaval.lab.workers.nursery import nursery
from kaval.lab.workers.signs import Careful, Caution, Signs
from kaval.lab.workers.unit import more_careful
from tests.lab import images
from tests.lab.images import AT, picture

RESULTS = ("findings.jsonl", "artefacts.jsonl", "warnings.jsonl")


def bytes_of(summary: ExaminationSummary) -> dict[str, bytes]:
    return {name: (summary.out / name).read_bytes() for name in RESULTS}


def findings(summary: ExaminationSummary) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (summary.out / "findings.jsonl").read_text("utf-8").splitlines()]


def workers_now() -> list[int]:
    """The processes that the nursery of this program has forked and that still live."""
    process = nursery()._process
    assert process is not None
    return [int(one) for one in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def zipped(members: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return whole.getvalue()


def many(root: Path, *, files: int) -> Path:
    """Many small files and a few pictures and archives: several units."""
    content = {f"d{number % 7}/f{number:04d}.txt": b"%d" % number * 50 for number in range(files)}
    content |= {f"p{number}.png": picture(number) for number in range(6)}
    content["z.zip"] = zipped({"in/a.png": picture(50), "b.zip": zipped({"c.png": picture(51)})})
    return images.folder(root, content)


def test_the_result_is_the_same_whatever_the_workers(tmp_path: Path) -> None:
    source = many(tmp_path / "tree", files=3 * UNIT_FILES)
    image = images.vfat(tmp_path / "card.img", {f"k{number}.png": picture(number) for number in range(5)})
    known = images.vics(tmp_path / "known.vics.json", [picture(1), picture(51)])
    results = [
        examine([source, image], hashsets=[known], out=tmp_path / str(number), at=AT, workers=number)
        for number in (1, 4)
    ]
    assert bytes_of(results[0]) == bytes_of(results[1])
    assert results[0].counts["matched_files"] == 3
    assert {"z.zip!/in/a.png", "z.zip!/b.zip!/c.png"} <= {line["path"] for line in findings(results[0])}
    assert results[0].content["confinement"]["no_new_privs"] is True


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
def test_a_worker_that_dies_or_hangs_costs_one_file_its_parsing_and_the_run_nothing(
    tmp_path: Path, blow: signal.Signals
) -> None:
    source = many(tmp_path / "tree", files=UNIT_FILES)
    with (source / "large.bin").open("wb") as large:
        large.truncate(160 << 20)
    struck: list[int] = []

    def strike(progress: Progress) -> None:
        if progress.stage == "examine" and progress.done_bytes > 1 << 20 and not struck:
            struck.extend(workers_now())
            os.kill(struck[0], blow)

    calm = examine([source], hashsets=[], out=tmp_path / "calm", at=AT)
    rough = examine([source], hashsets=[], out=tmp_path / "rough", at=AT, progress=strike, quiet_s=3.0)
    assert rough.complete
    for before, after in zip(findings(calm), findings(rough), strict=True):
        assert after == before | ({"note": "parser-died"} if before["path"] == "large.bin" else {})
    (warned,) = (rough.out / "warnings.jsonl").read_text().splitlines()
    assert (json.loads(warned)["place"], json.loads(warned)["code"]) == ("large.bin", "parser-died")
    assert struck[0] not in workers_now()


def test_no_worker_outlives_the_run(tmp_path: Path) -> None:
    examine([many(tmp_path / "t", files=3)], hashsets=[], out=tmp_path / "out", at=AT, workers=2)
    assert workers_now() == []


def looked(
    tmp_path: Path, content: bytes, careful: Careful, *, name: str = "f"
) -> list[tuple[str, dict[str, Any]]]:
    """The lines of one file, looked at as a worker does that was told to be careful."""
    descriptor = Board.new()
    board = Board(descriptor)
    os.close(descriptor)
    signs = Signs(board)
    signs.task(careful)
    looker = Looker("s", signs=signs, aside=tmp_path, limits=ArchiveLimits())
    lines = list(looker.look(Listed(name, State.ALLOCATED, len(content)), iter([content])))
    board.close()
    return lines


def test_a_member_that_killed_a_worker_is_hashed_alone_and_the_others_are_read(tmp_path: Path) -> None:
    good = zipped({"a.png": picture(1), "b.png": picture(2), "c.png": picture(3)})
    lines = looked(tmp_path, good, Careful(0, steps={2: "ended"}))
    told = {line["path"]: line for kind, line in lines if kind == "finding"}
    assert [told[f"f!/{name}.png"]["pdq"] is not None for name in "abc"] == [True, False, True]
    assert told["f!/b.png"]["sha256"] == sha256(picture(2)).hexdigest()
    assert told["f!/b.png"]["note"] == "parser-died"
    assert [(line["place"], line["code"]) for kind, line in lines if kind == "warning"] == [
        ("f!/b.png", "parser-died")
    ]


@pytest.mark.parametrize(("caution", "hashed"), [(Caution.CLOSED, True), (Caution.UNREAD, False)])
def test_a_file_is_hashed_alone_then_named_alone(tmp_path: Path, caution: Caution, hashed: bool) -> None:
    lines = looked(tmp_path, zipped({"a.png": picture(1)}), Careful(0, caution, why="ended"))
    assert [kind for kind, _ in lines] == ["warning", "finding"]
    assert (lines[-1][1]["sha256"] is not None, lines[-1][1]["note"]) == (hashed, "parser-died")


def test_archives_in_archives_are_opened_to_a_depth_and_no_deeper(tmp_path: Path) -> None:
    content = picture(1)
    for level in range(MAX_NESTING + 2):
        content = zipped({f"{level}.zip": content})
    lines = looked(tmp_path, content, Careful(1))
    assert sum(kind == "finding" for kind, _ in lines) == MAX_NESTING + 1
    (warned,) = [line for kind, line in lines if kind == "warning"]
    assert warned["code"] == "archive-too-deep"
    assert str(warned["place"]).count("!/") == MAX_NESTING


def test_a_picture_turned_is_near_and_never_exact(tmp_path: Path) -> None:
    original = Image.effect_mandelbrot((256, 192), (-2.2, -1.2, 0.8, 1.1), 60).convert("L")
    source = tmp_path / "tree"
    source.mkdir()
    original.save(source / "same.png")
    original.transpose(Image.Transpose.ROTATE_90).save(source / "turned.png")
    original.resize((200, 150)).save(source / "small.jpg", quality=80)
    (source / "else.png").write_bytes(picture(9, side=128))
    plain = examine([source], hashsets=[], out=tmp_path / "plain", at=AT)
    (pdq,) = [line["pdq"] for line in findings(plain) if line["path"] == "same.png"]
    known = images.vics(tmp_path / "l.vics.json", [])
    record = {
        "MediaID": 1,
        "Category": 1,
        "SHA1": "1" * 40,
        "MD5": "2" * 32,
        "AlternativeHashes": [{"HashName": "PDQ", "HashValue": pdq}],
    }
    known.write_text(json.dumps(json.loads(known.read_text()) | {"value": [record]}))
    summary = examine([source], hashsets=[known], out=tmp_path / "out", at=AT)
    told = {line["path"]: line["matches"] for line in findings(summary)}
    assert told["else.png"] == []
    for name, orientation in (("same.png", 0), ("small.jpg", 0)):
        (match,) = told[name]
        assert (match["algorithm"], match["orientation"], match["code"]) == ("pdq", orientation, "1")
        assert match["distance"] <= 31
    (turned,) = told["turned.png"]
    assert turned["orientation"] in (1, 3)
    assert (summary.counts["matched_files"], summary.counts["near_only_files"]) == (0, 3)


class TestListing:
    """A walk written down is read back as it was, in units that cover it."""

    @given(
        st.lists(
            st.tuples(
                st.text("ab/", max_size=4), st.sampled_from(["x", "x-wal", "y"]), st.integers(0, 1 << 30)
            ),
            max_size=40,
        )
    )
    def test_units_cover_the_walk_in_order(self, rows: list[tuple[str, str, int]]) -> None:
        walk: list[Entry | Trouble] = []
        for number, (folder, name, size) in enumerate(rows):
            walk.append(Entry(f"{folder}/{name}", State.ALLOCATED, size, b"%d" % number, address=number))
            if number % 5 == 0:
                walk.append(Trouble(folder, "code", "text"))
        file, units = io.BytesIO(), list[Unit]()
        writer = ListingWriter(file, units.append)
        for one in walk:
            writer.add(one)
        writer.close()
        lines = file.getvalue()
        assert [unit.offset for unit in units] == [
            sum(one.length for one in units[:n]) for n in range(len(units))
        ]
        found = [
            one.entry if isinstance(one, ListedEntry) else one
            for unit in units
            for one in read_listing(iter(lines[unit.offset : unit.offset + unit.length].splitlines()))
        ]
        assert found == walk
        assert sum(unit.files for unit in units) == len(rows)

    def test_a_log_goes_with_its_database(self) -> None:
        file = io.BytesIO()
        writer = ListingWriter(file, lambda _: None)
        for name in ("d/History", "d/History-wal", "e/History"):
            writer.add(Entry(name, State.ALLOCATED, 5, name.encode()))
        writer.close()
        found = [
            one for one in read_listing(iter(file.getvalue().splitlines())) if isinstance(one, ListedEntry)
        ]
        assert [one.log for one in found] == [b"d/History-wal", None, None]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 200)), max_size=300))
def test_every_death_makes_more_careful_until_nothing_is_left_to_read(deaths: list[tuple[int, int]]) -> None:
    careful, entry, worth = Careful(), 0, (0, 0)
    for forward, step in deaths:
        entry += forward
        if careful.entry == entry and careful.caution is Caution.UNREAD:
            with pytest.raises(ConfigurationError):
                more_careful(careful, Place(entry=entry, step=step), "ended")
            return
        later = more_careful(careful, Place(entry=entry, step=step), "ended")
        now = (int(later.caution), len(later.steps))
        assert later.entry == entry
        assert Careful.of(json.loads(json.dumps(later.as_json()))) == later
        if careful.entry == entry and worth != (0, 0):
            assert now > worth
        careful, worth = later, now


_KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from kaval.lab import examine
source, out = map(Path, sys.argv[1:3])
def tell(progress):
    if progress.stage == "examine" and progress.files >= 300:
        print("reached", flush=True)
        sys.stdin.read()
examine([source], hashsets=[], out=out, at=datetime(2026, 3, 2, 6, 30, tzinfo=UTC), progress=tell)
"""


def ended(process: int) -> bool:
    return (
        not Path(f"/proc/{process}").exists() or "Z" in Path(f"/proc/{process}/stat").read_text().split()[2]
    )


def until(true: Callable[[], bool], *, seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()


def test_a_run_killed_midway_goes_on_where_it_was_and_leaves_no_process(tmp_path: Path) -> None:
    source = many(tmp_path / "tree", files=4 * UNIT_FILES)
    whole = examine([source], hashsets=[], out=tmp_path / "whole", at=AT)
    out = tmp_path / "out"
    run = subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(source), str(out)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    assert run.stdin is not None
    with run.stdout, run.stdin:
        assert run.stdout.readline() == "reached\n"
        (home,) = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
        theirs = [int(home), *map(int, Path(f"/proc/{home}/task/{home}/children").read_text().split())]
        run.kill()
        run.wait()
    assert until(lambda: all(ended(process) for process in theirs))
    kept = {path: path.stat().st_mtime_ns for path in (out / ".parts").rglob("*.part")}
    assert kept
    assert not (out / "summary.json").exists()
    after: list[int] = []
    again = examine([source], hashsets=[], out=out, at=AT, progress=lambda one: after.append(one.done_files))
    assert bytes_of(again) == bytes_of(whole)
    assert again.content == whole.content
    assert min(files for files in after if files) > UNIT_FILES, "finished units are not read again"


def test_two_runs_never_write_into_one_folder(tmp_path: Path) -> None:
    source, refused = many(tmp_path / "tree", files=4), list[str]()

    def second(progress: Progress) -> None:
        if progress.stage == "examine" and not refused:
            with pytest.raises(RefusedError) as told:
                examine([source], hashsets=[], out=tmp_path / "out", at=AT)
            refused.append(told.value.code)

    def tell(progress: Progress) -> None:
        second(progress)
        assert progress.total_files is None or progress.done_files <= progress.total_files
        assert progress.total_bytes is None or progress.done_bytes <= progress.total_bytes

    assert examine([source], hashsets=[], out=tmp_path / "out", at=AT, progress=tell).complete
    assert refused == ["lab.under-way"]


def test_a_listing_opens_nothing_but_contents_of_sources(tmp_path: Path) -> None:
    class Stranger:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "made"),)

    file = io.BytesIO()
    writer = ListingWriter(file, lambda _: None)
    writer.add(Entry("a", State.ALLOCATED, 1, Stranger()))
    writer.close()
    with pytest.raises(Exception, match="not a kind of content"):
        list(read_listing(iter(file.getvalue().splitlines())))
    assert not (tmp_path / "made").exists()
    assert FolderSource.__module__.startswith("kaval.lab.sources.")
