"""One part of the attribution benchmark: `python -m bench._attribution_run PART OBSERVATIONS LEASES FOLDER`.

Parts: write, join (ours), peer (DuckDB), compare (their results, row by row), whole (every check).
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench._attribution_world import Size, write
from kaval.cli.attributing.answers import Reading, given, read_answers
from kaval.cli.attributing.folder import knowledge
from kaval.cli.attributing.observations import Observations
from kaval.cli.attributing.running import attributed, load, quiet
from kaval.engine.rules.attribution.answer import resolve

# The window of an observation that states offset and seconds: two seconds on both sides.
_PEER = """
with leases as (
  select "IP Address Assigned" as address, null::integer as low, null::integer as high, "User ID" as customer,
    strptime("Start Date" || ' ' || "Start Time (IST)", '%d/%m/%Y %H:%M:%S') - interval 330 minute as first,
    strptime("End Date" || ' ' || "End Time (IST)", '%d/%m/%Y %H:%M:%S') - interval 330 minute as last
  from read_csv('{folder}/answers/NEELA/ipdr-*.csv', header=true, all_varchar=true, delim=',', quote='"')
  union all
  select "Translated IP Address", "Translated Port Start"::integer, "Translated Port End"::integer, "User ID",
    strptime("Start Date and Time", '%m:%d:%Y %H:%M:%S') - interval 330 minute,
    strptime("End Date and Time", '%m:%d:%Y %H:%M:%S') - interval 330 minute
  from read_csv('{folder}/answers/MAYIL/nat-*.csv', header=true, all_varchar=true, delim=',')
  union all
  select "Prefix", null, null, "Account",
    strptime("From", '%Y-%m-%d %H:%M:%S') - interval 330 minute,
    strptime("To", '%Y-%m-%d %H:%M:%S') - interval 330 minute
  from read_csv('{folder}/answers/THENI/own-*.csv', header=true, all_varchar=true, delim=';')
), seen as (
  select observation_id, port::integer as port,
    case when contains(ip, ':') then regexp_replace(ip, '::[0-9a-f]+$', '::/56') else ip end as address,
    strptime(replace(time_raw, 'Z', ''), '%Y-%m-%dT%H:%M:%S') as at
  from read_csv('{folder}/observations/*.csv', header=true, all_varchar=true, delim=',')
  where ends_with(time_raw, 'Z')
)
select observation_id, string_agg(distinct customer, ';' order by customer) as customers
from seen join leases on seen.address = leases.address
  and leases.first <= seen.at + interval 2 second and seen.at - interval 2 second <= leases.last
  and (leases.low is null or seen.port is null or seen.port between leases.low and leases.high)
group by observation_id
"""


def written(folder: Path, size: Size) -> dict[str, Any]:
    """The folder itself."""
    write(folder, size)
    return {}


def join(folder: Path, size: Size) -> dict[str, Any]:
    """Our resolution of every observation by the answers of the ISP that was asked; candidates go to ours.txt."""
    known = knowledge(folder / "profiles", quiet)
    seen = Observations([folder / "observations"], known.seals, say=quiet)
    reading = Reading(known.profiles, known.seals, known.templates, quiet)
    begun = time.perf_counter()
    answers, _ = read_answers(
        given([folder / "answers"], known.answers), reading, wanted=lambda answer: frozenset()
    )
    load_s = time.perf_counter() - begun
    asked = known.tables["requests"]
    begun = time.perf_counter()
    with (folder / "ours.txt").open("w") as out:
        for place in range(len(seen)):
            facts = seen.facts(place, seen.row(place), known.times)
            isp = asked.rows(facts.observation_id)[0]["isp_id"]
            found = resolve(facts, answers[isp].leases)
            if found.candidates:
                out.write(f"{facts.observation_id},{';'.join(found.candidates)}\n")
    join_s = time.perf_counter() - begun
    return {"join_s": join_s, "load_leases_s": round(load_s, 1), "peak_MiB": round(_peak())}


def peer(folder: Path, size: Size) -> dict[str, Any]:
    """DuckDB's join over the files, from reading them to the result in peer.txt."""
    import duckdb

    base = duckdb.connect()
    base.execute(f"set temp_directory='{folder}/duck'")
    begun = time.perf_counter()
    base.execute(f"copy ({_PEER.format(folder=folder)}) to '{folder}/peer.txt' (header false, delimiter ',')")
    return {"join_s": time.perf_counter() - begun, "peak_MiB": round(_peak())}


def compare(folder: Path, size: Size) -> dict[str, Any]:
    """Which observations the two name other customers for, counted by kind."""
    ours, theirs = _named(folder / "ours.txt"), _named(folder / "peer.txt")
    kinds: Counter[str] = Counter(same=0, only_ours=0, only_peer=0, other_customers=0)
    for name in {*ours, *theirs}:
        if name not in theirs or name not in ours:
            kinds["only_ours" if name in ours else "only_peer"] += 1
        else:
            kinds["same" if ours[name] == theirs[name] else "other_customers"] += 1
    return dict(kinds)


def _named(path: Path) -> dict[str, str]:
    with path.open() as lines:
        return dict(line.rstrip("\n").replace('"', "").split(",", 1) for line in lines)


def whole(folder: Path, size: Size) -> dict[str, Any]:
    """`kaval attribute`, with the largest sum of proportional set sizes over all its processes."""
    begun = time.perf_counter()
    record, _ = load([folder / "observations"], [folder / "answers"], folder / "profiles")
    load_s, loaded = time.perf_counter() - begun, _pss()
    highest = [max(loaded, 0.0)]

    def look() -> None:
        highest[0] = max(highest[0], _pss())

    begun = time.perf_counter()
    workers = os.cpu_count() or 1
    levels: Counter[int] = Counter()
    for line in attributed(record, workers=workers, peak=look):
        levels[json.loads(line)["level"]] += 1
    return {
        "decide_s": time.perf_counter() - begun,
        "load_s": round(load_s, 1),
        "workers": workers,
        "MiB_loaded": round(loaded),
        "peak_MiB_while_loading": round(_peak()),
        "peak_MiB_all_processes": round(highest[0]),
        **{f"level_{level}": levels[level] for level in (2, 1, 0)},
    }


def _pss() -> float:
    """Proportional set size in MiB of this process and its children: a page that n share counts 1/n for each."""
    own = os.getpid()
    children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
    total = 0
    for number in (str(own), *children):
        try:
            text = Path(f"/proc/{number}/smaps_rollup").read_text()
        except OSError:
            continue  # it has just ended
        total += sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024


def _peak() -> float:
    """The largest resident size of this process so far, in MiB."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


PARTS: dict[str, Callable[[Path, Size], dict[str, Any]]] = {
    "write": written, "join": join, "peer": peer, "compare": compare, "whole": whole,
}  # fmt: skip


if __name__ == "__main__":
    part, observations, leases, folder = sys.argv[1:]
    print(json.dumps(PARTS[part](Path(folder), Size(int(observations), int(leases)))))
