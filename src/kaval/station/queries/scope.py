"""What lies in a viewer's reach, decided here and nowhere else.

Three reaches: the state (headquarters: no district), one district, or the sites of the officer's own team. A team
member sees an operation only once it is live: before, nothing may name, count or place a site (reliability_security.md
B2). What is out of reach is told apart from what does not exist by nobody: both end in `NotVisible`.
"""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from kaval.engine.kernel.errors import KavalError
from kaval.station import roles
from kaval.station.models import (
    Crime,
    District,
    Examination,
    Exhibit,
    Investigation,
    Lead,
    Officer,
    Operation,
    Place,
    RenderedDocument,
    Site,
    Subject,
    Team,
    TeamMember,
)

RELEASED = ("live", "recalled", "closed")

AnyRow = TypeVar("AnyRow", bound=Model)


class NotVisible(KavalError):
    """The object does not exist, or is out of the viewer's reach; nobody is told which."""


class Reach(StrEnum):
    """How far a viewer sees."""

    STATE = "state"
    DISTRICT = "district"
    TEAM = "team"


def reach_of(viewer: Officer) -> Reach:
    """The viewer's reach. An officer who is a team member only never sees more than the own team's sites."""
    if set(viewer.roles) <= {"field_officer"}:
        return Reach.TEAM
    return Reach.STATE if viewer.district_id is None else Reach.DISTRICT


def area_is_shown(viewer: Officer, area: str) -> bool:
    """True when the viewer's roles open the area."""
    return roles.shows(list(viewer.roles), area)


def found(rows: QuerySet[AnyRow], row_id: uuid.UUID) -> AnyRow:
    """The one row of this id within rows already in reach.

    Raises:
        NotVisible: there is none.
    """
    row = rows.filter(pk=row_id).first()
    if row is None:
        raise NotVisible(str(row_id))
    return row


def districts_seen(viewer: Officer) -> QuerySet[District]:
    """The districts a viewer may choose from."""
    rows = District.objects.order_by("name")
    return rows if reach_of(viewer) is Reach.STATE else rows.filter(pk=_home(viewer))


def sites_seen(viewer: Officer) -> QuerySet[Site]:
    """Sites in reach."""
    reach = reach_of(viewer)
    if reach is Reach.STATE:
        return Site.objects.all()
    if reach is Reach.DISTRICT:
        return Site.objects.filter(district_id=_home(viewer))
    return Site.objects.filter(operation__state__in=RELEASED, stop__team__in=_own_teams(viewer))


def teams_seen(viewer: Officer) -> QuerySet[Team]:
    """Teams in reach."""
    reach = reach_of(viewer)
    if reach is Reach.STATE:
        return Team.objects.all()
    if reach is Reach.DISTRICT:
        return Team.objects.filter(district_id=_home(viewer))
    return Team.objects.filter(operation__state__in=RELEASED, pk__in=_own_teams(viewer))


def operations_seen(viewer: Officer) -> QuerySet[Operation]:
    """Operations in reach: with a site in the viewer's district, or live and with the viewer in a team."""
    reach = reach_of(viewer)
    if reach is Reach.STATE:
        return Operation.objects.all()
    if reach is Reach.DISTRICT:
        return Operation.objects.filter(
            Exists(Site.objects.filter(operation=OuterRef("pk"), district_id=_home(viewer)))
        )
    return Operation.objects.filter(
        Exists(TeamMember.objects.filter(operation=OuterRef("pk"), officer=viewer, left_at=None)),
        state__in=RELEASED,
    )


def exhibits_seen(viewer: Officer) -> QuerySet[Exhibit]:
    """Exhibits seized at sites in reach."""
    if reach_of(viewer) is Reach.STATE:
        return Exhibit.objects.all()
    return Exhibit.objects.filter(site__in=sites_seen(viewer))


def leads_seen(viewer: Officer) -> QuerySet[Lead]:
    """Leads in reach: all for headquarters; in a district only those whose subject was placed there; none for teams."""
    reach = reach_of(viewer)
    if reach is Reach.STATE:
        return Lead.objects.all()
    if reach is Reach.DISTRICT:
        return Lead.objects.filter(subject_link__subject__attribution__place__district_id=_home(viewer))
    return Lead.objects.none()


def subjects_seen(viewer: Officer) -> QuerySet[Subject]:
    """Subjects in reach, by the same rule as leads; none whose leads all belong to another by now."""
    return subjects_ever_seen(viewer).filter(merged_into=None)


def subjects_ever_seen(viewer: Officer) -> QuerySet[Subject]:
    """The same with those that were merged into others: what hangs on them is still to be found."""
    reach = reach_of(viewer)
    if reach is Reach.STATE:
        return Subject.objects.all()
    if reach is Reach.DISTRICT:
        return Subject.objects.filter(attribution__place__district_id=_home(viewer))
    return Subject.objects.none()


def places_seen(viewer: Officer) -> QuerySet[Place]:
    """Places in reach: all for headquarters, those of the district, none for teams."""
    reach = reach_of(viewer)
    if reach is Reach.STATE:
        return Place.objects.all()
    return (
        Place.objects.filter(district_id=_home(viewer)) if reach is Reach.DISTRICT else Place.objects.none()
    )


def documents_seen(viewer: Officer) -> QuerySet[RenderedDocument]:
    """Documents in reach: all for headquarters, else those about a site, exhibit, crime or case in reach.

    A press officer sees what was released to the press, and no court document.
    """
    if set(viewer.roles) <= {"press_officer"}:
        return RenderedDocument.objects.filter(kind="in.press_note")
    if reach_of(viewer) is Reach.STATE:
        return RenderedDocument.objects.all()
    sites, exhibits = sites_seen(viewer), exhibits_seen(viewer)
    return RenderedDocument.objects.filter(
        Q(subject__in=sites.values("pk"))
        | Q(subject__in=exhibits.values("pk"))
        | Q(subject__in=Crime.objects.filter(site__in=sites).values("pk"))
        | Q(subject__in=Examination.objects.filter(exhibit__in=exhibits).values("pk"))
        | Q(subject__in=Investigation.objects.filter(subject__in=subjects_ever_seen(viewer)).values("pk"))
    )


def _home(viewer: Officer) -> uuid.UUID:
    """The viewer's district; for somebody without one, an identifier that nothing has."""
    return viewer.district_id or uuid.UUID(int=0)


def _own_teams(viewer: Officer) -> QuerySet[TeamMember, uuid.UUID]:
    return TeamMember.objects.filter(officer=viewer, left_at=None).values_list("team_id", flat=True)
