"""One typed model for each kind of document that the ledger keeps beside its entries; `table` has
them all. Pure.
"""
