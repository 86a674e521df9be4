"""What people type into the console, checked; forms validate and do nothing else."""
