"""`python -m kaval.cli` is `kaval`."""

from kaval.cli import main

main()
