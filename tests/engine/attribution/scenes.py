"""One subject who passes every check, built from parts that a test may swap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from kaval.engine.formats._spec import LeaseRow, SubscriberRow
from kaval.engine.kernel.instant import OffsetSource, StatedTime, iso_utc, ist_text, parse_iso, utc_text
from kaval.engine.kernel.reason import CheckResult, Verdict
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.attribution.allocation import AllocationTable
from kaval.engine.rules.attribution.answer import AnswerFile, IspAnswer, observed_window, resolve
from kaval.engine.rules.attribution.facts import (
    AnswerFileFacts,
    AttributionFacts,
    Corroboration,
    Deconfliction,
    GroundFacts,
    IspFacts,
    ObservationFacts,
    Reread,
    SecondReading,
    ViewingFacts,
)
from kaval.engine.rules.attribution.intelligence import DatedLists, Listed
from kaval.engine.rules.attribution.level import Attribution, attribute
from kaval.engine.rules.attribution.request import RequestRow, row_reference

ENTRY = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
ASKED = datetime(2026, 2, 10, 6, 0, tzinfo=UTC)
AS_OF = datetime(2026, 2, 26, 6, 0, tzinfo=UTC)
FIRST = datetime(2026, 1, 20, 10, 0, 5, tzinfo=UTC)
SECOND = FIRST + timedelta(days=3)
TABLE = AllocationTable.from_rows(
    {
        "cidr": cidr,
        "isp_id": isp,
        "kind": kind,
        "routable": "yes",
        "valid_from": "2025-01-01",
        "valid_to": "",
        "source": "test",
    }
    for cidr, isp, kind in (
        ("192.0.2.0/24", "ISP-A", "fixed_dynamic"),
        ("198.51.100.0/25", "ISP-B", "fixed_cgnat"),
        ("198.51.100.128/25", "ISP-M", "mobile_cgnat"),
        ("203.0.113.0/25", "ISP-H", "hosting"),
        ("203.0.113.128/26", "ISP-S", "fixed_static"),
        ("203.0.113.192/26", "POLICE", "own"),
        ("2001:db8::/32", "ISP-A", "ipv6_delegated"),
    )
)
ISPS = {
    isp: IspFacts(isp, isp, kind, shares_addresses=shares, as_numbers=frozenset({number}))
    for isp, kind, shares, number in (
        ("ISP-A", "fixed", False, 64500),
        ("ISP-B", "fixed", True, 64501),
        ("ISP-M", "mobile", True, 64502),
        ("ISP-H", "hosting", False, 64503),
        ("ISP-S", "fixed", False, 64504),
        ("POLICE", "own", False, 64505),
    )
}
# A list of every fortnight of two years, which holds an address no scene uses: nobody of a scene is listed.
LISTS = [
    Listed("vpn", "exits", date(2024, 6, 1) + timedelta(days=14 * number), "198.18.255.0/24")
    for number in range(60)
]
LINKS = (
    Corroboration(
        "phone", "the number of the account is the holder's", SourceRef("3" * 64, "/1"), "K-7", ASKED
    ),
)
ASKED_OTHERS = Deconfliction(ASKED, "K-7", conflict=False)


def stated(at: datetime | str) -> StatedTime:
    """The time as an ISO source states it."""
    return parse_iso(at if isinstance(at, str) else iso_utc(at))


def seen(
    name: str = "o1", ip: str = "192.0.2.10", at: datetime | str = FIRST, **other: Any
) -> ObservationFacts:
    """An observation of the client's side, sealed, and read again with the same result unless told."""
    time = stated(at)
    values: dict[str, Any] = {
        "port": None,
        "transport": "tcp",
        "role": "client",
        "event": "Login",
        "lead_id": "L1",
        "source": SourceRef("0" * 64, f"/{name}"),
        "received_at": ASKED - timedelta(days=2),
        "intact": True,
        "time_of": "event",
        "channel": "platform",
        "viewing": ViewingFacts(viewed=True),
        "time": time,
    } | other
    values.setdefault("reread", Reread(ip, values["port"], values["time"].utc))
    return ObservationFacts(observation_id=name, ip=ip, **values)


