"""The figures of an account, as Prometheus and a person read them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from st_spectrum.commands.metrics import as_prometheus
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.judgement import Judgement
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.memory import MemoryStore
from st_spectrum.reconcile.figures import Figures, figures_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_what_waits_its_age_its_money_and_the_delay_of_what_crossed_are_told() -> None:
    moments = [NOON]
    ledger = Ledger(MemoryStore(), "test", 300, lambda: moments[0])
    for key, amount in (("1", "10.10"), ("2", "0.20")):
        judgement = Judgement(State.HELD, "x", source_version="1")
        ledger.record("invoices", key, judgement, title=key, run_id="test", amount=amount)
    moments[0] += timedelta(seconds=90)
    ledger.settle(ledger.claim("invoices", "2", run_id="test"), State.CONFIRMED)

    figures = figures_of(ledger, "invoices", moments[0])

    assert (figures.waiting, figures.waiting_money) == (1, Decimal("10.10"))
    assert (figures.oldest_seconds, figures.delays) == (90.0, (90.0,))
    text = as_prometheus("north", [figures])
    assert 'st_spectrum_waiting_dollars{account="north",flow="invoices"} 10.1' in text
    assert 'st_spectrum_delay_seconds{account="north",flow="invoices",quantile="0.95"} 90.0' in text


def test_a_delay_is_that_of_the_nearest_record() -> None:
    delays = tuple(float(number) for number in range(1, 101))
    figures = Figures("jobs", 0, Decimal(0), Decimal(0), 0.0, 0, delays)

    assert [figures.delay(share) for share in (0.5, 0.95, 1.0)] == [50.0, 95.0, 100.0]
    assert Figures("jobs", 0, Decimal(0), Decimal(0), 0.0, 0, ()).delay(0.5) == 0.0
