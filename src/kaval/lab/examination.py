"""Examine sources against hash sets and leave files that say what was found and what was not read.

The run is decided by its inputs: the same sources, lists and version give the same `findings.jsonl`,
`artefacts.jsonl` and `warnings.jsonl`, byte for byte, however the work was split; a complete result of the same inputs
is left alone, and a broken run keeps every unit it had finished.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import kaval
from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.instant import iso_utc
from kaval.lab.archives import ArchiveLimits
from kaval.lab.counting import Counts, Manifest
from kaval.lab.findings import warning
from kaval.lab.matching import Lists
from kaval.lab.pace import Pace, Progress
from kaval.lab.plan import Planned, source_names
from kaval.lab.sources.entry import Limits, Trouble
from kaval.lab.workers.crew import QUIET_S
from kaval.lab.workers.run import Run
from kaval.lab.writing import WholeFile, file_sha256, json_line, sync_folder

TOOL_VERSION = f"kaval.lab {kaval.__version__}"
KINDS = {"finding": "findings", "warning": "warnings", "artefact": "artefacts"}
"""The lines of a run by the stem of the file that they are written to."""

_LAYOUT = 2
_PARTS = ".parts"
_DEFAULT_LIMITS = Limits()
_DEFAULT_ARCHIVES = ArchiveLimits()


@dataclass(frozen=True, slots=True)
class ExaminationSummary:
    """What `summary.json` says. `reused`: a complete result of the same inputs was there and was left alone.

    `complete` is False when a source was refused or missing, or its listing broke off: then the counts speak for the
    rest only.
    """

    out: Path
    content: Mapping[str, Any]
    reused: bool

    @property
    def complete(self) -> bool:
        """True when every source was examined to its end."""
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
    archives: ArchiveLimits = _DEFAULT_ARCHIVES,
    terms: Sequence[Path] = (),
    workers: int = 1,
    ray: str | None = None,
    quiet_s: float = QUIET_S,
) -> ExaminationSummary:
    """Examine folders and disk images, read-only, and write findings, artefacts, warnings and a summary under `out`.

    `at` is the aware instant the examination is recorded under. `hashsets` are list files or shelves. `expected_sha256`
    maps a source, by its path as given or by its file name, to the digest it was sealed with: an image that differs is
    not examined, and the warning `image-digest-differs` says so. A source that cannot be read is a warning; the run
    goes on. `terms` are the reviewer's term lists (see `kaval.lab.chats`): hits are counted, no text is kept.
    `workers`: confined processes at work at a time on this machine; `ray`: the address of a Ray cluster (or `local`)
    whose nodes read the sources by the same paths. `quiet_s`: how long a worker may show no sign, beside the time for
    what it is reading, before it counts as hung.

    Raises:
        RefusedError: `out` lies inside a source or a source inside `out`, or another run is at work in it; a source is
            given twice; no source.
        ReaderError: a hash set cannot be used; nothing has been examined then.
        ConfigurationError: a disk image is given and pytsk3 (extra `lab`) is not installed; no process can be started.
        ValueError: `at` has no zone.
    """
    recorded = iso_utc(at)
    names = source_names(sources)
    _keep_apart(sources, out)
    named, bounds = (
        list(zip(sources, names, strict=True)),
        {"limits": asdict(limits), "archives": asdict(archives)},
    )
    run = Run(named, folder=out / _PARTS, **bounds, terms=terms, workers=workers, quiet_s=quiet_s)
    expected = dict(expected_sha256 or {})
    with Lists(hashsets) as lists:
        plan = run.measure(expected, pace=Pace("verify", progress))
        unused = sorted(set(expected) - {key for planned in plan for key in planned.keys})
        keys = [content_digest([_LAYOUT, TOOL_VERSION, run.decides, planned.as_input()]) for planned in plan]
        inputs = content_digest([keys, lists.as_input(), unused])
        kept = _kept(out, inputs)
        if kept is not None:
            return ExaminationSummary(out, kept, reused=True)
        lists.build(at)
        with run.alone():
            run.examine(plan, keys, pace=Pace("examine", progress), ray=ray)
            head = {
                **{
                    "kaval_lab": _LAYOUT,
                    "tool": TOOL_VERSION,
                    "examined_at": recorded,
                    "inputs_digest": inputs,
                },
                **{"workers": workers, "ray": ray is not None, "confinement": run.confinement},
            }
            pace = Pace("match", progress)
            pace.expect(*run.listed)
            summary = _assemble(out, head, run=run, plan=plan, lists=lists, unused=unused, pace=pace)
            shutil.rmtree(out / _PARTS, ignore_errors=True)
    return ExaminationSummary(out, summary, reused=False)


def _assemble(
    out: Path,
    head: dict[str, Any],
    *,
    run: Run,
    plan: Sequence[Planned],
    lists: Lists,
    unused: Sequence[str],
    pace: Pace,
) -> dict[str, Any]:
    """Join the parts, match, count, and write the summary last: without it nothing counts as complete."""
    from kaval.lab.result import CONCLUDED  # loads the forms of reports, which no worker needs

    for name in ("summary.json", *CONCLUDED):  # what was concluded from another result goes with it
        (out / name).unlink(missing_ok=True)
    sync_folder(out)
    counts, described = Counts(), []
    with _Results(out) as results:
        for line in _list_warnings(lists, unused):
            counts.add("warning", line)
            results.write("warning", line)
        for number, planned in enumerate(plan):
            own, manifest = Counts(), Manifest()
            told = partial(pace.add, planned.name)
            for kind, line in lists.matched(_lines(run, number, planned), told=told):
                counts.add(kind, line)
                own.add(kind, line)
                if kind == "finding":
                    manifest.add(line)
                results.write(kind, line)
            described.append(planned.as_summary(own.as_json(), manifest.sha256, whole=run.whole(number)))
    summary = head | {
        "complete": all(one["examined"] and one["listed_to_the_end"] for one in described),
        "sources": described,
        "hashsets": lists.described(),
        "counts": counts.as_json(),
        **results.digests,
    }
    with WholeFile(out / "summary.json") as file:
        file.write(json.dumps(summary, ensure_ascii=False, indent=1).encode() + b"\n")
    return summary


class _Results:
    """The three files of lines, each whole or not there."""

    def __init__(self, out: Path) -> None:
        self._files = {kind: WholeFile(out / f"{stem}.jsonl") for kind, stem in KINDS.items()}
        self.digests: dict[str, str] = {}

    def __enter__(self) -> _Results:
        for file in self._files.values():
            file.__enter__()
        return self

    def write(self, kind: str, line: dict[str, Any]) -> None:
        """One line to the file of its kind."""
        self._files[kind].write(json_line(line))

    def __exit__(self, *error: Any) -> None:
        for kind, file in self._files.items():
            file.__exit__(*error)
            self.digests[f"{KINDS[kind]}_sha256"] = file.sha256


def _lines(run: Run, number: int, planned: Planned) -> Iterator[tuple[str, dict[str, Any]]]:
    for trouble in planned.troubles:
        yield "warning", warning(planned.name, trouble)
    if planned.examined:
        yield from run.lines(number)


def _list_warnings(lists: Lists, unused: Sequence[str]) -> Iterator[dict[str, str]]:
    yield from lists.warnings()
    for key in unused:
        text = "a digest is expected for a source that was not given"
        mend = "Check the name: a digest that is not compared protects nothing"
        yield warning(key, Trouble("", "expected-digest-unused", text, mend))


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
        file_sha256(out / f"{stem}.jsonl") == summary.get(f"{stem}_sha256") for stem in KINDS.values()
    )
    return summary if whole else None
