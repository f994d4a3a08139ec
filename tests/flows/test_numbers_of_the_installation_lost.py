"""A lost answer at an installation that numbers its records itself: what may stand there under
another key is never sent again, until a person has looked.
"""

import io
import os
import tempfile
import time
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from st_spectrum.commands.acting import person_of, run_resolve
from st_spectrum.ledger.entry import Entry
from st_spectrum.sandbox.callers import SpectrumCaller
from st_spectrum.sandbox.server import Sandbox
from tests.world.contractor import ACCOUNT_FILE, Contractor, empty_contractor

TABLES = {
    "customers": ("CR_CUSTOMER_MASTER_MC", "Customer_Code", "Name"),
    "sites": ("WO_ADDRESS_MC", "Ship_To_ID", "Ship_To_Name"),
    "jobs": ("JC_JOB_MASTER_MC", "Job_Number", "Job_Description"),
}
INSERTS = {"customers": "AddCustomer", "sites": "AddWOSiteAddress", "jobs": "AddJob"}
LATE = 0.4
BY_HAND = {
    "Customer_Code": "BYHAND",
    "Name": "Its neighbour",
    "Terms_Code": "3",
    "Sales_Tax_Code": "VA",
}


@pytest.fixture
def numbered(contractor: Contractor) -> Contractor:
    """Spectrum gives every record a key of its own; whatever waits is looked at in every round."""
    contractor.control.switch("spectrum", numbers_itself=True)
    contractor.retry_at_once()
    return contractor


def lose(contractor: Contractor, flow: str, kind: str, **more: float) -> None:
    contractor.fault(system="spectrum", operation=INSERTS[flow], kind=kind, **more)


def stored(contractor: Contractor, flow: str) -> Counter[str]:
    """What the integration had Spectrum store, by name."""
    table, column, name = TABLES[flow]
    rows = contractor.control.records("spectrum", table)
    return Counter(
        str(row[name]).strip() for row in rows if str(row[column]).strip().startswith("70")
    )


def held(contractor: Contractor, flow: str) -> list[Entry]:
    with contractor.session() as session:
        return [found.entry for _, found in session.ledger.open_entries(flow) if found is not None]


def say(contractor: Contractor, entry: Entry, *, is_there: bool, target_key: str = "") -> str:
    """What `ledger resolve` prints, on whichever stream."""
    printed = io.StringIO()
    with (
        patch.dict(os.environ, contractor.environment),
        redirect_stdout(printed),
        redirect_stderr(printed),
    ):
        run_resolve(
            *(ACCOUNT_FILE, entry.flow, entry.key, person_of("Ann")),
            is_there=is_there,
            target_key=target_key,
        )
    return printed.getvalue()


@pytest.mark.parametrize("has_infolink", [True, False])
def test_a_customer_whose_answer_was_lost_waits_for_a_person_and_is_linked_by_the_key_that_it_got(
    numbered: Contractor, has_infolink: bool
) -> None:
    if not has_infolink:
        numbered.environ["SPECTRUM_INFOLINK_URL"] = ""
    company = numbered.dispatcher.company("Harbor Foods")
    lose(numbered, "customers", "drop_answer")
    for _ in range(3):
        numbered.round_of("customers")

    (entry,) = held(numbered, "customers")
    assert "a record like it under 700001, which no other record carries" in entry.reason
    assert f"ledger resolve customers {company} --there --as 700001" in entry.advice
    assert stored(numbered, "customers") == {"Harbor Foods": 1}

    assert "found in Spectrum as 700001" in say(numbered, entry, is_there=True, target_key="700001")
    numbered.round_of("customers")

    assert numbered.dispatcher.external_id("company", company) == "700001"
    assert stored(numbered, "customers") == {"Harbor Foods": 1}
    assert held(numbered, "customers") == []


def test_a_customer_that_carries_a_code_of_the_same_name_is_another_one(
    numbered: Contractor,
) -> None:
    first = numbered.dispatcher.company("Harbor Foods")
    numbered.round_of("customers")
    second = numbered.dispatcher.company("Harbor Foods")
    lose(numbered, "customers", "middle_box_before")
    numbered.round_of("customers")
    numbered.round_of("customers")
    numbered.ahead = timedelta(minutes=16)
    numbered.round_of("customers")
    assert stored(numbered, "customers") == {"Harbor Foods": 1}  # nothing younger shows yet
    numbered.dispatcher.company("A later one")
    numbered.round_of("customers")
    numbered.round_of("customers")

    assert stored(numbered, "customers") == {"Harbor Foods": 2, "A later one": 1}
    codes = {numbered.dispatcher.external_id("company", one) for one in (first, second)}
    assert len(codes) == 2 and "" not in codes


def test_a_call_that_arrives_late_is_waited_for_once_the_installation_is_known(
    numbered: Contractor,
) -> None:
    numbered.dispatcher.company("The first one")
    numbered.round_of("customers")
    numbered.overrides["spectrum"] = {"timeout_seconds": 1.0}
    numbered.dispatcher.company("Harbor Foods")
    lose(numbered, "customers", "late", delay=LATE)
    numbered.round_of("customers")
    until_it_has_arrived(numbered)
    numbered.ahead = timedelta(minutes=16)
    for _ in range(2):
        numbered.round_of("customers")

    (entry,) = held(numbered, "customers")
    assert "under 700002" in entry.reason
    assert stored(numbered, "customers") == {"The first one": 1, "Harbor Foods": 1}


