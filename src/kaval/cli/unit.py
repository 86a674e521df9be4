"""Setting up a real unit: its roster from files, and the passwords people sign in with."""

from __future__ import annotations

import getpass
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kaval.cli.station import opened
from kaval.engine.formats import roster
from kaval.engine.kernel.errors import ConfigurationError

app = typer.Typer(no_args_is_help=True, help="The unit of this station: install it, give people passwords.")


@app.command()
def install(
    folder: Annotated[
        Path, typer.Argument(help="Holds stations.geojson, officers.csv, isps.csv, allocation.csv.")
    ],
    name: Annotated[str, typer.Option(help="The unit's name as it stands on documents.")],
    name_ml: Annotated[str, typer.Option(help="The same in Malayalam.")] = "",
) -> None:
    """Installs a real unit, once. Training ranges are refused: this station will ask real providers.

    Example: kaval unit install /media/roster --name "CCSE, Example State Police"
    """
    with opened(say=typer.echo):
        from kaval.station.operations import organisation

        def content(file: str) -> bytes:
            path = folder / file
            if not path.is_file():
                raise ConfigurationError(
                    f"{path} is missing; a roster is stations.geojson, officers.csv, isps.csv and allocation.csv"
                )
            return path.read_bytes()

        districts, stations = roster.read_places(content("stations.geojson"), file="stations.geojson")
        given = organisation.Roster(
            name=name,
            name_ml=name_ml,
            districts=districts,
            stations=stations,
            officers=roster.read_officers(content("officers.csv"), file="officers.csv"),
            providers=roster.read_providers(content("isps.csv"), file="isps.csv"),
            allocations=roster.read_allocations(content("allocation.csv"), file="allocation.csv"),
        )
        admin = organisation.install_unit(at=datetime.now(UTC), roster=given, training=False)
    typer.echo(f"{name} is installed. Next: kaval unit password {admin.number}")


@app.command()
def password(
    number: Annotated[str, typer.Argument(help="The officer's number; it is the user name too.")],
) -> None:
    """Sets an officer's password; asked for twice, or read from standard input when that is no terminal.

    Example: kaval unit password HQ-001
    """
    if sys.stdin.isatty():
        chosen = getpass.getpass("New password: ")
        if chosen != getpass.getpass("Once more: "):
            raise ConfigurationError("the two passwords differ; nothing was changed")
    else:
        chosen = sys.stdin.readline().rstrip("\n")
    with opened():
        from kaval.station.models import Officer
        from kaval.station.operations import organisation

        officer = Officer.objects.filter(number=number).first()
        admin = Officer.objects.filter(roles__contains=["admin"]).order_by("number").first()
        if officer is None or admin is None:
            raise ConfigurationError(f"no officer {number} is on the roster of this station")
        organisation.set_password(
            by=admin, at=datetime.now(UTC), key=secrets.token_hex(16), officer=officer, password=chosen
        )
    typer.echo(f"{number} can sign in")
