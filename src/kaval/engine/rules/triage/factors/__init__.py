"""The factors of stage 1, one file each, found by folder.

Each defines `ID` (also the id of its weight), `UNIT`, `RANGE` (lowest and highest points with the weights
as delivered), `SOURCE`, `EXPLANATION` and `EXPLANATION_ML`, `is_missing(facts) -> bool` and `weigh(facts,
*, at, weight) -> Reason | None` (None: the factor says nothing here).
"""
