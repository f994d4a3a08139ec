"""Dagster's jobs for people who have no terminal: try records again, say that they were handled by
hand, say what was found. Mails and tables link to them with everything filled in but who acts.
"""

from collections.abc import Callable

import dagster as dg
from pydantic import Field

from st_spectrum.alerts.launchpads import HANDLED_JOB, OPS, RESOLVE_JOB, RETRY_JOB
from st_spectrum.assets.jobs import op_job, run_tags
from st_spectrum.assets.names import BY_HAND, AccountNames
from st_spectrum.domain.errors import SyncFault
from st_spectrum.engine.people.person import NotDone, Person
from st_spectrum.flows import FLOWS
from st_spectrum.resources.session import SessionResource
from st_spectrum.resources.stops import stopped

WHO = Field(description="Your name. It is kept with what you did.")
FLOW = Field(default="", description=f"One of {', '.join(FLOWS)}.")
NOTE = Field(default="", description="Why, for whoever reads it next year.")
RECORD = Field(description="The record: its id, its number, or its key in Spectrum.")


class RetryConfig(dg.Config):
    """Records, or a cause, or all."""

    who: str = WHO
    flow: str = FLOW
    records: list[str] = Field(default=[], description="Ids, numbers, or keys in Spectrum.")
    cause: str = Field(default="", description="Or the id of a cause, for all of its records.")
    all_that_waits: bool = Field(default=False, description="Or everything that waits.")
    again: bool = Field(
        default=False,
        description="For records that crossed once and are gone from the target; needs a note.",
    )
    note: str = NOTE


class HandledConfig(dg.Config):
    """One record, and what was done about it by hand."""

    who: str = WHO
    flow: str = Field(description=f"One of {', '.join(FLOWS)}.")
    record: str = RECORD
    spectrum_key: str = Field(default="", description="Its key in Spectrum, where you made it.")
    nothing_to_send: bool = Field(default=False, description="Or: nothing is to be sent for it.")
    undo: bool = Field(default=False, description="Or: take that word back.")
    note: str = Field(description="Why, for whoever reads it next year.")


class ResolveConfig(dg.Config):
    """One record whose answer was lost, or time that changed."""

    who: str = WHO
    flow: str = Field(description=f"One of {', '.join(FLOWS)}.")
    record: str = RECORD
    is_there: bool = Field(description="Whether you found it in Spectrum.")
    spectrum_key: str = Field(
        default="", description="Its key there, where Spectrum gave another than was sent."
    )
    note: str = NOTE


def acting_jobs(names: AccountNames) -> list[dg.JobDefinition]:
    """The three jobs of one account."""
    return [
        _job(names, RETRY_JOB, _retry_op(names), "Has records tried again by the next round."),
        _job(
            names,
            HANDLED_JOB,
            _handled_op(names),
            "Says that a record was handled by hand, or takes that back.",
        ),
        _job(
            names,
            RESOLVE_JOB,
            _resolve_op(names),
            "Says what was found in Spectrum for a record whose answer was lost.",
        ),
    ]


def _job(names: AccountNames, name: str, op: dg.OpDefinition, description: str) -> dg.JobDefinition:
    text = f"{description} Who acts is kept."
    return op_job(names, name, op, text, run_tags(names, BY_HAND))


def _retry_op(names: AccountNames) -> dg.OpDefinition:
    @dg.op(name=names.of(OPS[RETRY_JOB]), description="Makes records due.")
    def retry_records(
        context: dg.OpExecutionContext, config: RetryConfig, session: SessionResource
    ) -> None:
        from st_spectrum.alerts.acting import retry, retry_all, retry_cause, retry_gone

        def act() -> str:
            opened, person = session.open(names.account), _person(config.who, config.note)
            if config.again:
                return retry_gone(opened, config.flow, config.records, person)
            if config.cause:
                return retry_cause(opened.ledger, config.cause, person)
            if config.all_that_waits:
                return retry_all(
                    opened.ledger, (config.flow,) if config.flow else tuple(FLOWS), person
                )
            return retry(opened.ledger, config.flow, config.records, person)

        _said(context, act)

    return retry_records


def _handled_op(names: AccountNames) -> dg.OpDefinition:
    @dg.op(name=names.of(OPS[HANDLED_JOB]), description="Keeps a person's word about a record.")
    def handled_by_hand(
        context: dg.OpExecutionContext, config: HandledConfig, session: SessionResource
    ) -> None:
        from st_spectrum.alerts.acting import say_handled

        def act() -> str:
            return say_handled(
                session.open(names.account),
                config.flow,
                config.record,
                config.spectrum_key,
                _person(config.who, config.note),
                is_nothing=config.nothing_to_send,
                is_undone=config.undo,
            )

        _said(context, act)

    return handled_by_hand


def _resolve_op(names: AccountNames) -> dg.OpDefinition:
    @dg.op(name=names.of(OPS[RESOLVE_JOB]), description="Keeps what a person found in Spectrum.")
    def resolve_record(
        context: dg.OpExecutionContext, config: ResolveConfig, session: SessionResource
    ) -> None:
        from st_spectrum.alerts.acting import say_resolved

        def act() -> str:
            return say_resolved(
                session.open(names.account),
                config.flow,
                config.record,
                _person(config.who, config.note),
                is_there=config.is_there,
                target_key=config.spectrum_key,
            )

        _said(context, act)

    return resolve_record


def _person(who: str, note: str) -> Person:
    if not who.strip():
        raise NotDone("say who you are")
    return Person(who.strip(), note.strip())


def _said(context: dg.OpExecutionContext, act: Callable[[], str]) -> None:
    """What became of it is in the run's log and metadata; what was not done ends the run."""
    try:
        outcome = act()
    except NotDone as refusal:
        raise dg.Failure(f"Nothing was changed: {refusal}.", allow_retries=False) from None
    except SyncFault as fault:
        raise stopped("what you asked for", fault) from None
    context.log.info(outcome)
    context.add_output_metadata({"outcome": dg.MetadataValue.text(outcome)})
