"""Whatever people do by hand to a record, before it crosses or afterwards: it is not doubled, and
what differs in the end is told, or is what the way of a record leaves alone.
"""

import pytest

from st_spectrum.sandbox.spectrum.tables import CUSTOMERS
from tests.campaign.account_edits import ACCOUNT_EDITS
from tests.campaign.happenings import AccountEdited
from tests.campaign.people import ACTS, ByHand
from tests.campaign.people.judge import judge_touched
from tests.campaign.trial import outcome_of
from tests.campaign.whole import EVERY_CASE, WHOLE
from tests.histories.events import Make, Pass, Work
from tests.histories.place import Place
from tests.histories.test_the_means_themselves import PLANTS

CASES = {
    "customers": "customers",
    "sites": "sites",
    "jobs": "jobs",
    "invoices": "invoices by REST",
    "timecards": "time by SOAP",
    "purchase_orders": "purchase orders",
}
DOINGS = [(flow, act) for flow, acts in ACTS.items() for act in acts]


@pytest.mark.slow
@pytest.mark.parametrize(("flow", "act"), DOINGS)
def test_what_people_do_before_a_record_crosses_or_afterwards_is_neither_doubled_nor_silent(
    place: Place, flow: str, act: str
) -> None:
    done = ByHand(flow, act, 0)
    for happened in (
        [Make(), done, Work()],
        [Make(), Work(), done, Pass(61.0), Work()],
        [Make(), Make(), Work(dies_at=9), done, Work(), done, Work()],
    ):
        with place.history(EVERY_CASE[CASES[flow]]) as history:
            assert outcome_of(history, happened).wrong == {}, happened


@pytest.mark.slow
@pytest.mark.parametrize("edit", ACCOUNT_EDITS)
@pytest.mark.parametrize("name", WHOLE)
def test_a_change_of_the_account_file_in_the_middle_loses_and_doubles_nothing(
    place: Place, name: str, edit: str
) -> None:
    with place.history(EVERY_CASE[name]) as history:
        happened = [
            *[Make()] * 9, Work(dies_at=30), AccountEdited(edit), Work(), *[Make()] * 9, Work()
        ]  # fmt: skip
        outcome = outcome_of(history, happened)
        assert (outcome.wrong, outcome.tally.missing) == ({}, 0)


@pytest.mark.parametrize(
    ("flow", "act"),
    [
        ("customers", "is renamed"),
        ("invoices", "is handed in again"),
        ("timecards", "is approved again"),
        ("purchase_orders", "gets another price"),
    ],
)
def test_the_count_sees_a_double_of_a_record_that_people_touched(
    place: Place, flow: str, act: str
) -> None:
    with place.history(EVERY_CASE[CASES[flow]]) as history:
        history.make()
        history.round()
        assert outcome_of(history, [ByHand(flow, act)]).wrong == {}
        if flow == "customers":
            twin = {"Customer_Code": "C77777", "Name": "Ghent Bakery 0"}
            history.contractor.controller.insert(CUSTOMERS, [twin])
        else:
            PLANTS[CASES[flow]](history)
        judged, count = judge_touched(history)
        assert judged.doubled and count.doubled == 1


def test_the_count_sees_that_nobody_is_told_of_what_people_changed(place: Place) -> None:
    with place.history(EVERY_CASE["time by SOAP"]) as history:
        happened = [Make(), Work(), ByHand("timecards", "gets other hours")]
        outcome = outcome_of(history, happened)
        assert (outcome.wrong, outcome.reported) == ({}, 1)
        history.lose()
        assert judge_touched(history)[0].silent
