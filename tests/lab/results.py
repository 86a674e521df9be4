"""A result of an examination as the lab writes it, made by hand: every field there is, and names that want to run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import md5, sha1, sha256
from pathlib import Path
from typing import Any

Line = dict[str, Any]
EXAMINED_AT = "2026-03-02T06:30:00Z"
LIST_VERSION = "ab" * 32


def match(code: str | None = "1", **more: Any) -> Line:
    """A match by MD5 with an entry of the list `known`."""
    return {
        "set": "known",
        "version": LIST_VERSION,
        "scheme": "VICS/US" if code else None,
        "scheme_version": "2.0" if code else None,
        "code": code,
        "algorithm": "md5",
        "distance": 0,
        "orientation": None,
        **more,
    }


def finding(path: str, content: bytes, **more: Any) -> Line:
    """One line of the findings for this content."""
    return {
        "source": "phone.img",
        "path": path,
        "state": "allocated",
        "size": len(content),
        "md5": md5(content).hexdigest(),
        "sha1": sha1(content).hexdigest(),
        "sha256": sha256(content).hexdigest(),
        "mime": "image/jpeg",
        "pdq": "f0" * 32,
        "pdq_quality": 88,
        "matches": [],
        "volume": None,
        "address": 12,
        "note": None,
        "times": {
            "modified": "2026-02-01T10:00:00Z",
            "accessed": None,
            "changed": None,
            "created": "2026-02-01T09:00:00",
        },
        "picture": {
            "width": 4000,
            "height": 3000,
            "camera_make": "Example",
            "camera_model": "One",
            "frames": 1,
            "taken_at": "2026:02:01 15:00:00",
            "taken_offset": "+05:30",
            "place": [10.0, 76.3],
            "software": None,
        },
        "video": None,
        "vpdq": None,
        **more,
    }


SOME = (
    finding("DCIM/pattern-00001.jpg", b"one", matches=[match()]),
    finding("copies.zip!/inner/pattern-00001.jpg", b"one", matches=[match()], state="deleted"),
    finding("=cmd|' /C calc'!A0", b"two", matches=[match(None)]),
    finding("like/pattern-00003.jpg", b"three", matches=[match(algorithm="pdq", distance=12)]),
    finding("both/pattern-00004.jpg", b"four", matches=[match(), match("2", set="other")]),
    finding("സ്ഥലം/pattern-00005.png", b"five", mime="image/png"),
    finding("notes.txt", b"six", mime=None, picture=None, pdq=None, pdq_quality=None),
    finding(
        "gone.jpg", b"", md5=None, sha1=None, sha256=None, mime=None, note="content-unreadable", picture=None
    ),
)


def _counts(lines: Sequence[Line]) -> Line:
    known = [line for line in lines if line["matches"]]
    return {
        "files": len(lines),
        "bytes": sum(line["size"] for line in lines),
        "by_state": {"allocated": 7, "deleted": 1},
        "by_type": {"image": 6},
        "notes": {"content-unreadable": 1},
        "matched_files": len(known),
        "matched_digests": len({line["sha256"] for line in known}),
        "by_code": [{"set": "known", "scheme": "VICS/US", "scheme_version": "2.0", "code": "1", "files": 3}],
        "warnings": {"name-escaped": 2},
    }


def write_result(
    folder: Path, lines: Sequence[Line] = SOME, *, concluded: Mapping[str, Any] | None = None
) -> Path:
    """The folder of an examination with these findings; `concluded` are files of the concluding step by name."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)
    (folder / "findings.jsonl").write_bytes(whole)
    (folder / "warnings.jsonl").write_bytes(b"")
    summary = {
        "kaval_lab": 2,
        "tool": "kaval.lab 0.1.0",
        "examined_at": EXAMINED_AT,
        "inputs_digest": sha256(whole).hexdigest(),
        "complete": True,
        "sources": [
            {
                "name": "phone.img",
                "kind": "image",
                "size": 8388608,
                "sha256": "cd" * 32,
                "expected_sha256": "cd" * 32,
                "manifest_sha256": None,
                "examined": True,
                "refused": None,
                "counts": {},
            },
        ],
        "hashsets": [
            {
                "set": "known",
                "version": LIST_VERSION,
                "file": "known.vics.json",
                "size": 266,
                "format": "vics/1",
                "received_from": "example bureau",
                "received_at": "2026-01-02T00:00:00Z",
                "lawful_use": "training",
                "rows": 4,
                "contested": 0,
                "warnings": {},
            }
        ],
        "counts": _counts(lines),
        "findings_sha256": sha256(whole).hexdigest(),
        "warnings_sha256": sha256(b"").hexdigest(),
    }
    (folder / "summary.json").write_text(json.dumps(summary, indent=1), "utf-8")
    for name, content in (concluded or {}).items():
        rows = [json.dumps(row, ensure_ascii=False) for row in content] if name.endswith("l") else []
        text = "".join(f"{row}\n" for row in rows) if name.endswith("l") else json.dumps(content)
        (folder / name).write_text(text, "utf-8")
    return folder
