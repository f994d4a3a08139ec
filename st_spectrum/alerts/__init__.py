"""Mails to the support contacts: one per cause, not one per record and retry.

causes     what open ledger entries have in common (pure)
failures   failed runs, kept in the ledger until a later run of the same job succeeds
deciding   which causes are told now, which in the next digest (pure)
digest     the mail as text and HTML (pure)
outbox     mails wait in the ledger until the mail server took them
smtp       the mail server
deliver    all of it, in this order

And one about each reconciled payroll week, to the payroll contacts:

payroll_view    what needs somebody, and hours on both sides (pure)
payroll_tables  its tables in a clerk's words (pure)
payroll_page    tables as text, HTML and Markdown (pure)
payroll_letter  the mail (pure)
payroll_mail    into the same outbox, once for each result of a week
"""
