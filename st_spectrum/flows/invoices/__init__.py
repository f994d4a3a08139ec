"""Approved invoices become AR documents; voided ones are offset."""
