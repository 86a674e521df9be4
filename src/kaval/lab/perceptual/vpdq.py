"""vPDQ: PDQ of about one frame a second of a video, and what its container says of camera, time and place.

Frames are counted as the reference counts them: every n-th decoded one, n the whole frames a second. Its value is of
the luma plane as coded, stretched to full range (the reference goes through RGB; a few bits differ). Timestamps are
the frame's own, in seconds. Decoding is bounded by pixels, not by time, so that the answer is the same on every
machine: what lies beyond the bound is sampled at key frames only, at least a second apart. Demuxers that would open
other files or addresses are not among those allowed. Source: facebook/ThreatExchange `vpdq/README.md`,
`vpdq/cpp/vpdq/cpp/hashing/filehasher.cpp`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from typing import Any, BinaryIO

import av
import numpy as np
from av.video.frame import VideoFrame

from kaval.lab.perceptual.pdq import Hashed, Plane, Tents
from kaval.lab.shapes import VideoFacts
from kaval.lab.sources.entry import Trouble, readable

MAX_FRAME_PIXELS = 36_000_000
"""8K is 33 million."""
DECODED_PIXELS = 30_000_000_000
"""Decoded in full before only key frames are: some eight minutes of 1080p at 30 frames a second."""
MAX_VALUES = 20_000
"""Frames hashed at most: five and a half hours at one a second."""
_MAX_RATE = 240
_NEVER = -1e9
_FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,asf,flv,live_flv,mpeg,mpegts,mpegvideo,ogg,h264,hevc,m4v,rm"
)
_PLANAR = re.compile(r"yuvj?4[0-4]+p|nv1[26]|nv21|nv42|gray")  # eight bits a sample, luma in the first plane
_LIMITED, _FULL = (16, 235), (0, 255)
_FULL_RANGE = 2  # AVCOL_RANGE_JPEG
_PLACE = re.compile(r"([+-]\d{1,3}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)(?:[+-]\d+(?:\.\d+)?)?(?:CRS\w*)?/?")
_MAKE = ("com.apple.quicktime.make", "make", "com.android.manufacturer")
_MODEL = ("com.apple.quicktime.model", "model", "com.android.model")
_TAKEN = ("com.apple.quicktime.creationdate", "creation_time", "date")
_LOCATION = ("com.apple.quicktime.location.iso6709", "location", "location-eng")
_TEXT_LIMIT = 256


def read_video(stream: BinaryIO) -> VideoFacts | Trouble:
    """The facts of a video, or what kept them from being known; see `kaval.lab.perceptual.video`."""
    try:
        with av.open(
            stream, mode="r", options={"format_whitelist": _FORMATS}, metadata_errors="replace"
        ) as container:
            return _read(container)
    except (av.FFmpegError, ValueError, MemoryError, OverflowError) as error:
        return _broken(type(error).__name__)


def _broken(why: str) -> Trouble:
    return Trouble(
        "",
        "video-broken",
        f"no frame of the video can be decoded ({why})",
        "Its exact hashes are in the findings; look at the bytes if the file matters",
    )


def _read(container: Any) -> VideoFacts | Trouble:
    if not container.streams.video:
        return Trouble(
            "", "video-without-pictures", "the container holds no moving picture: sound or text only"
        )
    track = container.streams.best("video") or container.streams.video[0]
    if track.codec_context is None:
        return _broken("no decoder for it")
    width, height = track.codec_context.width, track.codec_context.height
    if width * height > MAX_FRAME_PIXELS:
        return Trouble("", "video-too-large", f"a frame claims {width} by {height} pixels: not decoded")
    track.thread_type = "NONE"
    track.codec_context.options = {"max_pixels": str(MAX_FRAME_PIXELS)}  # for frames that grow later
    values = tuple((hashed.pdq, hashed.quality, seconds) for hashed, seconds in _sampled(container, track))
    if not values:
        return _broken("no frame")
    told = {str(key).lower(): str(value) for key, value in {**track.metadata, **container.metadata}.items()}
    return VideoFacts(
        width=width,
        height=height,
        duration_s=_duration(container, track),
        vpdq=values,
        camera_make=_first(told, _MAKE),
        camera_model=_first(told, _MODEL),
        taken_at=_first(told, _TAKEN),
        place=_place(_first(told, _LOCATION)),
    )


def _sampled(container: Any, track: Any) -> Iterator[tuple[Hashed, float]]:
    """The frames to hash, in the order shown, hashed."""
    rate = track.average_rate or track.guessed_rate or Fraction(25)
    step = min(max(int(rate), 1), _MAX_RATE)
    hashed, last = 0, _NEVER
    for number, sparse, frame in _decoded(container, track):
        timed = frame.pts is not None and frame.time_base is not None
        seconds = round(float(frame.pts * frame.time_base if timed else number / rate), 3)
        if seconds >= last + 1 if sparse else number % step == 0:
            yield _hashed(frame), seconds
            hashed, last = hashed + 1, seconds
        if hashed >= MAX_VALUES:
            return


def _decoded(container: Any, track: Any) -> Iterator[tuple[int, bool, Any]]:
    """Every frame that can be decoded: its number, whether frames are left out by now, and the frame.

    A damaged packet costs its own frames only. Beyond the bound a packet is decoded only if it holds a key frame a
    second after the one before (all frames of some formats are key frames), or if it is the empty one at the end.
    """
    number, pixels, last = 0, 0, _NEVER
    for packet in _packets(container, track):
        sparse = pixels > DECODED_PIXELS
        if sparse and packet.size:
            at = last + 1 if packet.pts is None or packet.time_base is None else packet.pts * packet.time_base
            if not packet.is_keyframe or at < last + 1:
                continue
            last = float(at)
        try:
            frames = packet.decode()
        except av.FFmpegError:
            continue
        for frame in frames:
            pixels += frame.width * frame.height
            yield number, sparse, frame
            number += 1


def _packets(container: Any, track: Any) -> Iterator[Any]:
    """The packets of the track, until the container ends, breaks off or takes its stream back."""
    with suppress(av.FFmpegError, IndexError):
        yield from container.demux(track)


def _hashed(frame: Any) -> Hashed:
    if not _PLANAR.fullmatch(frame.format.name) or frame.planes[0].line_size < frame.width:  # or upside down
        frame = frame.reformat(format="gray")
    full = frame.color_range == _FULL_RANGE or frame.format.name.startswith(("yuvj", "gray"))
    tents = Tents((frame.height, frame.width))
    tents.feed(_luma(frame))
    return tents.hashed(levels=_FULL if full else _LIMITED)


def _luma(frame: Any) -> Plane:
    plane = frame.planes[0]
    rows: Plane = np.frombuffer(memoryview(plane), dtype=np.uint8)[: plane.line_size * frame.height]
    return rows.reshape(frame.height, plane.line_size)[:, : frame.width]


def _duration(container: Any, track: Any) -> float | None:
    if track.duration is not None and track.time_base is not None:
        seconds = float(track.duration * track.time_base)
    elif container.duration is not None:
        seconds = container.duration / 1_000_000  # AV_TIME_BASE
    else:
        return None
    return round(seconds, 3) if seconds >= 0 else None


def _first(told: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((text for name in names if (text := _text(told.get(name, "")))), None)


def _text(value: str) -> str | None:
    return readable(value.encode("utf-8", "replace")[:_TEXT_LIMIT].strip()).replace("\\u{2f}", "/") or None


def _place(text: str | None) -> tuple[float, float] | None:
    """Latitude and longitude of an ISO 6709 text in decimal degrees; None for what is none or off the globe."""
    found = _PLACE.fullmatch(text or "")
    if found is None:
        return None
    latitude, longitude = float(found[1]), float(found[2])
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def warm() -> None:
    """Encodes and decodes a few frames, so that the library and the kernels for videos are loaded and compiled."""
    file = io.BytesIO()
    with av.open(file, mode="w", format="avi") as container:
        track = container.add_stream("mjpeg", rate=5)
        track.width, track.height, track.pix_fmt = 96, 80, "yuvj420p"
        frame = VideoFrame.from_ndarray(np.zeros((80, 96), dtype=np.uint8), format="gray")
        container.mux(track.encode(frame))
        container.mux(track.encode())
    file.seek(0)
    read_video(file)
