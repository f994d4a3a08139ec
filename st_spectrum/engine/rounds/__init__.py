"""Rounds, and what else asks for many records: reconciliations, first loads in waves, plans."""
