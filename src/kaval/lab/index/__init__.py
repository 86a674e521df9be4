"""Look-up of digests and of perceptual values in lists: `exact` and `pdq`."""
