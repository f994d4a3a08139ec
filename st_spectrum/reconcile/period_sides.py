"""Both sides of one month or payroll week, read afresh."""

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.domain.period_comparison import only_period
from st_spectrum.flows.session import Session
from st_spectrum.reconcile.both_sides import compare_both_sides


def compare_period(session: Session, flow: str, period: str) -> FlowCompared:
    """Both sides of one period of a flow, read afresh: of a payroll week, its month is read. Raises
    a `SyncFault`, also where the flow is not carried.
    """
    month = period[:7]
    for compared in compare_both_sides(session, (flow,), month):
        return only_period(compared, period)
    raise SettingsInvalid([f"{flow}: not carried by this account file, so nothing can be compared"])
