"""Synthetic CyberTipline reports of about 6 KiB, valid against the schema: some come twice, some share accounts.

They differ in how many sightings, addresses, devices and accounts they name, so that they are not all built alike.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

_PERSON = """<personOrUserReported>
<personOrUserReportedPerson>
<firstName>{first}</firstName><lastName>{last}</lastName>
<phone type="Mobile" verified="true" verificationDate="2026-01-02T08:15:30Z">+91 98{phone:08d}</phone>
{emails}
<address type="Home"><address>{door} Pattern Road</address><city>Example Nagar</city><zipCode>69{pin:04d}</zipCode>\
<nonUsaState>Kerala</nonUsaState><country>IN</country></address>
<age>{age}</age>
</personOrUserReportedPerson>
<espIdentifier>u-{account:012d}</espIdentifier>
<espService>Example Chat</espService>
<screenName>{user}</screenName>
<displayName>{first} {last}</displayName>
<profileUrl>https://chat.example.org/profiles/{account:012d}</profileUrl>
{events}
{devices}
<priorCTReports>{prior}</priorCTReports>
<accountTemporarilyDisabled disabledDate="2026-01-20T00:00:00Z" userNotified="false">true</accountTemporarilyDisabled>
<estimatedLocation verified="false" timestamp="2026-01-03T00:00:00Z"><city>Example Nagar</city><region>Kerala</region>\
<countryCode>IN</countryCode></estimatedLocation>
{accounts}
<additionalInfo>{note}</additionalInfo>
</personOrUserReported>"""
_EMAILS = (
    '<email type="Home" verified="true">{user}@mail.example.org</email>',
    '<email type="Recovery" verified="false">{user}.alt@post.example.net</email>',
    "<email>{user}.third@mail.example.net</email>",
)
_DEVICE = (
    "<deviceId><idType>{kind}</idType><idValue>{device}</idValue><eventName>Login</eventName>"
    "<dateTime>2026-01-{day:02d}T03:04:05Z</dateTime></deviceId>"
)
_ACCOUNT = (
    '<associatedAccount type="Linked"><email>{user}.linked{n}@post.example.net</email>'
    "<espService>Example Pay</espService><espIdentifier>p{n}-{account:012d}</espIdentifier>"
    "<screenName>{user}_pay{n}</screenName></associatedAccount>"
)
_EVENT = (
    "<ipCaptureEvent><ipAddress>198.{second}.{third}.{fourth}</ipAddress><eventName>{event}</eventName>"
    "<dateTime>2026-01-{day:02d}T{hour:02d}:{minute:02d}:{fraction:02d}Z</dateTime>"
    "<possibleProxy>false</possibleProxy><port>{port}</port></ipCaptureEvent>"
)
_REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<report>
<incidentSummary>
<incidentType>Online Enticement of Children for Sexual Acts</incidentType>
<platform>Example Chat</platform>
<reportAnnotations><minorToMinorInteraction/></reportAnnotations>
<incidentDateTime>2026-01-{day:02d}T10:11:12Z</incidentDateTime>
</incidentSummary>
<internetDetails><chatImIncident><chatClient>Example Chat</chatClient><chatRoomName>room {room}</chatRoomName>\
<additionalInfo>{filler}</additionalInfo></chatImIncident></internetDetails>
<reporter><reportingPerson><firstName>Trust</firstName><lastName>Desk</lastName>\
<email>trust@chat.example.org</email></reportingPerson>\
<companyTemplate>{template}</companyTemplate><legalURL>https://chat.example.org/legal</legalURL></reporter>
{person}
</report>
"""
_FILLER = (
    "The account was found by the provider's own review and closed. The log of the account follows in the fields "
    "of this report; nothing in this running text adds to them. "
)
_EVENTS = ("Login", "Upload", "Registration", "Login", "Other", "Login")


def report(number: int, *, people: int) -> bytes:
    """The bytes of one report; the same number gives the same bytes."""
    chance = random.Random(number)
    account = chance.randrange(people)
    own = random.Random(-account - 1)
    events = "\n".join(
        _EVENT.format(
            second=chance.choice((18, 19)), third=chance.randrange(256), fourth=chance.randrange(1, 255),
            event=_EVENTS[k % 6], day=1 + k, hour=chance.randrange(24), minute=chance.randrange(60),
            fraction=chance.randrange(60), port=chance.randrange(1024, 65536),
        )
        # From one sighting to a dozen, as providers differ in how much they keep: six on average.
        for k in range(min(12, 1 + int(chance.expovariate(1 / 5.5))))
    )  # fmt: skip
    user = f"user{account}.ex"
    accounts = "\n".join(
        _ACCOUNT.format(user=user, account=account, n=n) for n in range(own.choice((0, 1, 1, 2)))
    )
    devices = "\n".join(
        _DEVICE.format(kind=kind, device=f"{own.getrandbits(128):032x}", day=own.randrange(1, 28))
        for kind in ("Advertising", "Installation")[: own.choice((0, 1, 1, 2))]
    )
    person = _PERSON.format(
        first="Anu", last=f"Example{account}", phone=own.randrange(10**8), user=user, door=account % 900,
        pin=own.randrange(10**4), age=own.randrange(19, 70), account=account, devices=devices, accounts=accounts,
        emails="\n".join(_EMAILS[: own.choice((1, 2, 2, 3))]).format(user=user),
        prior=10_000_000 + own.randrange(10**6), events=events, note=_FILLER * 6,
    )  # fmt: skip
    text = _REPORT.format(
        day=chance.randrange(1, 28), room=chance.randrange(10**6), filler=_FILLER * 6, template=_FILLER * 4,
        person=person,
    )  # fmt: skip
    return text.encode()


def write(folder: Path, count: int) -> Iterator[Path]:
    """Writes `count` report files: of every fifty one comes again as another file, and one says a word more."""
    folder.mkdir(parents=True, exist_ok=True)
    people = max(1, count * 3 // 5)
    for n in range(count):
        number = n
        content = report(number, people=people)
        name = f"CT-{300_000_000 + number}.xml"
        if n % 50 == 49:
            number = n - 7
            content = report(number, people=people)
            name = f"again/CT-{300_000_000 + number}.xml"
        elif n % 50 == 29:
            number = n - 5
            content = report(number, people=people).replace(
                b"</personOrUserReported>\n</report>",
                b"</personOrUserReported>\n<additionalInfo>a later word</additionalInfo>\n</report>",
            )
            name = f"more/CT-{300_000_000 + number}.xml"
        path = folder / f"{n // 5000:03d}" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        yield path
