"""PDQ of a plane of pixels, bit by bit what the published algorithm gives, or the same from a picture decoded smaller.

Two ways to the 64 by 64 values that PDQ is made of. `hash_plane` repeats the reference's additions in the reference's
order in 32-bit floats, so that the value is its value even where rounding decides a bit. `Tents` uses that the two
box passes are linear and separable: each of the 64 values is a fixed weighted mean of pixels, and the weights of the
full size, summed over the 2, 4 or 8 pixels that one pixel of a reduced picture stands for, make of the reduced picture
what the full one would have given (the reference's own rounding-up of its window at the reduced size would not).
The other seven orientations are the values that the picture would have if it were turned, by the same weights from
the other side. The reference turns the cosine terms instead, which is up to 22 bits off on small pictures, because
the pixel it takes of a cell is not the cell's middle: with a matching distance of 31 that loses turned copies.
Sources: facebook/ThreatExchange `hashing/hashing.pdf`, `pdq/cpp/hashing/pdqhashing.cpp`, `pdq/cpp/downscaling`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

GRID = 64
TERMS = 16
MIN_SIDE = 5
"""A picture thinner than this has no PDQ: the reference gives zeros with quality 0 (`MIN_HASHABLE_DIM`)."""
ORIENTATIONS = (
    "original",
    "rotate90",
    "rotate180",
    "rotate270",
    "flip_x",
    "flip_y",
    "flip_plus1",
    "flip_minus1",
)
"""The order of the eight values, as in the reference."""
_SLAB = 16  # rows that go through a row pass side by side: one vector of 32-bit floats

Plane = NDArray[np.uint8]
Floats = NDArray[np.float32]
# The kernels' types are spelled out, so that all are compiled when this module is loaded and none later: a confined
# process can write no cache.
_GREY = types.Array(types.uint8, 2, "C", readonly=True)
_COLOUR = types.Array(types.uint8, 3, "C", readonly=True)
_F32 = types.Array(types.float32, 2, "C")
_INT, _INTS, _NONE = types.int64, types.Array(types.int64, 1, "C"), types.void
_COSINES = np.array(
    [
        [math.cos(math.pi / 2 / GRID * row * column) for column in range(1, 2 * GRID, 2)]
        for row in range(1, TERMS + 1)
    ]
)
_COSINES = (float(np.float32(math.sqrt(2 / GRID))) * _COSINES).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Hashed:
    """PDQ as 64 hex digits, its quality 0 to 100, and the eight orientations in the order of `ORIENTATIONS`."""

    pdq: str
    quality: int
    orientations: tuple[str, ...] | None = None


def hash_plane(plane: Plane, *, orientations: bool = False) -> Hashed:
    """PDQ of a grey (height, width) or colour (height, width, 3) plane as the reference computes it.

    Needs two planes of 32-bit floats beside the given one. The other seven orientations are those of `Tents`.
    """
    height, width = plane.shape[:2]
    if min(height, width) < MIN_SIDE:
        return _nothing(orientations)
    luma = (
        np.array(plane, dtype=np.float32, order="C")
        if plane.ndim == 2
        else _luma(np.ascontiguousarray(plane))
    )
    turned: tuple[str, ...] | None = None
    if orientations:
        tents = Tents((height, width), orientations=True)
        tents.feed(plane if plane.ndim == 2 else np.rint(luma).astype(np.uint8))
        turned = tents.hashed().orientations
    grid = luma if height == width == GRID else _decimated(luma)
    value = _bits(grid)
    return Hashed(value, int(_quality(grid)), (value, *turned[1:]) if turned else None)


class Tents:
    """PDQ of a picture of the size (height, width), fed from the top with its grey rows at 1/`scale` of that size.

    Memory is 64 rows of floats, twice that with `orientations`, whatever the height.
    """

    def __init__(self, size: tuple[int, int], *, scale: int = 1, orientations: bool = False) -> None:
        self._size, self._scale, self._next = size, scale, 0
        self._sides = (False, True) if orientations else (False,)
        self._sums = [np.zeros((GRID, -(-size[1] // scale)), dtype=np.float32) for _ in self._sides]

    def feed(self, rows: Plane) -> None:
        """Takes the next rows, of any number."""
        if min(self._size) >= MIN_SIDE:
            rows = np.ascontiguousarray(rows)
            for mirrored, sums in zip(self._sides, self._sums, strict=True):
                starts, weights = _weights(self._size[0], self._scale, mirrored)
                _add_rows(rows, self._next, starts=starts, weights=weights, sums=sums)
        self._next += len(rows)

    def hashed(self, *, levels: tuple[int, int] = (0, 255)) -> Hashed:
        """The PDQ, once all rows are in. `levels`: black and white of the plane (16 and 235 in most videos)."""
        if min(self._size) < MIN_SIDE:
            return _nothing(len(self._sides) == 2)
        grids = [
            [_add_columns(sums, *_weights(self._size[1], self._scale, mirrored)) for mirrored in self._sides]
            for sums in self._sums
        ]
        black, white = levels
        seen = grids[0][0]
        if levels != (0, 255):  # the bits do not depend on it, the quality does
            seen = np.clip((seen - black) * np.float32(255 / (white - black)), 0, 255)
        turned = _turned(grids) if len(self._sides) == 2 else None
        return Hashed(turned[0] if turned else _bits(grids[0][0]), int(_quality(seen)), turned)


def _turned(grids: Sequence[Sequence[Floats]]) -> tuple[str, ...]:
    """The eight values, from the picture as it is, upside down (`[1][0]`), mirrored (`[0][1]`) and both."""
    (plain, mirrored), (flipped, both) = grids
    return tuple(map(_bits, (plain, mirrored.T, both, flipped.T, flipped, mirrored, plain.T, both.T)))


def _nothing(orientations: bool) -> Hashed:
    return Hashed("0" * GRID, 0, ("0" * GRID,) * len(ORIENTATIONS) if orientations else None)


def _bits(grid: Floats) -> str:
    """One bit for each term above the median (the 128th of 256 by size); the last term is the first bit."""
    flat = _terms(np.ascontiguousarray(grid), _COSINES).ravel()
    median = np.partition(flat, flat.size // 2 - 1)[flat.size // 2 - 1]
    value: str = np.packbits((flat > median)[::-1]).tobytes().hex()
    return value


@lru_cache(maxsize=256)
def _weights(length: int, scale: int, mirrored: bool) -> tuple[NDArray[np.int64], Floats]:
    """For each of the 64 values: its first reduced pixel, and the weight of that one and those after it.

    `mirrored`: the values are those of the picture turned round along this axis.
    """
    window = -(-length // (2 * GRID))
    starts = np.zeros(GRID, dtype=np.int64)
    weights = np.zeros((GRID, (2 * window - 2) // scale + 2), dtype=np.float32)
    _fill_weights(length, -scale if mirrored else scale, window=window, starts=starts, weights=weights)
    return starts, weights


@njit(_F32(_COLOUR), cache=True, error_model="numpy")
def _luma(plane: Any) -> Any:
    height, width, _ = plane.shape
    luma = np.empty((height, width), np.float32)
    for i in range(height):
        for j in range(width):
            luma[i, j] = np.float32(plane[i, j, 0] * 0.299 + plane[i, j, 1] * 0.587 + plane[i, j, 2] * 0.114)
    return luma


@njit(_NONE(_F32, _F32, _INT), cache=True, error_model="numpy")
def _box(source: Any, target: Any, window: int) -> None:
    """A running mean down the columns. The additions and subtractions are in the reference's order, on purpose."""
    length, columns = source.shape
    half = (window + 2) // 2
    sums = np.zeros(columns, np.float32)
    size = 0
    for step in range(length + half - 1):
        if step < length:
            size += 1
            for j in range(columns):
                sums[j] += source[step, j]
        if step >= window:
            size -= 1
            for j in range(columns):
                sums[j] -= source[step - window, j]
        at = step - (half - 1)
        if at >= 0:
            divisor = np.float32(size)
            for j in range(columns):
                target[at, j] = sums[j] / divisor


