"""Everything on record about where a subject was seen, in the shape the attribution rules take.

Reports and answers are read again from their sealed bytes, never from derived rows: one that was changed after it was
received breaks its seal here, and what rests on it is stopped (A-01) while the rest goes on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from kaval.engine.kernel.instant import IST, OffsetSource, Precision, StatedTime
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.attribution.allocation import AllocationTable
from kaval.engine.rules.attribution.answer import Resolution, resolve
from kaval.engine.rules.attribution.facts import (
    AttributionFacts,
    Corroboration,
    GroundFacts,
    IspFacts,
    ObservationFacts,
    Reread,
    SecondReading,
)
from kaval.engine.rules.attribution.request import RequestRow
from kaval.station import models
from kaval.station.audit import once
from kaval.station.queries import attribution_basis as basis
from kaval.station.queries import attribution_notes, attribution_told
from kaval.station.queries.attribution_answers import Answers, answers
from kaval.station.queries.attribution_records import (
    Place,
    allocation_table,
    allocations,
    ground,
    isp_facts,
    looked,
    requests,
    second_readings,
)
from kaval.station.queries.attribution_sources import Profiles, SourceLook, confirmed, looks
from kaval.station.queries.network import Lists, intelligence

__all__ = [
    "Evidence",
    "allocation_table",
    "evidence",
    "intelligence",
    "isp_facts",
    "observation_facts",
    "observations_by_subject",
]

# A report's row is large; the facts need a few of its columns.
_COLUMNS = (
    "ip",
    "port",
    "transport",
    "role",
    "event",
    "time_text",
    "at",
    "offset_minutes",
    "offset_source",
    "precision",
    "locator",
    "origin",
    "lead__report__kind",
    "lead__report__source_system",
    "lead__report__received_at",
    "lead__report__sealed__sha256",
    "lead__subject_link__subject",
)
# From here on all rows are read: a query with more files named is no longer faster.
_FEW = 10_000


def observation_facts(rows: Iterable[models.Observation]) -> list[ObservationFacts]:
    """Observations (with lead and report selected) before anybody is asked: with what their sealed source says today,
    wherever an address is somebody's to be asked about."""
    table, profiles = allocation_table(), confirmed()
    plain = _plain_facts(rows)
    seen = looks({one.observation_id for one in plain if _may_be_asked(one, table)}, profiles)
    return [_looked_at(one, seen.get(one.observation_id)) for one in plain]


def _may_be_asked(observation: ObservationFacts, table: AllocationTable) -> bool:
    at = observation.time.utc
    return observation.role == "client" and at is not None and table.lookup(observation.ip, at) is not None


def _looked_at(observation: ObservationFacts, look: SourceLook | None) -> ObservationFacts:
    """The observation with what its sealed source says of it."""
    if look is None:
        return observation
    # No reader reads what was typed: two officers who read the same, blind, are its reading.
    own = Reread(observation.ip, observation.port, observation.time.utc) if observation.typed else look.reread
    return replace(observation, source=look.source, intact=look.intact, reread=own if look.intact else None)


def _plain_facts(rows: Iterable[models.Observation]) -> list[ObservationFacts]:
    """Observations as the rules see them; the locator points into the sealed bytes."""
    listed = list(rows)
    midnight, formats = _midnight_shares({row.lead.report.sealed_id for row in listed}), _formats(listed)
    typed = set(
        models.ObservationEntry.objects.filter(observation__isnull=False).values_list(
            "observation", flat=True
        )
    )
    return [
        ObservationFacts(
            observation_id=str(row.id),
            ip=row.ip,
            port=row.port,
            transport=row.transport,
            time=StatedTime(
                row.time_text,
                row.at,
                row.offset_minutes,
                OffsetSource(row.offset_source),
                Precision(row.precision),
            ),
            role=row.role,
            event=row.event,
            lead_id=str(row.lead_id),
            source=SourceRef(row.lead.report.sealed.sha256, row.locator),
            received_at=row.lead.report.received_at,
            midnight_share=midnight.get(row.lead.report.sealed_id, 0.0),
            # An entry becomes an observation only when a second officer has read the same, blind.
            typed=row.id in typed,
            double_entry=row.id in typed,
            time_of="event"
            if row.id in typed
            else attribution_told.time_of(formats.get(row.lead.report_id, ""), origin=row.origin),
            channel=attribution_told.channel_of(row.lead.report.kind, row.lead.report.source_system),
        )
        for row in listed
    ]


