"""From sealed reports to a frozen plan: each step one or more operations of a named officer at the calendar's time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kaval.cli.play.world import World
from kaval.engine.formats import roster
from kaval.engine.kernel.errors import ConfigurationError, KeyConflict
from kaval.station.audit import one_transaction
from kaval.station.models import (
    AnswerTemplate,
    Delivery,
    District,
    Officer,
    Operation,
    Place,
    Provider,
    Resolution,
    SubjectLead,
    Unit,
)
from kaval.station.operations import (
    answers,
    attribution,
    attribution_desk,
    intake,
    linking,
    network,
    organisation,
    planning,
    register,
    requests,
)
from kaval.station.operations import triage as ordering

Progress = Callable[[str, int, int], None]
# A training station's identifier key is fixed, so that two runs of one world can be compared row by row.
TRAINING_KEY = "6b6176616c2d747261696e696e672d6b65792d666f722d73796e746865746963"
# No synthetic roster has a woman officer of SI rank to spare: where children are expected any woman officer goes.
_TRAINING_RULES = {"woman_rank": "CPO"}
UNIT, UNIT_ML = "CCSE Training Unit", "സിസിഎസ്ഇ പരിശീലന യൂണിറ്റ്"


@dataclass(frozen=True)
class Play:
    """A world being played, and how to say how far it has come."""

    world: World
    progress: Progress

    def officer(self, role: str, *, number: int = 0) -> Officer:
        """The n-th officer of a role, in the order of their numbers."""
        found = list(Officer.objects.filter(roles__contains=[role]).order_by("number")[number : number + 1])
        if not found:
            raise ConfigurationError(f"the roster names no officer of role {role}")
        return found[0]

    @property
    def operation(self) -> Operation:
        """The world's operation."""
        return Operation.objects.get(code=self.world.order["code"])


def install(play: Play) -> None:
    """Sets up the training unit from the world's roster."""
    world = play.world
    places = roster.read_places(world.content("station/stations.geojson"), file="stations.geojson")
    given = organisation.Roster(
        UNIT,
        UNIT_ML,
        *places,
        roster.read_officers(world.content("station/officers.csv"), file="officers.csv"),
        roster.read_providers(world.content("station/isps.csv"), file="isps.csv"),
        roster.read_allocations(world.content("station/allocation.csv"), file="allocation.csv"),
    )
    unit = Unit.objects.filter(id=1).first()
    if unit is not None and not unit.training:
        raise ConfigurationError("this station is real; the demo runs in a KAVAL_HOME of its own")
    organisation.install_unit(at=world.when("reports_from"), roster=given, training=True, id_key=TRAINING_KEY)


def take_in(play: Play) -> None:
    """Seals everything that arrived, reads it and takes the reports on as leads."""
    arrivals, named = play.world.arrivals, f"{_key(play)} {play.world.digest}"
    if Delivery.objects.filter(source="inbox").exclude(named=named).exists():
        raise KeyConflict("KEY", "another world's inbox was taken in before")
    given = (
        intake.Arrival(one.name, one.path, at=one.received_at, source=one.source, channel=one.channel)
        for one in arrivals
    )
    clerk = play.officer("intake_clerk")
    intake.take_in(
        by=clerk,
        at=play.world.when("reports_to"),
        source="inbox",
        arrivals=given,
        key=named,
        once=True,
        progress=lambda what, done, _: play.progress(what, done, len(arrivals)),
    )
    register.update_register(by=clerk, at=play.world.when("reports_to"), key=named)


def link(play: Play) -> None:
    """Groups leads into subjects."""
    linking.link_leads(
        by=play.officer("analyst"), at=play.world.when("reports_to") + timedelta(hours=1), key=_key(play)
    )


def triage(play: Play) -> None:
    """Orders the subjects and opens investigations."""
    at = play.world.when("reports_to") + timedelta(hours=2)
    ordering.assess_subjects(by=play.officer("analyst"), at=at, key=_key(play))
    linking.open_investigations(by=play.officer("supervisor"), at=at + timedelta(hours=1), key=_key(play))


def request(play: Play) -> None:
    """Takes the dated lists into use, and asks the providers in writing."""
    at = play.world.when("requests_at")
    _import_lists(play, at - timedelta(hours=2))
    requests.send_request(by=play.officer("supervisor"), at=at, key=_key(play), due_at=at + timedelta(days=7))


