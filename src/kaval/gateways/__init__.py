"""Gateways: one file per seam to the outside world (the database server, the typesetter), each named for what it
reaches.
"""
