"""Somebody on another machine with whatever files could be had: `python packet_thief.py FOLDER [CODE …]`.

Tries every packet file in the folder with every key that lies there and every code given; says what it could open.
"""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path

from kaval.engine.kernel.errors import RefusedError
from kaval.gateways.packet_file import packet_in
from kaval.gateways.packet_seal import open_packet, release_key


def main(folder: Path, codes: list[str]) -> None:
    """Prints one line with the numbers of the packets that opened."""
    files = [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    packets = [packet_in(content) for content in files if b'id="sealed"' in content]
    secrets = [int(json.loads(one)["secret"], 16) for one in files if one.startswith(b'{"secret"')]
    opened = set()
    for packet in packets:
        for pair in itertools.permutations([*secrets, 1], 2):
            for code in [*codes, "0" * 20]:
                try:
                    told, _ = open_packet(packet, release=release_key(packet, pair), code=code)
                except RefusedError:
                    continue
                opened.add(told["number"])
    print(json.dumps({"packets": len(packets), "opened": sorted(opened)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
