"""A video gives its vPDQ frame for frame as the reference samples it; broken ones end in a trouble or in less."""

from __future__ import annotations

import io
import random
from itertools import pairwise

import av
import numpy as np
import pytest

from kaval.lab import perceptual
from kaval.lab.perceptual import vpdq
from kaval.lab.perceptual.pdq import Plane, hash_plane
from kaval.lab.shapes import VideoFacts
from kaval.lab.sources.entry import Trouble
from tests.lab.pictures import abstract, mutated, video

KINDS = (
    ("avi", "mjpeg", "yuvj420p"),
    ("mp4", "mpeg4", "yuv420p"),
    ("mpegts", "mpeg2video", "yuv420p"),
    ("webm", "libvpx-vp9", "yuv420p"),
    ("matroska", "ffv1", "yuv444p10le"),
    ("matroska", "ffv1", "bgr0"),
)
RATE = 25


def _frames(count: int, *, height: int = 144, width: int = 192) -> list[Plane]:
    """A window that moves over one pattern."""
    ground = abstract(17, height + count, width + count)
    return [np.ascontiguousarray(ground[at : at + height, at : at + width]) for at in range(count)]


def _facts(content: bytes) -> VideoFacts:
    found = perceptual.video(io.BytesIO(content))
    assert isinstance(found, VideoFacts), found
    return found


def _trouble(content: bytes) -> Trouble:
    found = perceptual.video(io.BytesIO(content))
    assert isinstance(found, Trouble), found
    return found


@pytest.mark.parametrize(("container", "codec", "pixels"), KINDS)
def test_one_frame_a_second_is_hashed_as_the_reference_would(container: str, codec: str, pixels: str) -> None:
    content = video(_frames(60), rate=RATE, container=container, codec=codec, pixels=pixels)
    facts = _facts(content)
    with av.open(io.BytesIO(content), mode="r") as opened:
        shown = [frame.to_ndarray(format="rgb24") for frame in opened.decode(video=0)]
    assert (facts.width, facts.height) == (192, 144)
    assert facts.duration_s == pytest.approx(60 / RATE, abs=0.6)
    assert [round(later[2] - one[2], 2) for one, later in pairwise(facts.vpdq)] == [1.0, 1.0]
    for (value, quality, _), frame in zip(facts.vpdq, shown[::RATE], strict=True):
        expected = hash_plane(np.ascontiguousarray(frame))
        assert perceptual.hamming(value, expected.pdq) <= 12
        assert abs(quality - expected.quality) <= 2


@pytest.mark.parametrize("pixels", ["yuv420p", "yuvj420p", "yuv444p10le"])
def test_quality_is_of_full_range_whatever_the_range_coded(pixels: str) -> None:
    faint = [frame // 3 for frame in _frames(2)]
    codec = "mjpeg" if pixels == "yuvj420p" else "ffv1"
    (first,) = _facts(video(faint, rate=RATE, container="matroska", codec=codec, pixels=pixels)).vpdq
    assert first[1] == pytest.approx(hash_plane(faint[0]).quality, abs=3)
    assert first[1] < 100


def test_the_container_s_words_on_camera_time_and_place_are_told() -> None:
    told = {"location": "+09.9312+076.2673/", "creation_time": "2026-03-01T10:00:00Z"}
    facts = _facts(video(_frames(2), rate=RATE, container="mp4", codec="mpeg4", pixels="yuv420p", told=told))
    assert facts.place == (9.9312, 76.2673)
    assert facts.taken_at == "2026-03-01T10:00:00.000000Z"
    assert (facts.camera_make, facts.camera_model) == (None, None)


@pytest.mark.parametrize("location", ["+99.0+076.0/", "9.9,76.2", "+0956+07616/ /etc"])
def test_a_place_off_the_globe_or_not_in_degrees_is_none(location: str) -> None:
    content = video(_frames(2), rate=RATE, container="matroska", told={"location": location})
    assert _facts(content).place is None


@pytest.mark.parametrize(("container", "codec", "pixels"), KINDS[:2])
def test_beyond_the_bound_only_key_frames_a_second_apart_are_decoded(
    monkeypatch: pytest.MonkeyPatch, container: str, codec: str, pixels: str
) -> None:
    content = video(_frames(200), rate=10, container=container, codec=codec, pixels=pixels)
    full = _facts(content)
    assert len(full.vpdq) == 20
    monkeypatch.setattr(vpdq, "DECODED_PIXELS", 192 * 144 * 60)
    sparse = _facts(content)
    seconds = [second for _, _, second in sparse.vpdq]
    assert seconds[:6] == [0, 1, 2, 3, 4, 5]
    assert min(later - one for one, later in pairwise(seconds)) >= 1
    assert seconds[-1] >= 18
    assert sparse.vpdq == _facts(content).vpdq
    assert set(sparse.vpdq[:6]) <= set(full.vpdq)


def test_the_number_of_values_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vpdq, "MAX_VALUES", 3)
    assert len(_facts(video(_frames(60), rate=5)).vpdq) == 3


def test_a_frame_too_large_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    content = video(_frames(2), rate=RATE)
    monkeypatch.setattr(vpdq, "MAX_FRAME_PIXELS", 192 * 144 - 1)
    assert _trouble(content).code == "video-too-large"


def test_sound_alone_is_no_moving_picture() -> None:
    file = io.BytesIO()
    with av.open(file, mode="w", format="mp4") as made:
        track = made.add_stream("aac", rate=16_000, layout="mono")
        sound = av.AudioFrame.from_ndarray(
            np.zeros((1, 4096), dtype=np.float32), format="fltp", layout="mono"
        )
        sound.sample_rate = 16_000
        made.mux(track.encode(sound))
        made.mux(track.encode())
    assert _trouble(file.getvalue()).code == "video-without-pictures"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 4096,
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
    ],
    ids=["empty", "noughts", "playlist", "list of files"],
)
def test_what_is_no_video_or_would_open_other_files_is_trouble(content: bytes) -> None:
    assert _trouble(content).code == "video-broken"


@pytest.mark.parametrize(("container", "codec", "pixels"), KINDS)
def test_mutated_videos_end_in_facts_or_trouble(container: str, codec: str, pixels: str) -> None:
    content = video(
        _frames(12, height=48, width=64), rate=RATE, container=container, codec=codec, pixels=pixels
    )
    chance = random.Random(codec)
    for _ in range(60):
        found = perceptual.video(io.BytesIO(mutated(content, chance)))
        if isinstance(found, Trouble):
            assert found.code in ("video-broken", "video-without-pictures", "video-too-large")
        else:
            assert found.vpdq
