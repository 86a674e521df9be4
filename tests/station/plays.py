"""Playing the small world in-process, and the small things every test of an operation asks for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from kaval.cli.play import aftermath, chain, day
from kaval.cli.play.chain import Play
from kaval.cli.play.world import World
from kaval.engine.kernel.errors import RefusedError
from kaval.station.models import (
    Act,
    LedgerEntry,
    LedgerHead,
    Officer,
    Refusal,
    Site,
    Stop,
    TeamMember,
)
from kaval.station.operations import field, readiness
from kaval.station.queries.whole import rows_digest

STEPS: dict[str, Callable[[Play], object]] = {
    "install": chain.install,
    "take in": chain.take_in,
    "link": chain.link,
    "triage": chain.triage,
    "request": chain.request,
    "answer": chain.answer,
    "attribute": chain.attribute,
    "plan": chain.plan,
    "day": day.run,
    "press note": aftermath.press_note,
}


def play_until(folder: Path, last: str) -> Play:
    """A fresh station on which the world was played up to and with the step `last`."""
    play = Play(World(folder), lambda *_: None)
    names = list(STEPS)
    for name in names[: names.index(last) + 1]:
        STEPS[name](play)
    return play


def refused(code: str) -> AbstractContextManager[pytest.ExceptionInfo[RefusedError]]:
    """The act inside is refused by the rule `code`."""
    return pytest.raises(RefusedError, match=f"^{code}: ")


def last_refusal() -> Refusal:
    """The refusal written last."""
    return Refusal.objects.latest("id")


def footprint() -> tuple[str, int, int, int]:
    """Everything held, refusals apart: all rows, and how many acts, entries and leaves there are."""
    head = LedgerHead.objects.get(id=1)
    return rows_digest(), Act.objects.count(), LedgerEntry.objects.count(), head.size


def give_go(play: Play) -> None:
    """The word that a frozen operation needs before its day can be opened."""
    for moment in ("t24", "t2"):
        readiness.decide_go(
            by=play.officer("commander"),
            at=play.world.when("first_entry_at"),
            key=f"go {moment}",
            operation=play.operation,
            moment=moment,
            go=True,
            reason="all is ready",
        )


def go_at_door(site: Site, *, at: datetime, go: bool = True, key: str = "") -> None:
    """The team leader's word at the door."""
    field.decide_at_door(
        by=leader_of(site),
        at=at,
        key=key or f"door {site.number}",
        site=site,
        go=go,
        reason="the door is theirs",
    )


def leader_of(site: Site) -> Officer:
    """The leader of the team that has the site."""
    return TeamMember.objects.get(team__stops__site=site, role="leader").officer


def woman_of(site: Site) -> Officer:
    """The woman member of the team that has the site."""
    return TeamMember.objects.get(team__stops__site=site, role="woman").officer


def chief_of(site: Site) -> Officer:
    """The chief of the site's police district."""
    return Officer.objects.get(roles__contains=["district_chief"], district=site.district)


def arrival_of(site: Site) -> datetime:
    """When the plan has the team at the door."""
    return Stop.objects.get(site=site).arrive_at


def met_at(play: Play, site: Site) -> dict[str, Any]:
    """What the world says a team meets at the site."""
    return play.world.day[site.place.provider.code, site.place.customer_ref]
