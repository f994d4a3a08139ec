"""ServiceTrade and Spectrum read afresh and compared, flow by flow and partition by partition.

Only reads. Nothing is concluded from what cannot be seen: without Info-Link customers, jobs and
phases are compared as services show them, and nothing else is; a list that could not be read stops
the comparison.
"""

from collections.abc import Iterable, Iterator

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.domain.period_comparison import only_period
from st_spectrum.engine.looks.source_lists import SourceLists
from st_spectrum.engine.report import Report
from st_spectrum.engine.rounds.carrying import Carrying
from st_spectrum.flows.session import Session


def compare_both_sides(
    session: Session, flows: Iterable[str], month: str = ""
) -> Iterator[FlowCompared]:
    """Each flow as it is done; `month` such as 2026-03 narrows what is dated. Raises a `SyncFault`
    when a list or a table could not be read.
    """
    lists = SourceLists(session.servicetrade)
    for flow in flows:
        if (compared := session.flows[flow].compare_sides(lists, month)) is not None:
            yield compared


def compare_period(session: Session, flow: str, period: str) -> FlowCompared:
    """Both sides of one period of a flow, read afresh: of a payroll week, its month is read. Raises
    a `SyncFault`, also where the flow is not carried.
    """
    month = period[:7]
    for compared in compare_both_sides(session, (flow,), month):
        return only_period(compared, period)
    raise SettingsInvalid([f"{flow}: not carried by this account file, so nothing can be compared"])


def repair(session: Session, compared: FlowCompared, run_id: str) -> Report | None:
    """Send what the ledger never confirmed, by the engine, its claims and its second guard, which
    asks the target afresh; None where there is nothing. Raises `NotLive`, or a `SyncFault`.
    """
    session.refuse_before_go_live()
    ledger = session.ledger
    keys = [key for key in compared.repairable if ledger.get(compared.flow, key) is None]
    if not keys:
        return None
    session.flows[compared.flow].before_batch(keys)
    return Carrying(session, compared.flow, run_id).run(keys)
