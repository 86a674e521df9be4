"""Mutated and broken disks: every walk ends, within memory, and what could not be read is named."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from kaval.lab.sources import open_source
from kaval.lab.sources.entry import Entry, Limits, State, Trouble
from kaval.lab.sources.file import FileSource
from kaval.lab.sources.image import ImageSource
from tests.lab import disks, images
from tests.lab.images import MIB

FILES = {f"p{number}.jpg": disks.encoded(number, "JPEG") for number in range(4)}
_MUTANTS = 10
# In a process of its own with an address limit: the libraries are written in C, and a run gives them one too.
_PROGRAM = """
import resource, sys
from pathlib import Path
from kaval.lab.sources import open_source
from kaval.lab.sources.entry import Limits, Trouble
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
for path in sorted(Path(sys.argv[1]).iterdir()):
    told = entries = 0
    try:
        source = open_source(path, name=path.name, limits=Limits())
        source.fingerprint(tick=lambda _: None)
        for found in source.walk():
            if isinstance(found, Trouble):
                told += 1
                continue
            entries += 1
            if found.content is not None:
                try:
                    for _ in source.read(found.content):
                        pass
                except OSError:
                    told += 1
        source.close()
    except OSError:
        told += 1
    print(path.name, entries, told, flush=True)
"""


def mutated(whole: bytes, told: list[int], seed: int) -> bytes:
    """The image with up to eight small damages in the sectors told, one in ten times cut short."""
    noise = random.Random(seed)
    content = bytearray(whole)
    for _ in range(noise.randint(1, 8)):
        at = noise.choice(told) + noise.randrange(500)
        length = noise.randrange(1, 12)
        kind = noise.randrange(3)
        other = noise.choice(told)
        content[at : at + length] = (b"\xff" * length, bytes(length), whole[other : other + length])[kind]
    return bytes(content[: noise.randrange(len(content))] if noise.random() < 0.1 else content)


@pytest.mark.parametrize("kind", ["ntfs", "exfat", "fat", "gpt", "E01", "qcow2", "vmdk"])
def test_mutated_disks_end_in_entries_and_troubles(kind: str, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    if kind == "ntfs":
        base = images.ntfs(tmp_path / "base.img", FILES)
    elif kind == "fat":
        base = images.vfat(tmp_path / "base.img", FILES, deleted=("p1.jpg",))
    else:
        base = disks.exfat(tmp_path / "base.img", FILES, deleted=("p1.jpg",))
    if kind == "gpt":
        base = disks.gpt(tmp_path / "disk.img", [base])
    elif kind in disks.CONTAINERS:
        base = disks.container(base, kind)
    whole = base.read_bytes()
    told = [at for at in range(0, len(whole), 512) if any(whole[at : at + 512])][:300]
    for seed in range(_MUTANTS):
        (work / f"{seed:02d}{base.suffix}").write_bytes(mutated(whole, told, seed))
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(work)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    rows = [line.split() for line in done.stdout.splitlines()]
    assert len(rows) == _MUTANTS
    assert all(int(entries) + int(told) for _, entries, told in rows), "nothing passes in silence"


def test_a_damaged_medium_is_named_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = images.ext4(tmp_path / "e.img", images.folder(tmp_path / "tree", FILES))
    place = image.read_bytes().index(FILES["p2.jpg"])
    source = open_source(image, name="e", limits=Limits())
    assert isinstance(source, ImageSource)
    medium = source._open()
    inner = medium.pread

    def breaks(at: int, length: int) -> bytes:
        if at < place + 1024 and at + length > place:
            raise OSError("bad sector")
        return inner(at, length)

    monkeypatch.setattr(medium, "pread", breaks)
    found = list(source.walk())
    entries = [one for one in found if isinstance(one, Entry) and one.state is State.ALLOCATED]
    assert [one.path for one in entries] == sorted(FILES)
    for one in entries:
        if one.path == "p2.jpg":
            with pytest.raises(OSError, match="bad sector"):
                list(source.read(one.content))
    assert {one.code for one in found if isinstance(one, Trouble)} <= {"not-carved"}
    source.close()


def test_what_is_no_disk_is_one_file_and_a_disk_that_pretends_to_be_a_file_is_a_disk(tmp_path: Path) -> None:
    single = tmp_path / "a.zip"
    single.write_bytes(b"PK\x03\x04" + bytes(26) + b"content")
    source = open_source(single, name="a.zip", limits=Limits())
    assert isinstance(source, FileSource)
    [entry] = source.walk()
    assert isinstance(entry, Entry)
    assert (entry.path, b"".join(source.read(entry.content))) == ("a.zip", single.read_bytes())
    assert source.fingerprint(tick=lambda _: None).size == entry.size
    disk = images.ext4(tmp_path / "e.img", images.folder(tmp_path / "tree", FILES))
    with disk.open("r+b") as stream:  # the first 1,024 bytes of ext4 are free for anyone's use
        stream.write(b"PK\x03\x04" + bytes(26) + b"content")
    disguised = open_source(disk, name="e", limits=Limits())
    assert isinstance(disguised, ImageSource)
    assert len([one for one in disguised.walk() if isinstance(one, Entry)]) == len(FILES)
    disguised.close()


@pytest.mark.parametrize(
    ("at", "magic", "code"),
    [
        (0, b"LUKS\xba\xbe\0\2", "volume-encrypted"),
        (32, b"NXSB", "no-file-system"),
        (1024, b"\x10\x20\xf5\xf2", "no-file-system"),
    ],
)
def test_a_volume_that_is_not_read_is_named_and_still_carved(
    at: int, magic: bytes, code: str, tmp_path: Path
) -> None:
    disk = bytearray(4 * MIB)
    disk[at : at + len(magic)] = magic
    disk[MIB : MIB + len(FILES["p0.jpg"])] = FILES["p0.jpg"]
    (tmp_path / "v.img").write_bytes(disk)
    source = open_source(tmp_path / "v.img", name="v", limits=Limits())
    found = list(source.walk())
    source.close()
    assert [one.code for one in found if isinstance(one, Trouble)] == [code]
    assert [(one.state, one.size) for one in found if isinstance(one, Entry)] == [
        (State.CARVED, len(FILES["p0.jpg"]))
    ]
