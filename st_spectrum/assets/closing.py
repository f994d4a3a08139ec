"""What a month of invoices or a week of payroll adds up to on both sides: the control totals, whose
check guards the export and the sign-off. None of it guards a flow: records cross all the same.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import dagster as dg
from pydantic import Field

from st_spectrum.assets.both_sides import EQUAL_CHECK, SIGNED_CHECK
from st_spectrum.assets.both_sides_metadata import period_metadata
from st_spectrum.assets.closing_periods import CONTROL_TOTALS, EXPORT, SIGN_OFF, Closing
from st_spectrum.assets.jobs import LONGEST_RUNTIME_SECONDS, note_lane, run_tags
from st_spectrum.assets.names import BY_HAND
from st_spectrum.domain.errors import SyncFault
from st_spectrum.domain.period_comparison import PeriodComparison
from st_spectrum.engine.people.person import NotDone, Person
from st_spectrum.resources.session import SessionResource
from st_spectrum.resources.stops import stopped

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

Event = dg.MaterializeResult[None] | dg.AssetCheckResult


class SignOffConfig(dg.Config):
    """Who signs."""

    who: str = Field(description="Your name. It is kept with what you signed.")
    note: str = Field(
        default="",
        description=(
            "For whoever reads it next year; needed where the period was signed before and has"
            " changed."
        ),
    )


def job_name(flow: str, kind: str) -> str:
    """Of the job that exports or signs a period of a flow."""
    return f"{kind}_{flow}"


def closing_assets(closing: Closing) -> list[dg.AssetsDefinition]:
    """The three assets of one flow."""
    return [_control_totals(closing), _export(closing), _sign_off(closing)]


def closing_jobs(closing: Closing) -> "list[UnresolvedAssetJobDefinition]":
    """Two jobs of one flow, each of which reads both sides first."""
    return [
        _job(
            closing,
            EXPORT,
            "Writes a period as files, once both sides are found equal.",
        ),
        _job(
            closing,
            SIGN_OFF,
            "Signs a period, once both sides are found equal. Who signs is kept.",
        ),
    ]


def _job(closing: Closing, kind: str, description: str) -> "UnresolvedAssetJobDefinition":
    # Whoever starts it sees its end, so nobody is mailed about it.
    return dg.define_asset_job(
        name=closing.names.of(job_name(closing.flow, kind)),
        selection=dg.AssetSelection.assets(closing.key(CONTROL_TOTALS), closing.key(kind)),
        executor_def=dg.in_process_executor,
        tags=run_tags(closing.names, BY_HAND, LONGEST_RUNTIME_SECONDS),
        description=description,
    )


def _checks_of_totals(key: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(
            EQUAL_CHECK,
            asset=key,
            blocking=True,
            description="Both sides are equal. Until then nothing is exported or signed.",
        ),
        dg.AssetCheckSpec(
            SIGNED_CHECK,
            asset=key,
            description="Nothing has changed since somebody signed the period.",
        ),
    ]


def _control_totals(closing: Closing) -> dg.AssetsDefinition:
    key = closing.key(CONTROL_TOTALS)

    @dg.multi_asset(
        name=closing.op(CONTROL_TOTALS),
        specs=[
            _spec(
                closing,
                CONTROL_TOTALS,
                closing.names.key(closing.flow),
                f"What {closing.flow} of the period add up to in ServiceTrade and in Spectrum, read"
                " from both at that moment.",
            )
        ],
        check_specs=_checks_of_totals(key),
        partitions_def=closing.partitions,
    )
    def control_totals(
        context: dg.AssetExecutionContext, session: SessionResource
    ) -> Iterator[Event]:
        from st_spectrum.reconcile.sign_offs import change_since_signed, signed_sentence

        compared = _compared(context, closing, session, EXPORT)
        try:
            ledger = session.open(closing.names.account).ledger
            signed = signed_sentence(ledger, compared)
            changed = change_since_signed(ledger, compared)
        except SyncFault as fault:
            raise stopped(CONTROL_TOTALS, fault) from None
        yield dg.MaterializeResult(asset_key=key, metadata=period_metadata(compared, signed))
        yield dg.AssetCheckResult(
            asset_key=key,
            check_name=SIGNED_CHECK,
            passed=not changed,
            severity=dg.AssetCheckSeverity.WARN,
            description=changed or signed or "Nobody has signed it.",
        )
        yield dg.AssetCheckResult(
            asset_key=key,
            check_name=EQUAL_CHECK,
            passed=compared.is_equal,
            severity=dg.AssetCheckSeverity.ERROR,
            description=compared.verdict,
        )
        if not compared.is_equal:
            # The check would end the step by itself, in words that say nothing to a controller.
            raise _nothing("exported or signed", compared.verdict.rstrip("."))

    return control_totals


def _export(closing: Closing) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=closing.op(EXPORT),
        specs=[
            _spec(
                closing,
                EXPORT,
                closing.key(CONTROL_TOTALS),
                f"The {closing.flow} of the period and their control totals as files: a workbook,"
                " CSV and Parquet.",
            )
        ],
        partitions_def=closing.partitions,
    )
    def export(context: dg.AssetExecutionContext, session: SessionResource) -> Iterator[Event]:
        from st_spectrum.resources.export_files import keep_export

        compared = _compared(context, closing, session, EXPORT)
        if not compared.is_equal:
            raise _nothing("exported", compared.verdict.rstrip("."))
        try:
            opened = session.open(closing.names.account)
            whole = session.compared(closing.names.account, closing.flow, compared.period)
            places = keep_export(opened.account, closing.flow, compared.period, whole)
        except SyncFault as fault:
            raise stopped(EXPORT, fault) from None
        files = dg.MetadataValue.md("\n".join(f"* `{place}`" for place in places))
        metadata = {"files": files, **period_metadata(compared, "")}
        del metadata["signed"]
        yield dg.MaterializeResult(asset_key=closing.key(EXPORT), metadata=metadata)

    return export


def _sign_off(closing: Closing) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=closing.op(SIGN_OFF),
        specs=[
            _spec(
                closing,
                SIGN_OFF,
                closing.key(CONTROL_TOTALS),
                f"Who signed the {closing.flow} of the period, and what they added up to then.",
            )
        ],
        partitions_def=closing.partitions,
    )
    def sign_off(
        context: dg.AssetExecutionContext, config: SignOffConfig, session: SessionResource
    ) -> Iterator[Event]:
        from st_spectrum.reconcile import sign_offs

        compared = _compared(context, closing, session, SIGN_OFF)
        try:
            opened = session.open(closing.names.account)
            today = opened.clock().astimezone(ZoneInfo(opened.account.timezone)).date()
            last_day = closing.period(context.partition_key).last_day
            person = Person(config.who.strip(), config.note.strip())
            signature = sign_offs.sign_off(opened.ledger, compared, last_day, today, person)
            signed = sign_offs.signed_sentence(opened.ledger, compared)
        except NotDone as refusal:
            raise _nothing("signed", str(refusal)) from None
        except SyncFault as fault:
            raise stopped("the sign-off", fault) from None
        who = {"who": dg.MetadataValue.text(signature.who)}
        if signature.note:
            who["note"] = dg.MetadataValue.text(signature.note)
        if waits := sign_offs.not_in_spectrum_sentence(compared):
            who["not_in_spectrum"] = dg.MetadataValue.text(waits)
        metadata = {**period_metadata(compared, signed), **who}
        yield dg.MaterializeResult(asset_key=closing.key(SIGN_OFF), metadata=metadata)

    return sign_off


def _spec(closing: Closing, kind: str, behind: dg.AssetKey, description: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        closing.key(kind),
        deps=[behind],
        group_name=closing.names.of("closing"),
        kinds={"servicetrade", "spectrum"},
        owners=["team:accounting"],
        description=description,
    )


def _compared(
    context: dg.AssetExecutionContext, closing: Closing, session: SessionResource, kind: str
) -> PeriodComparison:
    """Both sides of the period, read once in a run: what is signed is what was checked."""
    note_lane(context, closing.names, BY_HAND, job_name(closing.flow, kind))
    period = closing.period(context.partition_key).name
    try:
        whole = session.compared(closing.names.account, closing.flow, period)
    except SyncFault as fault:
        raise stopped("the comparison of both sides", fault) from None
    return PeriodComparison.of(whole, period)


def _nothing(done: str, why: str) -> dg.Failure:
    return dg.Failure(f"Nothing was {done}: {why}.", allow_retries=False)
