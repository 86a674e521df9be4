"""Twenty thousand generated pictures on three file systems, allocated, deleted and in nested archives.

Every known picture is found, no near one is lost against brute force, no unknown one is taken for known, and the
answer is the same however the work was split. fls, icat and hashdeep, which are not ours, say the same.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import textwrap
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kaval.lab import examine, perceptual
from kaval.lab.perceptual import MATCH_DISTANCE, MATCH_QUALITY
from kaval.lab.shapes import PictureFacts
from tests.lab.corpus import Made, pictures
from tests.lab.images import AT, MIB, ntfs, run, tool

COUNT = 20_000
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Devices:
    """Three images, the lists of what is known, and where each picture went."""

    images: tuple[Path, ...]
    lists: tuple[Path, ...]
    made: Mapping[str, Made]
    deleted: frozenset[str]
    listed_pdq: Mapping[int, str]


def _write(folder: Path, made: Iterable[Made]) -> Path:
    for one in made:
        place = folder / _place(one)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(one.content)
    return folder


def _place(one: Made) -> str:
    """Two hundred in a folder, as cameras do; the makers of FAT images take ever longer over a large one."""
    return f"{one.number // 200:03}/{one.name}"


def _ext4(root: Path, made: list[Made], deleted: list[Made]) -> Path:
    image, given = root / "card.ext4", _write(root / "ext4", made)
    with image.open("wb") as stream:
        stream.truncate(128 * MIB)
    run(tool("mkfs.ext4", "e2fsprogs"), "-q", "-F", "-d", given, image)
    commands = root / "commands"
    commands.write_text("".join(f"rm /{_place(one)}\n" for one in deleted))
    run(tool("debugfs", "e2fsprogs"), "-w", "-f", commands, image)
    return image


def _fat32(root: Path, made: list[Made], deleted: list[Made]) -> Path:
    image, given = root / "stick.fat32", _write(root / "fat", made)
    with image.open("wb") as stream:
        stream.truncate(96 * MIB)
    run(tool("mkfs.vfat", "dosfstools"), "-F", "32", "-s", "1", image)
    run(tool("mcopy", "mtools"), "-s", "-i", image, given, "::DCIM")
    for start in range(0, len(deleted), 100):
        names = [f"::DCIM/{_place(one)}" for one in deleted[start : start + 100]]
        run(tool("mdel", "mtools"), "-i", image, *names)
    return image


def _zip(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def _tar(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def _ntfs(root: Path, made: list[Made], deleted: list[Made]) -> Path:
    packed, loose = made[:-60], made[-60:]
    half = len(packed) // 2
    inner = _tar({one.name: one.content for one in packed[:half]})
    outer = {one.name: one.content for one in packed[half:]}
    files = {"backup.zip": _zip({"older.zip": _zip({"oldest.tar.gz": inner}), **outer})}
    files |= {one.name: one.content for one in loose}
    return ntfs(root / "disk.ntfs", files, deleted=tuple(one.name for one in deleted), size=64 * MIB)


def _lists(root: Path, known: list[Made], pdq: Mapping[int, str]) -> tuple[Path, ...]:
    """A third by MD5, a third as VICS, a third by SHA-256; and the PDQ values of all as an exchange shares them."""
    third = len(known) // 3
    sums = root / "sums.md5"
    sums.write_text("".join(f"{hashlib.md5(one.content).hexdigest()}  x\n" for one in known[:third]))
    vics = root / "case.vics.json"
    context = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata#Media"
    media = [
        {"MediaID": one.number, "Category": 1, "MD5": hashlib.md5(one.content).hexdigest().upper()}
        for one in known[third : 2 * third]
    ]
    vics.write_text(json.dumps({"@odata.context": context, "value": media}))
    sha = root / "sums.sha256"
    sha.write_text("".join(f"{hashlib.sha256(one.content).hexdigest()}  x\n" for one in known[2 * third :]))
    shared = root / "shared.xml"
    images = "".join(
        f'<image><member id="1">Training</member><timestamp>2026-01-01T00:00:00Z</timestamp><id>p{number}</id>'
        f"<classification>A1</classification><fingerprints><pdq>{value}</pdq></fingerprints></image>"
        for number, value in sorted(pdq.items())
    )
    shared.write_text(
        '<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2">'
        f'<images count="{len(pdq)}" maxTimestamp="2026-01-01T00:00:00Z">{images}</images></queryResult>'
    )
    return sums, vics, sha, shared


@pytest.fixture(scope="module")
def devices(tmp_path_factory: pytest.TempPathFactory) -> Devices:
    root = tmp_path_factory.mktemp("corpus")
    made = list(pictures(COUNT))
    cut = (COUNT * 2 // 5, COUNT * 7 // 10)
    parts = (made[: cut[0]], made[cut[0] : cut[1]], made[cut[1] :])
    gone = (parts[0][5::20], parts[1][3::20], parts[2][-60::10])
    known = [one for one in made if one.kind == "known"]
    pdq = {one.number: _pdq(one.content) for one in known}
    images = (_ext4(root, parts[0], gone[0]), _fat32(root, parts[1], gone[1]), _ntfs(root, parts[2], gone[2]))
    for folder in ("ext4", "fat"):
        shutil.rmtree(root / folder)
    deleted = frozenset(one.name for part in gone for one in part)
    return Devices(images, _lists(root, known, pdq), {one.name: one for one in made}, deleted, pdq)


def _pdq(content: bytes) -> str:
    found = perceptual.picture(io.BytesIO(content), mime="image/jpeg")
    assert isinstance(found, PictureFacts)
    assert found.pdq is not None
    return found.pdq


def _examined(devices: Devices, out: Path, **how: Any) -> Path:
    examine(devices.images, hashsets=devices.lists, out=out, at=AT, **how)
    return out


@pytest.fixture(scope="module")
def once(devices: Devices, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _examined(devices, tmp_path_factory.mktemp("once") / "out", workers=2)


@pytest.fixture(scope="module")
def findings(once: Path) -> list[dict[str, Any]]:
    with (once / "findings.jsonl").open("rb") as stream:
        return [json.loads(line) for line in stream]


def _pictures(findings: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By name: each picture once; one that was deleted may have been carved a second time."""
    named: dict[str, dict[str, Any]] = {}
    for one in findings:
        name = one["path"].rsplit("/", 1)[-1]
        if one["state"] != "carved" and name.endswith(".jpg"):
            assert name not in named, one["path"]
            named[name] = one
    return named


