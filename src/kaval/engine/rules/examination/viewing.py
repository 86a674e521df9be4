"""How much of an item may be seen, by whom and for how long: the unit sets a floor, a person can only be stricter.

Exposure harms those who look (peers.md, point 11), so nothing is shown by default, and what is shown is as little as
the work allows. A level is what a picture looks like; a budget counts items and seconds of one person and day (IST).
"""

from __future__ import annotations

from dataclasses import dataclass

from kaval.engine.kernel.errors import RefusedError

MOST_ITEMS, MOST_SECONDS, MOST_ITEM_SECONDS = 1000, 4 * 3600, 600
LEAST_REASON = 8
_THEN = "go on tomorrow or ask a colleague"


@dataclass(frozen=True, slots=True)
class Level:
    """How an item is drawn: longest side in pixels, without colour, radius of the blur, every second cell covered."""

    name: str
    side_px: int
    grey: bool
    blur_px: int
    masked: bool


# From the least to the most guarded; sound is never played at any of them.
LEVELS = (
    Level("clear", 480, grey=False, blur_px=0, masked=False),
    Level("grey", 320, grey=True, blur_px=0, masked=False),
    Level("soft", 240, grey=True, blur_px=3, masked=False),
    Level("guarded", 200, grey=True, blur_px=5, masked=True),
)


@dataclass(frozen=True, slots=True)
class ViewingRule:
    """A level (index into LEVELS: higher shows less) and what one person may open on one day, and of one item."""

    level: int
    items_per_day: int
    seconds_per_day: int
    seconds_per_item: int

    def stricter(self, other: ViewingRule) -> ViewingRule:
        """The stricter of both in every part; neither can loosen the other."""
        return ViewingRule(
            max(self.level, other.level),
            min(self.items_per_day, other.items_per_day),
            min(self.seconds_per_day, other.seconds_per_day),
            min(self.seconds_per_item, other.seconds_per_item),
        )

    def check(self) -> None:
        """Refuses a rule that is none.

        Raises:
            RefusedError: V-RULE, a level that does not exist or a number out of bounds.
        """
        bounds = (
            (self.level, len(LEVELS) - 1),
            (self.items_per_day, MOST_ITEMS),
            (self.seconds_per_day, MOST_SECONDS),
            (self.seconds_per_item, MOST_ITEM_SECONDS),
        )
        if any(not 0 <= value <= most for value, most in bounds):
            raise RefusedError(
                "V-RULE",
                f"a level from 0 to {len(LEVELS) - 1}, at most {MOST_ITEMS} items and {MOST_SECONDS // 60} minutes "
                f"a day, at most {MOST_ITEM_SECONDS} seconds an item",
            )


DEFAULT = ViewingRule(len(LEVELS) - 1, 60, 1800, 30)
"""What holds until a supervisor sets a floor: as guarded as it gets, 60 items or half an hour a day."""


@dataclass(frozen=True, slots=True)
class Used:
    """What a person has opened on the day so far."""

    items: int
    seconds: int


def seconds_allowed(rule: ViewingRule, used: Used, *, reason: str) -> int:
    """How long one more item may stay open.

    Raises:
        RefusedError: V-REASON, no reason worth the name; V-ITEMS or V-SECONDS, the day's budget is used up.
    """
    if len(reason.strip()) < LEAST_REASON:
        raise RefusedError("V-REASON", "say in a few words why this item must be opened")
    if used.items >= rule.items_per_day:
        raise RefusedError(
            "V-ITEMS", f"today's {rule.items_per_day} items are used up; go on tomorrow or ask a colleague"
        )
    left = rule.seconds_per_day - used.seconds
    if left <= 0:
        raise RefusedError(
            "V-SECONDS",
            f"today's {rule.seconds_per_day // 60} minutes are used up; go on tomorrow or ask a colleague",
        )
    return min(rule.seconds_per_item, left)