def answer(play: Play) -> None:
    """Seals and reads what the providers answered."""
    clerk, analyst, at = play.officer("intake_clerk"), play.officer("analyst"), play.world.when("answers_at")
    providers = {provider.code: provider for provider in Provider.objects.all()}
    yes_no = {"yes": True, "no": False}
    for number, (code, path) in enumerate(play.world.answers, start=1):
        name = f"answers/{code}/{path.name}"
        receipt = intake.receive_file(
            by=clerk,
            at=at,
            key=name,
            name=name,
            content=path.read_bytes(),
            source=f"provider:{code}",
            channel="provider",
        )
        if code in providers:
            came = play.world.received.get(code, {})
            answers.record_answer(
                by=analyst,
                at=at,
                key=name,
                receipt=receipt,
                provider=providers[code],
                channel_agreed=yes_no.get(came.get("channel_agreed", "")),
                certificate=came.get("certificate", ""),
            )
        play.progress("answers", number, len(play.world.answers))
    _accept_templates(play, at + timedelta(hours=1))


def attribute(play: Play) -> None:
    """Resolves, looks at the places, reads a second time, notes what ties a person to a place without an address, asks
    the others, and says how far the evidence reaches."""
    world, analyst, at = play.world, play.officer("analyst"), play.world.when("answers_at")
    attribution.resolve_observations(by=analyst, at=at + timedelta(hours=2), key=_key(play))
    attribution.record_place(by=analyst, at=at + timedelta(hours=3), key=_key(play))
    _verify_places(play)
    done = world.when("verification_to")
    attribution.read_again(by=play.officer("second_reader"), at=done + timedelta(hours=1), key=_key(play))
    _corroborate(play, done + timedelta(minutes=70))
    _ask_the_others(play, done + timedelta(minutes=80))
    attribution.attribute_subjects(
        by=analyst, at=done + timedelta(hours=2), key=_key(play), entry_at=world.when("first_entry_at")
    )
    ordering.assess_persons(by=analyst, at=done + timedelta(hours=3), key=_key(play))


def plan(play: Play) -> None:
    """Drafts the operation, admits sites through the gate, forms teams and stops, two people sign, freeze."""
    world, commander = play.world, play.officer("commander")
    approve_at = world.when("approve_at")
    order = world.order
    operation = planning.draft_operation(
        by=commander,
        at=approve_at - timedelta(hours=6),
        key=order["code"],
        code=order["code"],
        name=order["name"],
        name_ml=order.get("name_ml", ""),
        first_entry_at=world.when("first_entry_at"),
        day_end_at=world.when("day_end_at"),
        legal_basis=order["legal_basis"],
        rules=order.get("rules", _TRAINING_RULES),
    )
    planning.admit_sites(
        by=commander,
        at=approve_at - timedelta(hours=5),
        key=_key(play),
        operation=operation,
        cwc_contacts={
            district.code: f"Child Welfare Committee, {district.name}: member on duty"
            for district in District.objects.order_by("code")
        },
    )
    planning.plan_operation(
        by=commander, at=approve_at - timedelta(hours=4), key=_key(play), operation=operation
    )
    digest = play.operation.plan_digest
    for minutes, role in ((0, "commander"), (40, "deputy_commander")):
        planning.approve_plan(
            by=play.officer(role),
            at=approve_at + timedelta(minutes=minutes),
            key=f"{_key(play)}:{role}",
            operation=operation,
            plan_digest=digest,
        )
    planning.freeze_operation(by=commander, at=world.when("freeze_at"), key=_key(play), operation=operation)


def _import_lists(play: Play, at: datetime) -> None:
    """Dated lists of ranges, each sealed and taken into use by the analyst."""
    for path in play.world.lists:
        name = f"lists/{path.name}"
        receipt = intake.receive_file(
            by=play.officer("intake_clerk"),
            at=at,
            key=name,
            name=name,
            content=path.read_bytes(),
            source="network_list",
        )
        network.import_network_file(
            by=play.officer("analyst"),
            at=at,
            key=name,
            receipt=receipt,
            name=path.stem,
            source="training unit",
        )


