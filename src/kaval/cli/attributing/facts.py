"""The facts on one subject from the tables, and the line for each of its observations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kaval.cli.attributing.answers import IspAnswers
from kaval.cli.attributing.folder import Knowledge
from kaval.cli.attributing.lines import lines_of
from kaval.cli.attributing.observations import Observations
from kaval.cli.attributing.rows import Row
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.attribution.answer import Resolution, resolve
from kaval.engine.rules.attribution.facts import (
    AnswerFileFacts,
    AttributionFacts,
    Corroboration,
    Deconfliction,
    Explanation,
    GroundFacts,
    ObservationFacts,
    Override,
    SecondReading,
)
from kaval.engine.rules.attribution.level import attribute
from kaval.engine.rules.attribution.request import RequestRow
from kaval.engine.rules.attribution.rows import Subscriber

_NOWHERE = SourceRef("", "")


@dataclass(frozen=True, slots=True)
class Record:
    """Everything there is, from which any subject's facts are taken."""

    observations: Observations
    answers: Mapping[str, IspAnswers]
    known: Knowledge

    def lines(self, group: int, *, malayalam: bool) -> Iterator[tuple[int, dict[str, Any]]]:
        """(place, line) for the observations of a group of rows, subject by subject."""
        subjects: dict[str, list[tuple[int, Row]]] = defaultdict(list)
        for place, row in self.observations.of_subject(group):
            subjects[row["subject"] or f"\x1f{row['observation_id']}"].append((place, row))
        for rows in subjects.values():
            facts = self.facts(rows)
            places = {row["observation_id"]: place for place, row in rows}
            for line in lines_of(attribute(facts), facts, malayalam=malayalam):
                yield places[line["observation"]], line

    def facts(self, rows: Sequence[tuple[int, Row]]) -> AttributionFacts:
        """The facts on the subject of these rows."""
        known = self.known
        seen = tuple(self.observations.facts(place, row, known.times) for place, row in rows)
        subject = rows[0][1]["subject"]
        asked: list[RequestRow] = []
        for number, one in enumerate(seen):
            found = known.tables["requests"].rows(one.observation_id)
            asked += map(_request, found)
            if any(row["origin"] in ("typed", "double") for row in found):
                double = all(row["origin"] != "typed" for row in found) and (
                    not one.typed or one.double_entry
                )
                seen = (*seen[:number], replace(one, typed=True, double_entry=double), *seen[number + 1 :])
        resolutions, others = self._resolved(seen, asked)
        refs = sorted({(one.isp_id, ref) for one in (*resolutions, *others) for ref in one.candidates})
        subscribers, files = self._customers(refs, resolutions)
        said = _first(known.tables["subjects"].rows(subject))
        searched = known.tables["searched"]
        return AttributionFacts(
            subject_id=subject,
            observations=seen,
            allocation=known.allocation,
            as_of=known.case.as_of,
            entry_at=known.case.entry_at,
            analyst_id=known.case.analyst_id,
            resolutions=tuple(resolutions),
            requests=tuple(asked),
            second_readings=tuple(self._second_readings(seen)),
            subscribers=subscribers,
            grounds=tuple(self._grounds(refs)),
            overrides=tuple(_override(row) for row in known.tables["overrides"].rows(subject)),
            explanations=tuple(self._explanations(seen)),
            searched_observations=frozenset(
                one.observation_id for one in seen if searched.holds(one.observation_id)
            )
            if searched.present
            else None,
            account_birth_year=said.whole("birth_year", most=9999) if said else None,
            likely_child=said.flag("likely_child") if said else None,
            answer_files=files,
            profiles_intact=known.profiles_intact,
            isps=known.isps,
            intelligence=known.intelligence,
            other_resolutions=tuple(others),
            corroborations=tuple(_corroboration(row) for row in known.tables["corroborations"].rows(subject)),
            deconfliction=_deconfliction(known.tables["deconfliction"].rows(subject)),
            lead_basis=frozenset(said.several("lead_basis")) or None if said else None,
            place_origin=(said["place_origin"] if said else "") or "provider",
            limits=known.case.limits,
        )

    def _resolved(
        self, seen: Sequence[ObservationFacts], asked: Sequence[RequestRow]
    ) -> tuple[list[Resolution], list[Resolution]]:
        """What the ISPs that were asked say of each observation, and of the further readings of its time."""
        found, others = [], []
        isps = defaultdict(set)
        for row in asked:
            isps[row.observation_id].add(row.isp_id)
        for one in seen:
            for isp in sorted(isps.get(one.observation_id, ())):
                if isp in self.answers:
                    leases = self.answers[isp].leases
                    found.append(resolve(one, leases))
                    others += [
                        resolve(replace(one, time=replace(one.time, utc=utc)), leases)
                        for utc in one.other_utc
                    ]
        return found, others

    def _customers(
        self, refs: Iterable[tuple[str, str]], resolutions: Sequence[Resolution]
    ) -> tuple[tuple[tuple[str, Subscriber], ...], tuple[AnswerFileFacts, ...]]:
        """The address rows of the customers, and the files all this rests on."""
        rows: list[tuple[str, Subscriber]] = []
        files = {(one.isp_id, file) for one in resolutions for file in one.files}
        for isp, ref in refs:
            answers = self.answers[isp]
            for number, row in answers.subscribers.of(ref):
                rows.append((isp, row))
                files.add((isp, answers.leases.files[number]))
        return tuple(rows), tuple(self.answers[isp].facts[file] for isp, file in sorted(files))

    def _second_readings(self, seen: Sequence[ObservationFacts]) -> Iterator[SecondReading]:
        for one in seen:
            for row in self.known.tables["second_readings"].rows(one.observation_id):
                yield SecondReading(one.observation_id, row["isp_id"], row["customer_ref"], row["read_by"])

    def _explanations(self, seen: Sequence[ObservationFacts]) -> Iterator[Explanation]:
        for one in seen:
            for row in self.known.tables["explanations"].rows(one.observation_id):
                yield Explanation(one.observation_id, row["by"], row["text"])

    def _grounds(self, refs: Iterable[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], GroundFacts]]:
        for ref in refs:
            for row in self.known.tables["ground"].rows(*ref):
                yield ref, _ground(row)


