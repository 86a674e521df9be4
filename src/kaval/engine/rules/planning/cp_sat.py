"""The CP-SAT solver as this room uses it: one thread, one seed, a limit that is not the clock's, Ctrl-C left alone."""

from __future__ import annotations

from ortools.sat.python import cp_model


def solver_of(limit: float, *, seed: int = 1) -> cp_model.CpSolver:
    """A solver that gives the same answer on every machine, stopped after `limit` units of deterministic time.

    CP-SAT would catch SIGINT while it searches and leave the system's own handler behind: the search would end as if
    its limit had come, and a later Ctrl-C would end the process without any cleaning up. Here the signal stays with
    whoever runs the program.
    """
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = limit
    solver.parameters.catch_sigint_signal = False
    return solver
