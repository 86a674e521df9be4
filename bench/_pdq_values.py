"""PDQ values to search in, without a picture: even ones, and ones that lie as natural pictures' values do.

No large set of real values can be had, so the second kind is made worse than any that was seen: bits go together in
families (a few hidden directions move them all), some bits are nearly always set, pictures come in series of near
duplicates whose sizes fall like 1/rank, and one in two hundred is nearly flat.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.uint8]
KINDS = ("uniform", "natural-like")
_HIDDEN = 24
_PART = 200_000


def entries(kind: str, count: int) -> Values:
    """So many values of a kind, always the same ones."""
    chance = np.random.default_rng(7)
    if kind == "uniform":
        return chance.integers(0, 256, (count, 32), dtype=np.uint8)
    loading = chance.normal(size=(_HIDDEN, 256)).astype(np.float32) * (0.6 / np.sqrt(_HIDDEN))
    threshold = chance.normal(scale=0.35, size=256).astype(np.float32)
    out = np.empty((count, 32), np.uint8)
    for at in range(0, count, _PART):
        part = out[at : at + _PART]
        hidden = chance.standard_normal((len(part), _HIDDEN), dtype=np.float32) @ loading
        own = chance.standard_normal((len(part), 256), dtype=np.float32) * np.float32(0.8)
        part[:] = np.packbits(hidden + own > threshold, axis=1)
    _series(out, chance)
    flat = chance.choice(count, count // 200, replace=False)
    out[flat] = 0x0F ^ _noise(len(flat), chance, most=12)
    return out


def _series(values: Values, chance: np.random.Generator) -> None:
    """A fifth of the values become near duplicates (about 0 to 40 bits away) of others, in series of falling size."""
    count = len(values)
    sizes = np.maximum(count // 40 // np.arange(1, count // 40 + 1), 1)
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), count // 5))]
    first = np.repeat(chance.choice(count, len(sizes)), sizes)
    place = chance.choice(count, len(first), replace=False)
    for at in range(0, len(place), _PART):
        part = values[first[at : at + _PART]]
        values[place[at : at + _PART]] = part ^ _noise(len(part), chance, most=40)


def _noise(count: int, chance: np.random.Generator, *, most: int) -> Values:
    """Bits to change: about 0 to `most` in each row."""
    rate = chance.random((count, 1), dtype=np.float32) * np.float32(most / 256)
    return np.packbits(chance.random((count, 256), dtype=np.float32) < rate, axis=1)


def _changed(values: Values, chance: np.random.Generator, *, most: int) -> Values:
    """Each value with 0 to `most` of its bits changed."""
    rank = chance.random((len(values), 256), dtype=np.float32).argsort(axis=1).argsort(axis=1)
    flips = rank < chance.integers(0, most + 1, (len(values), 1))
    return values ^ np.packbits(flips, axis=1)


def questions(values: Values, count: int) -> Values:
    """Half are entries with 0 to 31 bits changed, half are as the entries are without being among them."""
    chance = np.random.default_rng(8)
    near = _changed(values[chance.choice(len(values), count // 2)], chance, most=31)
    far = values[chance.choice(len(values), count - count // 2)]
    return np.concatenate([near, far ^ np.packbits(chance.random((len(far), 256)) < 0.25, axis=1)])
