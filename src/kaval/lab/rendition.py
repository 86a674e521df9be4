"""One item of an examined source, drawn small and guarded, by a process that can do nothing else.

`render` starts `python -m kaval.lab.rendition`, tells it one item on standard input, and takes small PNGs from standard
output. The process confines itself before it opens the source (`lab.sandbox`), finds the item by its path, compares its
SHA-256 with the one the finding states, and draws it as the level says: small, grey, blurred, with a mask. A video
gives still frames; sound is never decoded. Nothing is written to disk and nothing is kept.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kaval.engine.rules.examination.viewing import LEVELS, Level
from kaval.lab.archives import is_archive, members
from kaval.lab.filetype import HEAD_BYTES, file_type
from kaval.lab.sandbox import SINGLE_THREADED, confine
from kaval.lab.sources import open_source
from kaval.lab.sources.entry import Limits, Source, Trouble

MOST_BYTES = 256 << 20
MEMORY_BYTES = 2 << 30
TIMEOUT_S = 90
STILLS = 6
_CELLS = 8
_MOST_ANSWER = 16 << 20
_MOST_PIXELS = 120_000_000
_PNG = b"\x89PNG\r\n\x1a\n"
_CARE = "Do not look for another way to see it; ask the laboratory to examine the source again"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The item: where the examined source lies, the item's path as the findings give it, its SHA-256, and the level."""

    source: str
    path: str
    sha256: str
    level: int


@dataclass(frozen=True, slots=True)
class Still:
    """A drawn picture as PNG; `at_s` is its place in a video in seconds, None: not a video."""

    png: bytes
    at_s: float | None


@dataclass(frozen=True, slots=True)
class Rendition:
    """What may be looked at. `complete`: every wall of the sandbox stood."""

    stills: tuple[Still, ...]
    complete: bool


def render(wanted: Wanted, *, timeout_s: float = TIMEOUT_S) -> Rendition | Trouble:
    """The item drawn at its level, or why it is not shown; the caller's process never touches the item's bytes."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "kaval.lab.rendition"],
            input=json.dumps(asdict(wanted)).encode(),
            capture_output=True,
            timeout=timeout_s,
            check=False,
            env=dict(SINGLE_THREADED) | {"LANG": "C.UTF-8"},
            cwd="/",
        )
    except subprocess.TimeoutExpired:
        return Trouble(
            wanted.path, "view-timed-out", f"not found and drawn within {timeout_s:.0f} seconds", _CARE
        )
    try:
        answer = json.loads(done.stdout) if len(done.stdout) <= _MOST_ANSWER else None
    except ValueError:
        answer = None
    if done.returncode or not isinstance(answer, dict):
        return Trouble(wanted.path, "view-died", "the process that draws ended without an answer", _CARE)
    if "code" in answer:
        return Trouble(wanted.path, str(answer["code"]), str(answer.get("text", ""))[:300], _CARE)
    return _checked(answer, LEVELS[wanted.level], path=wanted.path)


def _checked(answer: dict[str, Any], level: Level, *, path: str) -> Rendition | Trouble:
    """The answer, if every picture is as small and grey as the level says: a parser taken over must not show more."""
    try:
        stills = tuple(
            Still(base64.b64decode(one["png"], validate=True), one.get("at_s"))
            for one in answer["stills"][:STILLS]
        )
    except (KeyError, TypeError, binascii.Error):
        stills = ()
    if not stills or not all(_fits(one.png, level) for one in stills):
        return Trouble(
            path, "view-died", "the process that draws answered something else than was asked for", _CARE
        )
    return Rendition(stills, bool(answer.get("complete")))


def _fits(png: bytes, level: Level) -> bool:
    wide, high = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    colours = (0,) if level.grey else (0, 2)
    return png[:8] == _PNG and len(png) > 26 and 0 < max(wide, high) <= level.side_px and png[25] in colours


class _NotShown(Exception):
    """Why the item is not drawn: a stable code and a text."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


def main() -> None:
    """The confined side: one wanted item from standard input, one answer to standard output."""
    wanted = Wanted(**json.load(sys.stdin))
    try:
        _load_decoders()
        source = Path(wanted.source)
        confinement = confine(read=list(_parts_of(source)), write=(), memory_bytes=MEMORY_BYTES)
        if not confinement.seccomp:
            raise _NotShown("view-not-confined", "this machine cannot confine the process that draws")
        stills = _draw(_content(source, wanted), LEVELS[wanted.level])
        answer: dict[str, Any] = {"stills": stills, "complete": confinement.complete}
    except _NotShown as refused:
        answer = {"code": refused.code, "text": refused.text}
    except OSError as error:
        answer = {
            "code": "view-source-unreadable",
            "text": f"the examined source: {error.strerror or 'not readable'}",
        }
    except MemoryError:
        answer = {"code": "view-too-large", "text": "more memory needed than allowed"}
    json.dump(answer, sys.stdout)


def _load_decoders() -> None:
    """Everything that is imported later would not be found once the process is confined."""
    try:
        import av
        import pillow_heif
        import pytsk3  # noqa: F401
        from PIL import Image
    except ImportError as error:
        raise _NotShown(
            "view-not-installed", f"pictures need {error.name}: run  pip install 'kaval[lab]'"
        ) from error
    av.logging.set_level(av.logging.PANIC)
    Image.init()
    pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS


