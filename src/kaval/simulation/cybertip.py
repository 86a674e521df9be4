"""CyberTipline reports as a provider writes them: XML in the order of the ispws schema, free text neutral."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from xml.sax.saxutils import escape, quoteattr

from kaval.simulation.clock import iso
from kaval.simulation.people import Person
from kaval.simulation.pictures import KnownFile
from kaval.simulation.sightings import Sighting

POSSESSION = "Child Pornography (possession, manufacture, and distribution)"
ENTICEMENT = "Online Enticement of Children for Sexual Acts"
URGENT = "Provider marks the report urgent: a child may be at risk now"
GUID_TYPE = "P2P client GUID"


@dataclass(slots=True)
class TipFile:
    """One file of a report; `annotations` are names of the schema."""

    file_id: str
    known: KnownFile
    annotations: tuple[str, ...]
    viewed: bool | None


@dataclass(slots=True)
class Tip:
    """One report; `number` is given when all are in order of receipt. `write`: who writes it if not `report_xml`."""

    person: Person
    platform: str
    at: datetime
    received_at: datetime
    sightings: tuple[Sighting, ...]
    zone: str
    with_email: bool
    with_phone: bool
    number: int = 0
    urgent: bool = False
    enticement: bool = False
    prior: tuple[int, ...] = ()
    victim: Person | None = None
    with_client: bool = False
    files: list[TipFile] = field(default_factory=list)
    write: Callable[[Tip], bytes] | None = None


def tag(name: str, body: str, **attributes: str) -> str:
    """An element around ready markup."""
    extra = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{extra}>{body}</{name}>"


def leaf(name: str, text: object, **attributes: str) -> str:
    """An element around text."""
    return tag(name, escape(str(text)), **attributes)


def domain(platform: str) -> str:
    return platform.lower().replace(" ", "-") + ".example.org"


def details(tip: Tip) -> str:
    kind = tip.platform.split()[-1]
    if kind in ("Chat", "Messenger"):
        return tag("chatImIncident", leaf("chatClient", tip.platform))
    if kind == "Mail":
        return tag("emailIncident", leaf("emailAddress", tip.person.email))
    url = f"https://{domain(tip.platform)}/item/{tip.person.accounts[tip.platform][0]}"
    return tag("webPageIncident", leaf("url", url))


def capture(sighting: Sighting, event: str) -> str:
    body = leaf("ipAddress", sighting.address) + leaf("eventName", event)
    body += leaf("dateTime", iso(sighting.first, sighting.zone))
    if sighting.port is not None:
        body += leaf("port", sighting.port)
    return tag("ipCaptureEvent", body)


def _reported(tip: Tip) -> str:
    person, (user_id, screen) = tip.person, tip.person.accounts[tip.platform]
    who = ""
    if tip.with_email:
        first, last = person.name.split(" ", 1)
        who += leaf("firstName", first) + leaf("lastName", last)
    if tip.with_phone:
        who += leaf("phone", person.phone, type="Mobile", countryCallingCode="+91")
    if tip.with_email:
        who += leaf("email", person.email, verified="true")
    body = tag("personOrUserReportedPerson", who) if who else ""
    body += leaf("espIdentifier", user_id) + leaf("espService", tip.platform) + leaf("screenName", screen)
    body += "".join(capture(s, ("Upload", "Login")[n % 2]) for n, s in enumerate(tip.sightings))
    if tip.with_client:
        body += tag("deviceId", leaf("idType", GUID_TYPE) + leaf("idValue", person.client_guid))
    body += "".join(leaf("priorCTReports", number) for number in tip.prior)
    body += tag("estimatedLocation", leaf("region", "Kerala") + leaf("countryCode", "IN"))
    return tag("personOrUserReported", body)


def _victim(person: Person) -> str:
    body = tag("victimPerson", leaf("age", person.age))
    for platform, (user_id, screen) in sorted(person.accounts.items())[:1]:
        body += leaf("espIdentifier", user_id) + leaf("espService", platform) + leaf("screenName", screen)
    return tag("victim", body)


def report_xml(tip: Tip) -> bytes:
    """The report without its number, which the schema does not carry."""
    if tip.write is not None:
        return tip.write(tip)
    kind = ENTICEMENT if tip.enticement else POSSESSION
    summary = leaf("incidentType", kind) + leaf("platform", tip.platform)
    if tip.urgent:
        summary += leaf("escalateToHighPriority", URGENT)
    if tip.urgent and tip.enticement:
        summary += tag("reportAnnotations", "<csamSolicitation/>")
    summary += leaf("incidentDateTime", iso(tip.at, tip.zone))
    reporter = tag("reportingPerson", leaf("email", f"trust@{domain(tip.platform)}"))
    reporter += leaf("companyTemplate", f"{tip.platform} reports accounts after an automatic match.")
    body = tag("incidentSummary", summary) + tag("internetDetails", details(tip))
    body += tag("reporter", reporter) + _reported(tip)
    if tip.victim is not None:
        body += _victim(tip.victim)
    if not tip.sightings:
        body += leaf("additionalInfo", "The provider holds no address for this account.")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tag("report", body)}\n'.encode()


def file_xml(tip: Tip, file: TipFile) -> bytes:
    """Details of one file of the report."""
    body = leaf("reportId", tip.number) + leaf("fileId", file.file_id)
    body += leaf("originalFileName", f"pattern-{int(file.file_id[:4], 16):05d}.png")
    body += leaf("uploadedToEspTimestamp", iso(tip.at, "Z"))
    if file.viewed is not None:
        body += leaf("fileViewedByEsp", "true" if file.viewed else "false")
    if file.annotations:
        body += tag("fileAnnotations", "".join(f"<{name}/>" for name in file.annotations))
    body += leaf("originalFileHash", file.known.md5, hashType="MD5")
    if file.known.sha1:
        body += leaf("originalFileHash", file.known.sha1, hashType="SHA1")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tag("fileDetails", body)}\n'.encode()


class TipMaker:
    """Turns sightings of people into reports with their content; order and numbers come later."""

    def __init__(
        self, rng: Random, *, known: list[KnownFile], victims: list[Person], until: datetime
    ) -> None:
        self.rng = rng
        self.known = known
        self.victims = victims
        self.until = until

    def make(self, person: Person, sighting: Sighting | None, *, nth: int) -> Tip:
        """The `nth` report (from 0) of the person; the first carries every identifier, so all hang on it."""
        rng = self.rng
        platforms = list(person.accounts)
        platform = platforms[0] if nth == 0 else rng.choice(platforms)
        at, received_at = self.times(sighting)
        offender, risk = person.kind == "offender", person.child_at_risk
        tip = Tip(
            person=person,
            platform=platform,
            at=at,
            received_at=received_at,
            sightings=self.captures(person, sighting),
            zone="Z" if sighting is None else sighting.zone,
            with_email=nth == 0 or platform != platforms[0] or rng.random() < 0.6,
            with_phone=rng.random() < 0.3,
            urgent=risk and (nth == 0 or rng.random() < 0.8),
            enticement=rng.random() < (0.7 if risk else 0.06),
            with_client=offender and bool(person.client_guid) and (nth == 0 or rng.random() < 0.3),
        )
        if person.why_not == "time_without_zone":
            tip.zone = ""
        if person.repeat_offender or (risk and rng.random() < 0.5):
            tip.prior = tuple(150_000_000 + rng.randrange(30_000_000) for _ in range(rng.randint(1, 2)))
        if tip.enticement and offender and rng.random() < 0.7:
            tip.victim = rng.choice(self.victims)
        tip.files = self._files(person) if rng.random() < (0.9 if risk else 0.5) else []
        return tip

    def times(self, sighting: Sighting | None) -> tuple[datetime, datetime]:
        rng = self.rng
        opens = self.until - timedelta(days=39)
        unseen = opens + timedelta(seconds=rng.randrange(36 * 86400))
        at = unseen if sighting is None else sighting.first
        earliest = max(at + timedelta(hours=2), opens)
        latest = min(earliest + timedelta(days=6), self.until)
        received = earliest + timedelta(seconds=rng.randint(0, int((latest - earliest).total_seconds())))
        return at.astimezone(UTC), received.replace(microsecond=0)

    def captures(self, person: Person, sighting: Sighting | None) -> tuple[Sighting, ...]:
        """The sighting, sometimes with a second event seconds later under the same address and port."""
        if sighting is None:
            return ()
        if person.kind != "offender" or person.why_not is not None or self.rng.random() > 0.25:
            return (sighting,)
        later = sighting.first + timedelta(seconds=self.rng.randint(3, 40))
        return (sighting, Sighting(later, later, sighting.address, sighting.port, sighting.zone))

    def _files(self, person: Person) -> list[TipFile]:
        """One or two files; offenders share known ones, others files that no list holds."""
        rng, files = self.rng, []
        for _ in range(rng.randint(1, 2)):
            known = rng.choice(self.known)
            if person.kind != "offender" or rng.random() < 0.3:
                known = KnownFile(rng.randbytes(16).hex(), rng.randbytes(20).hex(), 50_000, 0)
            names: tuple[str, ...] = ()
            if person.child_at_risk:
                names = tuple(n for n in ("possibleSelfProduction", "liveStreaming") if rng.random() < 0.6)
            elif rng.random() < 0.03:
                names = (rng.choice(("viral", "possibleSelfProduction", "generativeAi")),)
            files.append(TipFile(rng.randbytes(8).hex(), known, names, rng.choice((True, False, None))))
        return files
