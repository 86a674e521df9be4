"""What the station does by itself, in the name of an officer: jobs on the queue, run by `kaval work`.

A job commits with the act that caused it, or neither exists. It calls one operation, like a view does.
"""
