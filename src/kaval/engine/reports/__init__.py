"""Figures become tables: columns with unit and definition, an instant they are true of, totals that are
sums.
"""
