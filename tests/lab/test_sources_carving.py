"""Carving: whole pictures and videos in unclaimed space come back byte for byte, at a bounded cost."""

from __future__ import annotations

import io
import random
import struct
import time
from fractions import Fraction
from pathlib import Path

import av
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.lab.sources import open_source
from kaval.lab.sources.carving import Carved, Claims, carve
from kaval.lab.sources.containers import Medium
from kaval.lab.sources.entry import Entry, Limits, State, Trouble
from tests.lab import disks, images
from tests.lab.images import MIB

KINDS = ("jpg", "png", "gif", "webp", "heic", "mp4", "mov", "avi", "mkv")


def video(form: str) -> bytes:
    """Eight frames of a pattern in a container of FFmpeg's."""
    stream = io.BytesIO()
    with av.open(stream, "w", format=form) as container:
        track = container.add_stream("mpeg4", rate=Fraction(8))
        track.width, track.height = 64, 48
        for seed in range(8):
            picture = disks.pattern(seed, 64).crop((0, 0, 64, 48))
            frame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
            container.mux(track.encode(frame))
        container.mux(track.encode(None))
    return stream.getvalue()


def sample(kind: str, seed: int = 1) -> bytes:
    if kind in ("mp4", "mov", "avi", "mkv"):
        return video({"mkv": "matroska"}.get(kind, kind))
    if kind == "heic":
        stream = io.BytesIO()
        pillow_heif.from_pillow(disks.pattern(seed)).save(stream)
        return stream.getvalue()
    return disks.encoded(seed, {"jpg": "JPEG"}.get(kind, kind.upper()))


def medium(content: bytes) -> Medium:
    return Medium("raw", len(content), (), lambda at, length: content[at : at + length])


def carved(content: bytes) -> tuple[dict[str, bytes], list[str]]:
    """What is found in bytes that nothing claims, and the codes of the troubles."""
    found = list(carve(medium(content), iter([(0, len(content))]), volume=None, handed=(), most=10_000))
    told = {}
    for one in found:
        if isinstance(one, Entry):
            assert isinstance(one.content, Carved)
            told[one.path] = content[one.content.offset : one.content.offset + one.content.size]
    return told, [one.code for one in found if isinstance(one, Trouble)]


