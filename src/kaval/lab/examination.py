"""Examine sources against hash sets and leave three files that say what was found and what was not read.

The run is decided by its inputs: the same sources, lists and version give the same three files, byte for
byte, except `examined_at`; a complete result of the same inputs is left alone, and a broken run keeps the
sources it had finished.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import kaval
from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.instant import iso_utc
from kaval.lab.counting import Counts, Manifest
from kaval.lab.findings import examine_source, warning
from kaval.lab.hashset.load import LoadedSet, load
from kaval.lab.index.exact import ExactIndex
from kaval.lab.plan import Planned, plan_source, source_names
from kaval.lab.sources.entry import Limits, Trouble
from kaval.lab.writing import WholeFile, file_sha256, json_line, lines_of, sync_folder

TOOL_VERSION = f"kaval.lab {kaval.__version__}"
_LAYOUT = 1
_PARTS = ".parts"
_DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: `stage` is `verify` (the source's digest) or `examine`; counts of this source."""

    stage: str
    source: str
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class ExaminationSummary:
    """What `summary.json` says. `reused`: a complete result of the same inputs was there and was left alone.

    `complete` is False when a source was refused or missing: then the counts speak for the others only.
    """

    out: Path
    content: Mapping[str, Any]
    reused: bool

    @property
    def complete(self) -> bool:
        """True when every source was examined."""
        return bool(self.content["complete"])

    @property
    def counts(self) -> Mapping[str, Any]:
        """Counts over all findings."""
        counts: Mapping[str, Any] = self.content["counts"]
        return counts


def examine(
    sources: Sequence[Path],
    *,
    hashsets: Sequence[Path],
    out: Path,
    at: datetime,
    expected_sha256: Mapping[str, str] | None = None,
    progress: Callable[[Progress], None] | None = None,
    limits: Limits = _DEFAULT_LIMITS,
) -> ExaminationSummary:
    """Examine folders and raw disk images, read-only, and write findings, warnings and a summary under `out`.

    `at` is the aware instant the examination is recorded under. `expected_sha256` maps a source, by its path
    as given or by its file name, to the digest it was sealed with: an image that differs is not examined, and
    the warning `image-digest-differs` says so. A source that cannot be read is a warning; the run goes on.

    Raises:
        RefusedError: `out` lies inside a source or a source inside `out`; a source is given twice; no source.
        ReaderError: a hash set cannot be used; nothing has been examined then.
        ConfigurationError: a disk image is given and pytsk3 (extra `lab`) is not installed.
        ValueError: `at` has no zone.
    """
    recorded = iso_utc(at)
    names = source_names(sources)
    _keep_apart(sources, out)
    loaded = [load(path) for path in hashsets]
    run = _Run(out=out, loaded=loaded, limits=limits, progress=progress)
    expected = dict(expected_sha256 or {})
    with _closing([]) as opened:
        for path, name in zip(sources, names, strict=True):
            tick = run.ticker("verify", name)
            opened.append(plan_source(path, name=name, limits=limits, expected=expected, tick=tick))
        unused = sorted(set(expected) - {key for planned in opened for key in planned.keys})
        inputs = run.inputs_digest(opened, unused)
        kept = _kept(out, inputs)
        if kept is not None:
            return ExaminationSummary(out, kept, reused=True)
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        for planned in opened:
            run.part(planned)
        summary = run.assemble(
            opened,
            unused,
            head={
                "kaval_lab": _LAYOUT,
                "tool": TOOL_VERSION,
                "examined_at": recorded,
                "inputs_digest": inputs,
            },
        )
    return ExaminationSummary(out, summary, reused=False)


class _closing:
    """Closes every planned source at the end of the block, whatever happened."""

    def __init__(self, planned: list[Planned]) -> None:
        self._planned = planned

    def __enter__(self) -> list[Planned]:
        return self._planned

    def __exit__(self, *_: object) -> None:
        for one in self._planned:
            if one.source is not None:
                one.source.close()