def _formats(rows: list[models.Observation]) -> dict[UUID, str]:
    """The format of each observation's report: that of its file, or the report's own where the file held several."""
    whole = dict(
        models.Reading.objects.filter(sealed__in={row.lead.report.sealed_id for row in rows}).values_list(
            "sealed_id", "format"
        )
    )
    found = {row.lead.report_id: whole.get(row.lead.report.sealed_id, "") for row in rows}
    mixed = [report for report, format in found.items() if "+" in format]
    return found | attribution_told.formats_of(mixed)


@dataclass
class Evidence:
    """All answers and records, loaded once, from which the facts on any subject are taken.

    What sealed sources say and what is noted of a subject is read for those observations alone that an attribution may
    rest on (`gather`).
    """

    at: datetime
    allocation: AllocationTable
    allocations: Mapping[int, models.Allocation]
    lists: Lists
    list_days: basis.ListDays
    isps: Mapping[str, IspFacts]
    profiles: Profiles
    answers: Answers
    requests: Mapping[str, RequestRow]
    grounds: Mapping[Place, GroundFacts]
    looked: Mapping[Place, models.GroundVerification]
    second_readings: Mapping[str, list[SecondReading]]
    searched: frozenset[str]
    _seals: basis.Seals = field(default_factory=basis.Seals)
    _resolved: dict[str, Resolution | None] = field(default_factory=dict)
    _looks: dict[str, SourceLook] = field(default_factory=dict)
    _told: dict[UUID, attribution_told.Told] = field(default_factory=dict)
    _notes: attribution_notes.Notes = field(default_factory=attribution_notes.Notes)
    _basis: dict[UUID, frozenset[str]] = field(default_factory=dict)
    _births: dict[UUID, int] = field(default_factory=dict)

    def resolution(self, observation: ObservationFacts) -> Resolution | None:
        """What the answer of the provider that was asked says; None when nobody was asked or nobody answered."""
        key = observation.observation_id
        if key not in self._resolved:
            asked = self.requests.get(key)
            answer = self.answers.by_isp.get(asked.isp_id) if asked else None
            self._resolved[key] = resolve(observation, answer) if answer else None
        return self._resolved[key]

    def customer(self, observation: ObservationFacts) -> Place | None:
        """The one customer the observation names, as (provider, customer), or None."""
        found = self.resolution(observation)
        return None if found is None or not found.customer_ref else (found.isp_id, found.customer_ref)

    def gather(self, subjects: Mapping[UUID, list[ObservationFacts]]) -> None:
        """Reads what is told of every observation, and, where one names a customer, what its sealed source says today
        and what is noted of the subject."""
        named = {
            subject: counting
            for subject, observations in subjects.items()
            if (counting := [one for one in observations if self.customer(one) is not None])
        }
        counted = [one for ones in named.values() for one in ones]
        self._looks.update(looks({one.observation_id for one in counted}, self.profiles))
        self._seals.known({look.source.sha256: look.intact for look in self._looks.values()})
        leads = {UUID(one.lead_id) for observations in subjects.values() for one in observations}
        self._told.update(attribution_told.told(leads))
        self._notes = attribution_notes.notes(named, at=self.at)
        self._basis = attribution_told.lead_basis(named)
        self._births = attribution_told.birth_years(named)

    def facts(
        self,
        subject_id: UUID,
        observations: list[ObservationFacts],
        *,
        as_of: datetime,
        entry_at: datetime,
        analyst_id: str,
    ) -> AttributionFacts:
        """The facts on one subject, which was gathered before."""
        resolutions = tuple(found for one in observations if (found := self.resolution(one)) is not None)
        refs = sorted({(found.isp_id, ref) for found in resolutions for ref in found.candidates})
        files = self._files(resolutions, refs)
        notes = self._notes
        return AttributionFacts(
            subject_id=str(subject_id),
            observations=tuple(self._seen(one) for one in observations),
            allocation=self.allocation,
            as_of=as_of,
            entry_at=entry_at,
            analyst_id=analyst_id,
            resolutions=resolutions,
            requests=_of(self.requests, observations),
            second_readings=tuple(
                reading
                for one in observations
                for reading in self.second_readings.get(one.observation_id, ())
            ),
            subscribers=tuple(
                (isp, row) for isp, ref in refs for row in self.answers.by_isp[isp].subscriber_rows(ref)
            ),
            grounds=tuple((ref, self.grounds[ref]) for ref in refs if ref in self.grounds),
            overrides=notes.overrides.get(subject_id, ()),
            explanations=notes.explanations.get(subject_id, ()),
            searched_observations=self.searched,
            account_birth_year=self._births.get(subject_id),
            likely_child=notes.children.get(subject_id),
            answer_files=tuple(self.answers.files[sha256] for sha256 in files),
            profiles_intact=self._profiles_intact(self._profiles_of(observations, files)),
            isps=self.isps,
            intelligence=self.lists.lists,
            corroborations=(*notes.corroborations.get(subject_id, ()), *self._same_numbers(subject_id, refs)),
            deconfliction=notes.deconflictions.get(subject_id),
            lead_basis=self._basis.get(subject_id),
        )

    def rests_on(
        self, subject: UUID, observations: list[ObservationFacts], place: Place | None
    ) -> list[basis.Entry]:
        """Everything with a digest behind the observations that name the place, or any customer when None is named, and
        behind what ties the subject to a place without an address."""
        named = [
            one
            for one in observations
            if self.customer(one) is not None and place in (None, self.customer(one))
        ]
        resolutions = [found for one in named if (found := self.resolution(one)) is not None]
        places = sorted({(found.isp_id, ref) for found in resolutions for ref in found.candidates})
        leases = {sha256 for found in resolutions for sha256 in found.files}
        rows = {sha256 for isp, ref in places for sha256 in self.answers.by_isp[isp].subscriber_files(ref)}
        entries = [basis.entry("answer", sha256, self.answers.names[sha256]) for sha256 in leases]
        entries += [basis.entry("subscriber", sha256, self.answers.names[sha256]) for sha256 in rows]
        entries += [
            basis.entry("source", look.source.sha256, look.report)
            for one in named
            if (look := self._looks.get(one.observation_id)) is not None
        ]
        entries += [
            basis.entry("profile", self.profiles.digests.get(label, ""), label)
            for label in self._profiles_of(named, leases | rows)
        ]
        entries += self._allocated(named)
        entries += self.list_days.speaking(one.time.utc for one in named if one.time.utc is not None)
        entries += [
            basis.entry("ground", basis.ground_digest(self.looked[ref]), str(self.looked[ref].id))
            for ref in places
            if ref in self.looked
        ]
        entries += [
            basis.entry("source", one.source.sha256, f"corroboration {one.kind}")
            for one in self._notes.corroborations.get(subject, ())
            if one.source.sha256
        ]
        return basis.in_order(entries)

    def broken(self, entries: Iterable[basis.Entry]) -> list[dict[str, str]]:
        """Those of the entries whose seal does not hold, each digest computed once; rows were digested just now."""
        return self._seals.broken(one for one in entries if one["role"] in basis.SEALED)

    def _seen(self, observation: ObservationFacts) -> ObservationFacts:
        """The observation with what its sealed source and its report say of it."""
        look = self._looks.get(observation.observation_id)
        said = self._told.get(UUID(observation.lead_id), attribution_told.Told())
        made = said.account_created_at
        return replace(
            _looked_at(observation, look),
            reported_at=said.reported_at,
            peer=said.peer if observation.channel == "p2p" else None,
            viewing=said.viewing if observation.channel == "platform" else None,
            account_created_at=None if made == observation.time.utc else made,
        )

    def _files(self, resolutions: Iterable[Resolution], refs: Iterable[Place]) -> list[str]:
        """The answer files that the resolutions and the subscriber rows of their customers stand in."""
        leases = {sha256 for found in resolutions for sha256 in found.files}
        rows = {sha256 for isp, ref in refs for sha256 in self.answers.by_isp[isp].subscriber_files(ref)}
        return sorted(leases | rows)

    def _profiles_of(self, observations: Iterable[ObservationFacts], files: Iterable[str]) -> list[str]:
        """The labels of the reading profiles that these observations and answer files were read by."""
        read = {
            look.profile for one in observations if (look := self._looks.get(one.observation_id)) is not None
        }
        return sorted((read | {self.answers.profiles.get(sha256, "") for sha256 in files}) - {""})

    def _profiles_intact(self, labels: Iterable[str]) -> bool | None:
        held = [self.profiles.intact(label) for label in labels]
        return False if False in held else None if None in held else True

    def _same_numbers(self, subject: UUID, refs: Iterable[Place]) -> Iterator[Corroboration]:
        numbers = self._notes.numbers.get(subject, ())
        for isp, ref in refs if numbers else ():
            contact = self.answers.numbers.get(isp, {}).get(ref, frozenset())
            yield from attribution_notes.same_number(numbers, contact, provider=isp)

    def _allocated(self, observations: Iterable[ObservationFacts]) -> list[basis.Entry]:
        found = []
        for one in observations:
            held = None if one.time.utc is None else self.allocation.lookup(one.ip, one.time.utc)
            if held is not None:
                row = self.allocations[id(held)]
                found.append(
                    basis.entry("allocation", basis.allocation_digest(row), basis.allocation_reference(row))
                )
        return found


