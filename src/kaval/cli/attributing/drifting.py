"""The clock of each answer file against the clock that was asked by, on a sample of what was asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from kaval.cli.attributing.answers import IspAnswers
from kaval.cli.attributing.facts import Record
from kaval.engine.rules.attribution.address import parse_address
from kaval.engine.rules.attribution.answer import observed_window
from kaval.engine.rules.attribution.drift import SHIFTS, zone_shift
from kaval.engine.rules.attribution.facts import ObservationFacts

SAMPLE = 20_000
_ENOUGH = 160
_REACH = timedelta(minutes=max(SHIFTS))


def with_drift(record: Record, *, say: Callable[[str, int, int], None]) -> Record:
    """The record with `zone_drift` on the facts of every answer file whose clock stands off."""
    asked = _asked(record)
    answers = dict(record.answers)
    for number, ((isp, file), seen) in enumerate(sorted(asked.items()), start=1):
        say("compare clocks", number, len(asked))
        shift = zone_shift(seen, answers[isp].leases.of_file(file))
        if shift is not None:
            answers[isp] = _shifted(answers[isp], answers[isp].leases.files[file], shift)
    return replace(record, answers=answers)


def _asked(record: Record) -> dict[tuple[str, int], list[ObservationFacts]]:
    """For each answer file, what it was asked: rows of requests whose address has a row there within any shift.

    The clock is compared with the instant that was asked, also where that is not the source's: an honest answer to a
    wrong request has no wrong clock.
    """
    found: dict[tuple[str, int], list[ObservationFacts]] = defaultdict(list)
    numbers = {
        isp: {sha256: number for number, sha256 in enumerate(one.leases.files)}
        for isp, one in record.answers.items()
    }
    requests = record.known.tables["requests"]
    for place, row in record.observations.sample(SAMPLE):
        seen = record.observations.facts(place, row, record.known.times)
        for request in requests.rows(seen.observation_id):
            isp, utc = request["isp_id"], request.instant("utc")
            if isp not in numbers or utc is None:
                continue
            seen = replace(
                seen,
                ip=request["ip"],
                port=request.whole("port", most=65535),
                time=replace(seen.time, utc=utc),
            )
            address, window = parse_address(seen.ip), observed_window(seen.time)
            if address is None or window is None:
                continue
            try:
                rows = record.answers[isp].leases.touching(address, window[0] - _REACH, window[1] + _REACH)
            except OverflowError:
                continue
            for file in {numbers[isp][one.file] for one in rows}:
                if len(found[isp, file]) < _ENOUGH:
                    found[isp, file].append(seen)
    return found


def _shifted(answers: IspAnswers, sha256: str, minutes: int) -> IspAnswers:
    facts = {**answers.facts, sha256: replace(answers.facts[sha256], zone_drift=minutes)}
    return replace(answers, facts=facts)
