"""Rules: what follows from what, with reasons. Rooms bottom up, from custody to statistics and exchange."""
