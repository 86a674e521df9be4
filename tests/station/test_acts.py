"""Every act of the station, walked: who, when and under which key are asked for, and an outsider is refused.

The one exception is `install_unit`: before it there is no officer who could be `by`, so its actor is the administrator
whom the roster names. It checks the role like any other act once the rows exist.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from django.test import override_settings

from kaval.cli.play.chain import Play
from kaval.engine.kernel.errors import NotPermitted
from kaval.station import operations, roles
from kaval.station.models import (
    AnswerTemplate,
    Attribution,
    AttributionError,
    CheckOverride,
    ErrorNotice,
    Exhibit,
    Group,
    Lead,
    LinkDecision,
    LinkProposal,
    Notice,
    ObservationEntry,
    Officer,
    OfficerConflict,
    Opening,
    OrderedItem,
    Outcome,
    Packet,
    Place,
    Provider,
    ProviderContact,
    ProviderQuirk,
    ProviderRequest,
    Quarantine,
    ReadingWarning,
    Reaudit,
    Receipt,
    Refusal,
    Site,
    Team,
)
from kaval.station.operations.attribution import GroundLook
from kaval.station.operations.double_entry import TypedObservation
from kaval.station.operations.field_facts import SeizedItem
from kaval.station.operations.plan_changes import FoundPlace
from kaval.station.operations.plan_facts import OfficerFacts, SiteFacts
from kaval.station.operations.providers import ContactFacts, ProviderFigures, QuirkFacts
from kaval.station.queries.whole import rows_digest
from tests.station.event_rows import PLAIN
from tests.station.plays import last_refusal

PLAYED_UNTIL = "press note"
AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
BOOTSTRAP = {"install_unit"}
# Rows and facts that acts are made of; nothing here is called but by an act.
MAKINGS = {"field_facts", "lead_rows", "plan_admission", "plan_rows"}
# What does several acts of other modules one after another, each refused by itself.
SEQUENCES = {"following", "ground"}


@dataclass(frozen=True)
class Operation:
    """A public function that writes, and the acts it begins."""

    module: ModuleType
    function: Callable[..., Any]
    acts: frozenset[str]

    @property
    def name(self) -> str:
        """How a failing test calls it."""
        return f"{self.module.__name__.rsplit('.', 1)[-1]}.{self.function.__name__}"

    @property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """Its parameters by name."""
        return dict(inspect.signature(self.function).parameters)


def _modules() -> list[ModuleType]:
    return [
        importlib.import_module(f"{operations.__name__}.{found.name}")
        for found in pkgutil.iter_modules(operations.__path__)
        if found.name not in MAKINGS | SEQUENCES
    ]


def _acts_of(tree: ast.Module, name: str) -> frozenset[str]:
    """The names given to `acting(...)` or `Move(...)` in a function and in the private parts of its module it uses."""
    parts = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    found: set[str] = set()
    waiting, seen = [name], {name}
    while waiting:
        for node in ast.walk(parts[waiting.pop()]):
            if isinstance(node, ast.Name) and node.id.startswith("_") and node.id in parts.keys() - seen:
                seen.add(node.id)
                waiting.append(node.id)
            elif (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("acting", "Move")
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
            ):
                found.add(node.args[0].value)
    return frozenset(found)


def _operations() -> Iterator[Operation]:
    for module in _modules():
        tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                acts = _acts_of(tree, name)
                if acts or "by" in inspect.signature(function).parameters:
                    yield Operation(module, function, acts)


EVERY = sorted(_operations(), key=lambda one: one.name)
BY_SOMEBODY = [one for one in EVERY if one.function.__name__ not in BOOTSTRAP]


@pytest.mark.parametrize("operation", EVERY, ids=lambda one: one.name)
def test_an_act_asks_who_when_and_under_which_key(operation: Operation) -> None:
    parameters = operation.parameters
    assert {one.kind for one in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
    wanted = {"at"} if operation.function.__name__ in BOOTSTRAP else {"by", "at", "key"}
    assert wanted <= set(parameters)
    assert all(parameters[name].default is inspect.Parameter.empty for name in wanted)
    assert inspect.getdoc(operation.function), "an act says what it does"


@pytest.mark.parametrize("operation", EVERY, ids=lambda one: one.name)
def test_an_act_is_on_the_page_of_roles(operation: Operation) -> None:
    assert operation.acts, f"{operation.name} writes without an act"
    assert operation.acts <= set(roles.MAY_DO)


def test_every_act_on_the_page_has_an_operation_and_every_role_is_known() -> None:
    begun = frozenset().union(*(operation.acts for operation in EVERY))
    assert set(roles.MAY_DO) == begun
    assert frozenset().union(*roles.MAY_DO.values(), *roles.MAY_SEE.values()) == frozenset(roles.ROLES)


def test_an_auditor_may_do_nothing() -> None:
    """Who audits the acts does none."""
    assert not [act for act, who in roles.MAY_DO.items() if "auditor" in who]


@pytest.mark.parametrize("operation", BY_SOMEBODY, ids=lambda one: one.name)
def test_an_outsider_is_refused_and_nothing_changes(operation: Operation, play: Play, tmp_path: Path) -> None:
    """Called with everything else as it should be, by an officer whose roles do not permit it."""
    outsider = play.officer("auditor")
    arguments = {
        name: _some(operation, name, play)
        for name, parameter in operation.parameters.items()
        if parameter.default is inspect.Parameter.empty and name not in ("by", "at", "key")
    }
    refusals, before = Refusal.objects.count(), rows_digest()
    with override_settings(HOME=tmp_path), pytest.raises(NotPermitted):
        operation.function(by=outsider, at=AT, key="conformance", **arguments)
    assert rows_digest() == before
    assert not list(tmp_path.rglob("*"))
    assert Refusal.objects.count() == refusals + 1
    assert (last_refusal().by, last_refusal().code) == (outsider, "ROLE")
    assert last_refusal().name in operation.acts


@pytest.mark.parametrize("operation", BY_SOMEBODY, ids=lambda one: one.name)
def test_nobody_is_no_actor(operation: Operation, play: Play) -> None:
    """An officer without any role may do nothing at all."""
    nobody = Officer(number="KL-NOBODY", roles=[])
    assert not any(roles.permits(nobody.roles, act) for act in operation.acts)


def _some(operation: Operation, name: str, play: Play) -> Any:
    """A value for a parameter: a row of the played station, or the plainest value of its type."""
    annotation = str(operation.parameters[name].annotation)
    row = _ROWS.get(name)
    if row is not None and annotation != "str":
        return row(play)
    for part, value in _PLAIN.items():
        if annotation.startswith(part):
            return value
    raise AssertionError(f"teach this test what {name}: {annotation} of {operation.name} looks like")


_ROWS: dict[str, Callable[[Play], Any]] = {
    "operation": lambda play: play.operation,
    "site": lambda play: Site.objects.select_related("operation", "place__station").earliest("number"),
    "exhibit": lambda _: Exhibit.objects.earliest("number"),
    "receipt": lambda _: Receipt.objects.earliest("name"),
    "provider": lambda _: Provider.objects.earliest("code"),
    "officer": lambda play: play.officer("analyst"),
    "place": lambda _: Place.objects.earliest("id"),
    "warning_id": lambda _: ReadingWarning.objects.earliest("id").id,
    "item": lambda _: SeizedItem("phone", "A", "B", "S1", None, 64, "off", "shelf", "KL-999999"),
    "look": lambda _: GroundLook("", "", "", True, True, "same", "", None, "secured"),
    "subject": lambda _: Site.objects.earliest("number").id,
    "group": lambda _: Group(id=UUID(int=7), platform="example chat", code="G-0007"),
    "proposal": lambda _: LinkProposal(id=UUID(int=7), state="open"),
    "decision": lambda _: LinkDecision(id=UUID(int=7), kind="join"),
    "notice": lambda _: Notice(id=UUID(int=7), kind="open_case"),
    "request": lambda _: ProviderRequest.objects.earliest("number"),
    "template": lambda _: AnswerTemplate(id=UUID(int=7)),
    "lead": lambda _: Lead.objects.earliest("number"),
    "entry": lambda _: ObservationEntry(id=UUID(int=7)),
    "contact": lambda _: ProviderContact(id=UUID(int=7)),
    "quirk": lambda _: ProviderQuirk(id=UUID(int=7)),
    "attribution": lambda _: Attribution.objects.earliest("id"),
    "outcome": lambda _: Outcome.objects.earliest("id"),
    "reaudit": lambda _: Reaudit(id=UUID(int=7)),
    "error": lambda _: AttributionError(id=UUID(int=7)),
    "owed": lambda _: ErrorNotice(id=UUID(int=7)),
    "quarantine": lambda _: Quarantine(id=UUID(int=7)),
    "override": lambda _: CheckOverride(id=UUID(int=7)),
    "team": lambda _: Team.objects.earliest("number"),
    "interest": lambda _: OfficerConflict(id=UUID(int=7)),
    "packet": lambda _: Packet(id=UUID(int=7)),
    "handed_to": lambda play: play.officer("analyst"),
    "viewed": lambda _: OrderedItem(id=UUID(int=7)),
    "opening": lambda _: Opening(id=UUID(int=7)),
}
_PLAIN: dict[str, Any] = PLAIN | {
    "str": "x",
    "bool": True,
    "ProviderFigures": ProviderFigures(
        "fixed", "x", "x", "x", "dot_ipdr_2013", "lattice_csv", False, None, None
    ),
    "ContactFacts": ContactFacts("x", "x", "x@example.org", "", AT.date()),
    "QuirkFacts": QuirkFacts("x", "x", AT.date()),
    "TypedObservation": TypedObservation("198.51.100.7", "", "tcp", "2026-01-01T00:00:00Z", "", "page 1"),
    "SiteFacts": SiteFacts(),
    "OfficerFacts": OfficerFacts(),
    "FoundPlace": FoundPlace("x", "x", 9.9, 76.3, "x"),
    "UUID": UUID(int=7),
    "Language": "en",
    "bytes": b"x",
    "int": 1,
    "datetime": AT,
    "date": AT.date(),
    "Mapping": {"search_basis": "WARRANT_96"},
    "Sequence": (),
    "Iterable": (),
}
