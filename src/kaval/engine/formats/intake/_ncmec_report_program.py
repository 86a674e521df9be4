"""The program of a CyberTipline report: what each handler of `ncmec_report_xml.py` does, said for an outline.

Each taker stands for one handler there and adds the same records, signals and texts in the same order; a test reads
whatever the schema allows, and much that it does not, both ways and compares.
"""

from __future__ import annotations

from typing import NamedTuple

from kaval.engine.formats._spec import IdentifierRecord
from kaval.engine.formats.intake._ncmec import Handler, Harvest, Shape, signal, truth
from kaval.engine.formats.intake._ncmec_event import DEVICE, names_client
from kaval.engine.formats.intake._ncmec_program import (
    Draft,
    Node,
    Operation,
    Part,
    Program,
    Taker,
    Unusual,
    Values,
    container,
    first_of,
    free_text,
    leaf,
    outlined,
    said_by_a_record,
    walk,
)
from kaval.engine.kernel.identifier import client_guid

NAME_PARTS = ("firstName", "middleName", "lastName")


class ReportProgram(NamedTuple):
    """The steps, where the incident's type and time stand, and whether several accounts are reported."""

    steps: Program
    kind: list[int]
    time: list[int]
    several_reported: bool


def report_program(outline: str, *, shape: Shape, takers: dict[Handler, Taker]) -> ReportProgram:
    """The program for an outline.

    Raises:
        Unusual: the outline has something that no program covers.
    """
    root, count = outlined(outline)
    summaries = root.named("incidentSummary")
    if root.name != "report" or not summaries:
        raise Unusual
    draft = Draft("/report", count, takers)
    for name, number in root.attributes:
        draft.keep(f"@{name}", number, hidden=False)
    platform = draft.scope(summaries[0].texts("platform"), -1)
    draft.blank.append(root.text or 0)
    walk(draft, root, "", shape=shape, part=Part("mentioned", "mentioned", platform))
    draft.blank.append(root.tail)
    return ReportProgram(
        draft.program(),
        summaries[0].texts("incidentType"),
        summaries[0].texts("incidentDateTime"),
        len(root.named("personOrUserReported")) > 1,
    )


def batched(draft: Draft, node: Node, where: str, *, part: Part, below: Shape | None) -> None:
    """For `_batched`."""
    for name, number in node.attributes:
        if name == "reason":
            draft.operations.append(_viral(number))
    leaf(draft, node, where, part=part)


def _viral(number: int) -> Operation:
    def look(harvest: Harvest, values: Values, scopes: Values) -> None:
        if "VIRAL" in values[number]:
            harvest.signals["viral"] = None

    return look


def annotated(draft: Draft, node: Node, where: str, *, part: Part, below: Shape | None) -> None:
    """For `_annotations`."""
    empty = draft.count
    flags = [(empty if kid.text is None else kid.text, signal(kid.name)) for kid in node.kids]

    def look(harvest: Harvest, values: Values, scopes: Values) -> None:
        for number, code in flags:
            if truth(values[number].strip() or "true") is not False:
                harvest.signals[code] = None

    draft.operations.append(look)
    container(draft, node, where, shape=below, part=part)


def escalation(draft: Draft, node: Node, where: str, *, part: Part, below: Shape | None) -> None:
    """For `_escalation`."""
    if (number := node.text) is not None:

        def look(harvest: Harvest, values: Values, scopes: Values) -> None:
            if values[number].strip():
                harvest.signals["escalated"] = None

        draft.operations.append(look)
    free_text(restricted=False)(draft, node, where, part=part, below=below)


def party(name: str, role: str, restricted: bool, *, named: bool) -> Taker:
    """For `_party`."""

    def take(draft: Draft, node: Node, where: str, *, part: Part, below: Shape | None) -> None:
        scope = draft.scope(node.texts("espService"), part.scope) if named else part.scope
        container(draft, node, where, shape=below, part=Part(name, role, scope, restricted))

    return take


def side(name: str, role: str, *, own_platform: bool) -> Taker:
    """For `_peer` and `_office`."""

    def take(draft: Draft, node: Node, where: str, *, part: Part, below: Shape | None) -> None:
        scope = part.scope if own_platform else draft.scope((), -1)
        container(draft, node, where, shape=below, part=Part(name, role, scope))

    return take


