"""Packets: two people are named to release them, each team's is sealed, both release at the hour, a recall ends it all.

No passphrase, code or key enters the database, the ledger or a log; the keys are files (`gateways.packet_keys`), and a
team's code is given back once, by the act that sealed its first packet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kaval.engine.documents.provisions import provisions
from kaval.engine.documents.registry import spec_of
from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.planning.watermark import Mark, marked
from kaval.gateways.packet_file import packet_file
from kaval.gateways.packet_keys import PLACES, KeyRing
from kaval.gateways.packet_seal import PublicKey, new_code, number_of, public_of, seal, secret_of_code
from kaval.gateways.typst_payload import Json, Language
from kaval.gateways.typst_renderer import payload_of, set_pages
from kaval.station import sealed as store
from kaval.station.audit import Acting, acting
from kaval.station.ids import derive
from kaval.station.models import (
    NeedToKnow,
    Officer,
    Operation,
    Packet,
    PacketRecall,
    PacketRelease,
    PlanVersion,
)
from kaval.station.queries import packets as queries
from kaval.station.queries.packet_facts import TeamMorning, mornings, numbered, team_name

# Packets are released when the teams are briefed: from here before the first entry, earlier only with a reason.
RELEASE_LEAD = timedelta(hours=2)
LEAST_PASSPHRASE = 12
_OPEN = ("frozen", "live")


@dataclass(frozen=True, slots=True)
class Slip:
    """A team's code for its leader's sealed slip. It is nowhere else: lost, the team needs a new round."""

    team: str
    code: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """What an act of sealing made. `slips`: for teams that had none yet; `left`: packets that still say the truth."""

    packets: tuple[Packet, ...]
    slips: tuple[Slip, ...]
    left: int


def enrol_releaser(*, by: Officer, at: datetime, key: str, operation: Operation, passphrase: str) -> int:
    """Names the officer as one of the two who release; the passphrase guards that person's key. Gives the place.

    Raises:
        RefusedError: both are named already, the officer is one of them, or the passphrase is short.
    """
    with acting("enrol_releaser", by=by, at=at, key=key, request={"operation": operation.code}) as act:
        operation = _locked(operation)
        round = queries.round_of(operation)
        ring = queries.key_ring(operation, round)
        named = ring.enrolled()
        mine = next((place for place, holder in named.items() if holder == by.number), None)
        if act.repeated and mine is not None:
            return mine
        if mine is not None or len(named) == len(PLACES):
            raise RefusedError(
                "G-FOUR-EYES",
                "two different people release the packets; both are named already"
                if mine is None
                else f"{by.number} is named already; a second person must be",
            )
        if len(passphrase) < LEAST_PASSPHRASE:
            raise RefusedError(
                "G-PASSPHRASE", f"a release passphrase has at least {LEAST_PASSPHRASE} characters"
            )
        place = next(place for place in PLACES if place not in named)
        ring.enrol(place, holder=by.number, passphrase=passphrase)
        act.about("operation", operation.id)
        act.ledger("releaser_named", {"operation": operation.code, "round": round, "place": place})
        return place


def seal_packets(
    *,
    by: Officer,
    at: datetime,
    key: str,
    operation: Operation,
    language: Language = "both",
    told: Callable[[int, int], None] | None = None,
) -> Sealed:
    """Seals a packet for every team whose packet is missing or no longer true; those it replaces open no more.

    Raises:
        RefusedError: the operation is not frozen or live, or not both who release are named.
    """
    with acting("seal_packets", by=by, at=at, key=key, request={"operation": operation.code}) as act:
        if act.repeated:
            return Sealed((), (), Packet.objects.filter(operation=operation, superseded_at=None).count())
        operation = _locked(operation)
        bench = _Bench.of(act, operation, language)
        in_force = {
            one.team_id: one for one in Packet.objects.filter(operation=operation, superseded_at=None)
        }
        wanted = mornings(operation)
        due = [one for one in wanted if not _still_true(in_force.get(one.team.pk), one)]
        gone = [one for team, one in in_force.items() if team not in {morning.team.pk for morning in wanted}]
        made: list[Packet] = []
        for count, morning in enumerate(due, start=1):
            made.append(bench.seal(morning, before=in_force.get(morning.team.pk)))
            if told is not None:
                told(count, len(due))
        for packet in gone:
            _supersede(packet, at)
        act.about("operation", operation.id)
        act.ledger(
            "packets_sealed",
            {
                "operation": operation.code,
                "round": bench.round,
                "packets": {one.number: one.digest for one in made},
                "withdrawn": [one.number for one in gone],
            },
        )
        return Sealed(tuple(made), tuple(bench.slips), len(wanted) - len(due))


def release_packets(
    *, by: Officer, at: datetime, key: str, operation: Operation, passphrase: str, reason: str = ""
) -> PacketRelease:
    """One of the two releases; with the second the teams can open what is theirs.

    Raises:
        RefusedError: G-FOUR-EYES, the officer is not one of the two or has released already; G-PASSPHRASE; G-HOUR, it
            is early and no reason is given; G-PACKET, nothing is sealed.
    """
    request = {"operation": operation.code, "reason": reason}
    with acting("release_packets", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return PacketRelease.objects.get(id=act.earlier)
        operation = _locked(operation)
        round = queries.round_of(operation)
        ring = queries.key_ring(operation, round)
        place = next((place for place, holder in ring.enrolled().items() if holder == by.number), None)
        if place is None or PacketRelease.objects.filter(operation=operation, round=round, by=by).exists():
            raise RefusedError(
                "G-FOUR-EYES", "each of the two people named releases once, and nobody else does"
            )
        if not Packet.objects.filter(operation=operation, superseded_at=None, round=round).exists():
            raise RefusedError("G-PACKET", "no packet is sealed yet")
        if at < operation.first_entry_at - RELEASE_LEAD and not reason.strip():
            raise RefusedError(
                "G-HOUR", "it is earlier than two hours before the first entry; say why it must be now"
            )
        ring.release(place, passphrase=passphrase)
        release = PacketRelease.objects.create(
            id=derive("packet release", operation.id, round, place),
            operation=operation,
            round=round,
            place=place,
            by=by,
            at=at,
        )
        act.note = reason
        act.about("packet_release", release.id)
        act.ledger("packets_released", {"operation": operation.code, "round": round, "place": place})
        return release


def recall_packets(
    *, by: Officer, at: datetime, key: str, operation: Operation, reason: str
) -> PacketRecall | None:
    """Destroys every key of the round, so that no packet of it opens any more; None when there was nothing to recall.

    Whoever already has a packet open on paper or in a page without a network keeps what was seen: `docs/packets.md`.

    Raises:
        RefusedError: no reason is given.
    """
    request = {"operation": operation.code, "reason": reason}
    with acting("recall_packets", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return PacketRecall.objects.filter(id=act.subject).first() if act.subject else None
        operation = Operation.objects.select_for_update().get(id=operation.id)
        if not reason.strip():
            raise RefusedError("G-REASON", "say why the packets are called back")
        round = queries.round_of(operation)
        ring = queries.key_ring(operation, round)
        packets = list(Packet.objects.filter(operation=operation, superseded_at=None).order_by("number"))
        if not packets and not ring.enrolled():
            return None
        recall = PacketRecall.objects.create(
            id=derive("packet recall", operation.id, round),
            operation=operation,
            round=round,
            reason=reason,
            by=by,
            at=at,
        )
        for packet in packets:
            _supersede(packet, at)
        # Last, but before the rows are committed: should they not be, the packets stay shut all the same.
        keys = ring.destroy()
        act.about("packet_recall", recall.id)
        act.ledger(
            "packets_recalled",
            {"operation": operation.code, "round": round, "keys": keys, "packets": len(packets)},
        )
        return recall


def name_to_list(
    *, by: Officer, at: datetime, key: str, operation: Operation, officer: Officer, why: str
) -> NeedToKnow:
    """Lets an officer know before the hour that there are packets, with the reason.

    Raises:
        RefusedError: whoever names is not on the list, or no reason is given.
    """
    request = {"operation": operation.code, "officer": officer.number, "why": why}
    with acting("name_to_list", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return NeedToKnow.objects.get(id=act.earlier)
        _refuse_unlisted(by, operation)
        if not why.strip():
            raise RefusedError("G-REASON", "say why this officer has to know")
        row, _ = NeedToKnow.objects.update_or_create(
            operation=operation,
            officer=officer,
            defaults={"why": why, "by": by, "at": at, "ended_at": None},
            create_defaults={
                "id": derive("need to know", operation.id, officer.id), "why": why, "by": by, "at": at,
            },
        )  # fmt: skip
        act.about("need_to_know", row.id)
        act.ledger("named_to_list", {"operation": operation.code, "officer": officer.number})
        return row


def end_on_list(*, by: Officer, at: datetime, key: str, entry: NeedToKnow) -> NeedToKnow:
    """Takes an officer off the list.

    Raises:
        RefusedError: whoever does it is not on the list.
    """
    with acting("end_on_list", by=by, at=at, key=key, request={"entry": str(entry.id)}) as act:
        if act.repeated:
            return NeedToKnow.objects.get(id=act.earlier)
        row = NeedToKnow.objects.select_for_update().get(id=entry.id)
        _refuse_unlisted(by, row.operation)
        row.ended_at = at
        row.save(update_fields=["ended_at"])
        act.about("need_to_know", row.id)
        act.ledger("ended_on_list", {"operation": row.operation.code, "officer": row.officer.number})
        return row


@dataclass
class _Bench:
    """What sealing one team's packet after another needs."""

    act: Acting
    operation: Operation
    version: PlanVersion
    language: Language
    round: int
    ring: KeyRing
    releasers: tuple[PublicKey, ...]
    serial: int
    slips: list[Slip]

    @classmethod
    def of(cls, act: Acting, operation: Operation, language: Language) -> _Bench:
        round = queries.round_of(operation)
        ring = queries.key_ring(operation, round)
        releasers = ring.releasers()
        if len(releasers) != len(PLACES):
            raise RefusedError("G-FOUR-EYES", "name both people who release before anything is sealed")
        version = PlanVersion.objects.filter(operation=operation, number=operation.plan_number).first()
        if version is None:
            raise RefusedError("G-PLAN", f"{operation.code} has no plan in force")
        serial = Packet.objects.filter(operation=operation).count()
        return cls(act, operation, version, language, round, ring, releasers, serial, [])

    def seal(self, morning: TeamMorning, *, before: Packet | None) -> Packet:
        """One packet: its pages, its file, its row; what it replaces opens no more."""
        mark = Mark(self.serial)
        self.serial += 1
        identity = derive("packet", self.operation.id, mark.serial)
        number = number_of(identity.bytes)
        pages = self._pages(morning, number=number, mark=mark)
        sealed = seal(
            pages,
            set_pages(pages, at=self.act.at),
            number=number,
            releasers=self.releasers,
            team=self._team_key(morning),
            expires_at=self.operation.day_end_at,
        )
        digests = store.keep(packet_file(sealed))
        if before is not None:
            _supersede(before, self.act.at)
        return Packet.objects.create(
            id=identity,
            operation=self.operation,
            team=morning.team,
            version=self.version,
            number=number,
            mark=f"{mark.bits:05x}",
            digest=digests.sha256,
            size=digests.size,
            facts_digest=morning.digest,
            round=self.round,
            by=self.act.by,
            at=self.act.at,
        )

    def _pages(self, morning: TeamMorning, *, number: str, mark: Mark) -> Json:
        document = spec_of("in.team_packet").build(
            numbered(morning, number=number, at=self.act.at), provisions()
        )
        pages: Json = marked(payload_of(document, language=self.language), mark)
        return {**pages, "watermark": watermark_text(number, morning.facts.team)}

    def _team_key(self, morning: TeamMorning) -> PublicKey:
        """The team's key; a team without a packet in this round gets a fresh code with it."""
        team = morning.team
        held = self.ring.team(str(team.pk))
        if held is not None and Packet.objects.filter(team=team, round=self.round).exists():
            return held
        code = new_code()
        public = public_of(secret_of_code(code))
        self.ring.put_team(str(team.pk), public)
        self.slips.append(Slip(team_name(team), code))
        return public


def watermark_text(number: str, team: str, copy: int = 0) -> str:
    """What stands in both margins of every page."""
    return f"{number} · {f'copy {copy}' if copy else 'sealed packet'} · {team}"


def _still_true(packet: Packet | None, morning: TeamMorning) -> bool:
    return packet is not None and packet.facts_digest == morning.digest


def _supersede(packet: Packet, at: datetime) -> None:
    packet.superseded_at = at
    packet.save(update_fields=["superseded_at"])


def _locked(operation: Operation) -> Operation:
    row = Operation.objects.select_for_update(of=("self",)).select_related("commander").get(id=operation.id)
    if row.state not in _OPEN:
        raise RefusedError(
            "G-STATE", f"operation {row.code} is {row.state}; packets need a frozen or live one"
        )
    return row


def _refuse_unlisted(officer: Officer, operation: Operation) -> None:
    if not queries.on_the_list(officer, operation):
        raise RefusedError("G-NEED-TO-KNOW", "only somebody on the list of this operation changes it")
