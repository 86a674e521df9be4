"""A Ray cluster gives the bytes that one worker gives, also when a node dies under the work."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from kaval.lab import examine
from kaval.lab.workers.listing import UNIT_FILES
from tests.lab import images
from tests.lab.images import AT, picture

# In a process of its own: Ray leaves threads, handlers and sockets behind that no test should inherit.
_PROGRAM = """
import sys, json, warnings
from datetime import datetime, UTC
from pathlib import Path
from ray.cluster_utils import Cluster
from kaval.lab import examine
source, out = Path(sys.argv[1]), Path(sys.argv[2])
quick = {"health_check_initial_delay_ms": 1000, "health_check_period_ms": 500, "health_check_failure_threshold": 4}
node = {"num_cpus": 1, "object_store_memory": 100 * 2**20, "include_dashboard": False}
nodes = Cluster(initialize_head=True, head_node_args={**node, "_system_config": quick})
doomed = nodes.add_node(**node)
killed = []
def tell(progress):
    if progress.stage == "examine" and not killed:
        killed.append(progress.done_files)
        nodes.remove_node(doomed, allow_graceful=False)
at = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
summary = examine([source], hashsets=[], out=out, at=at, progress=tell, ray=nodes.address)
print(json.dumps({"killed": killed, "complete": summary.complete, "ray": summary.content["ray"]}))
nodes.shutdown()
"""


def test_two_nodes_of_which_one_is_killed_give_the_same_bytes(tmp_path: Path) -> None:
    content = {f"d{number % 5}/f{number:04d}.txt": b"%d" % number * 40 for number in range(6 * UNIT_FILES)}
    content |= {f"p{number}.png": picture(number) for number in range(4)}
    source = images.folder(tmp_path / "tree", content)
    alone = examine([source], hashsets=[], out=tmp_path / "alone", at=AT)
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(source), str(tmp_path / "ray")],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["complete"]
    assert told["ray"]
    assert told["killed"]
    assert told["killed"][0] < len(content)
    for name in ("findings.jsonl", "artefacts.jsonl", "warnings.jsonl"):
        assert (tmp_path / "ray" / name).read_bytes() == (alone.out / name).read_bytes()
