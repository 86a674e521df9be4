"""The factors of stage 2, one file each, found by folder: facts about the person, once somebody knows who it is.

They have the shape of the factors of stage 1 and follow the published four steps (earlier behaviour, access to
children, behaviour now, other things; peers.md 4.4). Wording and cut-offs are our own, and so are the weights: nobody
has validated them. An answer nobody has stays missing.
"""