@njit(_NONE(_F32, _F32, _INT), cache=True, error_model="numpy")
def _box_rows(source: Any, target: Any, window: int) -> None:
    """The same along the rows: slabs of rows are turned, so that neighbours in memory are summed side by side."""
    height, width = source.shape
    turned = np.empty((width, _SLAB), np.float32)
    passed = np.empty((width, _SLAB), np.float32)
    for top in range(0, height, _SLAB):
        rows = min(_SLAB, height - top)
        for i in range(rows):
            for j in range(width):
                turned[j, i] = source[top + i, j]
        _box(turned, passed, window)
        for i in range(rows):
            for j in range(width):
                target[top + i, j] = passed[j, i]


@njit(_F32(_F32), cache=True, error_model="numpy")
def _decimated(luma: Any) -> Any:
    """Two passes of box means along rows and columns, then the pixel in the middle of each of 64 by 64 cells."""
    height, width = luma.shape
    other = np.empty_like(luma)
    for _ in range(2):
        _box_rows(luma, other, (width + 2 * GRID - 1) // (2 * GRID))
        _box(other, luma, (height + 2 * GRID - 1) // (2 * GRID))
    grid = np.empty((GRID, GRID), np.float32)
    for i in range(GRID):
        for j in range(GRID):
            grid[i, j] = luma[int((i + 0.5) * height / GRID), int((j + 0.5) * width / GRID)]
    return grid


@njit(_NONE(_INT, _INT, _INT, _INTS, _F32), cache=True, error_model="numpy")
def _fill_weights(length: int, scale: int, *, window: int, starts: Any, weights: Any) -> None:
    """A negative `scale` stands for a mirrored axis."""
    mirrored, scale = scale < 0, abs(scale)
    before, after = (window - 1) - window // 2, window // 2
    for cell in range(GRID):
        middle = int((cell + 0.5) * length / GRID)
        first, last = max(0, middle - before), min(length - 1, middle + after)
        edge = length - 1 - min(length - 1, last + after) if mirrored else max(0, first - before)
        starts[cell] = edge // scale
        for outer in range(first, last + 1):
            low, high = max(0, outer - before), min(length - 1, outer + after)
            share = 1.0 / ((last - first + 1) * (high - low + 1))
            for pixel in range(low, high + 1):
                at = length - 1 - pixel if mirrored else pixel
                weights[cell, at // scale - starts[cell]] += share


@njit(_NONE(_GREY, _INT, _INTS, _F32, _F32), cache=True, error_model="numpy")
def _add_rows(rows: Any, begin: int, *, starts: Any, weights: Any, sums: Any) -> None:
    """Adds rows `begin` and following to the sums of the cells they weigh in."""
    count, width = rows.shape
    for cell in range(GRID):
        for k in range(weights.shape[1]):
            row, share = starts[cell] + k - begin, weights[cell, k]
            if share != 0 and 0 <= row < count:
                for j in range(width):
                    sums[cell, j] += share * np.float32(rows[row, j])


@njit(_F32(_F32, _INTS, _F32), cache=True, error_model="numpy")
def _add_columns(sums: Any, starts: Any, weights: Any) -> Any:
    grid = np.zeros((GRID, GRID), np.float32)
    for i in range(GRID):
        for cell in range(GRID):
            for k in range(weights.shape[1]):
                if weights[cell, k] != 0:
                    grid[i, cell] += weights[cell, k] * sums[i, starts[cell] + k]
    return grid


@njit(_INT(_F32), cache=True, error_model="numpy")
def _quality(grid: Any) -> int:
    """How much there is to see: the steps between neighbours, each cut to whole hundredths of white."""
    steps = 0
    for i in range(GRID):
        for j in range(GRID):
            if i + 1 < GRID:
                steps += abs(int((grid[i, j] - grid[i + 1, j]) * np.float32(100) / np.float32(255)))
            if j + 1 < GRID:
                steps += abs(int((grid[i, j] - grid[i, j + 1]) * np.float32(100) / np.float32(255)))
    return min(steps // 90, 100)


@njit(_F32(_F32, _F32), cache=True, error_model="numpy")
def _terms(grid: Any, cosines: Any) -> Any:
    """The 16 by 16 lowest terms of the cosine transform without the constant ones, summed in the reference's order."""
    half = np.zeros((TERMS, GRID), np.float32)
    for i in range(TERMS):
        for k in range(GRID):
            for j in range(GRID):
                half[i, j] += cosines[i, k] * grid[k, j]
    terms = np.zeros((TERMS, TERMS), np.float32)
    for i in range(TERMS):
        for k in range(GRID):
            for j in range(TERMS):
                terms[i, j] += half[i, k] * cosines[j, k]
    return terms
