"""Sends a plan: each of its records once through the engine, which sends what is still decided so
and leaves alone what is not.
"""

from collections.abc import Sequence

from st_spectrum.domain.errors import SyncFault
from st_spectrum.engine.approval import Approval
from st_spectrum.engine.connected import Connected
from st_spectrum.engine.report import Report, merged
from st_spectrum.engine.rounds.carrying import CHUNK
from st_spectrum.engine.rounds.held_back import judge_again
from st_spectrum.engine.rounds.plan import Plan
from st_spectrum.engine.rounds.round import stops_the_others


def apply(session: Connected, plan: Plan, approval: Approval, run_id: str) -> dict[str, Report]:
    """Reports by flow, in the flows' order. Raises `NotLive` before anything is sent.

    No cursor moves and nothing is remembered as seen: what is left alone is noticed by the next
    round as if there had been no plan.
    """
    session.refuse_before_go_live()
    reports: dict[str, Report] = {}
    for name in session.flows:
        if keys := [record["key"] for record in plan.records if record["flow"] == name]:
            reports[name] = _one_flow(session, name, keys, approval, run_id)
            if stops_the_others(session, reports[name].stopped_by):
                break
    return reports


def _one_flow(
    session: Connected, name: str, keys: Sequence[str], approval: Approval, run_id: str
) -> Report:
    flow, reports = session.flows[name], list[Report]()
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        try:
            flow.before_batch(chunk)
            report = session.engine.run(name, chunk, run_id=run_id, approval=approval)
        except SyncFault as fault:
            report = Report(flow.description, stopped_by=fault)
        reports.append(report)
        if report.stopped_by:
            break
    judge_again(session.ledger, name)
    return merged(flow.description, reports)
