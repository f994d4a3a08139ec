"""Rounds and what else asks for many records: nightly reconciliations, first loads in waves, plans."""
