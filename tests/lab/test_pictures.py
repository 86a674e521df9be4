"""Pictures of every type give their facts; broken, lying and hostile ones end in a trouble, within bounds."""

from __future__ import annotations

import io
import random
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from kaval.lab import perceptual
from kaval.lab.filetype import file_type
from kaval.lab.perceptual.exif import told
from kaval.lab.perceptual.frames import MAX_FRAMES
from kaval.lab.perceptual.pdq import hash_plane
from kaval.lab.shapes import PictureFacts
from kaval.lab.sources.entry import Trouble
from tests.lab.pictures import abstract, encoded, mutated

perceptual.warm()  # tells Pillow of HEIF, so that the tests can write it

PLANE = abstract(4, 180, 240)
TYPES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("JPEG", {"quality": 90}),
    ("JPEG", {"quality": 90, "progressive": True}),
    ("PNG", {}),
    ("GIF", {}),
    ("WEBP", {"quality": 90}),
    ("BMP", {}),
    ("TIFF", {}),
    ("TIFF", {"compression": "tiff_lzw"}),
    ("JPEG2000", {}),
    ("AVIF", {"quality": 90}),
    ("HEIF", {"quality": 90}),
)


def _facts(content: bytes, mime: str | None = None, *, orientations: bool = False) -> PictureFacts:
    found = perceptual.picture(
        io.BytesIO(content), mime=mime or file_type(content), orientations=orientations
    )
    assert isinstance(found, PictureFacts), found
    return found


def _trouble(content: bytes, mime: str | None = None) -> Trouble:
    found = perceptual.picture(io.BytesIO(content), mime=mime or file_type(content))
    assert isinstance(found, Trouble), found
    return found


@pytest.mark.parametrize(("name", "options"), TYPES)
def test_every_type_gives_size_and_value(name: str, options: dict[str, Any]) -> None:
    facts = _facts(encoded(PLANE, name, **options))
    assert (facts.width, facts.height, facts.frames, facts.pdq_quality) == (240, 180, 1, 100)
    assert perceptual.hamming(facts.pdq or "", hash_plane(PLANE).pdq) <= 24
    assert facts.orientations is None


def test_a_lossless_picture_has_the_value_of_its_pixels_and_eight_orientations() -> None:
    facts = _facts(encoded(PLANE, "PNG"), orientations=True)
    assert facts.pdq == hash_plane(PLANE).pdq
    assert facts.orientations == hash_plane(PLANE, orientations=True).orientations


def test_modes_other_than_colour_are_hashed_by_what_they_look_like() -> None:
    image = Image.fromarray(PLANE)
    grey = image.convert("L")
    deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    same = hash_plane(np.asarray(grey)).pdq
    assert _facts(encoded(grey, "PNG")).pdq == _facts(encoded(deep, "PNG")).pdq == same
    assert _facts(encoded(image.convert("RGBA"), "PNG")).pdq == hash_plane(PLANE).pdq
    cmyk = _facts(encoded(image.convert("CMYK"), "JPEG", quality=95))
    assert perceptual.hamming(cmyk.pdq or "", same) <= 20
    assert _facts(encoded(image.convert("1"), "PNG")).pdq_quality == 100
    assert perceptual.hamming(_facts(encoded(image.convert("P"), "PNG")).pdq or "", same) <= 24


@pytest.mark.parametrize("mode", ["RGB", "L", "I;16"])
def test_a_picture_too_large_for_the_passes_gives_the_same_by_weights(mode: str) -> None:
    small = np.ascontiguousarray(abstract(8, 210, 300)[:, :, 0])
    large = Image.fromarray(np.kron(small, np.ones((10, 10), dtype=np.uint8)))
    if mode == "I;16":
        large = Image.fromarray(np.asarray(large).astype(np.uint16) * 257)
    facts = _facts(encoded(large if mode != "RGB" else large.convert("RGB"), "PNG", compress_level=1))
    assert (
        perceptual.hamming(facts.pdq or "", hash_plane(np.kron(small, np.ones((2, 2), np.uint8))).pdq) <= 16
    )


def test_a_flat_picture_has_its_value_and_a_quality_that_nothing_matches() -> None:
    facts = _facts(encoded(np.full((100, 100, 3), 40, dtype=np.uint8), "PNG"))
    assert len(facts.pdq or "") == 64
    assert facts.pdq_quality == 0 < perceptual.MATCH_QUALITY


def _exif(**changed: Any) -> bytes:
    exif = Image.Exif()
    exif.update({0x010F: "Acme", 0x0110: "Model/7 ", 0x0131: "firmware 1.2"})
    exif.get_ifd(0x8769).update({0x9003: "2026:01:02 03:04:05", 0x9011: "+05:30", 0xA431: "SER\x0712345"})
    position = {1: "N", 2: (9.0, 55.0, 52.3), 3: "E", 4: (76.0, 16.0, 2.3)}
    exif.get_ifd(0x8825).update(position | changed.get("gps", {}))
    return exif.tobytes()


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_exif_is_told_from_every_type_that_carries_it(name: str) -> None:
    facts = _facts(encoded(PLANE, name, exif=_exif()))
    assert (facts.camera_make, facts.camera_model) == ("Acme", "Model/7")
    assert facts.camera_serial == "SER\\u{7}12345"
    assert (facts.taken_at, facts.taken_offset) == ("2026:01:02 03:04:05", "+05:30")
    assert facts.place == (9.931194, 76.267306)
    assert facts.software == "firmware 1.2"