def padded(*parts: bytes) -> bytes:
    """The parts, each at the start of a sector, with noise between."""
    noise = random.Random(5)
    return b"".join(part + noise.randbytes(-len(part) % 512 + 512) for part in parts)


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_file_comes_back_byte_for_byte(kind: str) -> None:
    content = sample(kind)
    found, troubles = carved(padded(b"", content, b"between", content))
    assert list(found.values()) == [content, content]
    assert {name.rsplit(".", 1)[1] for name in found} == {kind}
    assert troubles == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_breaks_off_or_is_overwritten_is_counted_and_not_guessed(kind: str) -> None:
    content = sample(kind)
    whole = sample("png", 3)
    found, troubles = carved(padded(content[: len(content) // 2], whole))
    assert whole in found.values()
    if kind not in ("webp", "heic", "mkv"):  # these state a length, and what lies there passes for it
        assert len(found) == 1
        assert troubles == ["carved-incomplete"]


def test_further_pictures_behind_the_first_and_thumbnails_inside_belong_to_the_file() -> None:
    first, second = sample("jpg", 1), sample("jpg", 2)
    thumb = (
        first[:2]
        + b"\xff\xe1"
        + struct.pack(">H", 514 + len(second))
        + bytes(508 - 2)
        + second
        + bytes(6)
        + first[2:]
    )
    both = padded(first + second, thumb)
    found, _ = carved(both)
    assert list(found.values()) == [first + second, thumb]


def test_files_whose_names_are_wiped_are_carved_and_live_ones_are_not(tmp_path: Path) -> None:
    files = {f"p{number}.jpg": disks.encoded(number, "JPEG") for number in range(6)}
    image = images.vfat(tmp_path / "f.img", files, deleted=("p2.jpg", "p4.jpg"))
    content = bytearray(image.read_bytes())
    for at in range(0, len(content), 32):  # the long-name and short entries of what was deleted first
        if content[at : at + 1] == b"\xe5" and content[at + 1 : at + 8] == b"2      ":
            content[at : at + 32] = bytes(32)
            content[at + 1 : at + 12] = b"           "
            content[at] = 0xE5
            content[at + 11] = 0x0F
    image.write_bytes(content)
    source = open_source(image, name="f", limits=Limits())
    states = {}
    for one in source.walk():
        if isinstance(one, Entry) and one.content is not None:
            states[b"".join(source.read(one.content))] = (one.state, one.path)
    source.close()
    assert {name: states[files[name]][0] for name in files} == {
        name: State.CARVED if name == "p2.jpg" else State.DELETED if name == "p4.jpg" else State.ALLOCATED
        for name in files
    }
    assert states[files["p2.jpg"]][1].startswith("$Carved/")
    assert len(states) == len(files)


def test_space_between_and_outside_partitions_is_looked_at(tmp_path: Path) -> None:
    lost = sample("jpg", 7)
    disk = images.partitioned(
        tmp_path / "disk.img", [images.vfat(tmp_path / "one.img", {"a.png": sample("png")})]
    )
    content = disk.read_bytes()
    disk.write_bytes(content[: 64 * 512] + lost + content[64 * 512 + len(lost) :] + padded(lost))
    source = open_source(disk, name="d", limits=Limits())
    found = [one for one in source.walk() if isinstance(one, Entry)]
    assert [(one.state, one.volume) for one in found][1:] == [(State.CARVED, None)] * 2
    assert [b"".join(source.read(one.content)) for one in found[1:]] == [lost, lost]
    source.close()


@pytest.mark.parametrize(
    "bomb",
    [
        b"\xff\xd8" + b"\xff\xe0\x01\xfe" + bytes(506),
        b"\xff\xd8\xff" + b"\xff" * 509,
        (b"\xff\xd8\xff\xc0\x00\x04\0\0\xff\xda\x00\x04\0\0").ljust(512, b"\0"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + bytes(17) + struct.pack(">I", 1 << 22) + b"IDAT").ljust(
            512, b"\0"
        ),
        b"GIF89a" + bytes(7) + b"\x21\xf9" + b"\x01\x00" * 248 + b"\x01",
        b"\0\0\2\0ftypisom" + bytes(500),
    ],
)
def test_a_medium_full_of_false_headers_is_bounded(bomb: bytes) -> None:
    content = bomb * (2 * MIB // len(bomb))
    began = time.process_time()
    found, troubles = carved(content)
    assert time.process_time() - began < 10
    assert not found
    assert troubles


def test_lengths_that_claim_the_same_space_again_and_again_are_bounded() -> None:
    size = 4 * MIB
    content = b"".join(
        b"RIFF" + struct.pack("<I4s4sI", size - at - 8, b"AVI ", b"LIST", size - at - 20) + bytes(492)
        for at in range(0, size, 512)
    )
    found = list(carve(medium(content), iter([(0, size)]), volume=None, handed=(), most=10_000))
    assert sum(one.size or 0 for one in found if isinstance(one, Entry)) < 32 * size
    assert [one.code for one in found if isinstance(one, Trouble)] == ["carving-stopped"]
    few = list(carve(medium(content), iter([(0, size)]), volume=None, handed=(), most=3))
    assert [one.code for one in few if isinstance(one, Trouble)] == ["too-many-entries"]
    assert len(few) == 4


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("jpg", "png", "gif", "webp")),
            st.integers(0, 3),
            st.integers(0, 600),
            st.binary(),
        ),
        max_size=4,
    )
)
@settings(max_examples=25, deadline=None)
def test_damaged_files_never_stop_the_search_and_what_is_found_lies_inside(
    parts: list[tuple[str, int, int, bytes]],
) -> None:
    damaged = []
    for kind, seed, place, junk in parts:
        content = sample(kind, seed)
        damaged.append(content[:place] + junk + content[place + len(junk) :])
    content = padded(*damaged)
    found = list(carve(medium(content), iter([(0, len(content))]), volume=None, handed=(), most=10_000))
    for one in found:
        if isinstance(one, Entry):
            assert isinstance(one.content, Carved)
            assert one.content.offset % 512 == 0
            assert one.size == one.content.size
            assert 0 < one.content.size <= len(content) - one.content.offset


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 80)), max_size=30), st.integers(0, 100))
def test_free_space_is_exactly_what_nothing_claims(claims: list[tuple[int, int]], start: int) -> None:
    end = start + 200
    told = Claims.none()
    for first, length in claims:
        told.add(first, length)
    free = {at for first, last in told.free(start, end) for at in range(first, last)}
    assert free == {at for at in range(start, end) if not any(a <= at < a + n for a, n in claims)}
