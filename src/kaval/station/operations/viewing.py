"""Looking at an item of an examined device: the unit's floor, a person's own limit, and every opening with its reason.

Nothing is shown by an act. An act says that a person may look at one item for so many seconds; the picture itself is
made outside the database, from the image, when the page of the opening is asked for.
"""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.examination.viewing import LEAST_REASON, ViewingRule, seconds_allowed
from kaval.station.audit import Acting, acting
from kaval.station.ids import derive
from kaval.station.models import Closing, Finding, Officer, Opening, OrderedItem, OwnViewing, ViewingFloor
from kaval.station.queries.viewing import rule_for, unit_rule, used_by


def set_viewing_floor(
    *,
    by: Officer,
    at: datetime,
    key: str,
    level: int,
    items_per_day: int,
    seconds_per_day: int,
    seconds_per_item: int,
    reason: str,
) -> ViewingFloor:
    """Sets what the unit allows at most: how guarded every picture is, items and seconds of a person and day.

    Raises:
        RefusedError: V-RULE, a number out of bounds; V-REASON, no reason.
    """
    rule = ViewingRule(level, items_per_day, seconds_per_day, seconds_per_item)
    request = {"rule": _numbers(rule), "reason": reason}
    with acting("set_viewing_floor", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return ViewingFloor.objects.get(id=act.earlier)
        rule.check()
        if len(reason.strip()) < LEAST_REASON:
            raise RefusedError("V-REASON", "say why the unit's floor is changed")
        floor = ViewingFloor.objects.create(
            id=derive("viewing floor", act.key), **_numbers(rule), reason=reason, by=by, at=at
        )
        act.about("viewing_floor", floor.id)
        act.ledger("viewing_floor", _numbers(rule))
        return floor


def set_own_viewing(
    *,
    by: Officer,
    at: datetime,
    key: str,
    level: int,
    items_per_day: int,
    seconds_per_day: int,
    seconds_per_item: int,
) -> OwnViewing:
    """Sets what a person allows himself or herself; it can only be stricter than the unit's floor.

    Raises:
        RefusedError: V-RULE, a number out of bounds; V-FLOOR, looser than the floor.
    """
    rule = ViewingRule(level, items_per_day, seconds_per_day, seconds_per_item)
    with acting("set_own_viewing", by=by, at=at, key=key, request=_numbers(rule)) as act:
        if act.repeated:
            return OwnViewing.objects.get(id=act.earlier)
        rule.check()
        if unit_rule().stricter(rule) != rule:
            raise RefusedError("V-FLOOR", "your own limit can only be stricter than the unit's floor")
        own = OwnViewing.objects.create(id=derive("own viewing", act.key), **_numbers(rule), by=by, at=at)
        act.about("own_viewing", own.id)
        act.ledger("own_viewing", _numbers(rule))
        return own


def open_item(*, by: Officer, at: datetime, key: str, viewed: Finding | OrderedItem, reason: str) -> Opening:
    """Opens one item for one person; another that is still open is closed with it.

    Raises:
        RefusedError: V-REASON, V-ITEMS, V-SECONDS (`rules.examination.viewing`); V-SOURCE, it is not recorded where the
            examined image lies.
    """
    request = {"item": str(viewed.pk), "reason": reason}
    with acting("open_item", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return Opening.objects.get(id=act.earlier)
        # Two pages of one person must not both spend the last item of the day.
        Officer.objects.select_for_update().get(id=by.id)
        if not viewed.examination.source_path:
            raise RefusedError("V-SOURCE", "it is not on record where the examined image lies")
        for earlier in Opening.objects.filter(by=by, closing=None).order_by("at"):
            _close(earlier, at, act)
        rule = rule_for(by)
        allowed = seconds_allowed(rule, used_by(by, at), reason=reason)
        opening = Opening.objects.create(
            id=derive("opening", act.key),
            finding=viewed if isinstance(viewed, Finding) else None,
            item=viewed if isinstance(viewed, OrderedItem) else None,
            reason=reason.strip(),
            level=rule.level,
            seconds_allowed=allowed,
            by=by,
            at=at,
        )
        act.about("opening", opening.id)
        act.note = reason.strip()
        act.ledger("item_opened", {"sha256": viewed.sha256, "level": rule.level, "seconds_allowed": allowed})
        return opening


def close_item(*, by: Officer, at: datetime, key: str, opening: Opening) -> Closing:
    """Closes one's own opening and counts its seconds; closed before, it stays as it was.

    Raises:
        RefusedError: V-OTHER, somebody else opened it.
    """
    with acting("close_item", by=by, at=at, key=key, request={"opening": str(opening.pk)}) as act:
        if act.repeated:
            return Closing.objects.get(id=act.earlier)
        if opening.by_id != by.pk:
            raise RefusedError("V-OTHER", "only who opened an item closes it")
        Officer.objects.select_for_update().get(id=by.id)
        closing = Closing.objects.filter(opening=opening).first() or _close(opening, at, act)
        act.about("closing", closing.id)
        return closing


def _close(opening: Opening, at: datetime, act: Acting) -> Closing:
    elapsed = max(0, round((at - opening.at).total_seconds()))
    closing = Closing.objects.create(
        id=derive("closing", opening.id),
        opening=opening,
        seconds=min(opening.seconds_allowed, elapsed),
        at=at,
    )
    act.ledger("item_closed", {"opening": str(opening.pk), "seconds": closing.seconds})
    return closing


def _numbers(rule: ViewingRule) -> dict[str, int]:
    return {
        "level": rule.level,
        "items_per_day": rule.items_per_day,
        "seconds_per_day": rule.seconds_per_day,
        "seconds_per_item": rule.seconds_per_item,
    }
