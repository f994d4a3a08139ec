"""Finds records that stand in both systems already, so that a first load does not make them
twice.
"""
