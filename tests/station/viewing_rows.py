"""A device that was really examined, with one generated picture on it, for the tests of looking at items."""

from __future__ import annotations

import io
import uuid
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from kaval.station.models import Examination, Exhibit
from kaval.station.operations.laboratory import LabRecord, record_examination
from tests.station.console_rows import World

FACTS = {
    "facts": [
        {
            "fact": "camera_original",
            "value": "yes",
            "reasons": [
                {"code": "F", "text": "One file names the camera of this device.", "text_ml": "ഒരു ഫയൽ."}
            ],
        },
        {"fact": "transmitted", "value": "unknown", "reasons": []},
        {"fact": "opened", "value": "no_trace", "reasons": []},
    ],
    "tests": [
        {"test": "POCSO 15(2)", "needs": [], "lacking": ["transmitted"]},
        {"test": "POCSO 13/14", "lacking": []},
    ],
}
PROVENANCE = {
    "summary_sha256": "c" * 64,
    "inputs_digest": "d" * 64,
    "examined_at": "2026-03-02T06:00:00Z",
    "hashsets": [{"set": "known", "version": "b" * 64, "rows": 4000, "received_from": "example bureau"}],
    "digests": {"findings.jsonl": "e" * 64},
}
INDICATOR = {
    "program": "example cleaner",
    "action": "wiping",
    "strength": "weak",
    "at": "2026-02-27T10:00:00Z",
    "path": "Windows/Prefetch/EXAMPLE.EXE-12345678.pf",
    "innocent": ["came with the computer", "runs by itself every week"],
}


def pattern(seed: int = 0) -> bytes:
    """A generated abstract picture with strong colours."""
    image = Image.new("RGB", (900, 600), (250, 240, 60))
    draw = ImageDraw.Draw(image)
    for step in range(9):
        draw.ellipse(
            (step * 90, seed + step * 50, step * 90 + 300, step * 50 + 200 + seed),
            outline=(220, 20, 20),
            width=15,
        )
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def line(path: str, content: bytes, **more: Any) -> dict[str, Any]:
    """A line of the lab's findings."""
    return {
        "source": "device",
        "path": path,
        "state": "allocated",
        "size": len(content),
        "md5": "1" * 32,
        "sha1": "2" * 40,
        "sha256": sha256(content).hexdigest(),
        "mime": "image/jpeg",
        "matches": [],
        **more,
    }


def examined_folder(world: World, folder: Path, *, at: datetime, pictures: int = 1) -> Examination:
    """A new exhibit and its examination: pictures that no list knows, in an order, and one file that a list knows."""
    folder.mkdir(parents=True)
    exhibit = Exhibit.objects.get(id=world.alpha["exhibit_id"])
    exhibit.pk, exhibit.number, exhibit.seal, exhibit.image_sha256 = uuid.uuid4(), "EX/N", "KL-N", "a" * 64
    exhibit.make = "Example"
    exhibit.save(force_insert=True)
    lines = []
    for number in range(1, pictures + 1):
        (folder / f"pattern-{number:05}.jpg").write_bytes(pattern(number))
        lines.append(line(f"pattern-{number:05}.jpg", pattern(number)))
    match = {"set": "known", "version": "b" * 64, "scheme": "VICS/US", "scheme_version": "2.0", "code": "1"}
    near = {**match, "algorithm": "pdq", "distance": 12}
    known = line("x" * 700, b"known", matches=[{**match, "algorithm": "md5", "distance": 0}])
    said = [
        {
            "code": "O-1",
            "points": 40.0,
            "text": "names the camera of this device",
            "text_ml": "ഈ ഉപകരണത്തിന്റെ ക്യാമറ",
        },
        {"code": "O-2", "points": 30.0, "text": "9 days old at the examination", "text_ml": ""},
    ]
    return record_examination(
        by=world.officers["examiner"],
        at=at,
        key="n",
        exhibit=exhibit,
        image_sha256="a" * 64,
        tool="kaval.lab 1",
        files=iter([*lines, known, line("like.jpg", b"like", matches=[near])]),
        warnings=[],
        hash_report={},
        lab=LabRecord(
            source_path=str(folder),
            provenance=PROVENANCE,
            counts={
                "by_code": [
                    {"set": "known", "scheme": "VICS/US", "scheme_version": "2.0", "code": "1", "files": 1}
                ]
            },
            facts=FACTS,
            indicators=[INDICATOR],
            order=[
                {
                    **one,
                    "score": 70.0 - rank,
                    "reasons": said,
                    "groups": {"like": "like-1"},
                    "first_of_like": rank == 0,
                }
                for rank, one in enumerate(lines)
            ],
        ),
    )
