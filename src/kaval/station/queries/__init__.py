"""Every read a person may see.

A query takes the viewer first, and `scope` alone decides what lies in the viewer's reach.
"""
