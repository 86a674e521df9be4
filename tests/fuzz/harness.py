"""One target under libFuzzer, in a process of its own: `python -m tests.fuzz.harness NAME FOLDER SECONDS`.

An error is a finding and the run goes on: of each kind (class and place) the shortest input is kept. A hang, too much
memory or a crash of a C library ends the process; libFuzzer leaves the input, and the parent starts another.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import atheris  # type: ignore[import-untyped]

from tests.fuzz.findings import HANG_S, MEMORY_MB, Findings
from tests.fuzz.mutate import COMMON, mutated

BEGUN = time.monotonic()


def _dictionary(path: Path, seeds: tuple[bytes, ...]) -> None:
    words = {word for seed in seeds for word in seed[:4096].replace(b"<", b" ").replace(b'"', b" ").split()}
    tokens = [*COMMON, *sorted(word for word in words if 2 < len(word) < 40)[:200]]
    lines = ["".join(f"\\x{byte:02x}" for byte in token) for token in tokens if token]
    path.write_text("".join(f'"{line}"\n' for line in lines), "ascii")


def _with_seeds(folder: Path, seeds: tuple[bytes, ...]) -> Path:
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    return corpus


def main() -> None:
    """Fuzzes the named target; does not return."""
    name, folder, seconds = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])
    with atheris.instrument_imports(include=["kaval.engine.formats"]):
        from tests.fuzz.targets import targets
    target = targets()[name]
    findings = Findings(target, folder)
    _dictionary(folder / "tokens.dict", target.seeds)
    corpus = _with_seeds(folder, target.seeds)

    def one(content: bytes) -> None:
        findings.try_out(content)

    def change(data: bytes, most: int, seed: int) -> bytes:
        return mutated(data, most=most, seed=seed, raw=atheris.Mutate)

    left = max(1, round(seconds - (time.monotonic() - BEGUN)))  # making ready takes three seconds of it
    arguments = (
        str(corpus),
        f"-dict={folder / 'tokens.dict'}",
        f"-artifact_prefix={folder}/",
        f"-max_total_time={left}",
        f"-timeout={HANG_S}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-max_len={max(4096, 2 * max(map(len, target.seeds), default=0))}",
        "-print_final_stats=1",
        "-reload=0",
    )
    atheris.Setup([sys.argv[0], *arguments], one, custom_mutator=change)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
