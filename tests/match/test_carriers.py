"""`match apply` asks lists who carries what, and sees in a minute what somebody typed since."""

from pathlib import Path

import pytest

from st_spectrum.match.apply import Linking, apply_rows
from st_spectrum.match.carriers import FRESH_SECONDS, TIMES_AS_LONG, Carriers, carriers_of
from st_spectrum.match.kinds import CUSTOMERS, SITES, WORD, Kind
from st_spectrum.match.log import MatchLog
from st_spectrum.match.normalize import Party
from st_spectrum.match.verdicts import Match, Verdict
from st_spectrum.match.workbook import Row, cells_of
from st_spectrum.servicetrade.models import Company
from tests.match.test_match_command import company, contractor, listed, rewrite
from tests.world.contractor import Contractor

__all__ = ("contractor",)

NAMES = ("Acme Roofing", "Baker Steel", "Cole Dairy", "Dunn Motors")


class SlowReading:
    """Reading takes its time."""

    def __init__(self, takes: float) -> None:
        self.now, self.takes, self.reads = 0.0, takes, 0
        self.ids: dict[int, str] = {}

    def __call__(self) -> float:
        return self.now

    def read(self) -> list[Company]:
        self.reads += 1
        self.now += self.takes
        return [
            Company(id=record, name="A", external_ids={"s": code} if code else {})
            for record, code in self.ids.items()
        ]


def test_links_of_many_rows_cost_a_list_and_a_question_and_a_write_each(
    contractor: Contractor, tmp_path: Path
) -> None:
    made = [
        company(contractor, name, phoneNumber="", addressStreet=f"{place} Elm Road")
        for place, name in enumerate(NAMES)
    ]
    codes = [f"OLD{place}" for place in range(len(NAMES))]
    file = listed(contractor, tmp_path, *zip(codes, (name.upper() for name in NAMES), strict=True))
    rewrite(file, dict.fromkeys(NAMES, "link"))
    contractor.control.clear_calls()

    ended = contractor.command("match", "apply", str(file))

    calls = [call.operation for call in contractor.control.calls(system="servicetrade")]
    assert ended.returncode == 0, ended.stdout
    assert [contractor.dispatcher.external_id("company", one) for one in made] == codes
    assert (calls.count("PUT /externalid"), calls.count("GET /externalid")) == (
        len(NAMES),
        len(NAMES),
    )
    assert calls.count("GET /company") == 1


@pytest.mark.parametrize("takes", [0.5, 30.0])
def test_a_list_is_read_anew_once_it_is_old(takes: float) -> None:
    clock = SlowReading(takes)
    clock.ids = {1: "", 2: "C2"}
    carriers = Carriers(clock.read, "s", clock)
    first = carriers.record(1)
    clock.ids[1] = "C1"
    clock.now = max(FRESH_SECONDS, TIMES_AS_LONG * takes) - 0.1
    assert first is not None
    assert carriers.code_of(first) == ""
    assert (carriers.holder("C1"), clock.reads) == (None, 1)

    clock.now += 0.2

    assert (carriers.holder("C1"), carriers.holder("C2"), clock.reads) == (1, 2, 2)


def test_what_was_written_is_known_without_another_list() -> None:
    clock = SlowReading(0.1)
    clock.ids = {1: ""}
    carriers = Carriers(clock.read, "s", clock)
    carriers.record(1)

    carriers.note(1, "C1")

    record = carriers.record(1)
    assert record is not None
    assert (carriers.code_of(record), carriers.holder("C1"), clock.reads) == ("C1", 1, 1)


def row_of(kind: Kind, record: int, code: str, owners: tuple[str, str] = ("", "")) -> Row:
    here, there = Party(str(record), "A", owner=owners[0]), Party(code, "A", owner=owners[1])
    match = Match(Verdict.SURE, here, there)
    return Row(kind, 2, "link", {**cells_of(kind, match), WORD: "link"})


@pytest.mark.parametrize(("typed", "result"), [("TYPED", "refused"), ("OLD17", "already")])
def test_what_somebody_typed_since_the_list_was_read_stays(
    contractor: Contractor, tmp_path: Path, typed: str, result: str
) -> None:
    acme = company(contractor, "Acme Roofing")
    with contractor.session() as session:
        source, system = session.servicetrade, session.account.servicetrade.external_system
        listed = carriers_of("company", source, system)
        assert listed.record(acme) is not None
        contractor.dispatcher.set_external_id("company", acme, typed)
        linking = Linking(CUSTOMERS, source, MatchLog(tmp_path / "log"), listed=listed)

        (outcome,) = apply_rows([row_of(CUSTOMERS, acme, "OLD17")], linking)

    assert outcome.result == result
    assert contractor.dispatcher.external_id("company", acme) == typed


def test_a_code_is_seen_that_a_location_of_no_customer_carries(
    contractor: Contractor, tmp_path: Path
) -> None:
    acme = company(contractor, "Acme Roofing")
    contractor.dispatcher.set_external_id("company", acme, "OLD17")
    site = contractor.dispatcher.location(acme)
    vendor = contractor.dispatcher.company("Parts Depot", customer=False, vendor=True)
    depot = contractor.dispatcher.location(vendor)
    contractor.dispatcher.set_external_id("location", depot, "S0007")
    with contractor.session() as session:
        source, system = session.servicetrade, session.account.servicetrade.external_system
        listed = carriers_of("location", source, system)
        assert listed.record(depot) is None
        linking = Linking(SITES, source, MatchLog(tmp_path / "log"), listed=listed)
        row = row_of(SITES, site, "S0007", (str(acme), "OLD17"))

        (outcome,) = apply_rows([row], linking)

    assert outcome.reason == f"location {depot} carries S0007 by now"
    assert contractor.dispatcher.external_id("location", site) == ""
