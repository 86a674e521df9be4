"""When a key no longer binds, because what it says shows that more than one hold it.

A client id is copied with its installation: seen at two networks at the same time it is two installations
(formats.md 3.1). A handle is given up and taken by somebody else: named with two account ids of its platform
it had two holders. A key on both sides of a line that a person drew proves nothing about further reports.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kaval.engine.rules.linking.keys import kind_of

_ACCOUNT = "esp_account|"


@dataclass(frozen=True, slots=True)
class Presence:
    """A client id at an address from `start` to `end` (seconds since 1970 UTC, both included).

    `network` is who held the address then (a provider's code); two addresses of one provider may be one
    installation behind a shared pool. Empty: nobody knows, and then it contradicts nothing. `shared`: many
    customers stand behind the address at once.
    """

    address: str
    network: str
    start: float
    end: float
    shared: bool = False


def in_two_places(seen: Iterable[Presence], *, overlap_s: float) -> bool:
    """True when two presences at different networks of one address family last longer than `overlap_s` together."""
    known = (one for one in seen if one.network)
    return _overlap(known, overlap_s, where=lambda one: one.network)


def _overlap(seen: Iterable[Presence], overlap_s: float, *, where: Callable[[Presence], str]) -> bool:
    open_: dict[tuple[bool, str], float] = {}
    for one in sorted(seen, key=lambda each: (each.start, each.end, each.network, each.address)):
        held = (":" in one.address, where(one))
        for (family, place), end in open_.items():
            if family == held[0] and place != held[1] and min(end, one.end) - one.start > overlap_s:
                return True
        open_[held] = max(open_.get(held, one.end), one.end)
    return False


def two_accounts(key: str, carriers: Iterable[tuple[str, ...]]) -> bool:
    """True when the reports that name a handle name two account ids of its platform between them.

    `carriers`: the keys of each report that names it. A report with two account ids of the platform itself says
    nothing about the handle.
    """
    start = _ACCOUNT + key.partition("|")[2].partition(":")[0] + ":"
    found, seen = set(), set()
    for keys in carriers:
        if keys in seen:
            continue
        seen.add(keys)
        accounts = [each for each in keys if each.startswith(start)]
        if len(accounts) == 1:
            found.add(accounts[0])
    return len(found) > 1


def is_contested(
    key: str,
    carriers: Sequence[int],
    *,
    keys_of: Callable[[int], tuple[str, ...]],
    presences: Mapping[str, Sequence[Presence]],
    overlap_s: float,
) -> bool:
    """True when what is known of a key that binds conditionally shows two holders."""
    if kind_of(key) == "handle":
        return two_accounts(key, map(keys_of, carriers))
    return in_two_places(presences.get(key, ()), overlap_s=overlap_s)


def sure_parts(seen: Iterable[tuple[int, Presence]], *, overlap_s: float) -> list[list[int]]:
    """Carriers of a contested client id that are one installation all the same.

    Seen at two providers and no more: one copy at each, as long as neither was at two addresses at once. Seen at
    more: what was at one address that nobody shares.
    """
    held = list(seen)
    networks: dict[str, list[tuple[int, Presence]]] = defaultdict(list)
    addresses: dict[str, list[int]] = defaultdict(list)
    for carrier, presence in held:
        networks[presence.network].append((carrier, presence))
        if presence.network and not presence.shared:
            addresses[presence.address].append(carrier)
    parts = [carriers for _, carriers in sorted(addresses.items())]
    if len(networks.keys() - {""}) == 2:
        for network, inside in sorted(networks.items()):
            if network and not _overlap((p for _, p in inside), overlap_s, where=lambda one: one.address):
                parts.append([carrier for carrier, _ in inside])
    return [part for part in parts if len(part) > 1]
