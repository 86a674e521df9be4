"""`kaval lab`: from the folder of an examination to an order of work, to reports, and into the station."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kaval.cli.progress import Steps
from kaval.engine.kernel.errors import ConfigurationError

if TYPE_CHECKING:
    from kaval.engine.documents.lab_report import LabReportFacts
    from kaval.lab.result import Result
    from kaval.station.operations.laboratory import LabRecord

app = typer.Typer(
    no_args_is_help=True, help="What an examination found: in order, on paper, into the station."
)
_FORMS = ("case", "vics", "csv", "xlsx", "pdf")
OutArgument = Annotated[Path, typer.Argument(help="The folder kaval examine wrote with --out.")]


@app.command()
def report(
    out: OutArgument,
    *,
    to: Annotated[Path, typer.Option(help="The folder to write the reports into.")],
    form: Annotated[
        list[str] | None,
        typer.Option("--format", help=f"One of {', '.join(_FORMS)}; without it all of them."),
    ] = None,
    number: Annotated[str, typer.Option(help="The number of the case or report.")] = "",
    unit: Annotated[str, typer.Option(help="The unit that examined.")] = "",
    training: Annotated[bool, typer.Option(help="Marks every page as synthetic.")] = False,
) -> None:
    """Writes the result of an examination as CASE/UCO, a VICS 2.0 case, CSV, XLSX and a PDF summary; no content leaves.

    Examples: kaval lab report findings --to report · kaval lab report findings --to report --format pdf
    --number 12/2026
    """
    from kaval.lab.report import write_reports
    from kaval.lab.result import open_result

    wanted = tuple(dict.fromkeys(form or _FORMS))
    if unknown := set(wanted) - set(_FORMS):
        raise typer.BadParameter(
            f"{', '.join(sorted(unknown))}: not one of {', '.join(_FORMS)}", param_hint="--format"
        )
    with Steps() as steps:
        steps.say("checking the result")
        result = open_result(out)
        for one in wanted:
            steps.say(f"writing {one}")
            if one == "pdf":
                path = to / "summary.pdf"
                _pdf(result, path, number=number, unit=unit, training=training)
            else:
                path = write_reports(result, to=to, forms=(one,), case_number=number, unit=unit)[one]
            typer.echo(path)


@app.command()
def order(
    out: OutArgument,
    *,
    show: Annotated[int, typer.Option(min=0, help="How many files to print.")] = 20,
) -> None:
    """Concludes an examination (facts, indicators, groups, order) and prints what a person should look at first.

    Example: kaval lab order findings --show 50
    """
    from kaval.lab.conclude import conclude
    from kaval.lab.result import open_result

    with Steps() as steps:
        steps.say("concluding")
        result = open_result(out)
        conclude(out)
    for kind, most in (("device", None), ("file", show)):
        for line in islice(result.ordered(kind), most):
            why = "; ".join(str(one["text"]) for one in line["reasons"])
            typer.echo(
                f"{kind} {line['rank']}: {line['source']} {line.get('path', '')} ({line['score']:g}) {why}"
            )


@app.command()
def record(
    out: OutArgument,
    *,
    exhibit: Annotated[str, typer.Option(help="The number of the exhibit.")],
    image: Annotated[Path, typer.Option(help="The image that was examined, where it lies now.")],
    by: Annotated[str, typer.Option(help="The examiner.")],
) -> None:
    """Takes the result for one image into the station: findings, order, facts, indicators, and all they rest on.

    The image is read once more: the station keeps the digests of the bytes that lie there now, and refuses others.

    Example: kaval lab record findings --exhibit EX/12 --image phone.img --by KL-0012
    """
    from kaval.cli.station import opened
    from kaval.cli.taking_in import officer_of
    from kaval.engine.kernel.digest import digest_chunks
    from kaval.lab.result import open_result

    with Steps() as steps, opened(say=steps.say):
        from kaval.station.models import Exhibit
        from kaval.station.operations.laboratory import record_examination

        result = open_result(out)
        held = Exhibit.objects.filter(number=exhibit).first()
        if held is None:
            raise ConfigurationError(f"no exhibit has the number {exhibit!r}")
        steps.say("reading the image")
        with image.open("rb") as stream:
            digests = digest_chunks(iter(lambda: stream.read(1 << 20), b""))
        name = source_of(result, digests.sha256)
        steps.say("recording")
        done = record_examination(
            by=officer_of(by),
            at=datetime.now(UTC),
            key=f"{exhibit} {result.sha256}",
            exhibit=held,
            image_sha256=digests.sha256,
            tool=str(result.summary["tool"]),
            files=(line for line in result.lines("findings.jsonl") if line["source"] == name),
            warnings=[line for line in result.lines("warnings.jsonl") if line["source"] == name],
            hash_report=asdict(digests),
            lab=record_of(result, name, image=image),
        )
    typer.echo(
        f"{exhibit}: {done.files} files, {done.known} of them in a list, {done.ordered.count()} in the order"
    )


def source_of(result: Result, sha256: str) -> str:
    """The name under which the image of this digest was examined.

    Raises:
        ConfigurationError: it was not.
    """
    for one in result.summary["sources"]:
        if one.get("sha256") == sha256 and one.get("examined"):
            return str(one["name"])
    raise ConfigurationError(f"no examined source of {result.folder} has the digest {sha256} of this image")


def record_of(result: Result, name: str, *, image: Path) -> LabRecord:
    """What stands behind the examination of one source of a result, for `record_examination`."""
    from kaval.station.operations.laboratory import MOST_ORDERED, LabRecord

    summary = result.summary
    source = next(one for one in summary["sources"] if one["name"] == name)
    concluded = result.concluded("facts.json") or {"devices": ()}
    mine = (line for line in result.ordered("file") if line["source"] == name)
    order = list(islice(mine, MOST_ORDERED))
    found = result.at_lines({line["line"] for line in order})
    return LabRecord(
        source_path=_below_home(image),
        provenance={
            "summary_sha256": result.sha256,
            "inputs_digest": summary["inputs_digest"],
            "examined_at": summary["examined_at"],
            "confinement": summary.get("confinement"),
            "source": {key: value for key, value in source.items() if key != "counts"},
            "hashsets": summary["hashsets"],
            "digests": result.file_digests(),
        },
        counts=source["counts"],
        facts=next((one for one in concluded["devices"] if one["source"] == name), None),
        indicators=[line for line in result.lines("indicators.jsonl") if line["source"] == name],
        order=[line | _of_finding(found[line["line"]]) for line in order],
    )


def _below_home(image: Path) -> str:
    """Where the image lies, from the station's home when it lies in it: a home that is moved or restored keeps it."""
    from django.conf import settings

    home, place = Path(settings.HOME).resolve(), image.resolve()
    return str(place.relative_to(home) if place.is_relative_to(home) else place)


