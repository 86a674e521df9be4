"""PDQ equals the reference bit by bit on a plane, and stays within a few bits of it on a picture decoded smaller."""

from __future__ import annotations

import io
import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kaval.lab import perceptual
from kaval.lab.perceptual.pdq import GRID, MIN_SIDE, ORIENTATIONS, Plane, Tents, hash_plane
from kaval.lab.shapes import PictureFacts
from tests.lab.pictures import abstract, encoded

# What pdqhash 0.2.8 gives: (seed of `abstract`, height, width, quality, value).
RECORDED = (
    (1, 5, 5, 71, "3c1fc4f1c3f01b069b269b623e0f749d64d9e4d93c0fc4f1c3f01b269b268b62"),
    (2, 64, 64, 100, "b51758565a4dcf5e5636b0f287b117c349e17b449b6a8c8ab6aa5d0574558639"),
    (3, 37, 211, 100, "542fbe1deaf368a4c078973aa811643d5ea6e9f0b95b16ae483668519daa33c3"),
    (4, 128, 128, 100, "508750c99bac30d1211e8dfc36d2bd94ab5ec7a7746a8be21ddc73a9c4692437"),
    (5, 129, 127, 100, "2a444752e9dbe83bc5235522d23674b4db622f55f439d5cb27292aed3cd54215"),
    (6, 300, 200, 100, "3203ac4c8d72765a9db46ee590de5fb45b31641786ece62c69ab005b701d9fe2"),
    (7, 480, 640, 100, "7ccc93b6dd64261bdc8bb1144c0fbcdb1ca611c109c1b5a2dccda95d651cd676"),
    (8, 700, 33, 100, "dff2a6891806ee6c27c63919dcf2094df9f98e04dfc64909a11a1ec7606cb71e"),
)
GREY_OF_SIX = "b331310d8e62764e9db44ee550dbdfb019a1641786ebe32c499bc05b721b9de2"
NOISE = "a50834f787ee65efc894e93a1f64d62bb746e50e3f832a5e04c5aef4cc0a8838"
GRADIENT = "25d66d54551ca55454aab55c6d565d472eb55acd664a59568ab12275ad4dc953"
FLAT = "00002c4b2c4b0000000000008200017e0000cc530000554b13a0554b585e1706"


@pytest.mark.parametrize(("seed", "height", "width", "quality", "value"), RECORDED)
def test_a_plane_gives_the_value_recorded_from_the_reference(
    seed: int, height: int, width: int, quality: int, value: str
) -> None:
    hashed = hash_plane(abstract(seed, height, width))
    assert (hashed.pdq, hashed.quality) == (value, quality)


def test_a_grey_plane_is_hashed_as_it_is() -> None:
    grey = np.ascontiguousarray(abstract(6, 300, 200)[:, :, 1])
    assert hash_plane(grey).pdq == GREY_OF_SIX == hash_plane(np.repeat(grey[:, :, None], 3, axis=2)).pdq