def associated(draft: Draft, node: Node, where: str, *, part: Part, below: Shape | None) -> None:
    """For `_associated`."""
    scope = draft.scope([*node.texts("espService"), *node.texts("platform")], part.scope)
    other = Part("mentioned", "associated", scope, part.restricted)
    _full_name(draft, node, where, part=other)
    container(draft, node, where, shape=below, part=other)


def person(draft: Draft, node: Node, where: str, *, part: Part, below: Shape | None) -> None:
    """For `_person`."""
    _full_name(draft, node, where, part=part)
    container(draft, node, where, shape=below, part=part)


def reporting_person(draft: Draft, node: Node, where: str, *, part: Part, below: Shape | None) -> None:
    """For `_reporting_person`."""
    person(draft, node, where, part=part._replace(restricted=True), below=below)


def _full_name(draft: Draft, node: Node, where: str, *, part: Part) -> None:
    """Put before the identifiers of the person; a part that stands there twice has another path and does not
    count."""
    parts = [node.texts(name)[0] for name in NAME_PARTS if len(node.named(name)) == 1 and node.texts(name)]
    if part.party == "victim" or not parts:
        return
    whose, place = part.party, f"{draft.root}/{where}"

    def name(harvest: Harvest, values: Values, scopes: Values) -> None:
        words = [text for number in parts if (text := values[number].strip())]
        if words:
            harvest.identifiers.append(IdentifierRecord("name", " ".join(words), "", whose, place))

    draft.operations.append(name)


def phone(draft: Draft, node: Node, where: str, *, part: Part, below: Shape | None) -> None:
    """For `_phone`; a number written without its country is kept as written."""
    if not said_by_a_record(draft, node, where, part=part):
        return
    whose, place, at = part.party, f"{draft.root}/{where}", node.text or 0
    country_at = dict(node.attributes).get("countryCallingCode", draft.count)
    if country_at != draft.count:
        draft.keep(where, at, hidden=part.restricted)

    def dial(harvest: Harvest, values: Values, scopes: Values) -> None:
        whole = values[at]
        if not whole or whole != whole.strip():
            raise Unusual
        if country_at != draft.count:
            country = values[country_at].strip()
            if country and not whole.startswith(("+", "00")):
                whole = f"{country} {whole}"
            else:
                del (harvest.restricted if part.restricted else harvest.fields)[where]
        harvest.identifiers.append(IdentifierRecord("phone", whole, "", whose, place))

    draft.operations.append(dial)


def prior(draft: Draft, node: Node, where: str, *, part: Part, below: Shape | None) -> None:
    """For `_prior`."""
    if part.party == "reported":
        draft.operations.append(_has_prior_reports)
    leaf(draft, node, where, part=part)


def _has_prior_reports(harvest: Harvest, values: Values, scopes: Values) -> None:
    harvest.signals["prior_reports"] = None


def compromised(draft: Draft, node: Node, where: str, *, part: Part, below: Shape | None) -> None:
    """For `_compromised`."""
    if part.party == "reported" and (number := node.text) is not None:

        def look(harvest: Harvest, values: Values, scopes: Values) -> None:
            if truth(values[number]):
                harvest.signals["compromised_account"] = None

        draft.operations.append(look)
    leaf(draft, node, where, part=part)


def device(draft: Draft, node: Node, where: str, *, part: Part, below: Shape | None) -> None:
    """For `_ncmec_event.device`."""
    part = part._replace(device=tuple(node.texts("idType")))
    container(draft, node, where, shape=DEVICE, part=part)


def device_value(draft: Draft, node: Node, where: str, *, part: Part, below: Shape | None) -> None:
    """For `_ncmec_event.device_value`."""
    if not said_by_a_record(draft, node, where, part=part):
        return
    whose, place, at, types = part.party, f"{draft.root}/{where}", node.text or 0, part.device

    def name(harvest: Harvest, values: Values, scopes: Values) -> None:
        value = values[at]
        if not value or value != value.strip():
            raise Unusual
        is_client = names_client(first_of(values, types)) and client_guid.is_valid(value)
        kind = "client_guid" if is_client else "device_id"
        harvest.identifiers.append(IdentifierRecord(kind, value, "", whose, place))

    draft.operations.append(name)
