"""The process that draws one item: confined, bound to the examined bytes, and never showing more than its level."""

from __future__ import annotations

import io
import zipfile
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from kaval.engine.rules.examination.viewing import LEVELS, Level
from kaval.lab import rendition
from kaval.lab.rendition import Rendition, Wanted, render
from kaval.lab.sources.entry import Trouble
from tests.lab import images


def pattern(seed: int = 0, *, kind: str = "JPEG") -> bytes:
    """A generated abstract picture with hard edges and strong colours."""
    image = Image.new("RGB", (640, 480), (20, 200, 90))
    draw = ImageDraw.Draw(image)
    for step in range(0, 640, 20):
        draw.line((step, 0, (step * (seed + 3)) % 640, 480), fill=(255, 0, step % 255), width=4)
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def video() -> bytes:
    """Three seconds of a moving bar, with a tone."""
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as made:
        pictures, sound = made.add_stream("mpeg4", rate=10), made.add_stream("aac", rate=44100)
        pictures.width, pictures.height, pictures.pix_fmt = 320, 240, "yuv420p"
        for number in range(30):
            frame = np.zeros((240, 320, 3), np.uint8)
            frame[:, number * 10 : number * 10 + 20] = 200
            made.mux(pictures.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        tone = av.AudioFrame.from_ndarray(np.full((1, 1024), 0.5, np.float32), format="fltp", layout="mono")
        tone.sample_rate, tone.pts, tone.time_base = 44100, 0, Fraction(1, 44100)
        made.mux(sound.encode(tone))
        for stream in (pictures, sound):
            made.mux(stream.encode(None))
    return out.getvalue()


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in members.items():
            packed.writestr(f"in/{name}.jpg", content)
    return out.getvalue()


def drawn(source: Path, path: str, content: bytes, *, level: int = 3) -> Rendition | Trouble:
    return render(Wanted(str(source), path, sha256(content).hexdigest(), level))


def test_every_level_is_as_small_and_as_grey_as_it_says_and_the_guarded_one_keeps_no_detail(
    tmp_path: Path,
) -> None:
    source = images.folder(tmp_path / "device", {"pattern-00001.jpg": pattern()})
    detail = []
    for number, level in enumerate(LEVELS):
        made = drawn(source, "pattern-00001.jpg", pattern(), level=number)
        assert isinstance(made, Rendition), made
        assert made.complete, "every wall of the sandbox stands here"
        (still,) = made.stills
        picture = Image.open(io.BytesIO(still.png))
        assert max(picture.size) == level.side_px
        assert picture.mode == ("L" if level.grey else "RGB")
        assert not picture.info, "nothing of the file is carried over"
        plane = np.asarray(picture.convert("L").resize((200, 150)), np.int16)
        # Within one cell of the mask, so that the edges of the mask itself do not count.
        detail.append(float(np.abs(np.diff(plane[2:20, 27:47], axis=1)).mean()))
    assert detail[0] > 4 * detail[3], "blurred: what remains within a cell is a fraction"


def test_an_item_in_a_container_on_an_image_and_a_deleted_one_are_found(tmp_path: Path) -> None:
    inner, gone = pattern(1), pattern(2)
    tree = images.folder(
        tmp_path / "tree", {"o.zip": zipped(a=inner), "gone.jpg": gone, "deep.zip": zipped(a=zipped(b=gone))}
    )
    image = images.ext4(tmp_path / "card.img", tree, deleted=("gone.jpg",))
    assert isinstance(drawn(image, "o.zip!/in/a.jpg", inner), Rendition)
    assert isinstance(drawn(image, "deep.zip!/in/a.jpg!/in/b.jpg", gone), Rendition)
    assert isinstance(drawn(image, "gone.jpg", gone), Rendition)


def test_of_a_video_still_frames_are_shown_in_their_order(tmp_path: Path) -> None:
    source = images.folder(tmp_path / "device", {"v.mp4": video()})
    made = drawn(source, "v.mp4", video())
    assert isinstance(made, Rendition), made
    times = [one.at_s for one in made.stills]
    assert times == sorted(set(times), key=lambda one: one or 0.0)
    assert 2 <= len(times) <= rendition.STILLS


@pytest.mark.parametrize(
    ("name", "content", "stated", "code"),
    [
        ("a.jpg", pattern(), pattern(9), "view-digest-differs"),
        ("b.jpg", pattern(), pattern(), "view-item-missing"),
        ("a.jpg", b"plain words", b"plain words", "view-no-picture"),
        ("a.jpg", pattern()[:60], pattern()[:60], "view-broken"),
    ],
    ids=["other bytes", "no such path", "no picture", "cut off"],
)
def test_what_cannot_be_shown_is_said(
    tmp_path: Path, name: str, content: bytes, stated: bytes, code: str
) -> None:
    source = images.folder(tmp_path / "device", {"a.jpg": content})
    made = drawn(source, name, stated)
    assert isinstance(made, Trouble)
    assert made.code == code


def test_a_source_that_is_gone_and_one_that_takes_too_long_are_said(tmp_path: Path) -> None:
    gone = drawn(tmp_path / "nowhere", "a.jpg", b"")
    assert isinstance(gone, Trouble)
    assert gone.code == "view-source-missing"
    source = images.folder(tmp_path / "device", {"a.jpg": pattern()})
    slow = render(Wanted(str(source), "a.jpg", sha256(pattern()).hexdigest(), 3), timeout_s=0.01)
    assert isinstance(slow, Trouble)
    assert slow.code == "view-timed-out"


@given(level=st.sampled_from(LEVELS), side=st.integers(1, 600), mode=st.sampled_from(["L", "RGB", "RGBA"]))
@settings(max_examples=40, deadline=None)
def test_an_answer_that_shows_more_than_was_asked_for_is_thrown_away(
    level: Level, side: int, mode: str
) -> None:
    """A parser that was taken over answers what it likes; size and colour are checked outside."""
    out = io.BytesIO()
    Image.new(mode, (side, 5)).save(out, "PNG")
    allowed = side <= level.side_px and mode in (("L",) if level.grey else ("L", "RGB"))
    assert rendition._fits(out.getvalue(), level) is allowed
