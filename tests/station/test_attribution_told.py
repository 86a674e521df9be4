"""What reports say of how an address was seen, and what the record adds: each fact where it stands, None where not."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from kaval.cli.play.chain import Play
from kaval.engine.kernel.instant import parse_iso
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.attribution.facts import ObservationFacts, PeerFacts
from kaval.station.models import (
    Attribution,
    Lead,
    Observation,
    Provider,
    ProviderQuirk,
    Report,
    ReportedFile,
    Subject,
)
from kaval.station.queries import attribution_facts, attribution_notes, attribution_told
from kaval.station.queries.attribution_sources import confirmed, looks

PLAYED_UNTIL = "attribute"


@pytest.fixture
def later(play: Play) -> datetime:
    """After everything that was played."""
    return play.world.when("verification_to") + timedelta(hours=5)


def _seen(subject: UUID, at: datetime) -> tuple[ObservationFacts, ...]:
    observations = attribution_facts.observations_by_subject(subject=subject)
    evidence = attribution_facts.evidence(at=at, subject=subject)
    evidence.gather(observations)
    facts = evidence.facts(subject, observations[subject], as_of=at, entry_at=at, analyst_id="KP1")
    return facts.observations


@pytest.mark.parametrize(
    ("kind", "system", "channel"),
    [
        ("cybertip", "ncmec", "platform"),
        ("tip", "provider:example chat", "platform"),
        ("p2p", "WATCH-G", "p2p"),
        ("tip", "tip", "tip"),
        ("handle", "register", "officer"),
        ("request", "agency:interpol", "officer"),
        ("spill_over", "field", "officer"),
    ],
)
def test_a_providers_own_report_is_a_platforms_whatever_its_lead_is_called(
    kind: str, system: str, channel: str
) -> None:
    assert attribution_told.channel_of(kind, system) == channel


@pytest.mark.parametrize(
    ("format", "origin", "what"),
    [
        ("ncmec_report_xml", "field", "event"),
        ("ncmec_le_pdf", "field", "event"),
        ("p2p_lead_profiled", "field", "event"),
        ("ncmec_report_xml", "free_text", ""),
        ("tip_email", "field", "receipt"),
        ("public_tip_json", "field", ""),
        ("", "field", ""),
    ],
)
def test_a_time_is_the_events_only_where_the_format_says_so(format: str, origin: str, what: str) -> None:
    assert attribution_told.time_of(format, origin=origin) == what


def test_the_sources_of_what_counts_are_whole_and_say_what_was_taken_from_them(
    play: Play, later: datetime
) -> None:
    sound = Attribution.objects.filter(level=2)
    ids = {one for row in sound for one in row.support}
    found = looks(ids, confirmed())
    assert found.keys() == ids
    rows = {str(row.id): row for row in Observation.objects.filter(id__in=ids)}
    for key, look in found.items():
        assert look.intact is True
        assert look.reread is not None
        assert (look.reread.ip, look.reread.port, look.reread.utc) == (
            rows[key].ip,
            rows[key].port,
            rows[key].at,
        )


def test_a_row_changed_in_the_database_is_not_what_the_sealed_source_says(
    play: Play, later: datetime
) -> None:
    sound = Attribution.objects.filter(level=2).earliest("id")
    one = Observation.objects.get(id=sound.support[0])
    Observation.objects.filter(id=one.id).update(port=(one.port or 1024) + 1)
    seen = next(each for each in _seen(sound.subject_id, later) if each.observation_id == str(one.id))
    if seen.reread is not None:
        assert (seen.intact, seen.reread.port) == (True, one.port)
    assert seen.port != one.port


def test_what_names_no_customer_is_not_read_again(play: Play, later: datetime) -> None:
    nobody = Attribution.objects.filter(level=0, customer_ref="").earliest("id")
    assert all(one.intact is None for one in _seen(nobody.subject_id, later))


def test_the_monitors_own_words_are_the_facts_of_a_sighting(play: Play, later: datetime) -> None:
    lead = Lead.objects.filter(report__kind="p2p", subject_link__subject__attribution__level=2).earliest(
        "number"
    )
    fields = lead.report.fields
    seen = [one for one in _seen(lead.subject_link.subject_id, later) if one.lead_id == str(lead.id)]
    wanted = PeerFacts(True, True, float(fields["peer_share"]), int(fields["peer_sightings"]))
    assert {one.peer for one in seen} == {wanted}
    assert {(one.channel, one.viewing, one.time_of) for one in seen} == {("p2p", None, "event")}
    report = Report.objects.get(id=lead.report_id)
    report.fields = {**fields, "peer_single": "unknown", "pieces_verified": "no", "peer_share": ""}
    report.save(update_fields=["fields"])
    again = next(one for one in _seen(lead.subject_link.subject_id, later) if one.lead_id == str(lead.id))
    assert again.peer == PeerFacts(None, False, _share(fields), int(fields["peer_sightings"]))


def _share(fields: dict[str, str]) -> float | None:
    total = fields.get("piece_count_total")
    return int(fields["piece_count_have"]) / int(total) if total else None


def test_viewed_by_anybody_by_nobody_and_not_said_are_three_things(play: Play, later: datetime) -> None:
    said: dict[UUID, list[bool | None]] = {}
    for lead, viewed in ReportedFile.objects.values_list("lead", "viewed_by_esp"):
        said.setdefault(lead, []).append(viewed)
    told = attribution_told.told(set(said))
    for lead, each in said.items():
        found = told[lead].viewing
        assert found is not None
        assert found.viewed == (True if True in each else None if None in each else False)


def test_a_lead_of_a_monitor_rests_on_transfer_and_a_platforms_on_content(play: Play) -> None:
    subjects = set(Subject.objects.filter(attribution__level=2).values_list("id", flat=True))
    basis = attribution_told.lead_basis(subjects)
    kinds: dict[UUID, set[str]] = {}
    for subject, kind in Lead.objects.filter(subject_link__subject__in=subjects).values_list(
        "subject_link__subject", "report__kind"
    ):
        kinds.setdefault(subject, set()).add(kind)
    for subject, found in basis.items():
        assert ("transfer" in found) == ("p2p" in kinds[subject])
        assert ("content" in found) or "cybertip" not in kinds[subject]


def test_two_reports_that_came_apart_and_name_one_account_are_a_second_report(
    play: Play, later: datetime
) -> None:
    subjects = set(Subject.objects.filter(attribution__level=2).values_list("id", flat=True))
    notes = attribution_notes.notes(subjects, at=later)
    computed = {
        subject: [one for one in found if one.by == attribution_notes.RULE]
        for subject, found in notes.corroborations.items()
    }
    for subject in subjects:
        files = set(
            Lead.objects.filter(subject_link__subject=subject, report__kind="cybertip").values_list(
                "report__sealed", "report__locator"
            )
        )
        assert bool(computed.get(subject)) == (len(files) > 1), "rows of one export are one document"
        assert all(
            one.kind == "second_report" and len(one.source.sha256) == 64 for one in computed.get(subject, ())
        )
    assert {len(found) > 0 for found in notes.corroborations.values()} == {True}


def test_a_telephone_number_of_report_and_answer_is_a_corroboration(later: datetime) -> None:
    source = SourceRef("0" * 64, "/report")
    numbers = [attribution_notes.Number("+919876543210", source, later)]
    contact = frozenset({"+919876543210"})
    assert [one.kind for one in attribution_notes.same_number(numbers, contact, provider="NEELA")] == [
        "phone"
    ]
    assert not list(attribution_notes.same_number(numbers, frozenset({"+919876543211"}), provider="NEELA"))


def test_contact_numbers_are_read_from_the_sealed_answer(play: Play, later: datetime) -> None:
    numbers = attribution_facts.evidence(at=later).answers.numbers
    assert set(numbers) >= {"NEELA"}
    assert all(number.startswith("+91") for held in numbers["NEELA"].values() for number in held)


def test_the_register_of_providers_is_told_with_its_quirks_by_date(play: Play, later: datetime) -> None:
    provider = Provider.objects.get(code="NEELA")
    Provider.objects.filter(id=provider.id).update(
        as_numbers=[64500], nat64=["64:ff9b::/96"], retention_days=365
    )
    ProviderQuirk.objects.create(
        id=UUID(int=1),
        provider=provider,
        code="utc",
        text="wrote UTC for a month",
        valid_from=later.date(),
        valid_until=later.date(),
        entered_by=play.officer("supervisor"),
        entered_at=later,
    )
    found = attribution_facts.isp_facts()["NEELA"]
    assert (found.as_numbers, found.nat64, found.retention_days) == (
        frozenset({64500}),
        ("64:ff9b::/96",),
        365,
    )
    day = parse_iso(f"{later.date().isoformat()}T00:00:00+05:30").utc
    assert day is not None
    (quirk,) = found.quirks
    assert quirk.valid.covers(day, day + timedelta(hours=23))
    assert not quirk.valid.covers(day - timedelta(seconds=1), day)