def test_every_picture_is_there_with_its_state_and_its_bytes(
    devices: Devices, findings: list[dict[str, Any]]
) -> None:
    named = _pictures(findings)
    assert len(devices.made) == COUNT
    assert set(devices.made) - set(named) == set()
    for name, made in devices.made.items():
        assert named[name]["state"] == ("deleted" if name in devices.deleted else "allocated"), name
        assert named[name]["sha256"] == hashlib.sha256(made.content).hexdigest(), name
        assert named[name]["mime"] == "image/jpeg"


def test_every_known_picture_is_found_and_no_other_is_taken_for_one(
    devices: Devices, findings: list[dict[str, Any]]
) -> None:
    exact = {
        name
        for name, one in _pictures(findings).items()
        if any(match["algorithm"] in ("md5", "sha1", "sha256") for match in one["matches"])
    }
    assert exact == {name for name, made in devices.made.items() if made.kind == "known"}


def test_near_ones_are_what_brute_force_finds(devices: Devices, findings: list[dict[str, Any]]) -> None:
    listed = np.frombuffer(
        bytes.fromhex("".join(value for _, value in sorted(devices.listed_pdq.items()))), np.uint64
    )
    table = listed.reshape(-1, 4)
    near: Counter[str] = Counter()
    for name, one in _pictures(findings).items():
        value = np.frombuffer(bytes.fromhex(one["pdq"]), np.uint64)
        distances = np.bitwise_count(table ^ value).sum(axis=1)
        expected = one["pdq_quality"] >= MATCH_QUALITY and bool((distances <= MATCH_DISTANCE).any())
        told = [
            match
            for match in one["matches"]
            if match["algorithm"] == "pdq" and match["orientation"] in (0, None)
        ]
        assert bool(told) == expected, name
        if expected:
            assert min(match["distance"] for match in told) == int(distances.min())
        made = devices.made[name]
        near[f"{made.change} found" if expected else f"{made.change} beyond"] += made.kind == "near"
    print("near-known:", dict(sorted(near.items())))
    assert near["reencoded beyond"] == 0
    for change in ("resized", "cropped"):
        assert near[f"{change} beyond"] <= 0.1 * near[f"{change} found"], near


