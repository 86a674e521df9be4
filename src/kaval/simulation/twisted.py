"""Reports of a twisted world: how often each person is reported, by whom, and what the paper says and leaves out."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from random import Random

from kaval.simulation import p2p, risk, widenames
from kaval.simulation.cast import Cast
from kaval.simulation.cybertip import ENTICEMENT, POSSESSION, Tip, TipFile, TipMaker
from kaval.simulation.figures import Figures
from kaval.simulation.networks import Window
from kaval.simulation.paper import Paper
from kaval.simulation.people import Person, Profile
from kaval.simulation.pictures import KnownFile
from kaval.simulation.quality import QUALITY, Quality
from kaval.simulation.quotas import share
from kaval.simulation.sightings import Observer, Sighting
from kaval.simulation.twists import Plot, Twist

FALSE_ALARMS, OTHER_ENTICEMENT, OTHER_ANNOTATIONS = 0.012, 0.06, 0.02
CORE_TIPS, CORE_ROWS = 9, 12  # reports of one person of the operation's own districts, on average
_BUSY = 5
_BY_DEVICE = frozenset({"shared_device", "shared_kiosk", "device_tie", "placeholder_device"})


class CrowdedObserver(Observer):
    """As the other one, but a third of all sessions begin in a few minutes of each day, when everybody is online."""

    def _instant(self, day: int) -> datetime:
        at = super()._instant(day)
        if self.rng.random() > 0.35:
            return at
        minutes = _busy_minutes(f"{self.field_day}:{day}")
        start = at.replace(hour=0, minute=0, second=0) + timedelta(minutes=self.rng.choice(minutes))
        return start + timedelta(seconds=self.rng.randrange(60))


@cache
def _busy_minutes(day: str) -> tuple[int, ...]:
    """Minutes of the evening, counted from midnight."""
    return tuple(Random(f"kaval:busy:{day}").sample(range(19 * 60, 23 * 60), _BUSY))


def viral_files(rng: Random, known: list[KnownFile], count: int) -> list[tuple[KnownFile, bool]]:
    """Files that hundreds pass on; every third is on the unit's list, every second is one that providers tag."""
    listed = rng.sample(known, count // 3)
    fresh = [
        KnownFile(rng.randbytes(16).hex(), rng.randbytes(20).hex(), 80_000, 0)
        for _ in range(count - len(listed))
    ]
    return [(file, number % 2 == 0) for number, file in enumerate([*listed, *fresh])]


def shared_out(
    people: list[Person], total: int, *, least: int, rng: Random, exact: dict[str, int]
) -> list[tuple[Person, int]]:
    """Reports of each person: what the part needs, and the rest by a long tail; they add up to `total`.

    `exact` names people who have just so many.
    """
    floors = {p.person_id: exact.get(p.person_id, max(least, p.least)) for p in people}
    tails = {p.person_id: min(80, int(10 * rng.paretovariate(1.3))) for p in people}
    weights = {key: 0 if key in exact else weight for key, weight in tails.items()}
    shares = share(total - sum(floors.values()), weights)
    return [(p, floors[p.person_id] + shares[p.person_id]) for p in people]


class TwistedMaker(TipMaker):
    """Writes reports by what the provider holds; every account but the hidden ones is tied to its person's others."""

    def __init__(
        self,
        rng: Random,
        *,
        known: list[KnownFile],
        viral: list[tuple[KnownFile, bool]],
        victims: list[Person],
        until: datetime,
        plot: Plot,
    ) -> None:
        super().__init__(rng, known=known, victims=victims, until=until)
        self.viral = viral
        self._weights = [1.0 / (1 + n) ** 0.6 for n in range(len(viral))]
        self._part: dict[str, Twist] = {
            p.person_id: twist for twist in plot.twists if twist.kind != "risk" for p in twist.people
        }
        self._nameless = {
            t.people[1].person_id
            for t in plot.twists
            if t.kind == "recycled_number" and t.note.startswith("one")
        }

    def of_person(self, person: Person, sightings: list[Sighting | None]) -> list[Tip]:
        """All reports about the person, in the order of what was seen; the hidden account takes some of the last."""
        self._profiles(person)
        hidden = self._hidden_count(person, len(sightings))
        apart = sightings[len(sightings) - hidden :]
        own = sorted(sightings[: len(sightings) - hidden], key=_when)
        main = self.rng.randrange(len(own))
        platforms = list(person.profiles)
        tips = []
        for nth, sighting in enumerate(own):
            turn = nth if person.shows == "unknown_files" else self.rng.randrange(len(platforms))
            profile = person.profiles[platforms[0 if nth == 0 else turn % len(platforms)]]
            tips.append(self._tip(person, profile, sighting=sighting, main=nth == main, late=nth / len(own)))
            tips[-1].with_client = bool(person.client_guid) and (nth == 0 or self.rng.random() < 0.3)
        for sighting in sorted(apart, key=_when):
            tips.append(self._tip(person, person.hidden[0], sighting=sighting, main=False, late=0.5))
        return tips

    def _hidden_count(self, person: Person, count: int) -> int:
        """15 to 40 % of the reports; enough of the others stay for the person to be attributed without them."""
        if not person.hidden:
            return 0
        if person.hidden[0].tied == "nothing":
            return 1
        most = count - (4 + count // 12) if person.planned else count - 1
        return max(1, min(most, round(count * self.rng.uniform(0.15, 0.4))))

    def _profiles(self, person: Person) -> None:
        """What each provider was told; most people write their name in one way, some in another."""
        rng = self.rng
        assert person.given is not None
        house = widenames.house_names()[person.household.house_name]
        for number, (platform, (user_id, handle)) in enumerate(person.accounts.items()):
            written = widenames.plain(person.given, house)
            if number and rng.random() < 0.3:
                style = rng.choice(("spelling", "initial_behind", "swapped", "honorific", "malayalam"))
                written = widenames.write(rng, style, given=person.given, house=house, gender=person.gender)
            tied = "phone" if rng.random() < 0.25 and person.person_id not in self._part else "email"
            if len(person.accounts) > 1 and number == 0:
                tied = "both"
            person.profiles[platform] = Profile(
                platform, user_id, handle, written, tied,
                email=person.email, phone=person.phone, device=person.device, born=person.born,
                house=f"{house.en}, Door {person.household.door}",
            )  # fmt: skip

    def _tip(
        self, person: Person, profile: Profile, *, sighting: Sighting | None, main: bool, late: float
    ) -> Tip:
        """One report; `main`: it bears the main sign of a risk; `late` from 0 to 1 within the person's reports."""
        rng, quality = self.rng, QUALITY[profile.platform]
        paper = self._paper(person, profile, quality)
        profile.told += 1
        if not person.planned and rng.random() > quality.port and sighting is not None:
            sighting = Sighting(sighting.first, sighting.last, sighting.address, None, sighting.zone)
        at, received_at = self.times(sighting)
        tip = Tip(
            person=person,
            platform=profile.platform,
            at=at,
            received_at=received_at,
            sightings=self.captures(person, sighting),
            zone="Z" if sighting is None else sighting.zone,
            with_email=paper.email,
            with_phone=paper.phone,
            write=paper.write,
        )
        if person.why_not == "time_without_zone":
            tip.zone = ""
        self._content(tip, paper, main=main)
        tip.files = self._papers_files(person, quality, main=main, late=late)
        paper.batched = any("viral" in f.annotations for f in tip.files) and rng.random() < 0.2
        if person.repeat_offender or (person.child_at_risk and rng.random() < 0.3):
            tip.prior = tuple(150_000_000 + rng.randrange(30_000_000) for _ in range(rng.randint(1, 2)))
        tip.urgent, tip.enticement, tip.victim = paper.urgent, paper.kind == ENTICEMENT, paper.victim
        return tip

    def times(self, sighting: Sighting | None) -> tuple[datetime, datetime]:
        """As for any report; what was seen long ago is sent on some day of the first month."""
        at, received_at = super().times(sighting)
        opens = self.until - timedelta(days=39)
        if at < opens - timedelta(days=60):
            received_at = (opens + timedelta(seconds=self.rng.randrange(30 * 86400))).replace(microsecond=0)
        return at, received_at

    def _paper(self, person: Person, profile: Profile, quality: Quality) -> Paper:
        """By chance what the provider usually tells; the first report of an account carries what its part needs."""
        rng, first = self.rng, profile.told == 0

        def tells(share: float, *, must: bool = False) -> bool:
            return rng.random() < share or must

        part = self._part.get(person.person_id)
        kind = part.kind if part else ""
        if profile.tied == "nothing":
            return Paper(profile, email=tells(quality.email), account=tells(quality.account))
        hidden = profile.tied in ("likeness", "device")
        named = first and kind in ("other_letters", "device_tie", "twins_in_name", "shared_device", "family")
        paper = Paper(
            profile,
            name=tells(0.7 if hidden else quality.name, must=named),
            born=tells(0.7 if hidden else quality.born, must=first and kind == "other_letters"),
            address=tells(quality.address, must=first and kind == "other_letters" and bool(profile.house)),
            email=tells(quality.email, must=first and profile.tied in ("email", "both")),
            phone=tells(0.0 if hidden else quality.phone, must=first and profile.tied in ("phone", "both")),
            account=tells(quality.account, must=first or hidden or kind == "released_handle"),
            device=tells(quality.device, must=first and kind in _BY_DEVICE),
        )
        if profile.tied == "likeness":
            paper.device, paper.phone = False, profile.masked
            paper.address = paper.address and bool(profile.house)
        if kind == "recycled_number":
            paper.phone = first or paper.phone
            paper.name = paper.name or paper.phone
            if first and person.person_id in self._nameless:
                paper.name = False
        return paper

    def _content(self, tip: Tip, paper: Paper, *, main: bool) -> None:
        """Type, urgent mark and victim of the report."""
        rng, person, quality = self.rng, tip.person, QUALITY[tip.platform]
        if person.child_at_risk:
            paper.kind = risk.incident_type(person, rng, main=main) or POSSESSION
            if person.shows == "urgent":
                paper.urgent = main or rng.random() < quality.urgent
        elif person.kind != "victim":
            paper.urgent = rng.random() < FALSE_ALARMS
            paper.kind = ENTICEMENT if rng.random() < OTHER_ENTICEMENT else POSSESSION
        if paper.kind != POSSESSION:
            named = rng.random() < quality.victim * (1.0 if person.child_at_risk else 0.5)
            if named or (main and person.shows == "type"):
                paper.victim = rng.choice(self.victims)
        if paper.kind == ENTICEMENT and rng.random() < (0.4 if person.child_at_risk else 0.15):
            paper.annotations = (rng.choice(("csamSolicitation", "sextortion")),)

    def _papers_files(self, person: Person, quality: Quality, *, main: bool, late: float) -> list[TipFile]:
        """Files by the provider's habit; unknown ones grow in number where they are the main sign."""
        rng = self.rng
        growing = person.shows == "unknown_files"
        must = growing or (main and person.shows == "annotations")
        if not must and rng.random() > quality.files * 0.8:
            return []
        count = 1 + int(late * 4) + rng.randint(0, 1) if growing else rng.choice((1, 1, 1, 2, 2, 3))
        files = [self._file(person, quality, growing=growing) for _ in range(count)]
        if main and person.shows == "annotations":
            files[0].known = self._unknown(quality)
            files[0].annotations = (risk.annotation(person, rng),)
        return files

    def _file(self, person: Person, quality: Quality, *, growing: bool) -> TipFile:
        rng = self.rng
        names: tuple[str, ...] = ()
        draw = rng.random()
        at_risk = person.child_at_risk and person.shows != "nothing"
        if draw < (0.03 if growing else 0.12 if at_risk else 0.3):
            known, tagged = rng.choices(self.viral, self._weights)[0]
            if tagged and rng.random() < quality.viral:
                names = ("viral",)
        elif draw < (0.1 if growing else 0.5 if at_risk else 0.78) and person.kind == "offender":
            known = rng.choice(self.known)
        else:
            known = self._unknown(quality)
        telling = {"annotations": 1.0, "urgent": 0.3}.get(person.shows, 0.0) * quality.annotated
        if not names and at_risk and rng.random() < telling:
            names = (risk.annotation(person, rng),)
        elif not names and not growing and rng.random() < OTHER_ANNOTATIONS:
            names = (rng.choice(("possibleSelfProduction", "infant", "liveStreaming", "generativeAi")),)
        if not known.sha1 or rng.random() > quality.sha1:
            known = KnownFile(known.md5, "", known.size, known.category)
        shares = (quality.seen, quality.unseen, 1 - quality.seen - quality.unseen)
        viewed = rng.choices((True, False, None), shares)[0]
        return TipFile(rng.randbytes(8).hex(), known, names, viewed)

    def _unknown(self, quality: Quality) -> KnownFile:
        sha1 = self.rng.randbytes(20).hex() if self.rng.random() < quality.sha1 else ""
        return KnownFile(self.rng.randbytes(16).hex(), sha1, 50_000, 0)


def _when(sighting: Sighting | None) -> tuple[bool, float]:
    return sighting is None, 0.0 if sighting is None else sighting.first.timestamp()


def tip_counts(
    figures: Figures, cast: Cast, *, plot: Plot, taken: int, rng: Random
) -> list[tuple[Person, int]]:
    """Reports of each offender by tiplines: the crowd by a long tail, the others some more each."""
    sums = (figures.cybertips - taken, CORE_TIPS)
    return _counts(cast, "cybertip", further=plot.tipped, rng=rng, sums=sums, exact={})


def twisted_rows(
    figures: Figures, cast: Cast, *, plot: Plot, observer: Observer, taken: int, rng: Random
) -> list[p2p.Row]:
    """Sightings by the monitors; a copied client is also seen while the original is online, elsewhere."""
    further = [*plot.sharing, *(p for p in plot.tipped if "p2p" in p.channels)]
    sums = (figures.p2p_rows - taken, CORE_ROWS)
    originals = {second.person_id: first for first, second, _ in plot.clones}
    cloned = {first.person_id: 6 for first, _, _ in plot.clones}
    cloned |= {second.person_id: 2 if twice else 5 for _, second, twice in plot.clones}
    once = {p.person_id: 1 for p in cast.offenders if p.why_not == "single_observation"}
    counts = _counts(cast, "p2p", further=further, rng=rng, sums=sums, exact=once | cloned)
    rows: list[p2p.Row] = []
    by_person: dict[str, list[Sighting]] = {}
    for person, count in [c for c in counts if c[0].person_id not in originals]:
        seen = [s for s in observer.watch(person, "p2p", count=count) if s is not None]
        by_person[person.person_id] = seen
        rows += [p2p.Row(person, s) for s in seen]
    for person, count in [c for c in counts if c[0].person_id in originals]:
        base = by_person[originals[person.person_id].person_id]
        copies = _beside(person, base, observer=observer, count=2)
        left = count - len(copies)
        seen = [s for s in observer.watch(person, "p2p", count=left) if s is not None] if left else []
        rows += [p2p.Row(person, s) for s in (*copies, *seen)]
    return rows


def _beside(person: Person, base: list[Sighting], *, observer: Observer, count: int) -> list[Sighting]:
    """Sightings of the copy that overlap some of the original's, at the copy's own provider."""
    assert person.line is not None
    found = []
    for seen in sorted(base, key=lambda s: s.first - s.last)[:count]:
        half = (seen.last - seen.first) / 2
        span = (seen.first + timedelta(seconds=int(half.total_seconds())), seen.last + timedelta(seconds=40))
        stay = timedelta(hours=2)
        seat = observer.network.seat(person.line, Window(span[0], span[1], stay, stay))
        found.append(Sighting(*span, seat.address, observer.rng.randint(seat.low, seat.high), seen.zone))
    return found


def _counts(
    cast: Cast,
    channel: str,
    *,
    further: list[Person],
    rng: Random,
    sums: tuple[int, int],
    exact: dict[str, int],
) -> list[tuple[Person, int]]:
    crowd = {p.person_id for p in further}
    own = [p for p in cast.offenders if channel in p.channels and p.person_id not in crowd]
    rest = [p for p in cast.offenders if channel in p.channels and p.person_id in crowd]
    mine = min(sums[0] // 3, sums[1] * len(own))
    found = shared_out(own, mine, least=2, rng=rng, exact=exact)
    return found + shared_out(rest, sums[0] - mine, least=1, rng=rng, exact=exact)
