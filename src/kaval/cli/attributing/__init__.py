"""Attribution offline: observations, answers and a folder of knowledge in, one line for each observation out."""

from __future__ import annotations

from kaval.cli.attributing.verb import SeveralValues, attribute

__all__ = ["SeveralValues", "attribute"]
