"""Things that share a key belong together; the answer does not depend on the order they came in."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping


def _name(members: Collection[str]) -> str:
    return "S-" + min(hashlib.sha256(one.encode()).hexdigest() for one in members)[:20]


def group(keys: Mapping[str, Collection[str]]) -> dict[str, str]:
    """The group of every thing, from its keys; a thing without keys is a group of its own.

    A group is named by the smallest digest among its members.
    """
    parent = {one: one for one in keys}

    def root(one: str) -> str:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    first_with: dict[str, str] = {}
    for one, carried in keys.items():
        for key in carried:
            other = first_with.setdefault(key, one)
            if other != one:
                parent[root(one)] = root(other)
    members: dict[str, list[str]] = defaultdict(list)
    for one in keys:
        members[root(one)].append(one)
    return {one: name for found in members.values() for name in (_name(found),) for one in found}
