"""Histories that the campaign found, in which a rule of its judges was wrong or too strict, or the
product was: shrunk, and played each time.
"""

import pytest

from tests.campaign.happenings import AccountEdited, Happening, Interleaved, MachineBack
from tests.campaign.people import ByHand
from tests.campaign.trial import outcome_of
from tests.campaign.whole import EVERY_CASE
from tests.histories.events import Backup, Change, Fault, Make, PutBack, Twin, Work
from tests.histories.place import Place

RENUMBERED = "gets another number after it was posted, and is handed in again"

FOUND: dict[str, tuple[str, list[Happening]]] = {
    "a machine that is put back goes to work after its last call has arrived": (
        "time by SOAP",
        [
            Make(),
            Backup(),
            Make(),
            Fault("spectrum", "PreTimeCard", "slow", delay=60.6),
            Work(is_seen_dead=True),
            MachineBack(),
            Work(),
        ],
    ),
    "a job that somebody typed under another number may stand beside one that has its own": (
        "jobs",
        [
            Make(),
            ByHand("jobs", "is typed at the screen, and its code into ServiceTrade"),
            ByHand("jobs", "its number is typed at the screen"),
        ],
    ),
    **{
        f"an invoice by REST{way} that is handed in again and taken out is told": (
            f"invoices by REST{way}",
            [
                Make(),
                Work(),
                ByHand("invoices", "is handed in again"),
                ByHand("invoices", "is taken out of the queue"),
            ],
        )
        for way in ("", " without Info-Link")
    },
    "an invoice that was offset and is reversed at the screen besides is told": (
        "invoices by SOAP",
        [Make(), Work(), Change(0), Work(), ByHand("invoices", "is reversed at the screen")],
    ),
    "a credit memo under the number of its invoice is no second invoice": (
        "invoices by SOAP without Info-Link",
        [Make(), AccountEdited("offsets bear the invoice's number"), Work(), Change(0)],
    ),
    "a reversal at the screen that the ledger forgot is named on both sides": (
        "invoices by REST",
        [Make(), Work(), ByHand("invoices", "is reversed at the screen"), PutBack(), Work()],
    ),
    "a line that is cancelled while the ledger is gone is named on both sides": (
        "purchase orders",
        [Make(), Work(), PutBack(), ByHand("purchase_orders", "loses what has not come")],
    ),
    "a line that is deleted before this ledger has any order is named on both sides": (
        "purchase orders",
        [
            Make(),
            Backup(),
            Twin(),
            Fault("servicetrade", "POST /jobitem", "slow", delay=30.0),
            Fault("servicetrade", "POST /jobitem", "slow", delay=30.0),
            ByHand("purchase_orders", "loses a line"),
        ],
    ),
    "without Info-Link whoever accepts an older ledger looks through changed time": (
        "time by REST without Info-Link",
        [Make(), Work(), ByHand("timecards", "loses its approval"), PutBack()],
    ),
    "a row that is deleted before the ledger is lost is named on both sides": (
        "time by REST",
        [Make(), Work(), ByHand("timecards", "loses a row"), PutBack()],
    ),
    "a row that is moved by two weeks is not paid again by a second ledger": (
        "time by SOAP",
        [
            Make(),
            Backup(),
            Twin(),
            ByHand("timecards", "moves to the week before"),
            ByHand("timecards", "moves to the week before"),
            Work(),
        ],
    ),
    "what payroll took out goes out once more from a ledger that knows nothing of it": (
        "time by REST",
        [Make(), Work(), ByHand("timecards", "is taken out in payroll"), PutBack(), Work()],
    ),
    "no goods come for an order that is deleted": (
        "purchase orders",
        [Make(), Make(), ByHand("purchase_orders", "is deleted"), Change(0)],
    ),
    "two workers that bring one ledger up to date at once leave a void to one of them": (
        "invoices by SOAP",
        [Make(), Backup(), Twin(), Change(0), Twin(), Make(), Interleaved(workers=2, seed=0)],
    ),
    "a customer that only Spectrum remembers is taken over once the whole machine was put back": (
        "all six by SOAP",
        [
            Make(),
            Backup(),
            Make(),
            Fault("servicetrade", "PUT /externalid", "status", status=400),
            Work(),
            MachineBack(),
            Work(),
        ],
    ),
    "a site that only Spectrum remembers is taken over too": (
        "sites",
        [
            Make(),
            Backup(),
            Fault("servicetrade", "PUT /externalid", "status", status=400),
            Work(),
            MachineBack(),
            AccountEdited("other site ids"),
            Work(),
        ],
    ),
    "a job that only Spectrum remembers is told of once its number would be another one": (
        "jobs",
        [
            Make(),
            Backup(),
            Fault("servicetrade", "PUT /externalid", "status", status=400),
            Work(),
            MachineBack(),
            AccountEdited("other job numbers"),
            Work(),
        ],
    ),
    "one that was renamed since is put before a person": (
        "customers",
        [
            Make(),
            Backup(),
            Fault("servicetrade", "PUT /externalid", "status", status=400),
            Work(),
            MachineBack(),
            ByHand("customers", "is renamed"),
            Work(),
        ],
    ),
    "what is typed of an invoice that nobody hands in is the typist's": (
        "invoices by REST without Info-Link",
        [
            Make(),
            ByHand("invoices", "is taken out of the queue"),
            ByHand("invoices", "is typed at the screen"),
            Work(),
        ],
    ),
    "an Info-Link that never was cannot be switched off": (
        "invoices by REST without Info-Link",
        [Make(), AccountEdited("Info-Link is switched off"), Work()],
    ),
    "without Info-Link nobody sees a reversal at the screen": (
        "invoices by SOAP without Info-Link",
        [Make(), Work(), ByHand("invoices", "is reversed at the screen"), Work()],
    ),
    **{
        f"an invoice by {way} that got another number is not posted again by a new ledger": (
            f"invoices by {way}",
            [
                Make(),
                Work(),
                PutBack(),
                ByHand("invoices", RENUMBERED),
                Work(),
            ],
        )
        for way in ("REST", "SOAP")
    },
    "an invoice that got another number is not posted again by a machine that was put back": (
        "invoices by REST",
        [Make(), Backup(), Work(), MachineBack(), ByHand("invoices", RENUMBERED), Work()],
    ),
    "one that got another number is left alone by the ledger that posted it": (
        "invoices by SOAP",
        [Make(), Work(), ByHand("invoices", RENUMBERED), Work()],
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_found_by_the_campaign(place: Place, name: str) -> None:
    case, happened = FOUND[name]
    with place.history(EVERY_CASE[case]) as history:
        assert outcome_of(history, happened).wrong == {}
