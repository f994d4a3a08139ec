"""What Dagster says of a run or a tick that it ended, in words for people who never saw it."""

import re

WORDS = (
    (r"longer than (\d+) seconds to start", "The run did not begin within {0} seconds."),
    (
        r"[Ee]xceed(?:ed|ing) maximum runtime of (\d+)",
        "The run took longer than {0} seconds and was ended.",
    ),
    (r"Detected run worker status", "The process that carried the run out is gone."),
    (r"restarted run worker|RUN_WORKER_RESTART", "The process that carried the run out is gone."),
    (
        r"forcibly marked as failed",
        "The run was ended from outside, and its process may still be there.",
    ),
    (r"marked as failed from outside", "The run was ended from outside."),
    (r"DagsterExecutionInterruptedError|[Ee]xecution was interrupted", "The run was interrupted."),
    (
        r"DagsterInvalidConfigError|^Error in config",
        "The run was started with a config that it does not know.",
    ),
    (
        r"DagsterUserCodeUnreachableError|[Cc]ould not reach user code server",
        "The code server of the account does not answer.",
    ),
    (r"^Execution of run for ", "The run ended without a word."),
)
"""Dagster's words, and what is said in their place. Everything else is told as it is."""


def in_plain_words(said: str) -> str:
    """One sentence for a message of Dagster's own; any other text as it came."""
    for pattern, sentence in WORDS:
        if found := re.search(pattern, said):
            return sentence.format(*found.groups())
    return said
