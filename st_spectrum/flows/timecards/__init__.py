"""Approved time becomes pre-time cards."""
