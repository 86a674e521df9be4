"""Disks in every container and file system read here, with The Sleuth Kit's own tools as judges."""

from __future__ import annotations

import os
import pickle
import random
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import md5, sha256
from pathlib import Path
from zlib import adler32

import pytest

from kaval.lab.sources import open_source
from kaval.lab.sources.containers import MediumError
from kaval.lab.sources.entry import Entry, Limits, Source, State, Trouble
from tests.lab import disks, images
from tests.lab.images import MIB, tool

FILES = {f"p{number}.jpg": disks.encoded(number, "JPEG") for number in range(4)} | {
    f"q{number}.png": images.picture(number) for number in range(3)
}
DELETED = ("p1.jpg",)


Made = dict[str, Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """An image of each kind with `FILES`, of which `DELETED` are deleted as that system deletes; left unchanged."""
    at = tmp_path_factory.mktemp("images")
    tree = images.folder(at / "tree", FILES | {"sub/deep/z.gif": disks.encoded(9, "GIF")})
    kinds = {
        "ext4": images.ext4(at / "ext4.img", tree, deleted=DELETED),
        "fat32": images.vfat(at / "fat32.img", FILES, deleted=DELETED, size=40 * MIB, bits=32),
        "exfat": disks.exfat(at / "exfat.img", FILES, deleted=DELETED),
        "ntfs": images.ntfs(at / "ntfs.img", FILES | {"p0.jpg:stream": FILES["q0.png"]}),
    }
    disks.ntfs_delete(kinds["ntfs"], DELETED)
    return kinds


def copied(image: Path, at: Path) -> Path:
    return Path(shutil.copy(image, at / "disk.raw"))


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    source = open_source(path, name=path.name, limits=Limits())
    try:
        yield source
    finally:
        source.close()


def walked(path: Path) -> tuple[list[Entry], list[Trouble]]:
    with opened(path) as source:
        found = list(source.walk())
    return [one for one in found if isinstance(one, Entry)], [
        one for one in found if isinstance(one, Trouble)
    ]


def contents(path: Path) -> dict[str, tuple[Entry, bytes]]:
    """Everything that can be read, by path (volumes before a colon)."""
    with opened(path) as source:
        return {
            one.path if one.volume is None else f"{one.volume}:{one.path}": (
                one,
                b"".join(source.read(one.content)),
            )
            for one in source.walk()
            if isinstance(one, Entry) and one.content is not None
        }


def said(*command: str | Path) -> bytes:
    return subprocess.run([str(part) for part in command], capture_output=True, check=True).stdout


@pytest.mark.parametrize("kind", ["ext4", "fat32", "ntfs", "exfat"])
def test_every_file_that_fls_lists_is_walked_and_icat_gives_the_same_bytes(kind: str, made: Made) -> None:
    image = made[kind]
    found = contents(image)
    listed = said(tool("fls", "sleuthkit"), "-r", "-p", image).decode()
    judged = 0
    for kinds, gone, address, path in re.findall(r"^(\S+) (\*? ?)([\d-]+):\t(.+)$", listed, re.MULTILINE):
        own = path.startswith("$") or "Volume Label" in path
        if own or kinds not in ("r/r", "-/r"):
            continue
        entry, content = found[path]
        assert entry.address == int(address.split("-")[0])
        assert (entry.state is State.DELETED) == bool(gone)
        recover = ("-r",) if gone else ()
        assert content == said(tool("icat", "sleuthkit"), *recover, image, address)
        judged += 1
    assert judged == len(found), "nothing is carved that a file has, nothing else is invented"
    assert {md5(content).digest() for _, content in found.values()} >= {
        md5(one).digest() for one in FILES.values()
    }


@pytest.mark.parametrize("kind", ["ext4", "fat32", "ntfs"])
def test_what_tsk_recover_brings_back_is_among_the_files(kind: str, made: Made, tmp_path: Path) -> None:
    image = made[kind]
    images.run(tool("tsk_recover", "sleuthkit"), "-e", image, tmp_path / "out")
    recovered = {one.read_bytes() for one in (tmp_path / "out").rglob("*") if one.is_file()} - {b""}
    own = {content for name, (_, content) in contents(image).items()}
    assert set(FILES.values()) <= recovered
    assert {one for one in recovered if one[:2] in (b"\xff\xd8", b"\x89P")} <= own


def test_times_are_utc_where_the_file_system_keeps_utc_and_the_wall_clock_where_not(tmp_path: Path) -> None:
    tree = images.folder(tmp_path / "tree", {"a.png": FILES["q0.png"]})
    os.utime(tree / "a.png", (1_772_433_001, 1_772_433_002))
    [ext4], _ = walked(images.ext4(tmp_path / "e.img", tree))
    assert ext4.times.modified == "2026-03-02T06:30:02Z"
    exfat = walked(disks.exfat(tmp_path / "x.img", {"a.png": FILES["q0.png"]}))[0][0].times
    assert (exfat.modified, exfat.accessed) == ("2026-03-02T06:30:12", "2026-03-02T06:30:16")
    assert (exfat.created, exfat.changed) == ("2026-03-02T06:30:08", None)
    fat = walked(images.vfat(tmp_path / "f.img", {"a.png": FILES["q0.png"]}))[0][0].times
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", fat.modified or "")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", fat.accessed or "")