def _of_finding(line: dict[str, Any]) -> dict[str, Any]:
    return {key: line[key] for key in ("sha256", "size", "mime")}


def _pdf(result: Result, path: Path, *, number: str, unit: str, training: bool) -> None:
    from kaval.engine.documents.lab_report import build
    from kaval.gateways.typst_renderer import render
    from kaval.lab.writing import WholeFile

    # The paper is decided by the result: made twice, it is the same file.
    at = datetime.fromisoformat(str(result.summary["examined_at"]))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with WholeFile(path) as file:
        file.write(
            render(
                build(_facts(result, at, number=number, unit=unit, training=training)),
                language="en",
                at=at,
            )
        )


def _facts(result: Result, at: datetime, *, number: str, unit: str, training: bool) -> LabReportFacts:
    from kaval.engine.documents.lab_report import SHOWN, LabReportFacts

    known, known_total = [], 0
    for line in result.lines("findings.jsonl"):
        if line.get("matches"):
            known_total += 1
            known += [line] if known_total <= SHOWN else []
    order = [*result.ordered("device"), *islice(result.ordered("file"), SHOWN)]
    return LabReportFacts(
        number=number or result.summary["inputs_digest"][:12],
        unit=unit or "Laboratory",
        unit_ml=unit or "ലബോറട്ടറി",
        prepared_at=at,
        examined_at=at,
        training=training,
        summary=result.summary,
        digests=result.file_digests(),
        known=known,
        known_total=known_total,
        order=order,
        order_total=sum(1 for kind in ("device", "file") for _ in result.ordered(kind)),
        indicators=list(islice(result.lines("indicators.jsonl"), SHOWN)),
        facts=result.concluded("facts.json"),
    )
