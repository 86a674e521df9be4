"""The coverage-guided fuzz run: `./dev fuzz`. Findings lie under `.kaval/fuzz/<reader>/` until somebody mends them."""
