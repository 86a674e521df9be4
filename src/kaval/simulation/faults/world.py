"""Writes one fault world, whole or not at all: what was received and answered, what is on record, and the truth."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from random import Random

from kaval.simulation.faults import asked, benign, instants, leases, replies, sources, subjects
from kaval.simulation.faults.catalogue import mix_of
from kaval.simulation.faults.folders import put_world
from kaval.simulation.faults.scene import Scene
from kaval.simulation.figures import FIGURES
from kaval.simulation.folder import Folder
from kaval.simulation.geography import draw_map
from kaval.simulation.world import ForeignFolder, only_writer, sync_folder

# The modules whose import fills the catalogue.
ROOMS = (asked, sources, instants, leases, replies, subjects, benign)
FAULTS_VERSION = "1"
# Fault worlds draw a map of their own, and the same one whatever other worlds add to their files.
_MAP_DRAWS = "2"
PARTS = frozenset({"observations", "answers", "profiles", "truth", "manifest.json"})


@dataclass(frozen=True, slots=True)
class FaultSummary:
    """What lies at `path`; `written` is False when an identical world was found and left alone."""

    path: Path
    operation: str
    seed: int
    faults: str
    written: bool
    observations: int
    subjects: int
    files: int
    size: int


def write_fault_world(
    *, operation: str, seed: int, out: Path, faults: str, observations: int
) -> FaultSummary:
    """The world of these arguments at `out`; same arguments, same bytes. A few more observations than asked for may
    come, since a subject is never cut short.

    Raises:
        KeyError: no such operation.
        ValueError: a kind of fault nobody knows, no observation wanted, or more of one kind than the ranges hold.
        ForeignFolder: `out` holds something else than a fault world.
    """
    mix, figures = mix_of(faults), FIGURES[operation]
    if observations < 1:
        raise ValueError("a world holds at least one observation")
    wanted = {
        "operation": operation,
        "seed": seed,
        "faults": faults,
        "wanted": observations,
        "simulator": FAULTS_VERSION,
    }
    out = out.absolute()
    out.parent.mkdir(parents=True, exist_ok=True)
    with only_writer(out.parent):
        if out.exists() and (not out.is_dir() or {entry.name for entry in out.iterdir()} - PARTS):
            raise ForeignFolder(f"{out} holds other files than a fault world: choose another folder")
        found = _complete(out, wanted, written=False)
        if found is not None:
            return found
        partial, old = out.with_name(f".{out.name}.partial"), out.with_name(f".{out.name}.old")
        for stale in (partial, old):
            shutil.rmtree(stale, ignore_errors=True)
        partial.mkdir()
        rng = Random(f"kaval:faults:{FAULTS_VERSION}:{operation}:{seed}:{faults}:{observations}")
        ground = Random(f"kaval:{_MAP_DRAWS}:{operation}:{seed}:map")
        map_ = draw_map(ground, stations=figures.stations)
        scene = Scene(figures, map_, rng=rng, crowd=max(24, observations // 20))
        scene.play(mix, observations)
        folder = Folder(partial)
        put_world(folder, scene)
        _manifest(folder, wanted, scene)
        if out.exists():
            out.rename(old)
        partial.rename(out)
        sync_folder(out.parent)
        shutil.rmtree(old, ignore_errors=True)
    made = _complete(out, wanted, written=True)
    assert made is not None
    return made


def _manifest(folder: Folder, wanted: dict[str, object], scene: Scene) -> None:
    """Written last and to the disk, so that a world with a manifest is whole."""
    manifest = {
        "kaval_fault_world": 1,
        **wanted,
        "observations": scene.seen,
        "subjects": len(scene.stories),
        "files": folder.listing(),
    }
    with (folder.root / "manifest.json").open("wb") as file:
        file.write((json.dumps(manifest, indent=1) + "\n").encode())
        file.flush()
        os.fsync(file.fileno())


def _complete(out: Path, wanted: dict[str, object], *, written: bool) -> FaultSummary | None:
    """The world at `out` when its manifest fits and every file has its size, else None."""
    try:
        manifest = json.loads((out / "manifest.json").read_bytes())
        sizes = {row["path"]: row["size"] for row in manifest["files"]}
        same = all(manifest[name] == value for name, value in wanted.items())
        if not same or any((out / path).stat().st_size != size for path, size in sizes.items()):
            return None
        return FaultSummary(
            out, manifest["operation"], manifest["seed"], manifest["faults"], written, manifest["observations"],
            manifest["subjects"], len(sizes), sum(sizes.values()),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return None
