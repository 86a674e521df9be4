"""A report is accepted once, joined when it comes again, and refused only with a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kaval.engine.formats._spec import IdentifierRecord, LeadRecord, ObservationRecord
from kaval.engine.kernel.instant import StatedTime, parse_iso
from kaval.engine.rules.leads import Outcome, SeenLead, accept, content_digest_of, identity, quality

TIME = parse_iso("2026-01-03T18:45:10Z")
SEEN = ObservationRecord("198.51.100.7", 41822, "tcp", TIME, "Login", "client", "/a")
MAIL = IdentifierRecord("email", "a@example.net", "", "reported", "/b")
LEAD = LeadRecord("ncmec", "7", "cybertip", "t", TIME, (SEEN,), (MAIL,), (), ("cseam",), {"x": "1"}, {}, "/")


def seen_as(lead: LeadRecord) -> dict[str, SeenLead]:
    return {identity(lead): SeenLead("lead-1", frozenset((content_digest_of(lead),)))}


def test_a_new_report_is_accepted() -> None:
    verdict = accept(LEAD, seen={})
    assert (verdict.outcome, verdict.lead_id, verdict.adds) == (Outcome.ACCEPTED, None, True)
    assert verdict.identity == "ncmec/7"


def test_the_same_report_by_another_way_is_the_same_lead_and_adds_nothing() -> None:
    elsewhere = replace(
        LEAD, locator="/other", observations=(replace(SEEN, locator="/z"),), source_system="NCMEC"
    )
    verdict = accept(elsewhere, seen=seen_as(LEAD))
    assert (verdict.outcome, verdict.lead_id, verdict.adds) == (Outcome.SAME_AS, "lead-1", False)
    assert verdict.reasons[0].code == "received_again"


def test_the_same_number_with_other_content_says_that_it_adds() -> None:
    verdict = accept(replace(LEAD, signals=("escalated",)), seen=seen_as(LEAD))
    assert (verdict.outcome, verdict.adds) == (Outcome.SAME_AS, True)
    assert verdict.reasons[0].code == "further_content"


@pytest.mark.parametrize("lead, code", [
    (replace(LEAD, source_id=" "), "no_identity"),
    (replace(LEAD, observations=(), identifiers=(), signals=(), fields={}), "no_content"),
])  # fmt: skip
def test_a_refusal_has_a_reason_in_both_languages(lead: LeadRecord, code: str) -> None:
    verdict = accept(lead, seen={})
    assert verdict.outcome is Outcome.REFUSED
    (reason,) = verdict.reasons
    assert (reason.code, bool(reason.text), bool(reason.text_ml)) == (code, True, True)


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "100.64.3.4", "192.168.0.9", "fe80::1", "fc00::1", "127.0.0.1"]
)
def test_an_address_nobody_can_resolve_is_shown_and_does_not_refuse(address: str) -> None:
    verdict = accept(replace(LEAD, observations=(replace(SEEN, ip=address),)), seen={})
    assert verdict.outcome is Outcome.ACCEPTED
    assert [reason.code for reason in verdict.reasons] == ["address_not_resolvable"]


def test_an_address_without_a_usable_time_is_shown() -> None:
    unknown: StatedTime = parse_iso("2026-01-03T18:45:10")
    verdict = accept(replace(LEAD, observations=(replace(SEEN, time=unknown),)), seen={})
    assert [reason.code for reason in verdict.reasons] == ["time_unknown"]


def test_quality_counts_what_is_there_and_names_what_is_missing() -> None:
    assert quality(LEAD).missing == ("file_hash", "viewed_flag")
    assert quality(LEAD).value == 75
    bare = replace(LEAD, observations=(replace(SEEN, port=None),), identifiers=())
    assert quality(bare).missing == ("source_port", "account", "file_hash", "viewed_flag")


def test_quality_asks_no_address_of_a_tip() -> None:
    tip = replace(LEAD, kind="tip", observations=(), restricted={"text": "words"})
    assert quality(tip) == quality(replace(tip, incident=None))
    assert quality(tip).value == 100
