"""Warm workers: processes that have everything imported and take runs of Dagster from a queue."""
