"""What may leave the unit: a copy with everything unnamed withheld, and a note of what and why."""
