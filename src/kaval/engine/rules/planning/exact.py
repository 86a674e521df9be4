"""A proved bound for a district's routes by linear programming, and better routes by CP-SAT on the arcs
that matter.

The model is a layered flow: each site stands in one wave, each arc leads from a wave to the next. Its
linear relaxation is close to the optimum. An arc whose reduced cost exceeds the gap between bound and best
known routes is in no better plan and is left out (reduced-cost fixing), so the search that follows is
small. Every step is deterministic: GLOP is, and CP-SAT runs one worker with a fixed seed and a limit in
deterministic time.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from ortools.linear_solver.python import model_builder as linear
from ortools.sat.python import cp_model

from kaval.engine.rules.planning.routes import Chains, Ground, greedy, improve
from kaval.engine.rules.planning.waves import capacities

_MOST_ARCS = 1200  # above it the search drowns: then only the most promising arcs are kept
_FEW_ARCS = 350
_Arc = tuple[int, int, int]  # (-1, team, site) for a first stop, else (wave, site, next site)


@dataclass(frozen=True, slots=True)
class _Row:
    """low <= sum(arcs) - stand + sum(stands) <= high, in positions of the arc and stand lists."""

    arcs: tuple[int, ...]
    stand: int | None
    stands: tuple[int, ...]
    low: int
    high: int


class _Layers:
    """The flow of one district: arcs with costs, (wave, site) stands, and the rows that tie them."""

    def __init__(self, ground: Ground, keep: frozenset[_Arc] | None = None) -> None:
        self.ground, self.sizes = ground, capacities(ground.sites, ground.teams)
        many = range(ground.sites)
        self.stands = [
            (wave, site) for wave in range(len(self.sizes)) for site in many if ground.may(site, wave)
        ]
        standing = set(self.stands)
        arcs: list[_Arc] = [
            (-1, team, site) for team in range(ground.teams) for site in many if (0, site) in standing
        ]
        arcs += [
            (wave, a, b)
            for wave in range(len(self.sizes) - 1)
            for a in many
            if (wave, a) in standing
            for b in many
            if a != b and (wave + 1, b) in standing
        ]
        self.arcs = [arc for arc in arcs if keep is None or arc in keep]
        self.costs = [ground.start[a][b] if wave < 0 else ground.between[a][b] for wave, a, b in self.arcs]
        self.rows = self._rows()

    def _rows(self) -> list[_Row]:
        leaving: dict[tuple[int, int], list[int]] = {}
        entering: dict[tuple[int, int], list[int]] = {}
        for place, (wave, a, b) in enumerate(self.arcs):
            leaving.setdefault((wave, a), []).append(place)
            entering.setdefault((wave + 1, b), []).append(place)
        must = 1 if self.sizes[0] == self.ground.teams else 0
        rows = [
            _Row(tuple(leaving.get((-1, team), ())), None, (), must, 1) for team in range(self.ground.teams)
        ]
        for place, (wave, site) in enumerate(self.stands):
            rows.append(_Row(tuple(entering.get((wave, site), ())), place, (), 0, 0))
            if wave + 1 < len(self.sizes):
                rows.append(_Row(tuple(leaving.get((wave, site), ())), place, (), -1, 0))
        for site in range(self.ground.sites):
            mine = tuple(place for place, (_, one) in enumerate(self.stands) if one == site)
            rows.append(_Row((), None, mine, 1, 1))
        for wave, size in enumerate(self.sizes):
            rows.append(
                _Row(
                    (),
                    None,
                    tuple(place for place, (one, _) in enumerate(self.stands) if one == wave),
                    size,
                    size,
                )
            )
        return rows


def relax(ground: Ground) -> tuple[float, dict[_Arc, float]]:
    """The linear bound in seconds and the reduced cost of every arc; (0, {}) when the relaxation is not
    solved."""
    layers, model = _Layers(ground), linear.Model()  # type: ignore[no-untyped-call]
    arcs = [model.new_num_var(0.0, 1.0, "") for _ in layers.arcs]
    stands = [model.new_num_var(0.0, 1.0, "") for _ in layers.stands]
    for row in layers.rows:
        chosen = [arcs[place] for place in row.arcs] + [stands[place] for place in row.stands]
        weights = [1.0] * len(chosen)
        if row.stand is not None:
            chosen, weights = [*chosen, stands[row.stand]], [*weights, -1.0]
        model.add_linear_constraint(linear.LinearExpr.weighted_sum(chosen, weights), row.low, row.high)
    model.minimize(linear.LinearExpr.weighted_sum(arcs, [float(cost) for cost in layers.costs]))
    solver = linear.Solver("glop")
    if solver.solve(model) != linear.SolveStatus.OPTIMAL:
        return 0.0, {}
    return solver.objective_value, {
        arc: solver.reduced_cost(var) for arc, var in zip(layers.arcs, arcs, strict=True)
    }


def refine(ground: Ground, chains: Chains, *, effort: float, seed: int) -> tuple[Chains, int]:
    """Chains no longer than those given, and a proved lower bound in whole seconds."""
    bound, reduced = relax(ground)
    if not reduced:
        return chains, 0
    chains = min(chains, improve(ground, greedy(ground, reduced)), key=ground.total)
    known, floor = ground.total(chains), ceil(bound - 1e-3)
    if floor >= known:
        return chains, min(floor, known)
    useful = sorted((cost, arc) for arc, cost in reduced.items() if cost < known - bound)
    complete = len(useful) <= _MOST_ARCS
    keep = frozenset(arc for _, arc in (useful if complete else useful[:_FEW_ARCS])) | frozenset(
        _used(chains)
    )
    found, proved = _search(_Layers(ground, keep), chains, effort=effort, seed=seed)
    better = chains if found is None else min(chains, improve(ground, found), key=ground.total)
    if complete:  # nothing that could help was left out, so the search's bound holds for all
        floor = max(floor, min(proved, ground.total(better)))
    return better, min(floor, ground.total(better))


def _search(layers: _Layers, chains: Chains, *, effort: float, seed: int) -> tuple[Chains | None, int]:
    model = cp_model.CpModel()
    arcs = [model.new_bool_var("") for _ in layers.arcs]
    stands = [model.new_bool_var("") for _ in layers.stands]
    for row in layers.rows:
        chosen = [arcs[place] for place in row.arcs] + [stands[place] for place in row.stands]
        weights = [1] * len(chosen)
        if row.stand is not None:
            chosen, weights = [*chosen, stands[row.stand]], [*weights, -1]
        model.add_linear_constraint(cp_model.LinearExpr.weighted_sum(chosen, weights), row.low, row.high)
    model.minimize(cp_model.LinearExpr.weighted_sum(arcs, layers.costs))
    used = set(_used(chains))
    standing = {(wave, site) for chain in chains for wave, site in enumerate(chain)}
    for arc, var in zip(layers.arcs, arcs, strict=True):
        model.add_hint(var, arc in used)
    for stand, var in zip(layers.stands, stands, strict=True):
        model.add_hint(var, stand in standing)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.linearization_level = 2
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.max_deterministic_time = effort
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, 0
    taken = [arc for arc, var in zip(layers.arcs, arcs, strict=True) if solver.boolean_value(var)]
    return _chains(taken, layers.ground.teams), max(0, ceil(solver.best_objective_bound - 1e-6))


def _chains(arcs: list[_Arc], teams: int) -> Chains:
    onward = {(wave, a): b for wave, a, b in arcs}
    chains: Chains = []
    for team in range(teams):
        chain: list[int] = []
        wave, at = -1, team
        while (wave, at) in onward:
            wave, at = wave + 1, onward[wave, at]
            chain.append(at)
        chains.append(chain)
    return chains


def _used(chains: Chains) -> list[_Arc]:
    arcs = [(-1, team, chain[0]) for team, chain in enumerate(chains) if chain]
    return arcs + [(wave, chain[wave], chain[wave + 1]) for chain in chains for wave in range(len(chain) - 1)]
