"""The officers' register of handles and groups, and tips from the public. Wording is neutral throughout."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from random import Random

from kaval.simulation.cast import Cast
from kaval.simulation.clock import day_at, iso
from kaval.simulation.figures import Figures
from kaval.simulation.inbox import Inbox
from kaval.simulation.people import PLATFORMS, Person

HEADER: tuple[str, ...] = (
    "platform", "handle", "user_id", "group_code", "group_display_name", "members_counted",
    "members_in_state", "counted_at", "counted_by", "authority", "linked_handle", "first_seen", "last_seen",
    "notes",
)  # fmt: skip

_TEXTS = (
    "A person I know told me that this account passes on files it should not have.",
    "I was added to a group without asking. This account is the administrator.",
    "This account wrote to a child of our family. We blocked it and kept the chat.",
    "I found this account in the list of a group and report it.",
)


def _registered(
    figures: Figures, cast: Cast, *, reported: set[tuple[str, str]], rng: Random
) -> list[tuple[Person, str]]:
    """Person and platform of each row: accounts known from reports, then people nobody else reported."""
    known = [p for p in cast.offenders if not p.quiet]
    pairs = [(p, name) for p in known for name in p.accounts if (p.person_id, name) in reported]
    rng.shuffle(pairs)
    pairs = pairs[: figures.register_rows * 6 // 10]
    unseen = [p for p in cast.innocents if not p.accounts and not p.client_guid]
    for person in unseen[: figures.register_rows - len(pairs)]:
        platform = rng.choice(PLATFORMS)
        cast.registry.account(person, platform)
        pairs.append((person, platform))
    return pairs


def put_register(
    inbox: Inbox, figures: Figures, *, cast: Cast, reported: set[tuple[str, str]], rng: Random
) -> None:
    """One CSV; a row is an account in a group, counted by an officer under a written authority.

    `reported` holds person and platform of the accounts that tipline reports name.
    """
    at = day_at(figures.field_day, days=-30, hour=15, minute=40)
    rows: list[list[str]] = []
    pairs = _registered(figures, cast, reported=reported, rng=rng)
    for person, platform in sorted(pairs, key=lambda x: (x[1], x[0].accounts[x[1]][1])):
        user_id, handle = person.accounts[platform]
        others = [name for other, (_, name) in person.accounts.items() if other != platform]
        group, members = rng.randint(1, 60), rng.randint(12, 900)
        counted = at - timedelta(days=rng.randint(1, 25), minutes=rng.randint(0, 600))
        rows.append(
            [
                platform,
                handle,
                user_id if rng.random() < 0.7 else "",
                f"G-{group:03d}",
                f"Group {group}",
                str(members),
                str(members * rng.randint(1, 40) // 100),
                iso(counted),
                f"KP{rng.randint(101, 180)}",
                f"TRG/AUTH/{rng.randint(1, 30)}",
                others[0] if others else "",
                iso(counted - timedelta(days=rng.randint(20, 200))),
                iso(counted - timedelta(days=rng.randint(0, 5))),
                rng.choice(("", "administrator", "member")),
            ]
        )
        inbox.tell("register", f"{platform}:{handle}", person=person, at=at)
    inbox.folder.csv("inbox/register/handles.csv", HEADER, rows=rows)
    inbox.arrivals.append(["register/handles.csv", "officer_register", iso(at), "field_office"])


def put_tips(inbox: Inbox, figures: Figures, *, cast: Cast, rng: Random) -> None:
    """Tips by web form, phone and helpline; four in ten are about innocent people."""
    known = [p for p in cast.offenders if p.accounts and not p.quiet]
    unseen = [p for p in cast.innocents if not p.accounts and not p.client_guid]
    for number in range(1, figures.tips + 1):
        person = rng.choice(known) if number % 5 < 3 else unseen[-number]
        at = day_at(
            figures.field_day, days=rng.randint(-59, -22), hour=rng.randint(7, 22), minute=rng.randrange(60)
        )
        tip_id = f"TIP-{number:04d}"
        channel = rng.choice(("web", "phone", "helpline"))
        reporter = cast.reporters[number // 2 % len(cast.reporters)] if rng.random() < 0.6 else None
        content = _tip(tip_id, at, channel=channel, person=person, reporter=reporter, rng=rng)
        inbox.arrive(f"tips/{tip_id}.json", content, source="public_tip", at=at, channel=channel)
        inbox.tell("tip", tip_id, person=person, at=at)


def _tip(
    tip_id: str, at: datetime, *, channel: str, person: Person, reporter: Person | None, rng: Random
) -> bytes:
    platform = next(iter(person.accounts), None)
    mentions: list[dict[str, str | None]] = []
    if platform is not None:
        mentions.append({"kind": "handle", "platform": platform, "value": person.accounts[platform][1]})
    if platform is None or rng.random() < 0.4:
        mentions.append({"kind": "phone", "platform": None, "value": person.phone})
    if rng.random() < 0.3:
        mentions.append({"kind": "email", "platform": None, "value": person.email})
    if rng.random() < 0.2:
        upi = person.email.split("@")[0].replace(".", "") + "@examplebank"
        mentions.append({"kind": "upi", "platform": None, "value": upi})
    tip = {
        "tip_id": tip_id,
        "channel": channel,
        "received_at": iso(at),
        "text": rng.choice(_TEXTS),
        "reporter": None if reporter is None else {"name": reporter.name, "phone": reporter.phone},
        "mentions": mentions,
        "device_noticed": rng.choice((None, None, "phone", "laptop")),
        "platform": platform,
    }
    return (json.dumps(tip, ensure_ascii=False, indent=2) + "\n").encode()
