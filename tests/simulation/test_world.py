"""The same seed gives the same bytes; a world is whole or not there; foreign folders are left alone."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kaval.simulation import ForeignFolder, MissingTool, images, write_world
from tests.simulation.rules import jsonl


def test_same_seed_same_bytes(small: Path, tmp_path: Path) -> None:
    again = write_world(operation="small", seed=7, out=tmp_path / "again", missing_tools="skip")
    assert again.written
    assert (again.path / "manifest.json").read_bytes() == (small / "manifest.json").read_bytes()


def test_another_seed_is_another_world(small: Path, tmp_path: Path) -> None:
    other = write_world(operation="small", seed=8, out=tmp_path / "other", missing_tools="skip").path
    for path in (
        "truth/people.jsonl",
        "station/officers.csv",
        "inbox/arrivals.csv",
        "hashsets/known.vics.json",
    ):
        assert (other / path).read_bytes() != (small / path).read_bytes()


def test_the_manifest_lists_every_file_with_its_digest(small: Path) -> None:
    manifest = json.loads((small / "manifest.json").read_text())
    listed = {row["path"]: row for row in manifest["files"]}
    on_disk = {str(p.relative_to(small)) for p in small.rglob("*") if p.is_file()} - {"manifest.json"}
    assert set(listed) == on_disk
    assert list(listed) == sorted(listed)
    for path, row in listed.items():
        content = (small / path).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (row["size"], row["sha256"])


def test_a_complete_world_is_left_alone_and_a_damaged_one_replaced(small: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(small, copy)
    before = (copy / "truth/people.jsonl").stat().st_mtime_ns
    kept = write_world(operation="small", seed=7, out=copy, missing_tools="skip")
    assert not kept.written
    assert (copy / "truth/people.jsonl").stat().st_mtime_ns == before
    (copy / "manifest.json").unlink()
    (copy / "inbox/arrivals.csv").write_text("half")
    mended = write_world(operation="small", seed=7, out=copy, missing_tools="skip")
    assert mended.written
    assert (copy / "manifest.json").read_bytes() == (small / "manifest.json").read_bytes()


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("years of work")
    with pytest.raises(ForeignFolder, match="choose another folder"):
        write_world(operation="small", seed=7, out=tmp_path / "mine", missing_tools="skip")
    assert (tmp_path / "mine/thesis.txt").read_text() == "years of work"


@pytest.mark.faults
def test_a_killed_writer_leaves_no_world_and_the_next_one_succeeds(small: Path, tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from kaval.simulation import write_world\n"
        f"write_world(operation='small', seed=7, out=Path({str(tmp_path / 'w')!r}), missing_tools='skip')"
    )
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", code], env=env) as writer:
        partial = tmp_path / ".w.partial/inbox"
        while not partial.exists() and writer.poll() is None:
            time.sleep(0.001)
        writer.send_signal(signal.SIGKILL)
    assert not (tmp_path / "w/manifest.json").exists() or writer.returncode == 0
    write_world(operation="small", seed=7, out=tmp_path / "w", missing_tools="skip")
    assert (tmp_path / "w/manifest.json").read_bytes() == (small / "manifest.json").read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["w"]


def test_a_missing_tool_is_named_with_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(images, "SYSTEM_DIRS", ())
    with pytest.raises(MissingTool, match="e2fsprogs"):
        write_world(operation="small", seed=7, out=tmp_path / "w")
    assert not (tmp_path / "w").exists()
    summary = write_world(operation="small", seed=7, out=tmp_path / "w", missing_tools="skip")
    assert summary.missing_tools == ("ext4", "ntfs", "vfat")
    assert json.loads((tmp_path / "w/manifest.json").read_text())["missing_tools"] == ["ext4", "ntfs", "vfat"]
    assert not (tmp_path / "w/devices").exists()
    assert jsonl(tmp_path / "w/truth/files.jsonl") == []


def test_images_hang_on_seized_devices_and_hold_known_files(small: Path) -> None:
    missing = json.loads((small / "manifest.json").read_text())["missing_tools"]
    attached = {
        d["image"]: d["image_sha256"]
        for r in jsonl(small / "world/day.jsonl")
        for d in r["devices"]
        if d["image"]
    }
    assert len(attached) == 3 - len(missing)
    for path, digest in attached.items():
        assert hashlib.sha256((small / path).read_bytes()).hexdigest() == digest
    vics = json.loads((small / "hashsets/known.vics.json").read_text())
    listed = {entry["MD5"].lower() for entry in vics["value"]}
    assert "/Default/" in vics["@odata.context"]
    assert len(listed) > 2000
    files = jsonl(small / "truth/files.jsonl")
    assert {f["image"] for f in files} == set(attached)
    assert all((f["md5"] in listed) == f["known"] for f in files)
    if set(missing) < {"ext4", "vfat"}:
        assert any(f["deleted"] for f in files)


def test_image_files_can_be_read_back_the_deleted_ones_too(small: Path) -> None:
    pytsk3 = pytest.importorskip("pytsk3")
    wanted: dict[str, set[str]] = {}
    for row in jsonl(small / "truth/files.jsonl"):
        wanted.setdefault(row["image"], set()).add(row["sha256"])
    for image, digests in wanted.items():
        system = pytsk3.FS_Info(pytsk3.Img_Info(str(small / image)))
        found = set()
        for inode in range(system.info.first_inum, min(system.info.last_inum, 70_000)):
            try:
                file = system.open_meta(inode=inode)
                size = file.info.meta.size
                if 0 < size < 100_000:
                    found.add(hashlib.sha256(file.read_random(0, size)).hexdigest())
            except OSError:
                continue
        assert digests <= found, image
