"""Worlds are written once for each test process; nothing in them is changed by a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaval.simulation import write_world


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worlds")


@pytest.fixture(scope="session")
def small(worlds: Path) -> Path:
    return write_world(operation="small", seed=7, out=worlds / "small", missing_tools="skip").path


@pytest.fixture(scope="session")
def linking(worlds: Path) -> Path:
    return write_world(operation="linking", seed=7, out=worlds / "linking", missing_tools="skip").path


@pytest.fixture(scope="session", params=["small", "20.3", "23.1"])
def plain_world(worlds: Path, request: pytest.FixtureRequest) -> Path:
    """A world in which every identifier tells the truth."""
    operation = str(request.param)
    return write_world(operation=operation, seed=7, out=worlds / operation, missing_tools="skip").path


@pytest.fixture(scope="session", params=["small", "20.3", "23.1", "linking"])
def world(worlds: Path, request: pytest.FixtureRequest) -> Path:
    operation = str(request.param)
    return write_world(operation=operation, seed=7, out=worlds / operation, missing_tools="skip").path
