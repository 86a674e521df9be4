"""Packets of an operation as those on its list see them, and a team's own packet as its members see it.

Before both have released, nobody outside the need-to-know list learns that there are packets; a member of a team on the
list sees the own packet's number and nothing of its contents. After the release a team's members see their own.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Max, Q, QuerySet

from kaval.gateways.packet_keys import KeyRing
from kaval.station.models import (
    LeakDrill,
    NeedToKnow,
    Officer,
    Operation,
    Packet,
    PacketAccess,
    PacketRecall,
    PacketRelease,
    Team,
    TeamMember,
)
from kaval.station.queries import packet_facts, scope


@dataclass(frozen=True, slots=True)
class PacketRow:
    """A packet in force in a list. `stale`: what the team has to be told has changed since it was sealed."""

    packet: Packet
    team: str
    taken: int
    opened: int
    copies: int
    stale: bool


@dataclass(frozen=True, slots=True)
class DistrictPackets:
    """The packets of one district."""

    name: str
    name_ml: str
    packets: tuple[PacketRow, ...]


@dataclass(frozen=True, slots=True)
class PacketsBoard:
    """Everything about the packets of one operation. `unsealed`: teams whose packet is missing or stale."""

    operation: Operation
    round: int
    enrolled: tuple[tuple[int, Officer], ...]
    releases: tuple[PacketRelease, ...]
    districts: tuple[DistrictPackets, ...]
    superseded: int
    unsealed: tuple[str, ...]
    listed: tuple[NeedToKnow, ...]
    accesses: tuple[PacketAccess, ...]
    drills: tuple[LeakDrill, ...]
    recalls: tuple[PacketRecall, ...]

    @property
    def released(self) -> bool:
        """Both have released."""
        return len(self.releases) == 2

    @property
    def sealed(self) -> int:
        """How many packets are in force."""
        return sum(len(district.packets) for district in self.districts)


@dataclass(frozen=True, slots=True)
class OwnPacket:
    """A packet as a member of its team sees it. `open`: it can be opened now."""

    packet: Packet
    open: bool


def round_of(operation: Operation) -> int:
    """The round of keys that counts now: one more than the recalls so far."""
    last = PacketRecall.objects.filter(operation=operation).aggregate(last=Max("round"))["last"]
    return (last or 0) + 1


def key_ring(operation: Operation, round: int) -> KeyRing:
    """The keys of a round. They lie under the station's home, in no table and in no backup."""
    return KeyRing(Path(settings.HOME) / "packet-keys" / str(operation.pk) / str(round))


def both_released(operation: Operation, round: int) -> bool:
    """True when both people have released the packets of the round."""
    return PacketRelease.objects.filter(operation=operation, round=round).count() == 2


def on_the_list(officer: Officer, operation: Operation) -> bool:
    """True for the operation's commander and for whom the commander named."""
    return (
        officer.pk == operation.commander_id
        or NeedToKnow.objects.filter(operation=operation, officer=officer, ended_at=None).exists()
    )


def packets_operation(viewer: Officer, operation_id: uuid.UUID) -> Operation:
    """The operation for its packets page.

    Raises:
        NotVisible: no such operation in reach, or the viewer is not on its list and the packets are not released.
    """
    operation = scope.found(scope.operations_seen(viewer).select_related("commander"), operation_id)
    if on_the_list(viewer, operation) or both_released(operation, round_of(operation)):
        return operation
    raise scope.NotVisible(str(operation_id))


def packets_board(viewer: Officer, operation_id: uuid.UUID) -> PacketsBoard:
    """The packets of an operation by district, with who released, took, opened and printed what.

    Raises:
        NotVisible: as `packets_operation`.
    """
    operation = packets_operation(viewer, operation_id)
    round = round_of(operation)
    reach = scope.teams_seen(viewer).filter(operation=operation)
    digests = _digests(operation, reach)
    held = Packet.objects.filter(operation=operation, team__in=reach)
    packets = list(
        held.filter(superseded_at=None)
        .select_related("team__district", "version")
        .order_by("team__district__name", "team__number")
    )
    sealed = {packet.team_id: packet.facts_digest for packet in packets}
    unsealed = tuple(name for key, (name, digest) in digests.items() if sealed.get(key) != digest)
    accesses = PacketAccess.objects.filter(packet__in=held)
    return PacketsBoard(
        operation,
        round,
        _enrolled(operation, round),
        tuple(
            PacketRelease.objects.filter(operation=operation, round=round)
            .select_related("by")
            .order_by("place")
        ),
        _by_district(packets, accesses, {key: digest for key, (_, digest) in digests.items()}),
        held.exclude(superseded_at=None).count(),
        unsealed,
        tuple(
            NeedToKnow.objects.filter(operation=operation)
            .select_related("officer", "by")
            .order_by("at", "pk")
        ),
        tuple(
            accesses.select_related("packet__team__district", "by", "handed_to").order_by("-at", "-pk")[:50]
        ),
        tuple(
            LeakDrill.objects.filter(operation=operation)
            .select_related("packet__team__district", "by")
            .order_by("-at", "-pk")[:20]
        ),
        tuple(PacketRecall.objects.filter(operation=operation).select_related("by").order_by("round")),
    )


