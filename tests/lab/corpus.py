"""Twenty thousand generated pictures: known, near-known by a stated change, and unknown. Nothing but clouds and boxes.

Everything follows from the number of a picture, so that a test and a benchmark speak of the same files.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 160, 120
_GRID = 32
_FREQUENCY = np.abs(np.fft.fftfreq(_GRID)) * _GRID
_FALL = 1 / np.maximum(1, np.hypot(_FREQUENCY[:, None], _FREQUENCY[None, :])) ** 1.1
NEAR = ("reencoded", "resized", "cropped")


@dataclass(frozen=True, slots=True)
class Made:
    """A picture: name, bytes, `kind` (known, near or unknown), the change of a near one, its original's number."""

    number: int
    name: str
    content: bytes
    kind: str
    change: str = ""
    original: int | None = None


def pixels(number: int, *, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """The pattern of a number: clouds whose strength falls with frequency as in natural pictures, and some boxes."""
    draw = np.random.default_rng(number)
    spectrum = draw.normal(size=(3, _GRID, _GRID)) + 1j * draw.normal(size=(3, _GRID, _GRID))
    clouds = np.fft.ifft2(spectrum * _FALL).real.transpose(1, 2, 0)
    low, high = clouds.min(), clouds.max()
    small = Image.fromarray(((clouds - low) / (high - low) * 255).astype(np.uint8))
    picture = small.resize((width, height), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(picture)
    for left, top, wide, tall, red, green, blue in draw.uniform(size=(5, 7)):
        corner = (left * width, top * height)
        far = (corner[0] + (0.05 + wide * 0.3) * width, corner[1] + (0.05 + tall * 0.3) * height)
        pen.rectangle((corner, far), fill=(int(red * 255), int(green * 255), int(blue * 255)))
    return np.asarray(picture)


def jpeg(plane: NDArray[np.uint8] | Image.Image, *, quality: int = 90) -> bytes:
    """A JPEG of a pattern."""
    out = io.BytesIO()
    picture = plane if isinstance(plane, Image.Image) else Image.fromarray(plane)
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def changed(content: bytes, change: str) -> bytes:
    """A known picture as it comes back: encoded again at quality 60, made smaller by 0.7, or cropped by 2 %."""
    with Image.open(io.BytesIO(content)) as picture:
        picture.load()
        width, height = picture.size
        if change == "resized":
            return jpeg(picture.resize((int(width * 0.7), int(height * 0.7))))
        if change == "cropped":
            cut_x, cut_y = max(1, round(width * 0.01)), max(1, round(height * 0.01))
            return jpeg(picture.crop((cut_x, cut_y, width - cut_x, height - cut_y)))
        return jpeg(picture, quality=60)


def pictures(count: int) -> Iterator[Made]:
    """Of ten pictures two are known, three are near to a known one before them, five are unknown."""
    known: dict[int, bytes] = {}
    for number in range(count):
        place = number % 10
        if place in (0, 1):
            content = known[number] = jpeg(pixels(number))
            yield Made(number, f"pattern-{number:05}.jpg", content, "known")
        elif place in (2, 3, 4):
            original = number - place
            change = NEAR[place - 2]
            content = changed(known[original], change)
            yield Made(number, f"pattern-{number:05}.jpg", content, "near", change, original)
        else:
            yield Made(number, f"pattern-{number:05}.jpg", jpeg(pixels(number)), "unknown")
        if place == 9:
            known.clear()
