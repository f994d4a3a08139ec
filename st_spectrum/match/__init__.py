"""Finds records that stand in both systems already, so that a first load makes none twice."""
