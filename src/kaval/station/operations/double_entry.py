"""An observation that no reader can read: one officer types it, another types it again unseen, and only equal counts.

Typed digits have sent officers to wrong homes, so a typed observation stands for nothing until two officers read the
same off the source, each without the other's entry (law_and_procedure.md 3.1, A-02). Differing entries are refused with
the names of the fields that differ, never with what the other typed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.instant import iso_utc, parse_iso
from kaval.engine.kernel.port import port_of
from kaval.engine.rules.attribution.address import canonical_text
from kaval.station.audit import acting
from kaval.station.ids import derive
from kaval.station.models import Lead, Observation, ObservationEntry, Officer

# What an observation is called that two officers typed the same.
DOUBLE = "double"
# What must be the same; where it stands on the source, each officer says in own words.
_COMPARED = ("ip", "port", "transport", "time", "event")


@dataclass(frozen=True)
class TypedObservation:
    """The fields as typed: `time` ISO 8601 with its offset, as the source states it; `port` and `event` may be empty.

    `place` says where on the source it stands (page and line).
    """

    ip: str
    port: str
    transport: str
    time: str
    event: str
    place: str


def enter_observation(
    *, by: Officer, at: datetime, key: str, lead: Lead, typed: TypedObservation
) -> ObservationEntry:
    """Keeps a first typed entry; nothing rests on it until another officer types the same.

    Raises:
        RefusedError: no address, port or time with its offset can be read from it.
    """
    request = {"lead": str(lead.id), "typed": asdict(typed)}
    with acting("enter_observation", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return ObservationEntry.objects.get(id=act.earlier)
        entry = ObservationEntry.objects.create(
            id=derive("observation entry", act.key), lead=lead, typed=_normal(typed), by=by, at=at
        )
        act.about("observation entry", entry.id)
        act.ledger("observation_typed", {"lead": lead.number})
        return entry


def confirm_observation(
    *, by: Officer, at: datetime, key: str, entry: ObservationEntry, typed: TypedObservation
) -> Observation:
    """Makes an observation of an entry that a second officer typed the same, from the source and unseen.

    Raises:
        RefusedError: A-02, it is the same officer, the entries differ, or it is confirmed already.
    """
    request = {"entry": str(entry.id), "typed": asdict(typed)}
    with acting("confirm_observation", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return Observation.objects.get(id=act.earlier)
        row = ObservationEntry.objects.select_for_update().select_related("by").get(id=entry.id)
        if row.observation_id is not None:
            raise RefusedError("ENTRY", "this entry is confirmed already")
        if row.by_id == by.id:
            raise RefusedError("A-02", "the second entry is typed by another officer than the first")
        second = _normal(typed)
        differing = [name for name in _COMPARED if second[name] != row.typed[name]]
        if differing:
            raise RefusedError(
                "A-02",
                f"the two entries differ in: {', '.join(differing)}. Both officers look at the source again",
            )
        observation = _observation(row)
        row.observation, row.confirmed_by, row.confirmed_at = observation, by, at
        row.save(update_fields=["observation", "confirmed_by", "confirmed_at"])
        act.about("observation", observation.id)
        act.ledger("observation_confirmed", {"lead": row.lead.number, "first": row.by.number})
        return observation


def _normal(typed: TypedObservation) -> dict[str, str]:
    """The entry in the form in which two entries are compared: what means the same is the same."""
    ip, time = canonical_text(typed.ip.strip()), parse_iso(typed.time.strip())
    port = port_of(typed.port.strip())
    if ip is None:
        raise RefusedError("A-03", "this is no IP address")
    if typed.port.strip() and port is None:
        raise RefusedError("A-03", "a port is a number from 1 to 65535, or empty")
    if time.utc is None:
        raise RefusedError(
            "A-10", "write the time with its offset: 2026-01-03T10:15:00+05:30 or with Z for UTC"
        )
    if not typed.place.strip():
        raise RefusedError("A-01", "say where on the source it stands: page and line")
    return {
        "ip": ip,
        "port": "" if port is None else str(port),
        "transport": typed.transport.strip().lower(),
        "time": f"{iso_utc(time.utc)} {time.precision.value}",
        "time_text": typed.time.strip(),
        "event": " ".join(typed.event.split()),
        "place": " ".join(typed.place.split()),
    }


def _observation(entry: ObservationEntry) -> Observation:
    typed: dict[str, str] = entry.typed
    time = parse_iso(typed["time_text"])
    return Observation.objects.create(
        id=derive("observation", entry.id),
        lead=entry.lead,
        ip=typed["ip"],
        port=int(typed["port"]) if typed["port"] else None,
        transport=typed["transport"][:8],
        role="client",
        event=typed["event"][:24],
        time_text=typed["time_text"][:60],
        at=time.utc,
        offset_minutes=time.offset_minutes,
        offset_source=time.offset_source.value,
        precision=time.precision.value,
        locator=typed["place"][:300],
        origin=DOUBLE,
    )
