"""How much a run proves: hypothesis profiles, and in CI a skip is a failure, for a skipped proof is none.

A pytest plugin, named by tests/conftest.py.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

IN_CI = os.environ.get("CI") == "true"
SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.data_too_large]
AS_FAILURE = "skipped with CI=true, which counts as a failure: {}"

settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("fuzz", deadline=None, max_examples=20_000, suppress_health_check=SLOW_IS_FINE)
settings.load_profile("ci" if IN_CI else "default")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With CI=true a skipped test fails, saying why it wanted to be skipped."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = AS_FAILURE.format(report.longrepr)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself as a whole."""
    report = yield
    if IN_CI and report.skipped:
        report.outcome = "failed"
        report.longrepr = AS_FAILURE.format(report.longrepr)
    return report