def evidence(*, at: datetime, subject: UUID | None = None) -> Evidence:
    """Everything on record, once; for one subject what may bear on it alone."""
    table, rows = allocations()
    profiles, wanted = confirmed(), requests(subject)
    asked = None if subject is None else {row.isp_id for row in wanted.values()}
    places, lists = looked(), once("attribution lists", intelligence)
    found = answers(profiles) if asked is None else _answers_of(asked, profiles)
    seals = basis.Seals()
    seals.known({sha256: one.intact for sha256, one in found.files.items()})
    seals.known({sha256: sha256 not in lists.broken for _, sha256 in lists.digests})
    return Evidence(
        at=at,
        allocation=table,
        allocations={id(one): row for one, row in zip(table.entries, rows, strict=True)},
        lists=lists,
        list_days=basis.ListDays.in_use(),
        isps=isp_facts(),
        profiles=profiles,
        answers=found,
        requests=wanted,
        grounds={place: ground(row) for place, row in places.items()},
        looked=places,
        second_readings=second_readings(subject),
        searched=_searched(subject),
        _seals=seals,
    )


def _answers_of(isps: set[str], profiles: Profiles) -> Answers:
    """The answers of some providers, read once in a transaction: an act that touches many subjects attributes each."""
    return once(("attribution answers", tuple(sorted(isps))), lambda: answers(profiles, isps=isps))


