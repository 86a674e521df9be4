"""Known pictures changed a little are found as near, as far as PDQ says and no farther; hostile ones are named."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFilter

from kaval.lab import ExaminationSummary, examine
from kaval.lab.perceptual import MATCH_DISTANCE, MATCH_QUALITY, hamming
from tests.lab import images
from tests.lab.images import AT

Line = dict[str, Any]
KNOWN, UNKNOWN = 12, 12


def pattern(seed: int, *, side: int = 256) -> Image.Image:
    """Overlapping soft shapes: abstract, with the slow changes of brightness that photographs have."""
    noise = random.Random(seed)
    made = Image.new("L", (side, side * 3 // 4), noise.randrange(256))
    drawn = ImageDraw.Draw(made)
    for _ in range(24):
        x, y, size = noise.randrange(side), noise.randrange(side), noise.randrange(20, side // 2)
        drawn.ellipse((x - size, y - size, x + size, y + size // 2), fill=noise.randrange(256))
    return made.filter(ImageFilter.GaussianBlur(2))


def encoded(made: Image.Image, kind: str, **how: Any) -> bytes:
    """The picture as a file."""
    whole = io.BytesIO()
    made.save(whole, kind, **how)
    return whole.getvalue()


def changed(made: Image.Image) -> Iterator[tuple[str, bytes]]:
    """What a known picture becomes on its way: encoded again, made smaller, cut by two in a hundred, turned."""
    width, height = made.size
    yield "again.jpg", encoded(made, "JPEG", quality=60)
    yield "small.png", encoded(made.resize((width // 2, height // 2)), "PNG")
    yield "cut.png", encoded(made.crop((width // 50, height // 50, width, height)), "PNG")
    yield "turned.png", encoded(made.transpose(Image.Transpose.ROTATE_90), "PNG")


def lines(summary: ExaminationSummary, kind: str = "findings") -> list[Line]:
    return [json.loads(line) for line in (summary.out / f"{kind}.jsonl").read_text("utf-8").splitlines()]


def with_pdq(path: Path, known: list[Line]) -> Path:
    """A list of exact digests and PDQ values of the given findings."""
    images.vics(path, [])
    value = [
        {
            "MediaID": number,
            "Category": 1,
            "MD5": line["md5"],
            "AlternativeHashes": [{"HashName": "PDQ", "HashValue": line["pdq"]}],
        }
        for number, line in enumerate(known)
    ]
    path.write_text(json.dumps(json.loads(path.read_text()) | {"value": value}))
    return path


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Line], ExaminationSummary]:
    """Findings of the known originals, and an image with originals, changed copies and unknown pictures."""
    root = tmp_path_factory.mktemp("near")
    originals = {f"k{number:02d}.png": encoded(pattern(number), "PNG") for number in range(KNOWN)}
    first = examine([images.folder(root / "known", originals)], hashsets=[], out=root / "first", at=AT)
    files = {f"same/{name}": content for name, content in originals.items()}
    for number in range(KNOWN):
        files |= {f"near/k{number:02d}-{how}": content for how, content in changed(pattern(number))}
    files |= {f"else/u{number:02d}.png": encoded(pattern(1000 + number), "PNG") for number in range(UNKNOWN)}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("near/k00-again.jpg", "same/k01.png"):
            archive.writestr(zipfile.ZipInfo(name), files[name])
    files["packed.zip"] = packed.getvalue()
    image = images.ext4(root / "disk.img", images.folder(root / "tree", files))
    listed = with_pdq(root / "known.vics.json", lines(first))
    return lines(first), examine([image], hashsets=[listed], out=root / "out", at=AT)


def test_exact_matches_are_all_found_and_none_is_false(
    examined: tuple[list[Line], ExaminationSummary],
) -> None:
    known, summary = examined
    digests = {line["sha256"] for line in known}
    for line in lines(summary):
        exact = [match for match in line["matches"] if match["algorithm"] == "md5"]
        assert bool(exact) == (line["sha256"] in digests)
        assert all((match["distance"], match["orientation"]) == (0, None) for match in exact)
    assert summary.counts["matched_files"] == KNOWN + 1


def test_near_matches_are_those_of_brute_force_and_no_other(
    examined: tuple[list[Line], ExaminationSummary],
) -> None:
    known, summary = examined
    found = {line["path"]: line for line in lines(summary)}
    upright = {path: line for path, line in found.items() if not path.endswith("turned.png")}
    for line in upright.values():
        if line["pdq"] is None or line["pdq_quality"] < MATCH_QUALITY:
            continue
        near = {hamming(line["pdq"], one["pdq"]) for one in known if one["sha256"] != line["sha256"]}
        told = {match["distance"] for match in line["matches"] if match["orientation"] == 0}
        assert told == {distance for distance in near if distance <= MATCH_DISTANCE}
    for number in range(KNOWN):
        for how in ("again.jpg", "small.png"):
            assert found[f"near/k{number:02d}-{how}"]["matches"], "encoding again and resizing stay near"
        (turned, *_) = found[f"near/k{number:02d}-turned.png"]["matches"]
        assert turned["orientation"] in (1, 3)
        assert turned["distance"] <= MATCH_DISTANCE
    assert not any(line["matches"] for path, line in found.items() if path.startswith("else/"))


def test_near_only_is_counted_apart(examined: tuple[list[Line], ExaminationSummary]) -> None:
    _, summary = examined
    told = [line for line in lines(summary) if line["matches"]]
    near_only = [line for line in told if all(match["algorithm"] == "pdq" for match in line["matches"])]
    assert summary.counts["near_only_files"] == len(near_only) > 3 * KNOWN
    assert summary.counts["matched_files"] == len(told) - len(near_only)
    assert found_in_archive(told) == {"packed.zip!/near/k00-again.jpg", "packed.zip!/same/k01.png"}


def found_in_archive(told: list[Line]) -> set[str]:
    return {line["path"] for line in told if "!/" in line["path"]}


def test_mutated_pictures_and_archives_are_named_and_the_run_goes_on(tmp_path: Path) -> None:
    noise, files = random.Random(5), dict[str, bytes]()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", encoded(pattern(3, side=64), "PNG"))
        archive.writestr("b.txt", "b" * 4000)
    whole = {
        "png": encoded(pattern(1, side=64), "PNG"),
        "jpg": encoded(pattern(2, side=64), "JPEG"),
        "gif": encoded(pattern(2, side=64), "GIF"),
        "webp": encoded(pattern(2, side=64), "WEBP"),
        "zip": packed.getvalue(),
    }
    for kind, content in whole.items():
        for number in range(30):
            damaged = bytearray(content)
            for _ in range(1 + number % 5):
                damaged[noise.randrange(12, len(damaged))] = noise.randrange(256)
            files[f"{kind}/{number:02d}.{kind}"] = bytes(damaged[: len(damaged) - number * (number % 3)])
    source = images.folder(tmp_path / "tree", files)
    summary = examine([source], hashsets=[], out=tmp_path / "out", at=AT)
    told = lines(summary)
    assert summary.complete
    assert {line["path"] for line in told if "!/" not in line["path"]} == set(files)
    assert all(line["sha256"] for line in told if "!/" not in line["path"])
    warned = {line["place"].split("!/")[0] for line in lines(summary, "warnings")}
    assert warned <= set(files)
    for line in told:
        if (line["mime"] or "").startswith("image/") and line["picture"] is None and "!/" not in line["path"]:
            assert line["path"] in warned, "a picture that says nothing of itself is named"