def packet_seen(viewer: Officer, packet_id: uuid.UUID) -> Packet:
    """One packet for somebody who may see the packets of its operation.

    Raises:
        NotVisible: no such packet, or the viewer may not.
    """
    held = Packet.objects.filter(team__in=scope.teams_seen(viewer))
    packet = scope.found(held.select_related("operation", "team__district"), packet_id)
    packets_operation(viewer, packet.operation_id)
    return packet


def officer_by_number(number: str) -> Officer | None:
    """The officer of a service number; None: there is none."""
    return Officer.objects.filter(number=number.strip()).first()


def list_entry(operation: Operation, entry_id: uuid.UUID | None) -> NeedToKnow:
    """An entry of the operation's list.

    Raises:
        NotVisible: no such entry.
    """
    return scope.found(NeedToKnow.objects.filter(operation=operation), entry_id or uuid.UUID(int=0))


def own_packets(viewer: Officer) -> tuple[OwnPacket, ...]:
    """The packets in force of the viewer's own teams: those on the list at once, the others from the release on."""
    return tuple(
        OwnPacket(packet, can_open(packet))
        for packet in _own(viewer).order_by("-at", "number")
        if _may_know(viewer, packet)
    )


def own_packet(viewer: Officer, packet_id: uuid.UUID) -> OwnPacket:
    """One of them.

    Raises:
        NotVisible: it is not the viewer's, or not yet.
    """
    packet = scope.found(_own(viewer), packet_id)
    if not _may_know(viewer, packet):
        raise scope.NotVisible(str(packet_id))
    return OwnPacket(packet, can_open(packet))


def is_member(officer: Officer, packet: Packet) -> bool:
    """True for somebody who serves in the packet's team."""
    return TeamMember.objects.filter(team=packet.team_id, officer=officer, left_at=None).exists()


def can_open(packet: Packet) -> bool:
    """True while the packet is in force, both have released it and no recall came."""
    return (
        packet.superseded_at is None
        and packet.round == round_of(packet.operation)
        and packet.operation.state in ("frozen", "live")
        and both_released(packet.operation, packet.round)
    )


def still_open(own: OwnPacket, *, at: datetime) -> bool:
    """True while a packet that somebody has open may stay open."""
    return own.open and at < own.packet.operation.day_end_at


def _own(viewer: Officer) -> QuerySet[Packet]:
    return Packet.objects.filter(
        Q(team__members__officer=viewer, team__members__left_at=None), superseded_at=None
    ).select_related("operation", "team__district")


def _may_know(viewer: Officer, packet: Packet) -> bool:
    return on_the_list(viewer, packet.operation) or both_released(packet.operation, packet.round)


def _enrolled(operation: Operation, round: int) -> tuple[tuple[int, Officer], ...]:
    named = key_ring(operation, round).enrolled()
    officers = {row.number: row for row in Officer.objects.filter(number__in=named.values())}
    return tuple((place, officers[number]) for place, number in sorted(named.items()) if number in officers)


def _digests(operation: Operation, reach: QuerySet[Team]) -> Mapping[uuid.UUID, tuple[str, str]]:
    """What each team's packet should say now; empty while there is no plan in force or after the day."""
    if operation.state not in ("frozen", "live") or not operation.plan_number:
        return {}
    found = packet_facts.mornings(operation, teams=reach.values_list("pk", flat=True))
    return {one.team.pk: (packet_facts.team_name(one.team), one.digest) for one in found}


def _by_district(
    packets: list[Packet], accesses: QuerySet[PacketAccess], digests: Mapping[uuid.UUID, str]
) -> tuple[DistrictPackets, ...]:
    used = Counter(accesses.values_list("packet_id", "kind"))
    rows: dict[tuple[str, str], list[PacketRow]] = defaultdict(list)
    for packet in packets:
        district = packet.team.district
        rows[district.name, district.name_ml or district.name].append(
            PacketRow(
                packet,
                packet_facts.team_name(packet.team),
                used[packet.pk, "sealed"],
                used[packet.pk, "key"],
                used[packet.pk, "print"],
                bool(digests) and digests.get(packet.team_id) != packet.facts_digest,
            )
        )
    return tuple(DistrictPackets(*names, tuple(found)) for names, found in rows.items())
