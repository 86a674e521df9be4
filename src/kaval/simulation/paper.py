"""A CyberTipline report of a twisted world: what one provider knows of one account, and how much of it is told.

In the order of the ispws schema. Names stand as the user wrote them, in either script; free text stays neutral.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kaval.simulation.clock import iso
from kaval.simulation.cybertip import GUID_TYPE, POSSESSION, URGENT, Tip, capture, leaf, tag
from kaval.simulation.people import PLATFORMS, Person, Profile

# Each platform writes a number in its own way, and two of them the domain of an address in capitals.
_FORMS: tuple[Callable[[str], str], ...] = (
    lambda number: number,
    lambda number: f"{number[:3]} {number[3:6]} {number[6:9]} {number[9:]}",
    lambda number: f"0{number[3:]}",
    lambda number: f"{number[:3]}-{number[3:8]}-{number[8:]}",
    lambda number: number[3:],
    lambda number: number,
)
_PHONES = dict(zip(PLATFORMS, _FORMS, strict=True))
_LOUD = PLATFORMS[2:4]


@dataclass(slots=True)
class Paper:
    """Which of the profile's facts the report carries, its type, and what it says of urgency and of a victim."""

    profile: Profile
    name: bool = False
    born: bool = False
    address: bool = False
    email: bool = False
    phone: bool = False
    account: bool = True
    device: bool = False
    port: bool = True
    kind: str = POSSESSION
    annotations: tuple[str, ...] = ()
    urgent: bool = False
    victim: Person | None = None
    batched: bool = False

    def write(self, tip: Tip) -> bytes:
        """The report without its number, which the schema does not carry."""
        body = '<batchedReport reason="VIRAL_POTENTIAL_MEME"/>' if self.batched else ""
        body += tag("incidentSummary", self._summary(tip)) + tag("internetDetails", self._details())
        reporter = tag("reportingPerson", leaf("email", f"trust@{self._domain}"))
        reporter += leaf("companyTemplate", f"{tip.platform} reports accounts after an automatic match.")
        body += tag("reporter", reporter) + tag("personOrUserReported", self._reported(tip))
        if self.victim is not None:
            body += _victim(self.victim)
        if not tip.sightings:
            body += leaf("additionalInfo", "The provider holds no address for this account.")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{tag("report", body)}\n'.encode()

    @property
    def _domain(self) -> str:
        return self.profile.platform.lower().replace(" ", "-") + ".example.org"

    def _summary(self, tip: Tip) -> str:
        summary = leaf("incidentType", self.kind) + leaf("platform", tip.platform)
        if self.urgent:
            summary += leaf("escalateToHighPriority", URGENT)
        if self.annotations:
            summary += tag("reportAnnotations", "".join(f"<{name}/>" for name in self.annotations))
        return summary + leaf("incidentDateTime", iso(tip.at, tip.zone))

    def _details(self) -> str:
        profile, kind = self.profile, self.profile.platform.split()[-1]
        if kind in ("Chat", "Messenger"):
            return tag("chatImIncident", leaf("chatClient", profile.platform))
        if kind == "Mail":
            return tag("emailIncident", leaf("emailAddress", profile.email) if self.email else "")
        item = profile.user_id if self.account else profile.handle
        return tag("webPageIncident", leaf("url", f"https://{self._domain}/item/{item}"))

    def _person(self, tip: Tip) -> str:
        profile, who = self.profile, ""
        if self.name:
            who += leaf("firstName", profile.written.first) if profile.written.first else ""
            who += leaf("lastName", profile.written.last) if profile.written.last else ""
        if self.phone and profile.masked:
            who += leaf("phone", f"XXXXXX{profile.phone[-4:]}", type="Mobile", countryCallingCode="+91")
        elif self.phone:
            who += leaf(
                "phone", _PHONES[profile.platform](profile.phone), type="Mobile", countryCallingCode="+91"
            )
        if self.email:
            name, _, domain = profile.email.partition("@")
            domain = domain.upper() if profile.platform in _LOUD else domain
            who += leaf("email", f"{name}@{domain}", verified="true")
        if self.address:
            who += tag("address", _address(tip.person, profile), type="Home")
        if self.born and profile.born is not None:
            who += leaf("dateOfBirth", profile.born.isoformat())
        return who

    def _reported(self, tip: Tip) -> str:
        profile, who = self.profile, self._person(tip)
        body = tag("personOrUserReportedPerson", who) if who else ""
        if self.account:
            body += leaf("espIdentifier", profile.user_id)
        body += leaf("espService", profile.platform) + leaf("screenName", profile.handle)
        body += "".join(capture(s, ("Upload", "Login")[n % 2]) for n, s in enumerate(tip.sightings))
        if tip.with_client:
            body += tag("deviceId", leaf("idType", GUID_TYPE) + leaf("idValue", tip.person.client_guid))
        if self.device and profile.device is not None:
            kind, value = profile.device
            body += tag("deviceId", leaf("idType", kind) + leaf("idValue", value))
        body += "".join(leaf("priorCTReports", number) for number in tip.prior)
        return body + tag("estimatedLocation", leaf("region", "Kerala") + leaf("countryCode", "IN"))


def _address(person: Person, profile: Profile) -> str:
    """House, place and PIN code; the place alone where the user gave no house."""
    home = person.household
    body = leaf("address", profile.house) if profile.house not in ("", "-") else ""
    body += leaf("city", home.place) + leaf("zipCode", home.pincode)
    return body + leaf("nonUsaState", "Kerala") + leaf("country", "IN")


def _victim(person: Person) -> str:
    body = tag("victimPerson", leaf("age", person.age))
    for platform, (user_id, screen) in sorted(person.accounts.items())[:1]:
        body += leaf("espIdentifier", user_id) + leaf("espService", platform) + leaf("screenName", screen)
    return tag("victim", body)
