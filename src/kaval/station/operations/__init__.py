"""Every write of the station: one function an act, keyword-only, with `by=` and `at=`, atomic, audited, in the
ledger.
"""
