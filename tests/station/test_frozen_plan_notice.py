"""A report that arrives after the plan is frozen and touches a planned place is not learnt of too late."""

from __future__ import annotations

from datetime import timedelta

from kaval.cli.play.chain import Play
from kaval.station.models import Lead, LeadIdentifier, Notice, Site
from kaval.station.operations import linking
from tests.station.link_rows import key, put

PLAYED_UNTIL = "plan"


def test_a_new_report_of_a_planned_subject_names_the_site(play: Play) -> None:
    site = Site.objects.filter(operation=play.operation, state="planned").order_by("number")[0]
    subject, analyst = site.attribution.subject, play.officer("analyst")
    named = LeadIdentifier.objects.filter(
        lead__subject_link__subject=subject,
        party="reported",
        identifier__kind__in=["client_guid", "esp_account", "email"],
    ).select_related("identifier")[0]
    scope, _, rest = named.identifier.value.partition(":")
    record = (
        key(named.identifier.kind, rest, scope)
        if named.identifier.kind == "esp_account"
        else key(named.identifier.kind, named.identifier.value)
    )
    last = Lead.objects.order_by("-number")[0].number
    at = play.world.when("freeze_at") + timedelta(hours=1)
    before = Notice.objects.count()
    lead = put(last + 1, record, by=analyst, at=at)
    put(last + 2, key("email", "stranger@example.net"), by=analyst, at=at)
    linking.link_leads(by=analyst, at=at, key="late")
    found = {(notice.kind, notice.lead_id, notice.reference) for notice in Notice.objects.all()}
    assert ("frozen_plan", lead.id, f"{play.operation.code} site {site.number}") in found
    assert ("open_case", lead.id, subject.investigation.number) in found
    assert len(found) == before + 2
