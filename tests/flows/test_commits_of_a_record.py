"""How often the ledger is written for one record that crosses, and in which order."""

from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows.session import open_session
from st_spectrum.ledger.entry import Entry, State, decode
from st_spectrum.ledger.layout import entry_path
from st_spectrum.ledger.memory import MemoryStore
from tests.world.contractor import Contractor


class Recorder(MemoryStore):
    """Keeps what was written over what."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[tuple[str, str]] = []

    def create(self, key: str, body: str) -> str:
        self.written.append((key, body))
        return super().create(key, body)

    def replace(self, key: str, body: str, etag: str) -> str:
        self.written.append((key, body))
        return super().replace(key, body, etag)

    def entries(self, flow: str, key: str) -> list[Entry]:
        return [decode(body) for path, body in self.written if path == entry_path(flow, key)]


def test_a_customer_takes_a_claim_an_announcement_of_each_step_and_an_end(
    contractor: Contractor,
) -> None:
    company, store = str(contractor.dispatcher.company("Harbor Foods LLC")), Recorder()
    with open_session(contractor.account, store=store) as session:
        run_round(session, ("customers",), "test")

    steps = [
        (entry.state, entry.done_steps, entry.started_steps)
        for entry in store.entries("customers", company)
    ]
    first, second = steps[1][2][0], steps[2][2][0]
    assert steps == [
        (State.CLAIMED, (), ()),
        (State.CLAIMED, (), (first,)),
        (State.CLAIMED, (first,), (second,)),
        (State.CONFIRMED, (first, second), ()),
    ]
