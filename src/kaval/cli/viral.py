"""`kaval viral`: lists of viral content into use and out of use; they lower the priority of reports, never drop one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kaval.cli.station import opened
from kaval.cli.taking_in import officer_of
from kaval.engine.kernel.digest import digest_bytes
from kaval.engine.kernel.errors import ReaderError

app = typer.Typer(
    no_args_is_help=True,
    help="Lists of viral content: what is on one lowers a report's priority; no report is dropped, nobody is merged.",
)
ByOption = Annotated[str, typer.Option(help="The examiner or supervisor who answers for the list.")]


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="A hash set: VICS JSON, hashdeep, or md5sum and its kin.")],
    *,
    name: Annotated[str, typer.Option(help="The list's name; a later file under it is its next version.")],
    by: ByOption,
    received_by: Annotated[str, typer.Option(help="The intake clerk who takes the file in.")],
) -> None:
    """Seals a hash set and takes it into use as a list of viral content.

    Example: kaval viral add viral-2026-03.json --name national --by KL-0012 --received-by KL-0007
    """
    try:
        content = file.read_bytes()
    except OSError as problem:
        raise ReaderError(
            f"cannot be opened ({problem.strerror})", file=str(file), mend="check the path"
        ) from problem
    moment = datetime.now(UTC)
    with opened():
        from kaval.station.operations import intake, viral

        key = f"viral {name} {digest_bytes(content).sha256}"
        receipt = intake.receive_file(
            by=officer_of(received_by),
            at=moment,
            key=key,
            name=file.name,
            content=content,
            source="viral_list",
        )
        held = viral.register_viral_list(by=officer_of(by), at=moment, key=key, receipt=receipt, name=name)
        entries = held.hash_set.entries
    typer.echo(f"{name}: version {held.number} with {entries} entries is in use from the next assessment on")


@app.command()
def withdraw(
    name: Annotated[str, typer.Argument(help="The list's name.")],
    *,
    reason: Annotated[str, typer.Option(help="Why it goes out of use.")],
    by: ByOption,
) -> None:
    """Takes a list out of use; what it lowered is weighed anew at the next assessment.

    Example: kaval viral withdraw national --reason "replaced by the bureau" --by KL-0012
    """
    moment = datetime.now(UTC)
    with opened():
        from kaval.station.operations import viral

        key = f"{name} {moment.isoformat()}"
        viral.withdraw_viral_list(by=officer_of(by), at=moment, key=key, name=name, reason=reason)
    typer.echo(f"{name} is out of use")