def _accept_templates(play: Play, at: datetime) -> None:
    """Another officer than who recorded the answers looks at each form of answer that is new."""
    for template in AnswerTemplate.objects.order_by("id"):
        answers.accept_template(
            by=play.officer("supervisor"),
            at=at,
            key=f"{_key(play)}:{template.fingerprint}:{template.provider_id}",
            template=template,
            text="columns, dates and clock compared with the provider's own description",
        )


def _corroborate(play: Play, at: datetime) -> None:
    """Facts beyond addresses, noted for the subject that the report they belong to is about."""
    rows = {(row["source_system"], row["source_id"]): row for row in play.world.corroborations}
    about = {
        (system, source): (subject, sealed, locator)
        for system, source, subject, sealed, locator in SubjectLead.objects.filter(
            lead__report__source_system__in={system for system, _ in rows},
            lead__report__source_id__in=[source for _, source in rows],
        ).values_list(
            "lead__report__source_system", "lead__report__source_id", "subject", "lead__report__sealed",
            "lead__report__locator",
        )
    }  # fmt: skip
    wanted = [(key, row) for key, row in rows.items() if key in about]
    keys = {key: f"{_key(play)}:{key[0]}:{key[1]}" for key, _ in wanted}
    analyst = play.officer("analyst")
    with one_transaction(keys=(f"add_corroboration:{key}" for key in keys.values())):
        for number, (key, row) in enumerate(wanted, start=1):
            subject, sealed, locator = about[key]
            attribution_desk.add_corroboration(
                by=analyst,
                at=at,
                key=keys[key],
                subject=subject,
                kind=row["kind"],
                text=row["text"],
                sealed=sealed,
                locator=locator,
            )
            if number % 50 == 0:
                play.progress("corroboration", number, len(wanted))


def _ask_the_others(play: Play, at: datetime) -> None:
    """Other units are asked about the identifiers of every subject that an answer names a customer for."""
    named = Resolution.objects.filter(state="unique", observation__lead__subject_link__isnull=False)
    subjects = sorted(set(named.values_list("observation__lead__subject_link__subject", flat=True)))
    for row in play.world.deconfliction:
        for start in range(0, len(subjects), attribution_desk.AT_ONCE):
            attribution_desk.record_deconfliction(
                by=play.officer("supervisor"),
                at=at,
                key=f"{_key(play)}:{row['asked']}:{start}",
                subjects=subjects[start : start + attribution_desk.AT_ONCE],
                asked=row["asked"],
                conflict={"yes": True, "no": False}.get(row["conflict"]),
                reference=row["reference"],
            )


def _verify_places(play: Play) -> None:
    """Each look is recorded by the officer who made it, or by the chief of the district the place lies in."""
    rows = play.world.ground
    places = {
        (place.provider.code, place.customer_ref): place
        for place in Place.objects.select_related("provider", "district")
    }
    officers = {officer.number: officer for officer in Officer.objects.all()}
    chiefs = {
        officer.district_id: officer for officer in Officer.objects.filter(roles__contains=["district_chief"])
    }
    wanted = [row for row in rows if (row["isp_id"], row["customer_ref"]) in places]
    keys = {id(row): f"{row['isp_id']}:{row['customer_ref']}:{row['verified_at']}" for row in wanted}
    with one_transaction(keys=(f"verify_place:{key}" for key in keys.values())):
        for number, row in enumerate(wanted, start=1):
            place = places[row["isp_id"], row["customer_ref"]]
            looked = officers.get(row["verified_by"])
            by = (
                looked
                if looked is not None and looked.district_id == place.district_id
                else chiefs[place.district_id]
            )
            attribution.verify_place(
                by=by,
                at=_instant(row["verified_at"]),
                place=place,
                look=_look(row),
                key=keys[id(row)],
            )
            if number % 50 == 0:
                play.progress("ground", number, len(wanted))


def _look(row: dict[str, str]) -> attribution.GroundLook:
    return attribution.GroundLook(
        house_name=row.get("house_name", ""),
        ward=row.get("ward", ""),
        door_number=row.get("door_number", ""),
        unit_found=row["unit_found"] == "yes",
        single_match=row["single_match"] == "yes",
        occupant_at_event=row["occupant_at_event"],
        resident_since=row.get("resident_since", ""),
        children_seen={"yes": True, "no": False}.get(row.get("children_seen", "")),
        wifi=row["wifi"],
        notes=row.get("notes", "")[:300],
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _key(play: Play) -> str:
    return str(play.world.order["code"])
