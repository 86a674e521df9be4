"""Installing the unit: its districts, stations, officers, providers and allocation table."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from kaval.engine.formats.roster import AllocationRow, DistrictRow, OfficerRow, ProviderRow, StationRow
from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.attribution.address import special_range
from kaval.station.audit import acting, one_transaction
from kaval.station.ids import derive, forget_key
from kaval.station.models import (
    Account,
    Allocation,
    District,
    LedgerHead,
    Officer,
    Provider,
    Station,
    Unit,
)


@dataclass(frozen=True)
class Roster:
    """All that a unit knows of itself before the first report arrives."""

    name: str
    name_ml: str
    districts: Sequence[DistrictRow]
    stations: Sequence[StationRow]
    officers: Sequence[OfficerRow]
    providers: Sequence[ProviderRow]
    allocations: Sequence[AllocationRow]

    @property
    def digest(self) -> str:
        """SHA-256 over everything in the roster."""
        return content_digest(
            [
                self.name,
                [
                    str(row)
                    for part in (
                        self.districts,
                        self.stations,
                        self.officers,
                        self.providers,
                        self.allocations,
                    )
                    for row in part
                ],
            ]
        )


def install_unit(*, at: datetime, roster: Roster, training: bool, id_key: str | None = None) -> Officer:
    """Sets the unit up, once; repeating it with the same roster changes nothing.

    The first officer of role `admin` is the actor. `id_key` (64 hex digits) is drawn at random unless a training
    station fixes it so that two runs can be compared.

    Raises:
        RefusedError: another unit is installed here, the roster names no administrator, or a real station's table
            declares a documentation or benchmark range routable, which belongs to training only.
    """
    if not training:
        _refuse_exercise_ranges(roster.allocations)
    admin = next((row for row in roster.officers if row.role == "admin"), None)
    if admin is None:
        raise RefusedError("ROSTER", "the roster names no officer of role admin")
    with one_transaction():
        unit = Unit.objects.filter(id=1).first()
        if unit is not None and unit.name != roster.name:
            raise RefusedError(
                "UNIT", f"this station belongs to {unit.name}; use another KAVAL_HOME for {roster.name}"
            )
        if unit is None:
            forget_key()
            Unit.objects.create(
                id=1,
                name=roster.name,
                name_ml=roster.name_ml,
                training=training,
                id_key=id_key or secrets.token_hex(32),
            )
            LedgerHead.objects.create(id=1)
            _fill(roster)
        actor = Officer.objects.filter(number=admin.number).first()
        if actor is None:
            raise RefusedError(
                "UNIT", f"{roster.name} is installed with another roster: {admin.number} is not in it"
            )
        request = {"roster": roster.digest, "training": training}
        with acting("install_unit", by=actor, at=at, key="unit", request=request) as act:
            if not act.repeated:
                act.ledger(
                    "unit_installed",
                    {
                        "roster": roster.digest,
                        "officers": len(roster.officers),
                        "districts": len(roster.districts),
                        "training": training,
                    },
                )
    return actor


def set_password(*, by: Officer, at: datetime, key: str, officer: Officer, password: str) -> None:
    """Sets an officer's password (argon2); the words themselves are in no record, request digest or ledger.

    Raises:
        RefusedError: the password is too short or too common to stand.
    """
    with acting("set_password", by=by, at=at, key=key, request={"officer": officer.number}) as act:
        if act.repeated:
            return
        account = Account.objects.select_for_update().get(officer=officer)
        try:
            validate_password(password)
        except ValidationError as refused:
            raise RefusedError("PASSWORD", " ".join(refused.messages)) from refused
        account.set_password(password)
        account.save(update_fields=["password"])
        act.about("officer", officer.id)
        act.ledger("password_set", {"officer": officer.number})


def _refuse_exercise_ranges(allocations: Sequence[AllocationRow]) -> None:
    for row in allocations:
        special = special_range(ip_network(row.cidr).network_address)
        if special is not None and row.routable:
            raise RefusedError(
                "A-04", f"{row.cidr} is a {special[0]} range; only a training station may call it routable"
            )


def _fill(roster: Roster) -> None:
    districts = {
        row.code: District(
            id=derive("district", row.code),
            code=row.code,
            name=row.name,
            name_ml=row.name_ml,
            outline=row.outline,
        )
        for row in roster.districts
    }
    District.objects.bulk_create(districts.values())
    stations = {
        row.code: Station(
            id=derive("station", row.code),
            code=row.code,
            district=districts[row.district],
            name=row.name,
            name_ml=row.name_ml,
            outline=row.outline,
            longitude=row.longitude,
            latitude=row.latitude,
        )
        for row in roster.stations
    }
    Station.objects.bulk_create(stations.values(), batch_size=500)
    _fill_people(roster, districts, stations)
    _fill_providers(roster)


def _fill_people(roster: Roster, districts: Mapping[str, District], stations: Mapping[str, Station]) -> None:
    officers = [
        Officer(
            id=derive("officer", row.number),
            number=row.number,
            name=row.name,
            name_ml=row.name_ml,
            rank=row.rank,
            gender=row.gender,
            district=districts.get(row.district),
            station=stations.get(row.station),
            skills=list(row.skills),
            roles=[row.role or "field_officer"],
            leave_from=row.leave_from,
            leave_to=row.leave_to,
        )
        for row in roster.officers
    ]
    Officer.objects.bulk_create(officers, batch_size=500)
    # "!" marks a password nobody can type: on a training station people choose a name, elsewhere an
    # administrator sets one.
    Account.objects.bulk_create(
        [Account(username=officer.number, officer=officer, password="!") for officer in officers],
        batch_size=500,
    )


def _fill_providers(roster: Roster) -> None:
    Provider.objects.bulk_create(
        [
            Provider(
                id=derive("provider", row.code),
                code=row.code,
                name=row.name,
                kind=row.kind,
                answer_layout=row.answer_layout,
                subscriber_layout=row.subscriber_layout,
                offset_minutes=row.offset_minutes,
                shares_addresses=row.shares_addresses,
                contact=row.contact,
            )
            for row in roster.providers
        ]
    )
    Allocation.objects.bulk_create(
        [
            Allocation(
                id=derive("allocation", row.cidr, row.valid_from),
                cidr=row.cidr,
                provider_code=row.provider,
                kind=row.kind,
                routable=row.routable,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
                source=row.source,
            )
            for row in roster.allocations
        ]
    )
