"""A first load by office, or customer by customer: what belongs together crosses together, and it
ends where a round ends, whoever stops it in between.
"""

import json

import pytest

from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.domain.backfill_by import By
from st_spectrum.engine.rounds.backfill_groups import group_waves, groups_of
from st_spectrum.engine.rounds.backfilling import Wave, waves
from st_spectrum.flows import FLOWS
from tests.world.contractor import Contractor

NORTH, SOUTH = "North Office", "South Office"


def offices(contractor: Contractor) -> tuple[int, int]:
    """Two offices of the contractor's own company."""
    dispatcher = contractor.dispatcher
    own = dispatcher.look_up_own_company()
    return dispatcher.location(own, NORTH), dispatcher.location(own, SOUTH)


def filled(contractor: Contractor) -> dict[str, list[tuple[int, int, int]]]:
    """Chains of company, location and job, by the office of the job."""
    north, south = offices(contractor)
    made: dict[str, list[tuple[int, int, int]]] = {NORTH: [], SOUTH: []}
    for name, office in ((SOUTH, south), (NORTH, north), (SOUTH, south), (NORTH, north)):
        contractor.dispatcher.assigned_office = office
        made[name].append(contractor.dispatcher.chain())
    return made


def carried(contractor: Contractor, by: By, size: int, *only: str, most: int = 1000) -> list[Wave]:
    done: list[Wave] = []
    with contractor.session() as session:
        groups = groups_of(session, tuple(FLOWS), by, only)
        for wave in group_waves(session, groups, by, "backfill", size):
            done.append(wave)
            if len(done) == most:
                break
    return done


def the_rest(contractor: Contractor) -> list[Wave]:
    with contractor.session() as session:
        return list(waves(session, FLOWS, "backfill", 100))


def crossed(contractor: Contractor, chains: list[tuple[int, int, int]]) -> list[bool]:
    return [
        all(
            (entry := contractor.entry(flow, key)) is not None and entry.confirmed_at is not None
            for flow, key in zip(("customers", "sites", "jobs"), chain, strict=True)
        )
        for chain in chains
    ]


@pytest.mark.parametrize("by", [By.OFFICE, By.CUSTOMER])
@pytest.mark.parametrize("size", [1, 5, 100])
def test_groups_of_any_size_end_where_a_round_ends(
    contractor: Contractor, by: By, size: int
) -> None:
    filled(contractor)

    carried(contractor, by, size)
    the_rest(contractor)

    assert contractor.rounds_until_quiet() == 0
    contractor.assert_exact()
    assert contractor.doubled() == []


def test_an_office_crosses_whole_and_alone(contractor: Contractor) -> None:
    made = filled(contractor)

    done = carried(contractor, By.OFFICE, 100, NORTH)

    assert {wave.group for wave in done} == {NORTH}
    assert [wave.flow for wave in done] == ["customers", "sites", "jobs"]
    assert crossed(contractor, made[NORTH]) == [True, True]
    assert crossed(contractor, made[SOUTH]) == [False, False]


def test_a_customer_crosses_whole_and_alone(contractor: Contractor) -> None:
    made = filled(contractor)
    first, other = made[NORTH]

    (wave,) = carried(contractor, By.CUSTOMER, 100, str(first[0]))

    assert wave.looked_at == wave.sent == 3
    assert crossed(contractor, [first, other]) == [True, False]


def test_customers_of_a_wave_are_never_parted(contractor: Contractor) -> None:
    filled(contractor)

    done = carried(contractor, By.CUSTOMER, 6)

    flows = [set(wave.reports) for wave in done if wave.sent]
    assert flows == [{"customers", "sites", "jobs"}] * len(flows)
    assert all(wave.waits == 0 for wave in done)


@pytest.mark.parametrize("by", [By.OFFICE, By.CUSTOMER])
def test_a_load_that_was_stopped_goes_on_with_what_has_not_crossed(
    contractor: Contractor, by: By
) -> None:
    filled(contractor)
    first = carried(contractor, by, 2, most=2)

    rest = carried(contractor, by, 2)
    the_rest(contractor)

    looked_at = [
        (flow, outcome.key)
        for wave in (*first, *rest)
        for flow, report in wave.reports.items()
        for outcome in report.outcomes
    ]
    assert len(looked_at) == len(set(looked_at))
    contractor.assert_exact()
    assert contractor.doubled() == []


def test_what_changed_while_groups_crossed_is_brought_by_the_waves_that_follow(
    contractor: Contractor,
) -> None:
    made = filled(contractor)
    carried(contractor, By.OFFICE, 100)
    new = contractor.dispatcher.job(made[NORTH][0][1])

    the_rest(contractor)

    entry = contractor.entry_of("jobs", new)
    assert entry.confirmed_at is not None
    contractor.assert_exact()


def test_a_system_that_is_down_ends_it_and_nothing_is_lost(contractor: Contractor) -> None:
    filled(contractor)
    contractor.fault(system="spectrum", operation="AddCustomer", kind="status", status=503)

    stopped = carried(contractor, By.CUSTOMER, 3)
    contractor.control.clear_faults()
    carried(contractor, By.CUSTOMER, 3)
    the_rest(contractor)
    contractor.retry_at_once()
    contractor.rounds_until_quiet()

    assert any(wave.is_stopped for wave in stopped)
    contractor.assert_exact()
    assert contractor.doubled() == []


def test_an_office_that_has_nothing_left_is_refused_with_those_that_have(
    contractor: Contractor,
) -> None:
    filled(contractor)

    with contractor.session() as session, pytest.raises(ArgumentInvalid) as refused:
        groups_of(session, tuple(FLOWS), By.OFFICE, ("Nowhere",))

    assert "'Nowhere'" in refused.value.problems[0]
    assert NORTH in refused.value.problems[0]


def test_the_command_names_the_office_of_each_wave_and_then_goes_by_flow(
    contractor: Contractor,
) -> None:
    filled(contractor)

    part = contractor.command(
        "backfill", "--by", "office", "--only", NORTH, "--waves", "1", "--json"
    )
    rest = contractor.command("backfill", "--by", "office")

    assert (part.returncode, rest.returncode) == (0, 0), (part.stderr, rest.stderr)
    (line_of_json,) = [json.loads(line) for line in part.stdout.splitlines()]
    assert (line_of_json["group"], line_of_json["flow"], line_of_json["sent"]) == (
        NORTH,
        "customers",
        2,
    )
    assert "2 offices: 10 records to look at." in rest.stdout
    assert f"{SOUTH}, jobs, wave 5: 2 records, 2 sent, 0 wait" in rest.stdout
    assert "customers: " in rest.stdout
    contractor.assert_exact()


def test_a_name_without_a_kind_is_refused(contractor: Contractor) -> None:
    refused = contractor.command("backfill", "--only", NORTH)

    assert refused.returncode == 1
    assert "--by office" in refused.stderr
