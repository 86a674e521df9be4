"""Backups of Android and iOS: files come out under their own names, encrypted ones say so, keys are never read."""

from __future__ import annotations

import io
import pickle
import plistlib
import sqlite3
import tarfile
import zlib
from datetime import datetime
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest

from kaval.lab.shapes import Member
from kaval.lab.sources.entry import Entry
from tests.lab import images
from tests.lab.test_phones import AT, ONE, SECRET, TWO, artefacts, by_kind, codes, contents, known

# Android backup

MANIFEST = b"1\norg.example.app\n42\n30\norg.example.store\n0\n1\n3082aabb\n"
APPS = {
    "apps/org.example.app/_manifest": MANIFEST,
    "apps/org.example.app/f/one.png": ONE,
    "shared/0/DCIM/two.png": TWO,
    "shared/0/big.bin": bytes(3_000_000),
}


def android(*, packed: bool = True, encryption: bytes = b"none", version: int = 5) -> bytes:
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in APPS.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = len(content), AT
            archive.addfile(entry, io.BytesIO(content))
    body = zlib.compress(tar.getvalue()) if packed else tar.getvalue()
    return b"ANDROID BACKUP\n%d\n%d\n%s\n" % (version, packed, encryption) + body


@pytest.mark.parametrize("packed", [True, False])
def test_an_android_backup_gives_its_files_and_applications(packed: bool, tmp_path: Path) -> None:
    path = tmp_path / "x.ab"
    path.write_bytes(android(packed=packed))
    for found in (known(path), known(io.BytesIO(path.read_bytes()))):
        assert contents(found) == APPS
        [app] = by_kind(found, "install")
        assert app.facts["package"] == "org.example.app"
        entries = [item for item in found.walk() if isinstance(item, Entry)]
        for entry in reversed(entries):
            assert b"".join(found.read(pickle.loads(pickle.dumps(entry.content)))) == APPS[entry.path]
        assert {entry.times.modified for entry in entries} == {"2026-03-02T06:30:00Z"}
        found.close()


def test_an_encrypted_android_backup_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.ab"
    path.write_bytes(android(encryption=b"AES-256"))
    found = known(path)
    assert codes(found) == ["encrypted-backup"]
    assert contents(found) == {}
    assert artefacts(found) == []
    found.close()


def test_a_cut_android_backup_gives_what_came_before() -> None:
    found = known(io.BytesIO(android(packed=False)[:120_000]))
    names = [item.path for item in found.members() if isinstance(item, Member)]
    assert names[:2] == list(APPS)[:2]
    assert "archive-damaged" in codes(found)


# iOS backup


def archived(**facts: int) -> bytes:
    """The keyed archive beside a row of the manifest."""
    objects = ["$null", {**facts, "$class": plistlib.UID(2)}, {"$classname": "MBFile"}]
    top = {
        "$archiver": "NSKeyedArchiver",
        "$version": 100_000,
        "$top": {"root": plistlib.UID(1)},
        "$objects": objects,
    }
    return plistlib.dumps(top, fmt=plistlib.FMT_BINARY)


def ios(folder: Path, *, encrypted: bool = False) -> Path:
    listed = {"Media/DCIM/one.png": ONE, "Media/gone.png": None, "Library/../odd": TWO}
    files: dict[str, bytes] = {
        "Info.plist": plistlib.dumps(
            {
                "Device Name": "Example",
                "Last Backup Date": datetime(2026, 3, 2, 6, 30),  # noqa: DTZ001  # as the list has it: UTC, unsaid
                "Unique Identifier": "0" * 40,
                "Product Type": "iPhone1,1",
                "Serial Number": "S1",
                "IMEI": "490154203237518",
                "Installed Applications": ["org.example.app"],
                "iTunes Files": {"x": b"y"},
            }
        ),
        "Manifest.plist": plistlib.dumps(
            {"IsEncrypted": encrypted, "BackupKeyBag": SECRET.encode(), "Version": "10.0"}
        ),
        "aa/" + "a" * 40: b"stray",
    }
    rows: list[tuple[Any, ...]] = [("0" * 40, "CameraRollDomain", "Media", 2, b"")]
    for path, content in listed.items():
        number = sha1(f"CameraRollDomain-{path}".encode()).hexdigest()
        rows.append((number, "CameraRollDomain", path, 1, archived(Size=1, LastModified=AT, Birth=AT - 60)))
        if content is not None:
            files[f"{number[:2]}/{number}"] = content
    images.folder(folder, files)
    base = sqlite3.connect(folder / "Manifest.db")
    base.execute(
        "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB)"
    )
    base.executemany("INSERT INTO Files VALUES (?, ?, ?, ?, ?)", rows)
    base.commit()
    base.close()
    return folder


def test_an_ios_backup_gives_its_files_by_domain_and_path(tmp_path: Path) -> None:
    found = known(ios(tmp_path / "backup"))
    got = contents(found)
    assert got["CameraRollDomain/Media/DCIM/one.png"] == ONE
    assert got["CameraRollDomain/Library/../odd"] == TWO
    assert got["aa/" + "a" * 40] == b"stray"
    assert {"Info.plist", "Manifest.plist", "Manifest.db"} <= set(got)
    assert sorted(codes(found)) == ["file-missing", "not-in-manifest", "path-unsafe"]
    entry = next(item for item in found.walk() if isinstance(item, Entry) and item.path.endswith("one.png"))
    assert (entry.times.modified, entry.times.created) == ("2026-03-02T06:30:00Z", "2026-03-02T06:29:00Z")
    assert b"".join(known(tmp_path / "backup").read(pickle.loads(pickle.dumps(entry.content)))) == ONE
    told = artefacts(found)
    assert SECRET not in repr(told)
    assert found.device()["model"] == "iPhone1,1"
    assert [one.facts["package"] for one in told if one.kind == "install"] == ["org.example.app"]


def test_an_encrypted_ios_backup_says_so(tmp_path: Path) -> None:
    found = known(ios(tmp_path / "backup", encrypted=True))
    assert codes(found) == ["encrypted-backup"]
    assert "aa/" + "a" * 40 in contents(found)
    assert found.device()["encrypted"] == "yes"


def test_a_manifest_that_is_no_database_is_named_and_the_files_stay(tmp_path: Path) -> None:
    folder = ios(tmp_path / "backup")
    (folder / "Manifest.db").write_bytes((folder / "Manifest.db").read_bytes()[:100] + b"\xff" * 9000)
    found = known(folder)
    assert "extraction-damaged" in codes(found)
    assert b"stray" in contents(found).values()
