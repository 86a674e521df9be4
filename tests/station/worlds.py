"""Changing a world that was copied: what a test wants to be different on the day."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def take_one_device(folder: Path) -> dict[str, Any]:
    """Takes one device from a place where two were seized, so that its outcome still rests on the other."""
    path = folder / "world" / "day.jsonl"
    entries = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    rich = next(entry for entry in entries if len(entry["devices"]) > 1 and not entry["arrests"])
    taken: dict[str, Any] = rich["devices"].pop()
    path.write_text("".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries), "utf-8")
    return taken
