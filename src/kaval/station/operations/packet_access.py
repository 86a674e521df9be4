"""What is done with sealed packets: taken, opened by the team, printed as numbered copies, and traced after a leak.

Every hand-out is a row. The key is given to the caller and kept nowhere; the team's code stays with who types it.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import datetime

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.planning.watermark import Mark, marked, trace
from kaval.gateways.packet_file import packet_in
from kaval.gateways.packet_seal import open_packet as open_sealed
from kaval.gateways.typst_renderer import set_pages
from kaval.station import sealed as store
from kaval.station.audit import Acting, acting
from kaval.station.ids import derive
from kaval.station.models import LeakDrill, Officer, Operation, Packet, PacketAccess
from kaval.station.operations.packets import watermark_text
from kaval.station.queries import packets as queries
from kaval.station.queries.packet_facts import mornings, team_name

_NUMBER = re.compile(r"KP-[0-9A-Z]{4}-[0-9A-Z]{4}")
_MOST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A packet as the leader's page or command gets it: sealed, with its release key."""

    packet: dict[str, str]
    release: str


@dataclass(slots=True)
class _Kept:
    """Where a packet's file lies in the sealed store."""

    sha256: str
    size: int
    pack: str = ""
    pack_offset: int | None = None


def take_packet(*, by: Officer, at: datetime, key: str, packet: Packet) -> bytes:
    """The sealed file, for a member of its team or somebody on the operation's list.

    Raises:
        RefusedError: the packet is not in force, or it is not this officer's to take.
    """
    with acting("take_packet", by=by, at=at, key=key, request={"packet": packet.number}) as act:
        packet = _in_force(packet)
        member = queries.is_member(by, packet) and queries.both_released(packet.operation, packet.round)
        if not (member or queries.on_the_list(by, packet.operation)):
            raise RefusedError("G-NEED-TO-KNOW", "this packet is not yours to take")
        _note(act, packet, kind="sealed")
        return _file_of(packet)


def open_packet(*, by: Officer, at: datetime, key: str, packet: Packet) -> HandedOut:
    """The release key of a packet for a member of its team; together with the team's code it opens the packet.

    Raises:
        RefusedError: G-TEAM, the officer is not of the team; G-FOUR-EYES, not both have released; G-EXPIRED;
            G-CHANGED, the team's morning has changed since; G-PACKET, it is not in force.
    """
    with acting("open_packet", by=by, at=at, key=key, request={"packet": packet.number}) as act:
        packet, release = _releasable(by, packet, at=at)
        _note(act, packet, kind="key")
        return HandedOut(packet_in(_file_of(packet)), release)


def print_copy(
    *, by: Officer, at: datetime, key: str, packet: Packet, code: str, handed_to: Officer
) -> tuple[PacketAccess, bytes]:
    """A paper copy with its own number, visible and hidden, handed to a member of the team.

    Raises:
        RefusedError: as `open_packet`, with `handed_to` as the member; or the code is not the team's.
    """
    request = {"packet": packet.number, "handed_to": handed_to.number}
    with acting("print_copy", by=by, at=at, key=key, request=request) as act:
        packet, release = _releasable(handed_to, packet, at=at)
        if not (by.pk == handed_to.pk or queries.on_the_list(by, packet.operation)):
            raise RefusedError("G-NEED-TO-KNOW", "only the team or somebody on the list prints its packet")
        inside, _ = open_sealed(packet_in(_file_of(packet)), release=release, code=code)
        access = _note(act, packet, kind="print", handed_to=handed_to)
        copy = access.copy_number or 0
        mark = Mark(_serial(packet), copy)
        pages = marked(inside, mark) | {
            "watermark": watermark_text(packet.number, team_name(packet.team), copy)
        }
        return access, set_pages(pages, at=access.at)


