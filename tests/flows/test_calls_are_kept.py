"""Each call of a record stands in its entry with the answer, also one whose answer was lost."""

from tests.world.contractor import Contractor


def answers(contractor: Contractor, company: int) -> list[tuple[str, str]]:
    entry = contractor.entry_of("customers", company)
    return [(call.operation, call.answer.partition(":")[0]) for call in entry.calls]


def test_the_calls_of_a_record_stand_in_its_entry_in_their_order(contractor: Contractor) -> None:
    company = contractor.dispatcher.company("Harbor Foods")
    contractor.round()

    assert answers(contractor, company) == [("AddCustomer", "taken"), ("externalid", "taken")]


def test_a_record_that_was_made_under_a_lost_answer_shows_it(contractor: Contractor) -> None:
    company = contractor.dispatcher.company("Harbor Foods")
    contractor.fault(system="spectrum", operation="AddCustomer", kind="drop_answer", count=1)
    contractor.round()

    assert answers(contractor, company) == [
        ("AddCustomer", "answer lost"),
        ("AddCustomer", "looked up and found there"),
        ("externalid", "taken"),
    ]


def test_a_refusal_stands_there_before_the_call_that_was_taken(contractor: Contractor) -> None:
    company = contractor.dispatcher.company("Harbor Foods")
    contractor.fault(system="spectrum", operation="AddCustomer", kind="locked", count=1)
    contractor.retry_at_once()
    contractor.round()
    contractor.round()

    assert [answer for _, answer in answers(contractor, company)] == [
        "not taken",
        "taken",
        "taken",
    ]