def asked(observation: ObservationFacts, isp: str = "ISP-A", **other: Any) -> RequestRow:
    """The request row the machine renders for it."""
    utc = observation.time.utc or FIRST
    window = observed_window(observation.time) or (utc, utc)
    row = RequestRow(
        row_reference(observation.observation_id, observation.ip, port=observation.port, utc=utc),
        observation.observation_id,
        isp,
        observation.ip,
        observation.port,
        "tcp",
        utc,
        utc_text(utc),
        ist_text(utc),
        *window,
        ASKED,
    )
    return replace(row, **other)


def lease(
    customer: str = "C-1", address: str = "192.0.2.10", around: datetime = FIRST, **other: Any
) -> LeaseRow:
    """A lease from six hours before `around` to six hours after, unless told."""
    times: dict[str, Any] = {"start": around - timedelta(hours=6), "end": around + timedelta(hours=6)}
    times |= {key: other.pop(key) for key in ("start", "end") if key in other}
    values: dict[str, Any] = {
        "port_low": None,
        "port_high": None,
        "static": False,
        "inner": "",
        "name": "",
        "address_text": "",
        "locator": f"row {customer} {times['start']}",
    }
    times = {key: stated(at) if isinstance(at, datetime) else at for key, at in times.items()}
    return LeaseRow(customer_ref=customer, address=address, **(values | times | other))


def subscriber(customer: str = "C-1", **other: Any) -> SubscriberRow:
    """A household's installation address."""
    values: dict[str, Any] = {
        "name": "Test Holder",
        "address_kind": "install",
        "house_name": "Mullappally",
        "ward": "7",
        "door_number": "7/112",
        "locality": "Testur",
        "pincode": "690000",
        "segment": "HOME",
        "latitude": 9.1,
        "longitude": 76.5,
        "active_from": datetime(2024, 1, 1, tzinfo=UTC),
        "active_to": None,
        "holder_birth_year": 1980,
        "remarks": "",
        "locator": "row 2",
    }
    return SubscriberRow(customer_ref=customer, **(values | other))


def ground(**other: Any) -> GroundFacts:
    """A verification that finds everything in order five days before the entry."""
    values: dict[str, Any] = {
        "verified_at": ENTRY - timedelta(days=5),
        "verified_by": "K-900",
        "station_id": "ST-1",
        "unit_found": True,
        "single_match": True,
        "house_name": "Mullappally",
        "ward": "7",
        "door_number": "7/112",
        "occupant_at_event": "same",
        "wifi": "secured",
    }
    return GroundFacts(**(values | other))


def file_of(isp: str) -> str:
    """The digest of the one file an ISP answers with in a scene."""
    return (isp.encode().hex() + "0" * 64)[:64]


def answer_file(isp: str = "ISP-A", **other: Any) -> AnswerFileFacts:
    """What is on record about that file: sealed, of the accepted form, without caveats, come the agreed way."""
    values: dict[str, Any] = {
        "intact": True,
        "template": "t1",
        "template_accepted": True,
        "half_day": False,
        "caveats": (),
        "channel_agreed": True,
        "certificate": "received",
    }
    return AnswerFileFacts(file_of(isp), isp, **(values | other))


