"""Benchmarks: one file each, against a named peer or limit measured in the same run, printing a ratio.

A module `bench/<name>.py` has a docstring whose first line is the question, and a function
`measure() -> list[Comparison]`.
Absolute seconds belong to one machine on one day; the ratio is what may be quoted.
"""
