"""Python's search for reference cycles, less often while millions of records are made that hold none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unhurried_collector() -> Iterator[None]:
    """Has Python look for cycles less often: an import or a full linking makes millions of records, hardly a cycle."""
    held = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*held)
        gc.unfreeze()
