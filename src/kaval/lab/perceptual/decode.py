"""Pictures decoded as small as PDQ allows, by one named decoder each, within limits of pixels and frames.

A JPEG is decoded at 1/2, 1/4 or 1/8 of its size inside its own transform, in grey: most of the work of a large one
is then not done at all. Other types are decoded whole. Only the decoder that the first bytes speak for is asked, so
that no file reaches a parser it does not need (nor one that starts another program).
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import asdict
from typing import BinaryIO

import numpy as np
from PIL import Image, JpegImagePlugin
from PIL.ImageFile import ImageFile
from pillow_heif import register_heif_opener

from kaval.lab.perceptual.exif import Told, told
from kaval.lab.perceptual.frames import MAX_FRAMES, gif_frames, tiff_frames
from kaval.lab.perceptual.pdq import Hashed, Plane, Tents, hash_plane
from kaval.lab.shapes import PictureFacts
from kaval.lab.sources.entry import Trouble

MAX_PIXELS = 220_000_000
"""The largest phone cameras make 200 megapixels. A JPEG of that size is decoded to a 64th of it."""
MAX_WHOLE_PIXELS = 120_000_000
"""For the types that must be decoded whole: 480 MB of pixels."""
_EXACT_PIXELS = (
    1 << 22
)  # up to here in the reference's own additions; above, two planes of floats cost too much
_LEAST_SIDE = 256  # of a reduced picture: four pixels to each of PDQ's 64 cells
_MIDDLE = 128
_BAND = 256  # rows of a large picture that are turned grey at a time

_JPEG = "image/jpeg"
_ANIMATED = ("PNG", "WEBP", "AVIF", "HEIF")
_FORMATS = {
    "image/png": ("PNG",),
    "image/gif": ("GIF",),
    "image/webp": ("WEBP",),
    "image/bmp": ("BMP",),
    "image/tiff": ("TIFF",),
    "image/jp2": ("JPEG2000",),
    "image/avif": ("AVIF",),
    "image/heic": ("HEIF",),
    "image/heif": ("HEIF",),
    "image/vnd.adobe.photoshop": ("PSD",),
}
# What Pillow's decoders, mostly plain Python, were seen to raise on mutated files (tests/lab/test_pictures.py).
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    EOFError,
    MemoryError,
    RuntimeError,
    struct.error,
    zlib.error,
)

Image.init()
register_heif_opener()
Image.MAX_IMAGE_PIXELS = MAX_PIXELS  # Pillow's own limit would refuse the largest phones' pictures


class _Jpeg(JpegImagePlugin.JpegImageFile):
    """A JPEG that may lack its end: the mark of the end is put where the bytes run out.

    Files cut short by a few bytes open in every viewer, so a known picture must not hide by losing its last two.
    """

    cut_short = False

    def load_read(self, read_bytes: int) -> bytes:
        """The next bytes for the decoder, and once the mark of the end when there are no more."""
        found = super().load_read(read_bytes)
        if found or self.cut_short:
            return found
        self.cut_short = True
        return b"\xff\xd9"

    def whole(self) -> bool:
        """Whether the picture is all there: libjpeg leaves the blocks it has no data for at middle grey."""
        corner = self.getpixel((self.width - 1, self.height - 1))
        return not self.cut_short or corner not in (_MIDDLE, (_MIDDLE,) * 3)


def read_picture(stream: BinaryIO, *, mime: str, orientations: bool) -> PictureFacts | Trouble:
    """The facts of a picture, or what kept them from being known; see `kaval.lab.perceptual.picture`."""
    if mime != _JPEG and mime not in _FORMATS:
        return Trouble("", "picture-type-not-read", f"no decoder for {mime}: known by its exact hashes only")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with _opened(stream, mime) as image:
                return _read(image, stream, orientations=orientations)
    except Image.DecompressionBombError:
        return _too_large(f"more than {2 * MAX_PIXELS} pixels")
    except _BROKEN as error:
        return Trouble(
            "",
            "picture-broken",
            f"the picture cannot be decoded ({type(error).__name__})",
            "Its exact hashes are in the findings; look at the bytes if the file matters",
        )


def _opened(stream: BinaryIO, mime: str) -> ImageFile:
    """The picture, nothing of its pixels decoded yet.

    A JPEG is never taken for a file of several pictures: a damaged list of the others would cost the first.
    """
    if mime == _JPEG:
        return _Jpeg(stream)
    return Image.open(stream, formats=_FORMATS[mime])


def _read(image: ImageFile, stream: BinaryIO, *, orientations: bool) -> PictureFacts | Trouble:
    width, height = image.size
    if width * height > (MAX_PIXELS if image.format == "JPEG" else MAX_WHOLE_PIXELS):
        return _too_large(f"{width} by {height} pixels")
    exif = _exif(image)
    hashed = _hashed(image, orientations=orientations)
    return PictureFacts(
        width=width,
        height=height,
        pdq=hashed.pdq,
        pdq_quality=hashed.quality,
        orientations=hashed.orientations,
        frames=_frames(image, stream),
        **asdict(exif),
    )


def _too_large(what: str) -> Trouble:
    return Trouble(
        "", "picture-too-large", f"the picture claims {what}: not decoded", "Its exact hashes are there"
    )


def _exif(image: ImageFile) -> Told:
    """What EXIF tells. A camera's faulty EXIF does not cost the picture its PDQ."""
    try:
        return told(image.getexif())
    except _BROKEN:
        return Told()


