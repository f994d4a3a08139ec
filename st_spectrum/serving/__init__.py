"""Dagster's services of one account on one machine, kept alive: what `st-spectrum serve` and the
demo start.
"""
