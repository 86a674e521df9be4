"""Intake: the formats in which reports reach the unit; every reader gives `LeadRecord`s."""