@pytest.mark.parametrize("kind", list(disks.CONTAINERS))
def test_every_container_gives_the_same_disk_and_the_same_files(
    kind: str, made: Made, tmp_path: Path
) -> None:
    raw = copied(made["exfat"], tmp_path)
    packed = disks.container(raw, kind)
    with opened(raw) as plain, opened(packed) as other:
        ticks: list[int] = []
        mark = other.fingerprint(tick=ticks.append)
        assert sum(ticks) == mark.size
        if mark.size == raw.stat().st_size:  # VHD and VHDX may round the disk up
            assert mark == plain.fingerprint(tick=ticks.append)
            assert mark.digest == sha256(raw.read_bytes()).hexdigest()
        again = pickle.loads(pickle.dumps([one for one in other.walk() if isinstance(one, Entry)]))
        assert again == [one for one in plain.walk() if isinstance(one, Entry)]
    with opened(packed) as elsewhere:  # as another process would
        for one in again:
            assert b"".join(elsewhere.read(one.content)) in FILES.values()


def test_tables_of_both_kinds_and_tables_inside_partitions_give_every_volume(
    made: Made, tmp_path: Path
) -> None:
    first, second = made["ext4"], made["exfat"]
    single = {name.rsplit("/", 1)[-1] for name in (*contents(first), *contents(second))}
    nested = disks.extended(tmp_path / "inner.img", [first, second])
    for disk, volumes in (
        (disks.gpt(tmp_path / "gpt.img", [first, second]), 2),
        (disks.extended(tmp_path / "mbr.img", [first, second]), 2),
        (disks.extended(tmp_path / "loop.img", [first, second], loop=True), 2),
        (disks.gpt(tmp_path / "nested.img", [nested, second]), 3),
    ):
        found = contents(disk)
        assert {name.split(":")[1].rsplit("/", 1)[-1] for name in found} == single
        assert len({one.volume for one, _ in found.values()}) == volumes
        told = said(tool("mmls", "sleuthkit"), disk).decode()
        assert all(
            f"{number:03d}:" in told for one, _ in found.values() if (number := one.volume or 0) < 1000
        )


def test_a_gpt_that_claims_millions_of_entries_is_named_and_costs_nothing(made: Made, tmp_path: Path) -> None:
    disk = disks.gpt(tmp_path / "gpt.img", [made["ext4"]], entries=0x7FFFFFFF)
    entries, troubles = walked(disk)
    assert "table-unreadable" in {one.code for one in troubles}
    assert {one.state for one in entries} == {State.CARVED}, "the pictures are still found by their content"
    assert len(entries) >= len(FILES)


def test_an_e01_whose_stored_digest_differs_is_not_examined(made: Made, tmp_path: Path) -> None:
    packed = disks.container(copied(made["ext4"], tmp_path), "E01")
    content = bytearray(packed.read_bytes())
    stored = md5(made["ext4"].read_bytes()).digest()
    assert stored in content
    for section in (b"digest", b"hash"):  # 76 bytes of section header, the digests, and their Adler-32
        place = content.index(section + bytes(16 - len(section)))
        body = bytearray(content[place + 76 : place + 76 + (80 if section == b"digest" else 36)])
        body[0] ^= 1
        body[-4:] = adler32(body[:-4]).to_bytes(4, "little")
        content[place + 76 : place + 76 + len(body)] = body
    assert stored not in content
    packed.write_bytes(content)
    with opened(packed) as source, pytest.raises(MediumError) as told:
        source.fingerprint(tick=lambda _: None)
    assert told.value.trouble.code == "stored-digest-differs"
    assert stored.hex() in told.value.trouble.text