def _parts_of(source: Path) -> Iterator[Path]:
    """The source and, of an image in parts, the files that begin with its name."""
    if not source.exists():
        raise _NotShown("view-source-missing", "the examined source does not lie where the examination says")
    yield source
    if source.is_file():
        yield from (
            one for one in source.parent.iterdir() if one.name.startswith(source.stem) and one.is_file()
        )


def _content(path: Path, wanted: Wanted) -> bytes:
    """The item's bytes, compared with its digest; a path that leads to other bytes is refused."""
    source = open_source(path, name=path.name, limits=Limits())
    met = False
    try:
        for content in _at_path(source, wanted.path):
            if hashlib.sha256(content).hexdigest() == wanted.sha256:
                return content
            met = True
    finally:
        source.close()
    if met:
        raise _NotShown("view-digest-differs", "what lies there now is not what was examined")
    raise _NotShown("view-item-missing", "the item is not found on the source")


def _at_path(source: Source, path: str) -> Iterator[bytes]:
    """Whatever lies at this path: on the source, or in a container there (`outer.zip!/inner.jpg`)."""
    for entry in source.walk():
        if isinstance(entry, Trouble) or entry.content is None:
            continue
        if entry.path == path:
            yield _bounded(source.read(entry.content))
        elif path.startswith(f"{entry.path}!/"):
            yield from _inside(_bounded(source.read(entry.content)), path[len(entry.path) + 2 :])


def _inside(content: bytes, path: str) -> Iterator[bytes]:
    mime = file_type(content[:HEAD_BYTES]) or ""
    if not is_archive(mime):
        return
    for member in members(io.BytesIO(content), mime=mime):
        if isinstance(member, Trouble):
            continue
        if member.path == path:
            yield _bounded(member.chunks())
        elif path.startswith(f"{member.path}!/"):
            yield from _inside(_bounded(member.chunks()), path[len(member.path) + 2 :])


def _bounded(chunks: Iterable[bytes]) -> bytes:
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > MOST_BYTES:
            raise _NotShown("view-too-large", f"larger than {MOST_BYTES >> 20} MiB")
    return bytes(content)


def _draw(content: bytes, level: Level) -> list[dict[str, Any]]:
    kind = (file_type(content[:HEAD_BYTES]) or "").partition("/")[0]
    if kind == "image":
        return [{"png": _guarded(_picture(content, level), level), "at_s": None}]
    if kind == "video":
        return [{"png": _guarded(frame, level), "at_s": at_s} for frame, at_s in _frames(content)]
    raise _NotShown("view-no-picture", "neither a picture nor a video")


def _picture(content: bytes, level: Level) -> Any:
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        image = Image.open(io.BytesIO(content))
        image.draft("RGB", (level.side_px, level.side_px))
        image.thumbnail((level.side_px, level.side_px))
        return ImageOps.exif_transpose(image)
    except (UnidentifiedImageError, Image.DecompressionBombError, ValueError, SyntaxError, EOFError) as error:
        raise _NotShown("view-broken", f"cannot be decoded ({type(error).__name__})") from error
    except OSError as error:
        raise _NotShown("view-broken", "cannot be decoded to its end") from error


def _frames(content: bytes) -> Iterator[tuple[Any, float]]:
    """Still frames spread over the video; no stream but the first of pictures is decoded."""
    import av

    last = -1.0
    try:
        with av.open(io.BytesIO(content), "r") as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            length = float(container.duration or 0) / av.time_base
            for number in range(STILLS):
                container.seek(int(length * (number + 0.5) / STILLS * av.time_base))
                frame = next(container.decode(stream))
                if frame.width * frame.height > _MOST_PIXELS:
                    raise _NotShown("view-too-large", "too many pixels in a frame")
                at_s = round(frame.time or 0.0, 1)
                if at_s > last:  # a short video has fewer places to begin at than stills are wanted
                    yield frame.to_image(), at_s  # type: ignore[no-untyped-call]
                last = max(last, at_s)
    except (av.FFmpegError, StopIteration, IndexError, ValueError) as error:
        raise _NotShown("view-broken", f"cannot be decoded ({type(error).__name__})") from error


def _guarded(image: Any, level: Level) -> str:
    """The picture as the level says, as PNG in base64, without anything of the original file beside the pixels."""
    from PIL import Image, ImageDraw, ImageFilter

    drawn = image.convert("RGB")
    drawn.thumbnail((level.side_px, level.side_px))
    if level.grey:
        drawn = drawn.convert("L")
    if level.blur_px:
        drawn = drawn.filter(ImageFilter.GaussianBlur(level.blur_px))
    if level.masked:
        cover = ImageDraw.Draw(drawn)
        cell = max(1, -(-max(drawn.size) // _CELLS))
        for row in range(_CELLS):
            for column in range(row % 2, _CELLS, 2):
                cover.rectangle(
                    (column * cell, row * cell, (column + 1) * cell - 1, (row + 1) * cell - 1),
                    fill=128 if level.grey else (128, 128, 128),
                )
    clean = Image.new(drawn.mode, drawn.size)
    clean.paste(drawn)
    out = io.BytesIO()
    clean.save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


if __name__ == "__main__":
    main()