def _hashed(image: ImageFile, *, orientations: bool) -> Hashed:
    width, height = image.size
    scale = 1
    if image.format == "JPEG" and min(width, height) >= 2 * _LEAST_SIDE:
        drafted = image.draft("L", (_LEAST_SIDE, _LEAST_SIDE))
        scale = round(width / drafted[1][2]) if drafted else 1
    image.load()
    if isinstance(image, _Jpeg) and not image.whole():
        raise OSError("the picture breaks off")
    if scale == 1 and width * height <= _EXACT_PIXELS:
        return hash_plane(_plane(image), orientations=orientations)
    tents = Tents((height, width), scale=scale, orientations=orientations)
    for top in range(0, image.height, _BAND):
        band = image.crop((0, top, image.width, min(top + _BAND, image.height)))
        tents.feed(_plane(band if band.mode.startswith("I") else band.convert("L")))
    return tents.hashed()


def _plane(image: Image.Image) -> Plane:
    """Grey or colour bytes. Transparency is dropped, as the reference tools do; 16 bits keep their upper eight."""
    if image.mode.startswith("I"):
        deep: Plane = np.clip(np.asarray(image).astype(np.int32) >> 8, 0, 255).astype(np.uint8)
        return deep
    pixels: Plane = np.asarray(image if image.mode in ("L", "RGB") else image.convert("RGB"))
    return pixels


def _frames(image: ImageFile, stream: BinaryIO) -> int:
    """How many pictures the file holds, without decoding them. Those appended to a JPEG are not counted."""
    if image.format == "GIF":
        return gif_frames(stream)
    if image.format == "TIFF":
        return tiff_frames(stream)
    return min(int(getattr(image, "n_frames", 1)), MAX_FRAMES) if image.format in _ANIMATED else 1


def warm() -> None:
    """Decodes a small picture by each of the ways there are, so that every library is loaded."""
    pattern = (np.indices((600, 640)).sum(axis=0) % 251).astype(np.uint8)
    grey = Image.fromarray(pattern)
    for picture, name in ((grey, "JPEG"), (grey.convert("RGB"), "PNG"), (grey, "GIF")):
        file = io.BytesIO()
        picture.save(file, name)
        file.seek(0)
        read_picture(file, mime=f"image/{name.lower()}", orientations=True)