@dataclass
class Scene:
    """The parts of one subject's facts; the second reader reads what the first did unless told.

    `files` None: one sealed file of each answering ISP. `other` replaces any field of the facts.
    """

    observations: Sequence[ObservationFacts] = field(default_factory=lambda: (seen(), seen("o2", at=SECOND)))
    leases: dict[str, list[LeaseRow]] = field(
        default_factory=lambda: {"ISP-A": [lease(), lease(around=SECOND)]}
    )
    subscribers: Sequence[tuple[str, SubscriberRow]] = (("ISP-A", subscriber()),)
    grounds: tuple[tuple[tuple[str, str], GroundFacts], ...] = ((("ISP-A", "C-1"), ground()),)
    requests: Sequence[RequestRow] | None = None
    second: Sequence[SecondReading] | None = None
    files: Iterable[AnswerFileFacts] | None = None
    other: dict[str, Any] = field(default_factory=dict)

    def facts(self) -> AttributionFacts:
        """The facts a station would hand over."""
        answers = {isp: answer_of(isp, rows) for isp, rows in self.leases.items()}
        isp_of = {one.observation_id: self._isp(one) for one in self.observations}
        resolutions = tuple(
            resolve(one, answers[isp_of[one.observation_id]])
            for one in self.observations
            if isp_of[one.observation_id] in answers
        )
        requests = self.requests
        if requests is None:
            requests = [asked(one, isp_of[one.observation_id]) for one in self.observations]
        second = self.second
        if second is None:
            second = [
                SecondReading(one.observation_id, one.isp_id, one.customer_ref or "", "K-2")
                for one in resolutions
            ]
        files = tuple(answer_file(isp) for isp in self.leases) if self.files is None else tuple(self.files)
        values: dict[str, Any] = {
            "searched_observations": frozenset(),
            "answer_files": files,
            "profiles_intact": True,
            "isps": ISPS,
            "intelligence": DatedLists(LISTS),
            "corroborations": LINKS,
            "deconfliction": ASKED_OTHERS,
            "lead_basis": frozenset({"content", "login"}),
        }
        facts = AttributionFacts(
            "S-1",
            tuple(self.observations),
            TABLE,
            AS_OF,
            ENTRY,
            "K-1",
            resolutions,
            tuple(requests),
            tuple(second),
            tuple(self.subscribers),
            self.grounds,
            **values,
        )
        return replace(facts, **self.other)

    def attribution(self) -> Attribution:
        """How far the evidence reaches."""
        return attribute(self.facts())

    def result(self, check: str) -> CheckResult:
        """The result of one check."""
        return next(one for one in self.attribution().checks if one.check == check)

    def verdict(self, check: str) -> Verdict:
        """PASS, FAIL or UNKNOWN of one check."""
        return self.result(check).verdict

    @staticmethod
    def _isp(observation: ObservationFacts) -> str:
        held = TABLE.lookup(observation.ip, observation.time.utc or FIRST)
        return held.isp_id if held is not None else ""


def answer_of(isp: str, rows: Sequence[LeaseRow]) -> IspAnswer:
    """The rows of an ISP as they stand in its one sealed file."""
    return IspAnswer.of_files(isp, [AnswerFile(file_of(isp), rows)])


def one_seen(observation: ObservationFacts, rows: Sequence[LeaseRow] = (), **other: Any) -> Scene:
    """A scene of a single observation whose ISP answers with these rows."""
    isp = Scene._isp(observation)
    return Scene(observations=(observation,), leases={isp: list(rows)} if rows else {}, **other)


def assumed(at: datetime) -> StatedTime:
    """A time whose zone nobody stated."""
    return StatedTime("2026-01-20 10:00:05", at, 0, OffsetSource.ASSUMED)


def sightings(leases: str) -> Scene:
    """A sighting every second day, each in the lease of its letter; a lease lasts over all its days."""
    days = [FIRST + timedelta(days=2 * number) for number in range(len(leases))]
    spans = [(days[leases.index(one)], days[leases.rindex(one)]) for one in dict.fromkeys(leases)]
    rows = [lease(start=a - timedelta(hours=6), end=b + timedelta(hours=6)) for a, b in spans]
    return Scene([seen(f"o{number}", at=at) for number, at in enumerate(days)], {"ISP-A": rows})
