"""What people do by hand to records on their way, and what may be true of such a record in the end.

touched.py    the rule of an act, as data, and the record that people touched
masters.py    companies, locations and jobs: renamed, moved, merged, closed; keys typed on both sides
invoices.py   taken out, corrected, handed in again, reversed or typed at Spectrum's screen
time.py       approval taken back, rows corrected, moved and deleted; payroll at work on its cards
orders.py     lines changed, cancelled and deleted; job items edited and deleted in ServiceTrade
judge.py      what stands in the end for each touched record, counted, against its rule
__init__.py   `ACTS`, and how one is carried out
"""

from collections.abc import Mapping
from dataclasses import dataclass

from st_spectrum.sandbox.callers import CallRefused
from st_spectrum.sandbox.control_client import ControlRefused
from tests.campaign.people.invoices import INVOICE_ACTS
from tests.campaign.people.masters import MASTER_ACTS
from tests.campaign.people.orders import ORDER_ACTS
from tests.campaign.people.time import TIME_ACTS
from tests.campaign.people.touched import Act, Touched
from tests.campaign.whole import parts_of
from tests.histories.history import History

ACTS: Mapping[str, Mapping[str, Act]] = {
    **MASTER_ACTS,
    "invoices": INVOICE_ACTS,
    "timecards": TIME_ACTS,
    "purchase_orders": ORDER_ACTS,
}
"""By flow and by what is done."""


@dataclass(frozen=True)
class ByHand:
    """Somebody does this to one of the records; nothing while there is none, or a system refuses
    it.
    """

    flow: str
    act: str
    which: int = 0


def do_by_hand(history: History, happening: ByHand) -> None:
    """Carry it out, and remember what may be true of the record from then on."""
    part = parts_of(history)[happening.flow]
    if not part.made:
        return
    place, act = happening.which % len(part.made), ACTS[happening.flow][happening.act]
    before: Touched = part.touched.get(place) or act.untouched(part, place)
    try:
        names = act.do(part, place, before)
    except (CallRefused, ControlRefused):
        return
    if names is not None:
        part.touched[place] = before.after(happening.act, act.rule, names)