def record_leak(*, by: Officer, at: datetime, key: str, operation: Operation, content: bytes) -> LeakDrill:
    """Names the packet and the copy that a text or a PDF came from, by its hidden mark, else by its printed number.

    Raises:
        RefusedError: there is nothing to read.
    """
    text = _text_of(content)
    request = {"operation": operation.code, "letters": len(text)}
    with acting("record_leak", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return LeakDrill.objects.get(id=act.earlier)
        if not queries.on_the_list(by, operation):
            raise RefusedError(
                "G-NEED-TO-KNOW", "only somebody on the list of this operation looks into a leak"
            )
        if not text.strip():
            raise RefusedError("G-PACKET", "no text could be read from this")
        packet, copy = _named(operation, text)
        drill = LeakDrill.objects.create(
            id=derive("leak drill", act.key),
            operation=operation,
            packet=packet,
            copy_number=copy,
            text=text[:_MOST_TEXT],
            by=by,
            at=at,
        )
        act.about("leak_drill", drill.id)
        act.ledger(
            "leak_traced",
            {"operation": operation.code, "packet": packet.number if packet else None, "copy": copy},
        )
        return drill


def _releasable(member: Officer, packet: Packet, *, at: datetime) -> tuple[Packet, str]:
    """The packet as it stands and its release key, when this member of its team may have it now."""
    packet = _in_force(packet)
    operation = packet.operation
    if not queries.is_member(member, packet):
        raise RefusedError("G-TEAM", f"{member.number} is not of the team this packet is sealed to")
    if operation.state not in ("frozen", "live"):
        raise RefusedError("G-RECALLED", f"the operation is {operation.state}; its packets open no more")
    if at >= operation.day_end_at:
        raise RefusedError("G-EXPIRED", "the day is over; this packet opens no more")
    if not queries.both_released(operation, packet.round):
        raise RefusedError("G-FOUR-EYES", "the packets are not released yet; two people do that at the hour")
    now = mornings(operation, teams=[packet.team_id])
    if [one.digest for one in now] != [packet.facts_digest]:
        raise RefusedError(
            "G-CHANGED", "this team's morning has changed; a new packet is being sealed, use that"
        )
    release = queries.key_ring(operation, packet.round).release_key(packet_in(_file_of(packet)))
    if release is None:
        raise RefusedError("G-RECALLED", "the keys of this packet are gone")
    return packet, release


def _in_force(packet: Packet) -> Packet:
    row = (
        Packet.objects.select_for_update(of=("self",))
        .select_related("operation__commander", "team__district")
        .get(id=packet.id)
    )
    if row.superseded_at is not None or row.round != queries.round_of(row.operation):
        raise RefusedError("G-PACKET", "this packet was replaced or called back; it opens no more")
    return row


def _note(act: Acting, packet: Packet, *, kind: str, handed_to: Officer | None = None) -> PacketAccess:
    """The row of a hand-out; asked for again with the same key it is the one of before."""
    if act.repeated:
        return PacketAccess.objects.get(id=act.earlier)
    copy = 1 + PacketAccess.objects.filter(packet=packet, kind="print").count() if kind == "print" else None
    row = PacketAccess.objects.create(
        id=derive("packet access", act.key),
        packet=packet,
        kind=kind,
        copy_number=copy,
        handed_to=handed_to,
        by=act.by,
        at=act.at,
    )
    act.about("packet_access", row.id)
    act.ledger(f"packet_{kind}", {"packet": packet.number, "copy": copy})
    return row


def _file_of(packet: Packet) -> bytes:
    return store.read(_Kept(packet.digest, packet.size))


def _serial(packet: Packet) -> int:
    return Mark.of(int(packet.mark, 16)).serial


def _named(operation: Operation, text: str) -> tuple[Packet | None, int | None]:
    rows = Packet.objects.filter(operation=operation)
    mark = trace(text).mark
    if mark is not None:
        packet = rows.filter(mark=f"{Mark(mark.serial).bits:05x}").first()
        return packet, mark.copy if packet else None
    packet = rows.filter(number__in=_NUMBER.findall(text)).first()
    return packet, None


def _text_of(content: bytes) -> str:
    if not content.startswith(b"%PDF"):
        return content.decode("utf-8", "replace").replace("\0", "")
    try:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).replace(
            "\0", ""
        )
    except (PyPdfError, ValueError, KeyError) as wrong:
        raise RefusedError("G-PACKET", "this PDF cannot be read") from wrong
