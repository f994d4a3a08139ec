"""Much was really deleted in ServiceTrade: a person says so once, and nights are green again."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.engine.allowance import FOR_GOOD, allow, allowed
from st_spectrum.ledger.documents.guards import AllowedToVanish
from st_spectrum.ledger.memory import MemoryStore
from st_spectrum.reconcile.both_sides import compare_both_sides
from tests.reconcile.planting import Month
from tests.reconcile.test_a_list_that_lacks_records import KINDS
from tests.world.stores import opened


@pytest.fixture
def lists_lack(month: Month) -> Iterator[Month]:
    yield month
    month.contractor.control.clear_faults()


def delete(month: Month, flow: str, keys: list[str]) -> None:
    documents = month.contractor.system("servicetrade").documents
    with documents.lock:
        for key in keys:
            documents.delete(KINDS[flow], int(key))
        documents.commit()


def answer_with_nothing(month: Month, flow: str) -> None:
    month.contractor.control.add_fault(
        system="servicetrade", operation=f"GET /{KINDS[flow]}", kind="empty_list", count=50
    )


def word(month: Month, flow: str) -> frozenset[str]:
    with month.contractor.session() as session:
        return allowed(session.ledger, flow, FOR_GOOD)


@pytest.mark.parametrize("flow", KINDS)
def test_a_word_ends_with_the_records_that_are_listed_again(lists_lack: Month, flow: str) -> None:
    answer_with_nothing(lists_lack, flow)
    failed = lists_lack.contractor.command("reconcile", flow)
    count = failed.stderr.partition(f"ledger allow {flow} ")[2].partition("`")[0]

    said = lists_lack.contractor.command("ledger", "allow", flow, count)

    assert (failed.returncode, said.returncode) == (1, 0), said.stdout + said.stderr
    assert f"{count} of {flow} noted as gone, until they are listed again." in said.stdout
    assert len(word(lists_lack, flow)) == int(count)
    night = lists_lack.contractor.command("reconcile", flow)
    assert (night.returncode, night.stderr) == (0, "")

    lists_lack.contractor.control.clear_faults()
    if flow == "invoices":  # what is closed, the night does not list
        lists_lack.contractor.command("ledger", "allow", flow, "0")
    else:
        lists_lack.contractor.command("reconcile", flow)
    assert word(lists_lack, flow) == frozenset()
    answer_with_nothing(lists_lack, flow)
    assert lists_lack.contractor.command("reconcile", flow).returncode == 1


def test_a_list_of_invoices_that_is_cut_in_part_is_told_until_a_person_confirms(
    month: Month,
) -> None:
    closed = [key for key, _ in sorted(month.confirmed("invoices"))]
    delete(month, "invoices", closed[:10])
    few = month.contractor.command("reconcile", "invoices")
    assert (few.returncode, few.stderr) == (0, "")

    delete(month, "invoices", closed[10:12])
    failed = month.contractor.command("reconcile", "invoices")
    assert failed.returncode == 1
    assert re.search(r"does not list 12 of \d+ invoices that the ledger knows", failed.stderr)
    assert "say `st-spectrum ledger allow invoices 12`" in failed.stderr

    assert month.contractor.command("ledger", "allow", "invoices", "12").returncode == 0
    assert word(month, "invoices") == frozenset(closed[:12])
    night = month.contractor.command("reconcile", "invoices")
    assert (night.returncode, night.stderr) == (0, "")
    assert compared(month, "invoices").unseen == ""


def test_of_a_flow_that_there_is_not_nobody_is_asked(month: Month) -> None:
    said = month.contractor.command("ledger", "allow", "vendors", "3")
    assert said.returncode != 0
    assert "customers, sites, jobs, invoices" in said.stderr


def test_a_further_word_is_added_to_one_that_lasts_and_replaces_one_that_ends() -> None:
    ledger = opened(MemoryStore())
    for keys in (("1", "2"), ("3",)):
        allow(ledger, "customers", keys, FOR_GOOD)
        allow(ledger, "timecards", keys)

    assert allowed(ledger, "customers", FOR_GOOD) == {"1", "2", "3"}
    assert allowed(ledger, "timecards") == {"3"}


def test_masters_that_were_deleted_are_confirmed_once_and_a_further_vanishing_is_told_again(
    month: Month,
) -> None:
    flow = "jobs"
    keys = sorted(key for key, _ in month.confirmed(flow))
    gone, more = keys[: len(keys) - 2], keys[-2:]
    delete(month, flow, gone)
    failed = month.contractor.command("reconcile", flow)
    assert failed.returncode == 1
    assert f"say `st-spectrum ledger allow {flow} {len(gone)}`" in failed.stderr
    assert f"ledger allow {flow} {len(gone)}" in compared(month, flow).unproven

    less = month.contractor.command("ledger", "allow", flow, str(len(gone) - 1))
    assert (less.returncode, word(month, flow)) == (1, frozenset())
    said = month.contractor.command("ledger", "allow", flow, str(len(gone)))
    assert said.returncode == 0, said.stdout + said.stderr

    for _ in range(2):
        night = month.contractor.command("reconcile", flow)
        assert (night.returncode, night.stderr) == (0, "")
        assert word(month, flow) == frozenset(gone)
        a_year_passes(month, flow)
    believed = compared(month, flow)
    assert believed.unproven == ""
    extra = {one.key for one in believed.differences if one.verdict == "extra"}
    assert extra == set(gone)

    delete(month, flow, more)
    again = month.contractor.command("reconcile", flow)
    assert again.returncode == 1
    assert f"say `st-spectrum ledger allow {flow} {len(more)}`" in again.stderr
    assert month.contractor.command("ledger", "allow", flow, str(len(more))).returncode == 0
    assert month.contractor.command("reconcile", flow).returncode == 0
    assert word(month, flow) == frozenset(keys)


def compared(month: Month, flow: str) -> FlowCompared:
    with month.contractor.session() as session:
        (one,) = compare_both_sides(session, [flow])
        return one


def a_year_passes(month: Month, flow: str) -> None:
    with month.contractor.session() as session:
        session.ledger.revise(
            AllowedToVanish,
            flow,
            lambda said: said and replace(said, at=said.at - timedelta(days=365)),
        )
