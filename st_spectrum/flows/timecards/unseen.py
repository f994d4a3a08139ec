"""Why time waits while nobody can see what payroll holds of it."""

from st_spectrum.domain.decisions import Hold

UNSEEN_PAYROLL = Hold(
    "the ledger is older than what was sent, and whether payroll holds this time cannot be seen"
    " without Info-Link",
    "Find the last work day of which payroll got the time from here, and say `st-spectrum ledger"
    " accept --sent-through DATE`; or set up Info-Link, and it is seen by itself.",
    ("a person",),
    "the ledger is older than what was sent, and payroll cannot be seen",
)