def until_it_has_arrived(contractor: Contractor) -> None:
    end = time.monotonic() + 10
    while not any(call.fault == "late" for call in contractor.control.calls()):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_an_ordinary_installation_sends_again_at_once_what_never_arrived(
    contractor: Contractor,
) -> None:
    contractor.dispatcher.company("Harbor Foods")
    contractor.dispatcher.company("Its neighbour")
    lose(contractor, "customers", "fail_before", count=2)

    contractor.rounds_until_quiet()

    assert sorted(contractor.customers().values()) == ["Harbor Foods", "Its neighbour"]
    assert held(contractor, "customers") == []


def test_a_strangers_record_at_the_same_address_does_not_keep_what_never_arrived_from_going_out(
    contractor: Contractor,
) -> None:
    address = {"Address_1": "12 Granby Street", "City": "Norfolk", "State": "VA"}
    with SpectrumCaller(contractor.sandbox.spectrum_url) as screen:
        screen.write("AddCustomer", **BY_HAND, **address)
    contractor.dispatcher.company("Harbor Foods")
    lose(contractor, "customers", "fail_before")

    contractor.rounds_until_quiet()

    assert sorted(contractor.customers().values()) == ["Harbor Foods", "Its neighbour"]
    assert held(contractor, "customers") == []


def test_no_word_is_taken_about_a_key_that_is_not_there_or_anothers_or_of_a_record_in_no_doubt(
    numbered: Contractor,
) -> None:
    numbered.dispatcher.company("The first one")
    numbered.round_of("customers")
    numbered.dispatcher.company("Harbor Foods")
    lose(numbered, "customers", "drop_answer")
    numbered.round_of("customers")
    (entry,) = held(numbered, "customers")

    for key, answer in (("700077", "has nothing under 700077"), ("700001", "was sent from here")):
        assert answer in say(numbered, entry, is_there=True, target_key=key)
    assert "goes with --there" in say(numbered, entry, is_there=False, target_key="700002")
    assert "found in Spectrum as" in say(numbered, entry, is_there=True, target_key="700002")
    assert "is not in doubt" in say(numbered, entry, is_there=True, target_key="700002")


losses = st.lists(
    st.tuples(
        st.sampled_from(sorted(INSERTS)),
        st.sampled_from(("drop_answer", "truncate", "not_xml", "fail_before", "middle_box")),
        st.integers(0, 3),
    ),
    max_size=4,
)


@pytest.mark.slow
@settings(
    max_examples=min(40, settings.default.max_examples * 3 // 5),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@example(lost=[("customers", "drop_answer", 0)], has_infolink=True, are_twins=True)
@example(
    lost=[("jobs", "drop_answer", 0), ("sites", "truncate", 0)], has_infolink=True, are_twins=False
)
@given(lost=losses, has_infolink=st.booleans(), are_twins=st.booleans())
def test_whatever_answers_are_lost_nothing_stands_twice_and_a_persons_look_settles_the_rest(
    running_sandbox: Sandbox,
    lost: list[tuple[str, str, int]],
    has_infolink: bool,
    are_twins: bool,
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        empty_contractor(running_sandbox, Path(folder)) as contractor,
    ):
        contractor.control.switch("spectrum", numbers_itself=True)
        contractor.retry_at_once()
        if not has_infolink:
            contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
        for number in range(3):
            name = "Harbor Foods" if are_twins else f"Harbor Foods {number}"
            company = contractor.dispatcher.company(name)
            contractor.dispatcher.job(contractor.dispatcher.location(company))
        for flow, kind, skip in lost:
            lose(contractor, flow, kind, skip=skip)
        settles(contractor)

        wanted = 3 if are_twins else 1
        assert all(count <= wanted for count in stored(contractor, "customers").values())
        for flow in INSERTS:
            assert stored(contractor, flow).total() == 3, (flow, held(contractor, flow))
        assert [entry.reason for entry in held(contractor, "customers")] == []
        assert [entry.reason for entry in held(contractor, "sites")] == []
        for entry in held(contractor, "jobs"):
            assert "half-way" in entry.reason  # linked by hand, as its advice says


def settles(contractor: Contractor) -> None:
    """Rounds over two days, in which a person looks for what waits for one."""
    for hours in (0, 0.3, 0.6, 0.9, 26, 26.3, 52, 52.3):
        contractor.ahead = timedelta(hours=hours)
        contractor.round()
        for flow in INSERTS:
            for entry in held(contractor, flow):
                if entry.needs == ("a person",) and entry.started_steps:
                    look_like_a_person(contractor, entry)
    contractor.control.clear_faults()
    contractor.round()


def look_like_a_person(contractor: Contractor, entry: Entry) -> None:
    """Of what looks like it, the one that nobody has; the person knows Spectrum's own screen."""
    table, column, name = TABLES[entry.flow]
    sent = entry.sent[0].fields
    wanted = sent.get("Name") or sent.get("Site_Name") or sent["Job_Description"]
    with contractor.session() as session:
        taken = {one.target_key for one in session.ledger.entries(entry.flow) if one.done_steps}
    there = [
        str(row[column]).strip()
        for row in contractor.control.records("spectrum", table)
        if str(row[name]).strip() == wanted
        and str(row.get("WO_Site", "")).strip() == sent.get("WO_Site", "")
        and str(row[column]).strip() not in taken
    ]
    said = say(contractor, entry, is_there=bool(there), target_key=there[0] if there else "")
    assert "noted as" in said, said
