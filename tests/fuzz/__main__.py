"""`./dev fuzz`: the coverage-guided run over all readers or those named, then the tests marked fuzz; or a replay."""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.findings import HANG_S, MEMORY_MB, Findings, kept
from tests.fuzz.targets import ROOT, Target, targets

FOLDER = ROOT / ".kaval" / "fuzz"
_LEAST_S = 5.0
_RESTARTS = 5
_STATUS = re.compile(r"^#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+)", re.MULTILINE)
_RUNS = re.compile(r"^stat::number_of_executed_units: (\d+)", re.MULTILINE)
_PEAK = re.compile(r"^stat::peak_rss_mb:\s+(\d+)", re.MULTILINE)


@dataclass(slots=True)
class Ran:
    """What the run over one target came to."""

    name: str
    runs: int = 0
    features: int = 0
    peak_mb: int = 0
    trouble: str = ""
    findings: list[tuple[Path, str]] = field(default_factory=list)


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev fuzz",
        description=__doc__,
        epilog="examples: ./dev fuzz · ./dev fuzz --seconds 7200 --guided · ./dev fuzz tip_email mining --seconds 60",
    )
    parser.add_argument("readers", nargs="*", metavar="READER", help="a reader's name; default: all")
    parser.add_argument("--seconds", type=float, default=60, help="for all readers together (default 60)")
    parser.add_argument("--guided", action="store_true", help="without the tests marked fuzz")
    parser.add_argument(
        "--replay", type=Path, metavar="FILE", help="one input again; READER when it has moved"
    )
    return parser.parse_args(words)


def _chosen(words: Sequence[str], every: dict[str, Target]) -> list[Target]:
    chosen = [
        target for name, target in every.items() if not words or {name, name.rpartition("/")[2]} & {*words}
    ]
    unknown = {*words} - {name for t in chosen for name in (t.name, t.name.rpartition("/")[2])}
    if unknown:
        sys.exit(f"no such reader: {', '.join(sorted(unknown))}. There are: {', '.join(every)}")
    return chosen


def _fuzzed(target: Target, seconds: float) -> Ran:
    """One target for its share of the time, begun again after what ends the process."""
    folder, ran = FOLDER / target.folder, Ran(target.name)
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + seconds
    for _ in range(_RESTARTS):
        left = max(until - time.monotonic(), 1.0)
        command = [sys.executable, "-m", "tests.fuzz.harness", target.name, str(folder), str(left)]
        with (folder / "log.txt").open("w") as log:
            try:
                ended = subprocess.run(
                    command, cwd=ROOT, stdout=log, stderr=log, timeout=left + 60, check=False
                ).returncode
            except subprocess.TimeoutExpired:
                ended, ran.trouble = -1, "did not end in time"
        _count(ran, (folder / "log.txt").read_text("utf-8", "replace"))
        ran.findings = kept(folder)
        if ended == 0:
            break
        if not _RUNS.search((folder / "log.txt").read_text("utf-8", "replace")) and not ran.findings:
            ran.trouble = ran.trouble or f"ended with {ended}: see {folder / 'log.txt'}"
            break
        if time.monotonic() > until - 2:
            break
    return ran


def _count(ran: Ran, log: str) -> None:
    status = _STATUS.findall(log)
    if status:
        ran.runs += int(status[-1][0])
        ran.features = max(ran.features, int(status[-1][2]))
    ran.peak_mb = max([ran.peak_mb, *map(int, _PEAK.findall(log))])


def _guided(chosen: Sequence[Target], seconds: float) -> int:
    """The coverage-guided run; how many findings and failures there are."""
    if importlib.util.find_spec("atheris") is None:
        print("fuzz: atheris is not there for this Python (3.14 and newer): without the coverage-guided run")
        return 0
    jobs = min(len(chosen), os.cpu_count() or 1, 8)
    share = max(seconds * jobs / len(chosen), _LEAST_S)
    print(
        f"fuzz: {len(chosen)} readers, {share:.1f} s each, {jobs} at a time; findings go to {FOLDER}/<reader>/"
    )
    with ThreadPoolExecutor(jobs) as pool:
        every = list(pool.map(lambda target: _fuzzed(target, share), chosen))
    for target, ran in zip(chosen, every, strict=True):
        findings = Findings(target, FOLDER / target.folder)
        for path, kind in ran.findings:
            if " in " in kind:
                findings.shorten(path, seconds=5)
    _table(every)
    return sum(len(ran.findings) + bool(ran.trouble) for ran in every)


def _table(every: Sequence[Ran]) -> None:
    width = max(len(ran.name) for ran in every)
    print(f"{'reader':{width}}  {'runs':>10}  {'features':>8}  {'peak MiB':>8}  findings")
    for ran in every:
        print(
            f"{ran.name:{width}}  {ran.runs:>10,}  {ran.features:>8,}  {ran.peak_mb:>8,}  "
            f"{len(ran.findings)} {ran.trouble}"
        )
    print(f"{'in all':{width}}  {sum(ran.runs for ran in every):>10,}")
    for ran in every:
        for path, kind in ran.findings:
            print(f"{ran.name}: {kind} ({path.stat().st_size} bytes)\n    ./dev fuzz --replay {path}")


def _replay(path: Path, words: Sequence[str], every: dict[str, Target]) -> int:
    """One input again, on a clock: 1 when it is still a finding."""
    by_folder = {target.folder: target for target in every.values()}
    named = by_folder.get(path.resolve().parent.name)
    chosen = _chosen(words, every) if words or named is None else [named]
    signal.signal(signal.SIGALRM, _too_long)
    wrong = 0
    for target in chosen:
        begun = time.monotonic()
        signal.alarm(HANG_S)
        try:
            said = target.check(path.read_bytes())
        except Exception:  # noqa: BLE001 - shown whatever it is
            said, wrong = traceback.format_exc(), 1
        finally:
            signal.alarm(0)
        print(f"{target.name}: {time.monotonic() - begun:.2f} s: {said}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"peak memory {peak} MiB")
    return wrong or int(peak > MEMORY_MB)


def _too_long(*_: object) -> None:
    raise TimeoutError(f"a hang over {HANG_S} s")


def _generated(words: Sequence[str]) -> int:
    """The tests marked fuzz with far more generated cases than `./dev test` takes."""
    only = ["-k", " or ".join(word.rpartition("/")[2] for word in words)] if words else []
    command = [sys.executable, "-m", "pytest", "-m", "fuzz", "--hypothesis-profile=fuzz", "-n", "2", *only]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def main(words: Sequence[str]) -> int:
    """0 when nothing was found, else 1."""
    told = _arguments(words)
    every = targets()
    if told.replay:
        return _replay(told.replay, told.readers, every)
    found = _guided(_chosen(told.readers, every), told.seconds)
    if found or told.guided:
        return int(bool(found))
    ended = _generated(told.readers)
    return 0 if told.readers and ended == 5 else ended  # 5: no test of that name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
