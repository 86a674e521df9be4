"""Writes one whole world: what the unit knows, what arrives, the answers, the day, and the truth."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from random import Random
from typing import Literal

from kaval.simulation import images
from kaval.simulation.answers import put_answers
from kaval.simulation.beside import put_lists, put_record
from kaval.simulation.cast import build_cast
from kaval.simulation.clock import day_at
from kaval.simulation.day import Day, live_day
from kaval.simulation.figures import DRAWS_VERSION, FIGURES, Figures
from kaval.simulation.folder import Folder
from kaval.simulation.geography import draw_map
from kaval.simulation.ground import put_ground
from kaval.simulation.inbox import Inbox, Progress, put_cybertips, put_junk, put_p2p
from kaval.simulation.networks import Network
from kaval.simulation.ownfiles import Roster, put_own_files
from kaval.simulation.pictures import Picture, draw_pictures, known_files, vics
from kaval.simulation.planning import put_planning
from kaval.simulation.publicleads import put_register, put_tips
from kaval.simulation.reports import draw_reports
from kaval.simulation.sightings import Observer
from kaval.simulation.told import told_twists
from kaval.simulation.truth import put_truth
from kaval.simulation.twisted import CrowdedObserver
from kaval.simulation.twists import thicken

PARTS = frozenset(
    (
        "station", "inbox", "answers", "verification", "hashsets", "devices", "planning", "world", "truth",
        "manifest.json",
    )
)  # fmt: skip
PER_IMAGE = 12


class ForeignFolder(RuntimeError):
    """The target holds files that are no simulated world; nothing was changed."""


@dataclass(frozen=True, slots=True)
class WorldSummary:
    """What lies at `path`. `written` is False when an identical world was found and left alone."""

    path: Path
    operation: str
    seed: int
    written: bool
    files: int
    size: int
    reports: int
    missing_tools: tuple[str, ...]


def write_world(
    *,
    operation: str,
    seed: int,
    out: Path,
    progress: Progress | None = None,
    missing_tools: Literal["raise", "skip"] = "raise",
) -> WorldSummary:
    """The world of the operation and seed at `out`, whole or not at all; same arguments, same bytes.

    An identical complete world is left alone, a half-written one replaced. `missing_tools="skip"` leaves out
    the disk images of file systems whose programs are not installed and says so in summary and manifest.

    Raises:
        KeyError: no such operation.
        MissingTool: a program for disk images is missing and `missing_tools` is "raise".
        ForeignFolder: `out` holds something else than a simulated world.
    """
    figures = FIGURES[operation]
    skipped = _missing(figures, skip=missing_tools == "skip")
    out = out.absolute()
    out.parent.mkdir(parents=True, exist_ok=True)
    with only_writer(out.parent):
        _refuse_foreign(out)
        found = _complete(out, operation=operation, seed=seed, skipped=skipped)
        if found is not None:
            return found
        partial, old = out.with_name(f".{out.name}.partial"), out.with_name(f".{out.name}.old")
        for stale in (partial, old):
            shutil.rmtree(stale, ignore_errors=True)
        partial.mkdir()
        _Scene(figures, seed, folder=Folder(partial), skipped=skipped).write(progress or _silent)
        os.sync()
        if out.exists():
            out.rename(old)
        partial.rename(out)
        sync_folder(out.parent)
        shutil.rmtree(old, ignore_errors=True)
    made = _complete(out, operation=operation, seed=seed, skipped=skipped)
    assert made is not None
    return WorldSummary(made.path, operation, seed, True, made.files, made.size, made.reports, skipped)


def _silent(stage: str, done: int, total: int) -> None:
    """Progress for callers who want none."""


def _missing(figures: Figures, *, skip: bool) -> tuple[str, ...]:
    """File systems whose tools are missing; raises MissingTool unless they may be skipped."""
    missing: list[str] = []
    for system in sorted(set(figures.images)):
        try:
            images.check_tools(system)
        except images.MissingTool:
            if not skip:
                raise
            missing.append(system)
    return tuple(missing)


@contextmanager
def only_writer(parent: Path) -> Iterator[None]:
    """Holds a lock on the folder, which ends with the process, so that two writers never mix."""
    handle = os.open(parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refuse_foreign(out: Path) -> None:
    if out.exists() and (not out.is_dir() or {entry.name for entry in out.iterdir()} - PARTS):
        raise ForeignFolder(f"{out} holds other files than a simulated world: choose another folder")


def _complete(out: Path, *, operation: str, seed: int, skipped: tuple[str, ...]) -> WorldSummary | None:
    """The world at `out` when its manifest fits and every file has its size, else None."""
    try:
        manifest = json.loads((out / "manifest.json").read_bytes())
        wanted = (operation, seed, FIGURES[operation].version, list(skipped))
        found = tuple(manifest[k] for k in ("operation", "seed", "simulator", "missing_tools"))
        sizes = {row["path"]: row["size"] for row in manifest["files"]}
        same = found == wanted and all((out / p).stat().st_size == n for p, n in sizes.items())
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not same:
        return None
    return WorldSummary(
        out, operation, seed, False, len(sizes), sum(sizes.values()), manifest["reports"], skipped
    )


class _Scene:
    """Everything while one world is written; each part has a random source of its own."""

    def __init__(self, figures: Figures, seed: int, *, folder: Folder, skipped: tuple[str, ...]) -> None:
        self.figures, self.seed, self.folder, self.skipped = figures, seed, folder, skipped

    def rng(self, part: str) -> Random:
        """The random source of the part; text seeds go through SHA-512, so they are the same everywhere."""
        return Random(f"kaval:{DRAWS_VERSION}:{self.figures.operation}:{self.seed}:{part}")

    def write(self, progress: Progress) -> None:
        figures, folder = self.figures, self.folder
        progress("people", 0, 1)
        map_ = draw_map(self.rng("map"), stations=figures.stations)
        cast = build_cast(figures, map_, self.rng("cast"))
        plot = thicken(figures, cast, map_=map_, rng=self.rng("twists")) if figures.twists else None
        roster = Roster(figures, map_, self.rng("roster"))
        put_own_files(folder, figures, map_=map_, roster=roster)
        put_lists(folder, figures)
        pictures = draw_pictures(self.rng("pictures"), PER_IMAGE * len(figures.images))
        known = known_files(self.rng("known"), pictures, 2000)
        folder.json("hashsets/known.vics.json", vics(known))
        answered_at = day_at(figures.field_day, days=-14).astimezone(UTC)
        network = Network(
            self.rng("network"),
            cast.bystanders,
            sites=figures.sites,
            answered_at=answered_at,
            crowd=sum(figures.crowd),
        )
        watcher = CrowdedObserver if figures.twists else Observer
        observer = watcher(self.rng("sightings"), network, figures.field_day)
        progress("sightings", 0, 1)
        reports = draw_reports(
            figures, cast, observer=observer, known=known, rng=self.rng("reports"), plot=plot
        )
        inbox = Inbox(folder)
        put_cybertips(inbox, reports.tips, rng=self.rng("packing"), progress=progress)
        put_junk(inbox, figures)
        common = [file for file, _ in reports.viral] * (len(known) // 200)
        put_p2p(inbox, figures, reports=reports, known=[*known, *common], rng=self.rng("p2p"))
        reported = {(tip.person.person_id, tip.platform) for tip in reports.tips}
        put_register(inbox, figures, cast=cast, reported=reported, rng=self.rng("register"))
        put_tips(inbox, figures, cast=cast, rng=self.rng("tips"))
        inbox.close()
        put_record(folder, cast, inbox)
        progress("answers", 0, 1)
        lines = put_answers(folder, network, field_day=figures.field_day, rng=self.rng("answers"))
        put_ground(folder, figures, lines=lines, roster=roster, rng=self.rng("ground"))
        put_planning(folder, figures, map_=map_, roster=roster, cast=cast, rng=self.rng("planning"))
        day = live_day(figures, cast, lines=lines, rng=self.rng("day"))
        files = self._images(day, pictures, progress)
        folder.jsonl("world/day.jsonl", day.rows)
        twists = None if plot is None else told_twists(plot, reports, rows=inbox.rows)
        put_truth(folder, cast, lines=lines, reports=inbox.truth, files=files, twists=twists)
        self._manifest(len(inbox.truth))
        progress("done", 1, 1)

    def _images(self, day: Day, pictures: list[Picture], progress: Progress) -> list[dict[str, object]]:
        """Writes devices/ and attaches each image to a seized device; returns the truth about their files."""
        truth: list[dict[str, object]] = []
        at = day_at(self.figures.field_day, days=-30, hour=12)
        for number, system in enumerate(self.figures.images, start=1):
            progress("images", number, len(self.figures.images))
            device = day.waiting[system].pop(0)
            if system in self.skipped:
                continue
            entries, known = _entries(system, pictures[(number - 1) * PER_IMAGE : number * PER_IMAGE])
            content = images.make_image(system, entries, number=number, at=at.astimezone(UTC))
            path = f"devices/image-{number:02d}-{system}.img"
            self.folder.put(path, content)
            device["image"], device["image_sha256"] = path, hashlib.sha256(content).hexdigest()
            truth += [_file_truth(path, e, known=e.path in known) for e in entries]
        return truth

    def _manifest(self, reports: int) -> None:
        manifest = {
            "kaval_world": 1,
            "operation": self.figures.operation,
            "seed": self.seed,
            "simulator": self.figures.version,
            "missing_tools": list(self.skipped),
            "reports": reports,
            "files": self.folder.listing(),
        }
        path = self.folder.root / "manifest.json"
        with path.open("wb") as file:
            file.write((json.dumps(manifest, indent=1) + "\n").encode())
            file.flush()
            os.fsync(file.fileno())


def _entries(system: str, pictures: list[Picture]) -> tuple[list[images.Entry], set[str]]:
    """Files of one image and which of their paths are known; every fourth is deleted where the tools can."""
    entries: list[images.Entry] = []
    known: set[str] = set()
    for number, picture in enumerate(pictures):
        folder = "" if system == "ntfs" else ("/DCIM", "/Download")[number % 2]
        path = f"{folder}/{picture.name}"
        entries.append(images.Entry(path, picture.content, deleted=system != "ntfs" and number % 4 == 3))
        if picture.known:
            known.add(path)
    folder = "" if system == "ntfs" else "/Download"
    entries.append(images.Entry(f"{folder}/readme.txt", b"Generated training files. Nothing here is real.\n"))
    entries.append(images.Entry(f"{folder}/list.txt", "".join(f"item {n}\n" for n in range(200)).encode()))
    return entries, known


def _file_truth(image: str, entry: images.Entry, *, known: bool) -> dict[str, object]:
    return {
        "image": image,
        "path": entry.path,
        "sha256": hashlib.sha256(entry.content).hexdigest(),
        "md5": hashlib.md5(entry.content, usedforsecurity=False).hexdigest(),
        "size": len(entry.content),
        "known": known,
        "deleted": entry.deleted,
    }
