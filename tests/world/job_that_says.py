"""A job of nobody's, for what concerns Dagster alone: one step writes one line to its log."""

import dagster as dg


@dg.op
def say(context: dg.OpExecutionContext) -> None:
    context.log.info("said")


@dg.job
def something() -> None:
    say()