def test_values_that_only_rounding_decides_are_the_reference_s_too() -> None:
    noise = np.frombuffer(random.Random(12).randbytes(150 * 170 * 3), np.uint8).reshape(150, 170, 3)
    assert hash_plane(noise).pdq == NOISE
    ramp = np.broadcast_to((np.arange(200) * 255 // 200).astype(np.uint8), (100, 200))
    assert (hash_plane(ramp).pdq, hash_plane(ramp).quality) == (GRADIENT, 46)


def test_a_flat_plane_has_its_value_and_quality_nought() -> None:
    hashed = hash_plane(np.full((90, 90, 3), 77, np.uint8))
    assert (hashed.pdq, hashed.quality) == (FLAT, 0)
    assert hashed.quality < perceptual.MATCH_QUALITY


@settings(deadline=None, max_examples=12)
@given(
    seed=st.integers(0, 10_000),
    height=st.integers(130, 700),
    width=st.integers(130, 700),
    scale=st.sampled_from((0, 1, 2, 4)),
)
def test_each_orientation_is_the_value_of_the_picture_turned_that_way(
    seed: int, height: int, width: int, scale: int
) -> None:
    plane = np.ascontiguousarray(abstract(seed, height, width)[:, :, 1])
    told = _orientations(plane, scale)
    turned = [hash_plane(np.ascontiguousarray(one)) for one in _turned(plane, scale)]
    if turned[0].quality >= perceptual.MATCH_QUALITY:
        # A bit whose term lies on the median is decided by rounding; such bits come in pairs.
        assert max(perceptual.hamming(one, other.pdq) for one, other in zip(told, turned, strict=True)) <= 6


def _orientations(plane: Plane, scale: int) -> tuple[str, ...]:
    """By the passes (0), or by weights from a plane that is 1/`scale` of the picture."""
    if not scale:
        return hash_plane(plane, orientations=True).orientations or ()
    tents = Tents((plane.shape[0] * scale, plane.shape[1] * scale), scale=scale, orientations=True)
    tents.feed(plane)
    return tents.hashed().orientations or ()


def _turned(plane: Plane, scale: int) -> tuple[Plane, ...]:
    """The full picture turned eight ways, in the order of `ORIENTATIONS`."""
    full = np.kron(plane, np.ones((max(scale, 1), max(scale, 1)), dtype=np.uint8))
    turns = tuple(np.rot90(full, quarter) for quarter in range(4))
    return (*turns, full[::-1], full[:, ::-1], full.T, np.rot90(full[::-1], 1))


def test_orientations_are_far_from_one_another_and_left_out_when_not_asked_for() -> None:
    plane = abstract(6, 300, 200)
    told = hash_plane(plane, orientations=True).orientations
    assert told is not None
    assert len(told) == len(ORIENTATIONS) == 8
    assert told[0] == hash_plane(plane).pdq
    assert min(perceptual.hamming(one, other) for n, one in enumerate(told) for other in told[:n]) > 60
    assert hash_plane(plane).orientations is None


@pytest.mark.parametrize("size", [(1, 400), (400, 4), (4, 4), (MIN_SIDE - 1, MIN_SIDE)])
def test_a_picture_too_thin_has_noughts_of_quality_nought(size: tuple[int, int]) -> None:
    plane = abstract(3, *size)
    hashed = hash_plane(plane, orientations=True)
    assert (hashed.pdq, hashed.quality) == ("0" * 64, 0)
    assert hashed.orientations == ("0" * 64,) * 8
    tents = Tents(size, orientations=True)
    tents.feed(np.ascontiguousarray(plane[:, :, 0]))
    assert tents.hashed() == hashed


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10_000),
    height=st.integers(MIN_SIDE, 400),
    width=st.integers(MIN_SIDE, 400),
    cuts=st.lists(st.integers(0, 400), max_size=6),
)
def test_weighted_means_give_the_value_of_the_passes_however_the_rows_arrive(
    seed: int, height: int, width: int, cuts: list[int]
) -> None:
    plane = np.ascontiguousarray(abstract(seed, height, width)[:, :, 0])
    whole = Tents((height, width), orientations=True)
    pieces = Tents((height, width), orientations=True)
    whole.feed(plane)
    edges = [0, *sorted(min(cut, height) for cut in cuts), height]
    for top, bottom in itertools.pairwise(edges):
        pieces.feed(plane[top:bottom])
    assert pieces.hashed() == whole.hashed()
    passes = hash_plane(plane)
    # The rounding differs, so a bit whose term lies on the median may: many in a picture of a few columns.
    if min(height, width) >= GRID and passes.quality >= perceptual.MATCH_QUALITY:
        assert perceptual.hamming(whole.hashed().pdq, passes.pdq) <= 4
    assert abs(whole.hashed().quality - passes.quality) <= 1


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), scale=st.sampled_from((2, 4, 8)), data=st.data())
def test_a_picture_of_block_means_gives_what_the_full_one_gives(
    seed: int, scale: int, data: st.DataObject
) -> None:
    height, width = (data.draw(st.integers(128, 220)) * scale for _ in range(2))
    small = np.ascontiguousarray(abstract(seed, height // scale, width // scale)[:, :, 0])
    full = np.repeat(np.repeat(small, scale, axis=0), scale, axis=1)
    reduced, at_once = Tents((height, width), scale=scale), Tents((height, width))
    reduced.feed(small)
    at_once.feed(full)
    assert perceptual.hamming(reduced.hashed().pdq, at_once.hashed().pdq) <= 4


def test_black_and_white_of_the_plane_change_the_quality_not_the_bits() -> None:
    plane = np.ascontiguousarray(abstract(5, 200, 300)[:, :, 0]) // 3 + 70
    tents = Tents((200, 300))
    tents.feed(plane)
    full, limited = tents.hashed(), tents.hashed(levels=(16, 235))
    assert perceptual.hamming(full.pdq, limited.pdq) <= 2
    assert limited.quality > full.quality


@pytest.mark.parametrize(("height", "width"), [(520, 700), (1030, 1500), (2056, 2100)])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_decoded_smaller_stays_within_four_bits_of_the_whole_one(
    height: int, width: int, progressive: bool
) -> None:
    file = encoded(abstract(height, height, width), "JPEG", quality=70, progressive=progressive)
    facts = perceptual.picture(io.BytesIO(file), mime="image/jpeg")
    assert isinstance(facts, PictureFacts)
    with Image.open(io.BytesIO(file)) as image:
        whole = hash_plane(np.asarray(image))
    assert perceptual.hamming(facts.pdq or "", whole.pdq) <= 4
    assert abs((facts.pdq_quality or 0) - whole.quality) <= 1


def test_distance_counts_the_bits_that_differ() -> None:
    assert perceptual.hamming("0" * 64, "0" * 64) == 0
    assert perceptual.hamming("0" * 64, "f" * 64) == 256
    assert perceptual.hamming("8" + "0" * 63, "0" * 63 + "1") == 2


def test_re_encoding_and_resizing_stay_within_the_matching_distance() -> None:
    plane: Plane = abstract(33, 900, 1200)
    known = hash_plane(plane).pdq
    image = Image.fromarray(plane)
    for changed in (image.resize((640, 480)), image.resize((400, 300)), image):
        facts = perceptual.picture(io.BytesIO(encoded(changed, "JPEG", quality=35)), mime="image/jpeg")
        assert isinstance(facts, PictureFacts)
        assert perceptual.hamming(facts.pdq or "", known) <= perceptual.MATCH_DISTANCE