@pytest.mark.parametrize("kind", ["E01", "E01-split", "vmdk", "vmdk-split", "vhd", "vhdx", "qcow2"])
def test_a_container_that_breaks_off_is_told_and_never_passes_for_whole(
    kind: str, made: Made, tmp_path: Path
) -> None:
    raw = copied(made["ext4"], tmp_path)
    with raw.open("r+b") as stream:  # something that does not compress, so that there is a middle to lose
        stream.seek(3 * MIB)
        stream.write(random.Random(1).randbytes(2 * MIB))
    packed = disks.container(raw, kind)
    last = max(
        (one for one in tmp_path.iterdir() if one != raw),
        key=lambda one: (one.stat().st_size > 4096, one.name),
    )
    size = last.stat().st_size
    for part in (0.97, 0.5, 0.01, 0.0):
        os.truncate(last, int(size * part))
        assert _refused(packed, unlike=sha256(raw.read_bytes()).hexdigest(), hidden=str(tmp_path))


def _refused(path: Path, *, unlike: str, hidden: str) -> bool:
    """True when reading the whole disk is refused with words, or an empty file is the image of nothing."""
    try:
        with opened(path) as source:
            mark = source.fingerprint(tick=lambda _: None)
    except MediumError as error:
        return bool(error.trouble.text) and hidden not in error.trouble.text
    return mark.size == 0 and mark.digest != unlike


def test_parts_that_are_missing_or_later_are_told(made: Made, tmp_path: Path) -> None:
    first = disks.container(copied(made["ext4"], tmp_path), "001")
    with opened(first) as source:
        assert source.fingerprint(tick=lambda _: None).digest == sha256(made["ext4"].read_bytes()).hexdigest()
    assert _code(tmp_path / "disk.002") == "not-the-first-part"
    os.truncate(tmp_path / "disk.002", 4096)
    assert _code(first) == "parts-unequal"
    (tmp_path / "disk.002").unlink()
    assert _code(first) == "part-missing"
    segment = disks.container(copied(made["ext4"], tmp_path), "E01-split").with_suffix(".E02")
    shutil.copy(segment.with_suffix(".E01"), segment)
    assert _code(segment) == "not-the-first-part"


def _code(path: Path) -> str:
    with pytest.raises(MediumError) as told, opened(path):
        pass
    return told.value.trouble.code


def test_an_image_over_another_one_or_encrypted_is_refused_with_words(made: Made, tmp_path: Path) -> None:
    raw = copied(made["ext4"], tmp_path)
    qemu = tool("qemu-img", "qemu-utils")
    for form in ("qcow2", "vmdk"):
        base, over = disks.container(raw, form), tmp_path / f"over.{form}"
        images.run(qemu, "create", "-q", "-f", form, "-b", base, "-F", form, over)
        assert _code(over) == "needs-another-image"
    locked = bytearray((tmp_path / "disk.qcow2.qcow2").read_bytes())
    locked[32:36] = b"\0\0\0\2"  # the method of encryption: LUKS
    (tmp_path / "locked.qcow2").write_bytes(locked)
    assert _code(tmp_path / "locked.qcow2") == "container-not-read"
    logical = tmp_path / "files.L01"
    logical.write_bytes(b"LVF\x09\x0d\x0a\xff\x00" + bytes(2000))
    assert _code(logical) == "container-not-read"


def test_a_vmdk_descriptor_reaches_no_file_outside_its_folder(made: Made, tmp_path: Path) -> None:
    flat = disks.container(copied(made["ext4"], tmp_path), "vmdk-flat")
    text = flat.read_text("latin-1")
    (tmp_path / "outside").write_bytes(bytes(8 * MIB))
    for named, code in ((f"../{tmp_path.name}/outside", "extent-outside"), ("absent.vmdk", "part-missing")):
        flat.write_text(re.sub('"[^"]+-flat[^"]*"', f'"{named}"', text), "latin-1")
        assert _code(flat) == code


def test_a_container_that_claims_a_disk_beyond_reason_is_refused(tmp_path: Path) -> None:
    sparse = tmp_path / "huge.qcow2"
    images.run(tool("qemu-img", "qemu-utils"), "create", "-q", "-f", "qcow2", sparse, "1M")
    content = bytearray(sparse.read_bytes())
    content[24:32] = (1 << 52).to_bytes(8, "big")
    sparse.write_bytes(content)
    assert _code(sparse) in ("size-larger-than-source", "image-unreadable")