@pytest.mark.parametrize(
    ("gps", "place"),
    [
        ({1: "S", 3: "W"}, (-9.931194, -76.267306)),
        ({1: "North"}, None),
        ({3: ""}, None),
        ({2: (91.0, 0.0, 0.0)}, None),
        ({4: (76.0, 60.0, 0.0)}, None),
        ({2: (9.0, 55.0)}, None),
    ],
)
def test_a_position_is_whole_or_there_is_none(gps: dict[int, Any], place: tuple[float, float] | None) -> None:
    assert _facts(encoded(PLANE, "JPEG", exif=_exif(gps=gps))).place == place


def test_faulty_exif_does_not_cost_the_picture_its_value() -> None:
    whole = _exif()
    chance = random.Random(2)
    for _ in range(60):
        broken = b"Exif\0\0" + mutated(whole[6:], chance)
        assert _facts(encoded(PLANE, "JPEG", exif=broken)).pdq_quality == 100


def test_exif_that_is_not_text_where_text_belongs_is_left_out() -> None:
    exif = Image.Exif()
    exif.update({0x010F: 7, 0x0110: b"\0\0", 0x0132: "2026:05:06 07:08:09"})
    facts = told(exif)
    assert (facts.camera_make, facts.camera_model, facts.place) == (None, None, None)
    assert facts.taken_at == "2026:05:06 07:08:09"


@pytest.mark.parametrize("name", ["GIF", "TIFF", "PNG", "WEBP", "HEIF", "AVIF"])
def test_pictures_in_a_file_are_counted_and_the_first_is_hashed(name: str) -> None:
    others = [Image.fromarray(abstract(seed, 180, 240)) for seed in (5, 6)]
    facts = _facts(encoded(PLANE, name, save_all=True, append_images=others))
    assert facts.frames == 3
    assert perceptual.hamming(facts.pdq or "", hash_plane(PLANE).pdq) <= 24


def test_a_jpeg_that_holds_several_is_hashed_by_its_first_even_with_a_broken_list_of_them() -> None:
    others = [Image.fromarray(abstract(5, 180, 240))]
    content = encoded(PLANE, "MPO", save_all=True, append_images=others)
    broken = content.replace(b"MPF\0", b"MPF\0\xff\xff\xff", 1)
    assert broken != content
    assert _facts(broken).pdq == _facts(content).pdq == _facts(encoded(PLANE, "JPEG")).pdq


def test_counting_ends_in_a_chain_that_turns_back_and_at_the_limit() -> None:
    tiff = bytearray(encoded(PLANE, "TIFF"))
    (first,) = struct.unpack_from("<L", tiff, 4)
    (entries,) = struct.unpack_from("<H", tiff, first)
    struct.pack_into("<L", tiff, first + 2 + 12 * entries, first)
    assert _facts(bytes(tiff)).frames == 1
    gif = encoded(np.zeros((8, 8), dtype=np.uint8), "GIF")
    frame = gif[gif.rindex(b",", 0, len(gif) - 1) : -1]
    assert _facts(gif[:-1] + frame * (2 * MAX_FRAMES) + b";").frames == MAX_FRAMES


@pytest.mark.parametrize("side", [180, 700])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_without_its_last_bytes_is_read_and_one_without_its_last_rows_is_trouble(
    side: int, progressive: bool
) -> None:
    content = encoded(abstract(9, side, side), "JPEG", quality=80, progressive=progressive)
    whole = _facts(content)
    for lost in (1, 2):
        assert _facts(content[:-lost]) == whole
    assert _trouble(content[: content.index(b"\xff\xda") + 40]).code == "picture-broken"
    if not progressive:
        assert _trouble(content[: len(content) // 2]).code == "picture-broken"


def test_what_no_decoder_here_reads_is_said() -> None:
    trouble = _trouble(b"\xff\x0a" + bytes(64))
    assert (trouble.code, trouble.place) == ("picture-type-not-read", "")
    assert "image/jxl" in trouble.text


def _png_head(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return start + struct.pack(">I", 64) + b"IDAT" + bytes(64)


@pytest.mark.parametrize("size", [(12_000, 12_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_that_claims_too_much_is_not_decoded(size: tuple[int, int]) -> None:
    assert _trouble(_png_head(*size)).code == "picture-too-large"


def test_a_jpeg_may_be_larger_than_what_must_be_decoded_whole() -> None:
    content = bytearray(encoded(np.zeros((16, 16), dtype=np.uint8), "JPEG"))
    frame = content.index(b"\xff\xc0")
    struct.pack_into(">HH", content, frame + 5, 14_000, 14_000)
    assert _facts(bytes(content)).width == 14_000
    struct.pack_into(">HH", content, frame + 5, 60_000, 60_000)
    assert _trouble(bytes(content)).code == "picture-too-large"


def test_a_type_s_decoder_is_never_asked_about_another_type() -> None:
    assert _trouble(encoded(PLANE, "PNG"), "image/jpeg").code == "picture-broken"
    assert (
        _trouble(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "image/png").code == "picture-broken"
    )


@pytest.mark.parametrize(("name", "options"), TYPES)
def test_a_thousand_mutated_pictures_end_in_facts_or_trouble(name: str, options: dict[str, Any]) -> None:
    content = encoded(abstract(11, 72, 96), name, **options)
    mime, chance, seen = file_type(content), random.Random(f"{name}{options}"), set()
    for _ in range(100):
        found = perceptual.picture(io.BytesIO(mutated(content, chance)), mime=mime, orientations=True)
        seen.add(found.code if isinstance(found, Trouble) else "facts")
    assert "picture-broken" in seen
    assert seen <= {"facts", "picture-broken", "picture-too-large"}
    assert _trouble(b"", mime).code == "picture-broken"
