"""How fast is the PDQ of a 12-megapixel JPEG against pdqhash with Pillow, and how many bits lie between the two?

The peer decodes the whole picture to RGB and hashes that, as its README shows. `peer_given_our_decoding_per_s` is the
peer fed with the same reduced decoding: what is left of the ratio is then the hashing alone, but its values move away
from its own (`bits_of_peer_given_our_decoding_max`), because the window it rounds up is another at the reduced size.
Pictures are generated: octaves of noise, like the spectrum of natural ones.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import numpy as np
import pdqhash
from PIL import Image

from bench._measure import Comparison, against
from kaval.lab import perceptual
from kaval.lab.perceptual.pdq import Plane, hash_plane
from kaval.lab.shapes import PictureFacts

MEGAPIXELS_12 = (4000, 3000)
PICTURES = 2
COMPARED = 100
_PEER = "pdqhash.compute on Pillow's RGB"


def measure() -> list[Comparison]:
    """Whole pictures from the file's bytes to 256 bits, one process, one thread."""
    perceptual.warm()
    large = [_pattern(seed, MEGAPIXELS_12) for seed in range(PICTURES)]
    plane = np.asarray(_pattern(99, (512, 512)))
    plane_s = against(lambda: hash_plane(plane), lambda: pdqhash.compute(plane), runs=20)
    return [
        _whole("12-megapixel JPEG", [_jpeg(one) for one in large], _distances()),
        _whole("12-megapixel JPEG, progressive", [_jpeg(one, progressive=True) for one in large], {}),
        Comparison("512 by 512 pixels in memory", "pdqhash.compute", "pictures", 1, *plane_s),
    ]


def _whole(what: str, files: Sequence[bytes], further: dict[str, float]) -> Comparison:
    ours_s, peer_s = against(_all(_ours, files), _all(_peer, files), runs=3)
    _, given_s = against(lambda: None, _all(_peer_given_our_decoding, files), runs=3)
    further = {"peer_given_our_decoding_per_s": round(len(files) / given_s, 1), **further}
    return Comparison(what, _PEER, "pictures", len(files), ours_s, peer_s, further)


def _all(work: Callable[[bytes], object], files: Sequence[bytes]) -> Callable[[], object]:
    return lambda: [work(file) for file in files]


def _distances() -> dict[str, float]:
    """Bits between ours and the peer's over pictures of many sizes and compressions."""
    chance = np.random.default_rng(7)
    bits, given = [], []
    for seed in range(COMPARED):
        width, height = (int(side) for side in chance.integers(520, 1700, 2))
        file = _jpeg(_pattern(1000 + seed, (width, height)), quality=int(chance.integers(40, 96)))
        peer = _peer(file)
        bits.append(perceptual.hamming(_ours(file), peer))
        given.append(perceptual.hamming(_peer_given_our_decoding(file), peer))
    return {
        "bits_between_mean": round(float(np.mean(bits)), 2),
        "bits_between_max": max(bits),
        "bits_of_peer_given_our_decoding_mean": round(float(np.mean(given)), 2),
        "bits_of_peer_given_our_decoding_max": max(given),
    }


def _ours(file: bytes) -> str:
    facts = perceptual.picture(io.BytesIO(file), mime="image/jpeg")
    if not isinstance(facts, PictureFacts) or facts.pdq is None:
        raise AssertionError(facts)
    return facts.pdq


def _peer(file: bytes) -> str:
    with Image.open(io.BytesIO(file)) as image:
        return _peer_hash(np.asarray(image.convert("RGB")))


def _peer_given_our_decoding(file: bytes) -> str:
    with Image.open(io.BytesIO(file)) as image:
        image.draft("L", (256, 256))
        return _peer_hash(np.asarray(image.convert("RGB")))


def _peer_hash(pixels: Plane) -> str:
    bits, _ = pdqhash.compute(pixels)
    return np.packbits(bits).tobytes().hex()


def _pattern(seed: int, size: tuple[int, int]) -> Image.Image:
    """Octaves of coloured noise, the coarser the stronger."""
    chance = np.random.default_rng(seed)
    total = np.zeros((size[1], size[0], 3), dtype=np.float32)
    for octave in range(2, 9):
        cells = chance.integers(0, 256, (1 << octave, 1 << octave, 3), dtype=np.uint8)
        grown = Image.fromarray(cells).resize(size, Image.Resampling.BICUBIC)
        total += (np.asarray(grown, dtype=np.float32) - 128) / octave
    return Image.fromarray(np.clip(total / 2 + 128, 0, 255).astype(np.uint8))


def _jpeg(picture: Image.Image, *, quality: int = 88, progressive: bool = False) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality, progressive=progressive)
    return file.getvalue()
