"""From an address at an instant to a place, never narrower than the evidence: requests, answers, checks,
levels."""
