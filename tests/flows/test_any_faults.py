"""Whatever goes wrong, in whatever order: once it is over, every record has crossed, once."""

import io
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from st_spectrum.commands.acting import person_of, run_resolve
from st_spectrum.domain.errors import SyncFault
from st_spectrum.flows import FLOWS
from st_spectrum.sandbox.server import Sandbox
from tests.world.contractor import ACCOUNT_FILE, Contractor, empty_contractor
from tests.world.processes import killed_after

pytestmark = pytest.mark.slow

OPERATIONS = [
    *(
        ("spectrum", name)
        for name in ("*", "AddCustomer", "AddWOSiteAddress", "AddJob", "UpdateJob", "UpdateJob_UDF")
    ),
    *(("spectrum", name) for name in ("AddPhase", "GetPhaseEnhanced", "GetJobUDF")),
    *(
        ("servicetrade", name)
        for name in ("*", "PUT /externalid", "GET /externalid", "GET /company", "GET /location")
    ),
    *(("servicetrade", name) for name in ("GET /job", "GET /servicerequest")),
]
KINDS = (
    "fail_before",
    "drop_answer",
    "status",
    "rate_limit",
    "slow",
    "truncate",
    "not_xml",
    "expire_token",
    "refuse",
)
SPECTRUM_KINDS = (*KINDS, "locked", "soap_fault")
STATUSES = (400, 401, 403, 408, 409, 418, 500, 502, 503)
"""No 404: with the vendor's own words it says that there is no such record, which is an answer and
no fault.
"""


@dataclass(frozen=True)
class Rule:
    system: str
    operation: str
    kind: str
    count: int
    skip: int
    delay: float
    status: int
    retry_after: int


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    system, operation = draw(st.sampled_from(OPERATIONS))
    return Rule(
        system,
        operation,
        kind=draw(st.sampled_from(SPECTRUM_KINDS if system == "spectrum" else KINDS)),
        count=draw(st.integers(1, 3)),
        skip=draw(st.integers(0, 6)),
        delay=draw(st.sampled_from((0.02, 0.2))),
        status=draw(st.sampled_from(STATUSES)),
        retry_after=draw(st.sampled_from((0, 600))),
    )


@settings(
    max_examples=min(40, settings.default.max_examples * 3 // 5),
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
)
@given(
    faults=st.lists(rules(), max_size=4),
    killed_at=st.none() | st.integers(0, 18),
    are_two=st.booleans(),
    has_infolink=st.sampled_from((True, True, True, False)),
)
def test_after_any_faults_a_kill_and_a_race_everything_has_crossed_once(
    running_sandbox: Sandbox,
    faults: list[Rule],
    killed_at: int | None,
    are_two: bool,
    has_infolink: bool,
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        empty_contractor(running_sandbox, Path(folder)) as contractor,
    ):
        contractor.overrides = {
            "pace": {"retry_rejected_after_seconds": 0.001},
            "servicetrade": {"read_attempts": 2},
            "spectrum": {"read_attempts": 2, **({} if has_infolink else {"infolink": None})},
        }
        company, location, _ = contractor.dispatcher.chain("Sprinkler")
        contractor.dispatcher.job(location, type="inspection")
        contractor.dispatcher.job(contractor.dispatcher.location(company))
        contractor.dispatcher.chain()
        for rule in faults:
            contractor.fault(**asdict(rule))
        if killed_at is not None:
            killed_after(contractor, killed_at)
        for _ in range(2):
            troubled_round(contractor, 2 if are_two else 1)
        contractor.control.clear_faults()

        contractor.rounds_until_quiet()

        assert contractor.doubled() == []
        if not has_infolink:
            resolve_like_a_person(contractor)
        assert unfinished(contractor) == []
        contractor.assert_exact({})


def troubled_round(contractor: Contractor, workers: int) -> None:
    def work(number: int) -> None:
        with suppress(SyncFault):
            contractor.round(f"troubled-{number}")

    with ThreadPoolExecutor(workers) as pool:
        for _ in pool.map(work, range(workers)):
            pass


def unfinished(contractor: Contractor) -> list[tuple[str, str, str, str]]:
    with contractor.session() as session:
        return [
            (flow, key, held.entry.state, held.entry.reason) if held else (flow, key, "", "")
            for flow in FLOWS
            for key, held in session.ledger.open_entries(flow)
        ]


def resolve_like_a_person(contractor: Contractor) -> None:
    """Somebody looks into Spectrum for what cannot be looked up, and says what is there."""
    tables = {
        "sites": ("WO_ADDRESS_MC", "Ship_To_ID"),
        "customers": ("CR_CUSTOMER_MASTER_MC", "Customer_Code"),
    }
    for _ in range(4):
        in_doubt = [
            record for record in unfinished(contractor) if "cannot be looked up" in record[3]
        ]
        for flow, key, _, _ in in_doubt:
            table, column = tables[flow]
            entry = contractor.entry(flow, int(key))
            there = {
                str(row[column]).strip() for row in contractor.control.records("spectrum", table)
            }
            with patch.dict(os.environ, contractor.environment), redirect_stdout(io.StringIO()):
                run_resolve(
                    ACCOUNT_FILE,
                    flow,
                    key,
                    person_of(""),
                    is_there=entry is not None and entry.target_key in there,
                )
        contractor.rounds_until_quiet()
        if not in_doubt:
            return
