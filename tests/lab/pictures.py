"""Abstract pictures and videos made here: gradients and rectangles in whole numbers, the same on every machine."""

from __future__ import annotations

import io
import random
from collections.abc import Mapping, Sequence
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame
from PIL import Image

from kaval.lab.perceptual.pdq import Plane


def abstract(seed: int, height: int, width: int) -> Plane:
    """Colour pixels (height, width, 3): a gradient under forty rectangles; near alike at any two sizes."""
    chance = random.Random(seed)
    rows, columns = np.indices((height, width))
    pixels = np.empty((height, width, 3), dtype=np.int64)
    for colour in range(3):
        down, across = chance.randrange(-90, 91), chance.randrange(-90, 91)
        pixels[..., colour] = 128 + down * rows // height + across * columns // width
    for _ in range(40):
        top, left = chance.randrange(1000), chance.randrange(1000)
        bottom, right = top + chance.randrange(60, 400), left + chance.randrange(60, 400)
        box = np.s_[
            top * height // 1000 : bottom * height // 1000, left * width // 1000 : right * width // 1000
        ]
        pixels[box] += [chance.randrange(-70, 71) for _ in range(3)]
    return np.clip(pixels, 0, 255).astype(np.uint8)


def encoded(pixels: Plane | Image.Image, name: str, **options: Any) -> bytes:
    """A picture as the bytes of a file in one of Pillow's formats."""
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    file = io.BytesIO()
    image.save(file, name, **options)
    return file.getvalue()


def video(
    frames: Sequence[Plane],
    *,
    rate: int,
    container: str = "avi",
    codec: str = "mjpeg",
    pixels: str = "yuvj420p",
    told: Mapping[str, str] | None = None,
) -> bytes:
    """A video of colour frames of one size."""
    file = io.BytesIO()
    with av.open(file, mode="w", format=container) as made:
        made.metadata.update(told or {})
        track: Any = made.add_stream(codec, rate=rate)
        track.height, track.width, track.pix_fmt = *frames[0].shape[:2], pixels
        for frame in frames:
            made.mux(track.encode(VideoFrame.from_ndarray(frame, format="rgb24")))
        made.mux(track.encode())
    return file.getvalue()


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The bytes cut short, or up to a dozen of them changed, half the time in the first kilobyte."""
    if chance.random() < 0.25:
        return content[: chance.randrange(len(content))]
    changed = bytearray(content)
    reach = min(len(changed), chance.choice((1024, len(changed))))
    for _ in range(chance.randrange(1, 13)):
        changed[chance.randrange(reach)] = chance.randrange(256)
    return bytes(changed)
