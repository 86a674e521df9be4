"""Files of the same report by two ways: one file is known by a digest both name, else by its name.

Two entries of one name with different digests of one kind are two files, and the difference is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

_CLASS = "esp_class_"


@dataclass(slots=True)
class JoinedFiles:
    """The files held now; those of the arrival that say more; parts filled (file, what); parts that differ (file,
    what, held, arrived)."""

    files: tuple[Any, ...] = ()
    added: tuple[Any, ...] = ()
    filled: list[tuple[str, str]] = field(default_factory=list)
    differences: list[tuple[str, str, str, str]] = field(default_factory=list)


def joined_files(held: Sequence[Any], arrived: Sequence[Any], *, arrived_wins: bool) -> JoinedFiles:
    """All files of both; of a contradiction (seen by the provider, or not) the better rank's value stands."""
    joined, files, added = JoinedFiles(), list(held), []
    partner = _partners(held, arrived)
    for number, file in enumerate(arrived):
        at = partner.get(number)
        if at is None:
            files.append(file)
            added.append(file)
            _same_name(joined, file, [held[i] for i in range(len(held)) if i not in partner.values()])
            continue
        files[at] = _merged(joined, held[at], file, arrived_wins=arrived_wins)
        if _says_more(file, held[at]):
            added.append(file)
    joined.files, joined.added = tuple(files), tuple(added)
    return joined


def label(file: Any) -> str:
    """What a file is called to an officer: its name in the report, else the start of a digest."""
    digest = file.hashes[0][1][:12] if file.hashes else "without a name"
    return str(file.name or digest)


def _partners(held: Sequence[Any], arrived: Sequence[Any]) -> dict[int, int]:
    """Which held file each arrived one is, surest sign first, each held file once."""
    signs: tuple[Callable[[Any, Any], bool], ...] = (
        lambda one, other: _shares(one, other) and one.name == other.name,
        _shares,
        lambda one, other: bool(one.name) and one.name == other.name and not _contradicts(one, other),
    )
    found: dict[int, int] = {}
    for sign in signs:
        taken = set(found.values())
        for number, file in enumerate(arrived):
            if number in found:
                continue
            at = next((i for i, known in enumerate(held) if i not in taken and sign(known, file)), None)
            if at is not None:
                found[number] = at
                taken.add(at)
    return found


def _says_more(file: Any, held: Any) -> bool:
    viewed = held.viewed_by_esp is None and file.viewed_by_esp is not None
    return viewed or not set(file.hashes) <= set(held.hashes) or not set(file.tags) <= set(held.tags)


def _shares(one: Any, other: Any) -> bool:
    return not set(one.hashes).isdisjoint(other.hashes)


def _contradicts(one: Any, other: Any) -> bool:
    known = dict(one.hashes)
    return any(known.get(kind, value) != value for kind, value in other.hashes)


def _same_name(joined: JoinedFiles, file: Any, alone: Sequence[Any]) -> None:
    for known in alone:
        if known.name and known.name == file.name:
            was, now = dict(known.hashes), dict(file.hashes)
            joined.differences += [
                (label(file), kind, was[kind], now[kind])
                for kind in was
                if now.get(kind, was[kind]) != was[kind]
            ]


def _merged(joined: JoinedFiles, held: Any, arrived: Any, *, arrived_wins: bool) -> Any:
    viewed = held.viewed_by_esp
    if arrived.viewed_by_esp is not None and viewed != arrived.viewed_by_esp:
        if viewed is None:
            joined.filled.append((label(held), "viewed by provider"))
        else:
            joined.differences.append(
                (label(held), "viewed by provider", _yes(viewed), _yes(arrived.viewed_by_esp))
            )
        viewed = arrived.viewed_by_esp if viewed is None or arrived_wins else viewed
    classes = [
        sorted(tag[len(_CLASS) :] for tag in f.tags if tag.startswith(_CLASS)) for f in (held, arrived)
    ]
    if all(classes) and classes[0] != classes[1]:
        texts = [" ".join(found).upper() for found in classes]
        joined.differences.append((label(held), "class given by provider", texts[0], texts[1]))
    return replace(
        held,
        name=held.name or arrived.name,
        hashes=tuple(dict.fromkeys((*held.hashes, *arrived.hashes))),
        tags=tuple(dict.fromkeys((*held.tags, *arrived.tags))),
        viewed_by_esp=viewed,
    )


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
