"""The station's database: start, stop, status, backup, restore, and one digest over everything it holds."""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kaval.cli.progress import Steps
from kaval.cli.station import opened
from kaval.engine.kernel.errors import ConfigurationError
from kaval.gateways.postgres import Cluster, default_home

app = typer.Typer(
    no_args_is_help=True, help="The database under the station: embedded PostgreSQL, or KAVAL_DATABASE_URL."
)


@app.command()
def status() -> None:
    """Says which database is used, whether it answers, and what it holds.

    Example: kaval db status
    """
    with opened(say=lambda text: typer.echo(text, err=True)) as cluster:
        from django.db import connection

        from kaval.station.models import Act, LedgerHead, Report, Unit

        unit = Unit.objects.filter(id=1).first()
        head = LedgerHead.objects.filter(id=1).first()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT version(), current_user, pg_size_pretty(pg_database_size(current_database()))"
            )
            version, role, size = cursor.fetchone()
        typer.echo(
            f"server    {version.split(' on ')[0]}, {'embedded in ' + str(cluster.home) if cluster else 'outside'}\n"
            f"role      {role}\nsize      {size}\n"
            f"unit      {(unit.name + (' (training)' if unit.training else '')) if unit else 'none installed'}\n"
            f"reports   {Report.objects.count()}\nacts      {Act.objects.count()}\n"
            f"ledger    {head.size if head else 0} entries"
        )


@app.command()
def start() -> None:
    """Makes sure the database exists, answers, and has the present schema.

    Example: kaval db start
    """
    with opened(say=typer.echo):
        typer.echo("the database is ready")


@app.command()
def stop() -> None:
    """Stops the embedded database, if it runs.

    Example: kaval db stop
    """
    Cluster(default_home()).stop()


@app.command()
def digest() -> None:
    """Prints one SHA-256 over all rows: two stations that did the same have the same digest.

    Example: kaval db digest
    """
    with opened():
        from kaval.station.queries.whole import rows_digest

        typer.echo(rows_digest())


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="The .tar to write; must not exist.")]) -> None:
    """Writes database and sealed bytes into one file with a manifest of digests.

    Example: kaval db backup /media/vault/kaval-2026-03-01.tar
    """
    if file.exists():
        raise ConfigurationError(f"{file} exists; name a new file")
    with opened() as cluster, Steps() as steps, tempfile.TemporaryDirectory() as folder:
        if cluster is None:
            raise ConfigurationError(
                "an outside server is backed up with its own tools (pg_dump) and the sealed folder copied"
            )
        dump = Path(folder) / "kaval.dump"
        with steps.step("dump"):
            cluster.run_tool("pg_dump", "--format=custom", "--file", str(dump))
        fresh = file.with_name(f".{file.name}.new")
        with steps.step("pack"), tarfile.open(fresh, "w") as tar:
            manifest = {
                "kaval_backup": 1,
                "made_at": datetime.now(UTC).isoformat(),
                "dump_sha256": _sha256(dump),
            }
            note = Path(folder) / "manifest.json"
            note.write_text(json.dumps(manifest))
            tar.add(note, "manifest.json")
            tar.add(dump, "kaval.dump")
            if (cluster.home / "sealed").exists():
                tar.add(cluster.home / "sealed", "sealed")
        fresh.rename(file)
    typer.echo(f"{file}: {file.stat().st_size} bytes")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup made by `kaval db backup`.")],
    yes: Annotated[bool, typer.Option("--yes", help="Replace what this station holds now.")] = False,
) -> None:
    """Puts a backup back; refuses to replace a station that holds anything unless told `--yes`.

    A restored backup is a fork: entries made after it are gone, and only a ledger root kept elsewhere shows it.

    Example: KAVAL_HOME=/srv/restored kaval db restore kaval-2026-03-01.tar
    """
    home = default_home()
    if (home / "pg").exists() and not yes:
        raise ConfigurationError(f"{home} holds a station; restore into another KAVAL_HOME, or say --yes")
    with tempfile.TemporaryDirectory() as folder:
        dump = _unpack(file, Path(folder))
        # The bytes first: a row never names bytes that are not there.
        if (Path(folder) / "sealed").exists():
            shutil.copytree(Path(folder) / "sealed", home / "sealed", dirs_exist_ok=True)
        cluster = Cluster(home)
        cluster.start(say=typer.echo)
        try:
            cluster.run_tool(
                "pg_restore",
                "--clean",
                "--if-exists",
                "--no-owner",
                "--single-transaction",
                "--role=kaval_owner",
                str(dump),
            )
        finally:
            cluster.release()
    with opened():
        typer.echo("restored; rights and triggers are set again")


def _unpack(file: Path, folder: Path) -> Path:
    """Unpacks a backup and holds it to its digests; gives the path of the dump.

    Raises:
        ConfigurationError: it is no backup, or bytes in it are not those that were put in.
    """
    try:
        with tarfile.open(file) as tar:
            tar.extractall(folder, filter="data")
        stated = json.loads((folder / "manifest.json").read_text())["dump_sha256"]
        found = _sha256(folder / "kaval.dump")
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError) as trouble:
        first = (str(trouble).splitlines() or [type(trouble).__name__])[0]
        raise ConfigurationError(f"{file} is no backup of a station: {first}") from trouble
    if found != stated:
        raise ConfigurationError(f"{file} is damaged: the database dump does not match its manifest")
    sealed = folder / "sealed"
    for path in (*sealed.glob("??/[!.]*"), *sealed.glob("packs/??/[!.]*")):
        if _sha256(path) != path.name:
            raise ConfigurationError(
                f"{file} is damaged: sealed bytes {path.name[:12]}… are not what was received"
            )
    return folder / "kaval.dump"


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
