"""Lines of a run as the lab writes them, with invented neutral content."""

from __future__ import annotations

from typing import Any

AT = "2026-01-18T06:30:00Z"
VERDICT = {"set": "known", "version": "3", "scheme": "VICS/US", "scheme_version": "2.0", "code": "1",
           "algorithm": "sha256", "distance": 0, "orientation": None}  # fmt: skip


def finding(
    path: str, *, source: str = "phone", match: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """One line of `findings.jsonl`; `match` overrides the verdict's fields, None: no match."""
    line = {"source": source, "path": path, "state": "allocated", "size": 9, "md5": "0" * 32, "sha1": "0" * 40,
            "sha256": f"{abs(sum(path.encode())):064x}", "mime": "image/jpeg", "pdq": None, "pdq_quality": None,
            "matches": [] if match is None else [VERDICT | match], "volume": None, "address": None, "note": None,
            "times": {"modified": AT, "accessed": None, "changed": None, "created": None}, "picture": None,
            "video": None, "vpdq": None}  # fmt: skip
    return line | more


def artefact(
    kind: str, *, source: str = "phone", path: str = "some/file", at: str | None = AT, **facts: Any
) -> dict[str, Any]:
    """One line of `artefacts.jsonl`."""
    return {"source": source, "path": path, "kind": kind, "place": "row/1", "at": at,
            "precision_s": 1.0 if at else None, "facts": facts}  # fmt: skip


def camera(model: str, *, make: str = "Maker", serial: str | None = None) -> dict[str, Any]:
    """What a picture says of its camera."""
    return {"width": 9, "height": 9, "camera_make": make, "camera_model": model, "camera_serial": serial,
            "taken_at": None, "taken_offset": None, "place": None, "software": None, "frames": 1}  # fmt: skip