def _searched(subject: UUID | None) -> frozenset[str]:
    rows = models.Outcome.objects.filter(entered=True)
    if subject is not None:
        rows = rows.filter(site__attribution__subject=subject)
    return frozenset(
        map(str, rows.values_list("site__attribution__subject__leads__lead__observations", flat=True))
    )


def observations_by_subject(*, subject: UUID | None = None) -> dict[UUID, list[ObservationFacts]]:
    """The observations of every subject (or of one), oldest first, from leads that were accepted and linked."""
    rows = models.Observation.objects.filter(lead__subject_link__subject__merged_into=None)
    if subject is not None:
        rows = rows.filter(lead__subject_link__subject=subject)
    rows = (
        rows.filter(lead__subject_link__isnull=False)
        .select_related("lead__report__sealed", "lead__subject_link")
        .only(*_COLUMNS)
        .order_by("at", "id")
    )
    grouped: dict[UUID, list[ObservationFacts]] = defaultdict(list)
    listed = list(rows)
    for row, facts in zip(listed, _plain_facts(listed), strict=True):
        grouped[row.lead.subject_link.subject_id].append(facts)
    return grouped


def _of(
    requests: Mapping[str, RequestRow], observations: Iterable[ObservationFacts]
) -> tuple[RequestRow, ...]:
    return tuple(requests[one.observation_id] for one in observations if one.observation_id in requests)


def _midnight_shares(files: set[UUID]) -> dict[UUID, float]:
    """The share of each file's times that are exactly midnight where they were written."""
    total: Counter[UUID] = Counter()
    midnight: Counter[UUID] = Counter()
    rows = models.Observation.objects.filter(at__isnull=False)
    if len(files) <= _FEW:
        rows = rows.filter(lead__report__sealed__in=files)
    times = rows.values_list("lead__report__sealed_id", "at", "offset_minutes")
    for sealed_id, at, offset in times:
        if at is None:
            continue
        local = at.astimezone(IST) if offset == 330 else at
        total[sealed_id] += 1
        midnight[sealed_id] += (local.hour, local.minute, local.second) == (0, 0, 0)
    return {sealed_id: midnight[sealed_id] / count for sealed_id, count in total.items()}