def test_the_split_of_the_work_changes_no_byte(devices: Devices, once: Path, tmp_path: Path) -> None:
    for number in (1, 4):
        other = _examined(devices, tmp_path / str(number), workers=number)
        assert _contents(other) == _contents(once)


def _contents(out: Path) -> dict[str, str]:
    return {
        name: hashlib.sha256((out / name).read_bytes()).hexdigest()
        for name in ("findings.jsonl", "artefacts.jsonl", "warnings.jsonl")
    }


_RAY = textwrap.dedent("""
    import sys, threading, time, warnings
    from datetime import datetime
    from pathlib import Path
    from ray.cluster_utils import Cluster
    import ray
    from kaval.lab import examine

    if __name__ == "__main__":
        out, at, count, *rest = sys.argv[1:]
        lists, sources = rest[: int(count)], rest[int(count) :]
        node = {"num_cpus": 1, "object_store_memory": 100 * 2**20}
        cluster = Cluster(initialize_head=True, head_node_args=node | {"include_dashboard": False})
        second = cluster.add_node(**node)
        ray.init(address=cluster.address, log_to_driver=False)
        killed = []

        def progress(told):
            if not killed and told.files > 2000:
                killed.append(told.files)
                cluster.remove_node(second, allow_graceful=False)

        examine(
            [Path(one) for one in sources], hashsets=[Path(one) for one in lists], out=Path(out),
            at=datetime.fromisoformat(at), ray=cluster.address, progress=progress,
        )
        print("killed after", killed)
        ray.shutdown()
""")


def test_two_nodes_of_which_one_is_killed_give_the_same(devices: Devices, once: Path, tmp_path: Path) -> None:
    script = tmp_path / "cluster.py"
    script.write_text(_RAY)
    words = [tmp_path / "out", AT.isoformat(), len(devices.lists), *devices.lists, *devices.images]
    done = subprocess.run(
        [sys.executable, str(script), *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
        env=os.environ | {"RAY_DISABLE_IMPORT_WARNING": "1", "RAY_USAGE_STATS_ENABLED": "0"},
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert "killed after [" in done.stdout
    assert "killed after []" not in done.stdout
    assert _contents(tmp_path / "out") == _contents(once)


def _fls(image: Path) -> Iterator[tuple[str, bool, str]]:
    listed = subprocess.run(
        [tool("fls", "sleuthkit"), "-r", "-p", "-F", str(image)], capture_output=True, text=True, check=True
    )
    for line in listed.stdout.splitlines():
        what, _, path = line.partition("\t")
        yield path, "*" in what, what.rstrip(":").split()[-1]


def test_fls_and_icat_say_the_same(devices: Devices, findings: list[dict[str, Any]]) -> None:
    """Every picture that fls lists is a finding of the same state, and icat gives the bytes we hashed."""
    for image in devices.images[:2]:
        ours = {one["path"].rsplit("/", 1)[-1]: one for one in findings if one["source"] == image.name}
        listed = [(path.rsplit("/", 1)[-1], gone, inode) for path, gone, inode in _fls(image)]
        theirs = {name: (gone, inode) for name, gone, inode in listed if name.endswith(".jpg")}
        assert {name for name in ours if name.startswith("p") and ours[name]["state"] != "carved"} == set(
            theirs
        )
        assert {name for name, (gone, _) in theirs.items() if gone} == devices.deleted & set(theirs)
        for name in sorted(theirs)[::400]:
            got = subprocess.run(
                [tool("icat", "sleuthkit"), str(image), theirs[name][1]], capture_output=True, check=True
            )
            assert hashlib.sha256(got.stdout).hexdigest() == ours[name]["sha256"], name


def test_hashdeep_says_the_same(tmp_path: Path) -> None:
    folder = _write(tmp_path / "folder", pictures(200))
    examine([folder], hashsets=[], out=tmp_path / "out", at=AT)
    listed = subprocess.run(
        [tool("hashdeep", "hashdeep"), "-c", "md5,sha1,sha256", "-r", "-l", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [line for line in listed.stdout.splitlines() if line and line[0] not in "%#"]
    theirs = {row[4].removeprefix("./"): tuple(row[:4]) for row in csv.reader(rows)}
    with (tmp_path / "out" / "findings.jsonl").open("rb") as stream:
        ours = {
            one["path"]: (str(one["size"]), one["md5"], one["sha1"], one["sha256"])
            for one in map(json.loads, stream)
        }
    assert ours == theirs
