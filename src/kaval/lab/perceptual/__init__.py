"""What a picture or video is like, without anyone seeing it: PDQ, vPDQ, and the facts its file carries.

Nothing is shown, kept or copied: pixels live in memory until their 256 bits are known. Broken and hostile files end
in a `Trouble`; a parser's own fault ends the process, so call this in a confined worker (`kaval.lab.sandbox`).
"""

from __future__ import annotations

from typing import BinaryIO

from kaval.engine.kernel.errors import ConfigurationError
from kaval.lab.shapes import PictureFacts, VideoFacts
from kaval.lab.sources.entry import Trouble

MATCH_DISTANCE = 31
"""Two PDQ values match within this Hamming distance (python-threatexchange `PDQ_CONFIDENT_MATCH_THRESHOLD`)."""
MATCH_QUALITY = 50
"""A value below this quality matches nothing: a flat picture is near every flat picture (the same package's
`QUALITY_THRESHOLD`). It is written into the findings all the same; dropping it is the matching's act."""


def picture(stream: BinaryIO, *, mime: str, orientations: bool = False) -> PictureFacts | Trouble:
    """The facts of one picture; `stream` is seekable, `mime` is `file_type`'s word for it.

    PDQ is of the pixels as stored (no EXIF turning, as the reference tools do), of the first picture of an animation.
    Trouble codes: `picture-broken`, `picture-too-large`, `picture-type-not-read`; its place is empty: the caller knows
    it.

    Raises:
        ConfigurationError: the extra `lab` is not installed.
    """
    try:
        from kaval.lab.perceptual.decode import read_picture
    except ImportError as error:
        raise _missing(error) from error
    return read_picture(stream, mime=mime, orientations=orientations)


def video(stream: BinaryIO) -> VideoFacts | Trouble:
    """The facts of one video; `stream` is seekable. Trouble codes: `video-broken`, `video-too-large`,
    `video-without-pictures`.

    Raises:
        ConfigurationError: the extra `lab` is not installed.
    """
    try:
        from kaval.lab.perceptual.vpdq import read_video
    except ImportError as error:
        raise _missing(error) from error
    return read_video(stream)


def hamming(one: str, other: str) -> int:
    """In how many of their bits two values in hex differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def warm() -> None:
    """Loads every decoder and compiles every kernel, so that a process confined afterwards needs nothing more.

    Raises:
        ConfigurationError: the extra `lab` is not installed.
    """
    try:
        from kaval.lab.perceptual import decode, vpdq
    except ImportError as error:
        raise _missing(error) from error
    decode.warm()
    vpdq.warm()


def _missing(error: ImportError) -> ConfigurationError:
    return ConfigurationError(
        f"pictures need {error.name}, which is not installed: run  pip install 'kaval[lab]'"
    )