def _request(row: Row) -> RequestRow:
    times = {name: row.instant(name) for name in ("utc", "from_at", "to_at", "asked_at")}
    for name in times:
        row.needed(name)
    stated: dict[str, Any] = times
    return RequestRow(
        reference=row["reference"],
        observation_id=row["observation_id"],
        isp_id=row["isp_id"],
        ip=row["ip"],
        port=row.whole("port", most=65535),
        transport=row["transport"],
        utc_text=row["utc_text"],
        ist_text=row["ist_text"],
        **stated,
    )


def _ground(row: Row) -> GroundFacts:
    return GroundFacts(
        verified_at=row.instant("verified_at"),
        verified_by=row["verified_by"],
        station_id=row["station_id"],
        unit_found=row.flag("unit_found"),
        single_match=row.flag("single_match"),
        house_name=row["house_name"],
        ward=row["ward"],
        door_number=row["door_number"],
        occupant_at_event=row["occupant_at_event"] or "unknown",
        resident_since=row.day("resident_since"),
        wifi=row["wifi"] or "unknown",
        children_seen=row.flag("children_seen", none="unknown"),
        resident_until=row.day("resident_until"),
    )


def _override(row: Row) -> Override:
    return Override(
        row["check"], row["by"], row["rank"], _needed_instant(row, "at"), row["reason"], row["observation_id"]
    )


def _corroboration(row: Row) -> Corroboration:
    return Corroboration(row["kind"], row["text"], _NOWHERE, row["by"], _needed_instant(row, "at"))


def _deconfliction(rows: Sequence[Row]) -> Deconfliction | None:
    """The latest word on it."""
    found = [
        Deconfliction(_needed_instant(row, "checked_at"), row["by"], row.flag("conflict"), row["reference"])
        for row in rows
    ]
    return max(found, key=lambda one: one.checked_at, default=None)


def _needed_instant(row: Row, name: str) -> datetime:
    row.needed(name)
    at = row.instant(name)
    assert at is not None
    return at


def _first(rows: Sequence[Row]) -> Row | None:
    return rows[0] if rows else None
