"""The six ways a record can cross; `engine` runs any of them, the other modules each know one flow or one part of the way."""

FLOWS: tuple[str, ...] = ("customers", "sites", "jobs", "invoices", "timecards", "purchase_orders")
"""In the order in which one must be complete before the next can be."""
