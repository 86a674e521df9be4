"""Runs the benchmarks named, or all: `python -m bench [NAME...] [--json] [--list]`."""

from __future__ import annotations

import argparse
import importlib
import json
import platform
import sys
from pathlib import Path

from bench._measure import Comparison

HERE = Path(__file__).parent
GROUPS = {"lab": ("hashing", "lookups", "pdq_computing", "pdq_search", "examine")}
"""Benchmarks that are asked for together."""


def names() -> list[str]:
    """Every benchmark there is: the modules of this folder without a leading underscore."""
    return sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def known() -> list[str]:
    """What may be asked for by name: benchmarks and groups of them."""
    return sorted([*names(), *GROUPS])


def main(arguments: list[str]) -> int:
    """Measures and prints a table, or one JSON object a line; returns 2 for an unknown benchmark."""
    parser = argparse.ArgumentParser(prog="./dev bench", description="Measure against a peer or a limit.")
    parser.add_argument("name", nargs="*", help=f"of: {', '.join(known())}; none means all")
    parser.add_argument("--json", action="store_true", help="one JSON object a line on stdout")
    parser.add_argument("--list", action="store_true", help="name the benchmarks and what each asks")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.name) - set(known()))
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(known())}", file=sys.stderr)
        return 2
    for name in [one for asked in options.name for one in GROUPS.get(asked, (asked,))] or names():
        module = importlib.import_module(f"bench.{name}")
        question = (module.__doc__ or "").splitlines()[0]
        if options.list:
            print(f"{name}: {question}")
            continue
        if not options.json:
            print(f"{name}: {question}\n  Python {platform.python_version()} on {platform.machine()}")
        for comparison in module.measure():
            print(
                json.dumps({"benchmark": name, **comparison.as_json()}) if options.json else _line(comparison)
            )
    return 0


def _line(comparison: Comparison) -> str:
    shown = comparison.as_json()
    rates = f"{shown['ours_per_s']:>12,} {comparison.unit}/s, peer {shown['peer_per_s']:>12,}"
    further = "".join(
        f"\n    {name.replace('_', ' ')}: {value:,}" for name, value in comparison.further.items()
    )
    return f"  {comparison.what:<28} {rates}  time x{shown['ratio']} of: {comparison.peer}{further}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
