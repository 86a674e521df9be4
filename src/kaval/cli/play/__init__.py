"""Playing a synthetic world through the station, by the very operations a person uses, with named officers and
given times.
"""
