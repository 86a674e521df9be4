"""An operation in draft and the steps of its life, for tests of planning; and rows that say something of its sites."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from kaval.cli.play.chain import Play
from kaval.station.ids import derive
from kaval.station.models import (
    Approval,
    District,
    Group,
    GroupMembership,
    LeadIdentifier,
    Operation,
    PlanVersion,
    Site,
)
from kaval.station.operations import plan_rows, planning

AT = datetime(2026, 2, 26, 6, tzinfo=UTC)
RULES = {"woman_rank": "CPO"}


def drafted(play: Play, **other: Any) -> Operation:
    """An operation in draft without sites, as the world's order has it."""
    order = play.world.order
    given: dict[str, Any] = {
        "key": "draft",
        "code": order["code"],
        "name": order["name"],
        "name_ml": order["name_ml"],
        "first_entry_at": play.world.when("first_entry_at"),
        "day_end_at": play.world.when("day_end_at"),
        "legal_basis": order["legal_basis"],
        "rules": RULES,
        **other,
    }
    return planning.draft_operation(by=play.officer("commander"), at=AT, **given)


def admitted(play: Play, operation: Operation, *, key: str = "admit") -> int:
    """Its sites, with somebody to call for a child in every district."""
    districts = District.objects.values_list("code", flat=True)
    contacts = dict.fromkeys(districts, "CWC member on duty")
    return planning.admit_sites(
        by=play.officer("commander"), at=AT, key=key, operation=operation, cwc_contacts=contacts
    )


def planned(play: Play, operation: Operation, *, key: str = "plan", **other: Any) -> Operation:
    """Its plan."""
    return planning.plan_operation(by=play.officer("commander"), at=AT, key=key, operation=operation, **other)


def signed(play: Play, operation: Operation, role: str, *, key: str = "") -> Approval:
    """One signature under the plan in force."""
    return planning.approve_plan(
        by=play.officer(role),
        at=AT,
        key=key or role,
        operation=operation,
        plan_digest=Operation.objects.get(id=operation.id).plan_digest,
    )


def in_force(operation: Operation) -> PlanVersion:
    """The version the teams go by."""
    version = plan_rows.version_in_force(Operation.objects.get(id=operation.id))
    assert version is not None
    return version


def stops_said(plan: Mapping[str, Any]) -> dict[str, tuple[str, int]]:
    """Team and order by place, as a plan's object says it."""
    return {stop["place"]: (stop["team"], stop["order"]) for stop in plan["stops"]}


def in_one_group(*sites: Site) -> Group:
    """The reported person of each site was seen in one group."""
    group = Group.objects.create(id=derive("test group"), platform="example chat", code="G-0042")
    for site in sites:
        named = LeadIdentifier.objects.filter(
            lead__subject_link__subject=site.attribution.subject, party="reported"
        ).order_by("id")[0]
        GroupMembership.objects.create(
            id=derive("test membership", site.id), group=group, identifier=named.identifier, lead=named.lead
        )
    return group
