"""The factors of stage 1, one file each, found by folder.

Each defines `ID` (also the id of its weight), `UNIT`, `RANGE` (lowest and highest points with the weights
as delivered), `SOURCE`, `EXPLANATION` and `EXPLANATION_ML`, `ASKS` and `ASKS_ML` (what is not known when its facts are
missing), `is_missing(facts) -> bool` and `weigh(facts,
*, at, weight) -> Reason | None` (None: the factor says nothing here). `LOWERABLE = True` says that known or
viral content may take the factor's points away again; without it a factor speaks of the person or of a child,
and nothing does.
"""