class _Run:
    """One run: its lists, its output folder and the parts in it."""

    def __init__(
        self,
        *,
        out: Path,
        loaded: Sequence[LoadedSet],
        limits: Limits,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._out, self._loaded, self._limits, self._progress = out, loaded, limits, progress
        self._index = ExactIndex([one.indexed for one in loaded])
        self._lists = [[one.indexed.name, one.sha256, one.format] for one in loaded]

    def ticker(self, stage: str, source: str) -> Callable[[int], None]:
        """A function that adds bytes (and a file) and tells the progress."""
        done = [0, 0]

        def tick(size: int) -> None:
            done[0] += stage == "examine"
            done[1] += size
            if self._progress is not None:
                self._progress(Progress(stage, source, done[0], done[1]))

        return tick

    def _key(self, planned: Planned) -> str:
        limits = [self._limits.max_depth, self._limits.max_entries, self._limits.max_bytes_factor]
        return content_digest([_LAYOUT, TOOL_VERSION, self._lists, limits, planned.as_input()])

    def inputs_digest(self, plan: Sequence[Planned], unused: Sequence[str]) -> str:
        """SHA-256 over everything that decides the result; not over the time of the run."""
        return content_digest([[self._key(planned) for planned in plan], list(unused)])

    def _part_path(self, planned: Planned) -> Path:
        return self._out / _PARTS / f"{self._key(planned)}.jsonl"

    def part(self, planned: Planned) -> None:
        """Examine one source into its part file, unless a broken run already finished it."""
        path = self._part_path(planned)
        if path.exists() or planned.source is None:
            return
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with WholeFile(path) as file:
            for line in examine_source(
                planned.source, index=self._index, tick=self.ticker("examine", planned.name)
            ):
                file.write(json_line(line))

    def assemble(
        self, plan: Sequence[Planned], unused: Sequence[str], *, head: dict[str, Any]
    ) -> dict[str, Any]:
        """Join the parts, count, and write the summary last: without it nothing counts as complete."""
        (self._out / "summary.json").unlink(missing_ok=True)
        sync_folder(self._out)
        counts, described = Counts(), []
        with (
            WholeFile(self._out / "findings.jsonl") as findings,
            WholeFile(self._out / "warnings.jsonl") as warnings,
        ):
            for line in self._list_warnings(unused):
                counts.warnings[line["code"]] += 1
                warnings.write(json_line(line))
            for planned in plan:
                own = Counts()
                manifest = Manifest()
                for kind, line in self._lines(planned):
                    for count in (counts, own):
                        if kind == "finding":
                            count.add(line)
                        else:
                            count.warnings[line["code"]] += 1
                    if kind == "finding":
                        manifest.add(line)
                    (findings if kind == "finding" else warnings).write(json_line(line))
                described.append(planned.as_summary(own.as_json(), manifest.sha256))
            digests = {"findings_sha256": findings.sha256, "warnings_sha256": warnings.sha256}
        summary = (
            head
            | {
                "complete": all(one["examined"] for one in described),
                "sources": described,
                "hashsets": [_describe(one) for one in self._loaded],
                "counts": counts.as_json(),
            }
            | digests
        )
        with WholeFile(self._out / "summary.json") as file:
            file.write(json.dumps(summary, ensure_ascii=False, indent=1).encode() + b"\n")
        shutil.rmtree(self._out / _PARTS, ignore_errors=True)
        return summary

    def _lines(self, planned: Planned) -> Iterator[tuple[str, dict[str, Any]]]:
        for trouble in planned.troubles:
            yield "warning", warning(planned.name, trouble)
        if planned.source is not None:
            with lines_of(self._part_path(planned)) as lines:
                for line in lines:
                    yield from line.items()

    def _list_warnings(self, unused: Sequence[str]) -> Iterator[dict[str, str]]:
        for one in self._loaded:
            for met in one.warnings:
                yield warning(one.indexed.name, Trouble(met.place, met.code, met.text, met.mend))
        for key in unused:
            yield warning(
                key,
                Trouble(
                    "",
                    "expected-digest-unused",
                    "a digest is expected for a source that was not given",
                    "Check the name: a digest that is not compared protects nothing",
                ),
            )


def _describe(one: LoadedSet) -> dict[str, Any]:
    return {
        "set": one.indexed.name,
        "version": one.indexed.version,
        "sha256": one.sha256,
        "format": one.format,
        "entries": len(one.indexed.entries),
        "warnings": len(one.warnings),
    }


def _keep_apart(sources: Sequence[Path], out: Path) -> None:
    target = out.resolve()
    for path in sources:
        source = path.resolve()
        if target == source or source in target.parents:
            raise RefusedError(
                "lab.out-inside-source", "the results would be written into a source; name another folder"
            )
        if target in source.parents:
            raise RefusedError(
                "lab.source-inside-out", "a source lies in the folder of the results; name another folder"
            )


def _kept(out: Path, inputs: str) -> dict[str, Any] | None:
    """The summary of a complete, undamaged result of the same inputs, else None."""
    summary: Any = None
    with suppress(OSError, ValueError):
        summary = json.loads((out / "summary.json").read_bytes())
    if not isinstance(summary, dict) or summary.get("inputs_digest") != inputs:
        return None
    whole = all(
        file_sha256(out / f"{kind}.jsonl") == summary.get(f"{kind}_sha256")
        for kind in ("findings", "warnings")
    )
    return summary if whole else None
