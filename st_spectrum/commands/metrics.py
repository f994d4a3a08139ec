"""`st-spectrum metrics`: the figures of an account as Prometheus reads them."""

from collections.abc import Iterable
from pathlib import Path

from st_spectrum.account.file import load_account
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.ledger import open_ledger
from st_spectrum.reconcile.figures import Figures, figures_of


def print_metrics(account_file: Path) -> int:
    """0 when the ledger could be read; for the textfile collector of a node exporter."""
    account = load_account(account_file)
    with open_ledger(account.ledger) as ledger:
        figures = [figures_of(ledger, flow, ledger.now()) for flow in FLOWS]
    print(as_prometheus(account.name, figures), end="")
    return 0


def as_prometheus(account: str, figures: Iterable[Figures]) -> str:
    """Prometheus' text format; every figure bears account and flow."""
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    registry = CollectorRegistry()

    def gauge(name: str, text: str, *labels: str) -> Gauge:
        names = ("account", "flow", *labels)
        return Gauge(f"st_spectrum_{name}", text, names, registry=registry)

    waiting = gauge("waiting_records", "Records that have not crossed.")
    money = gauge("waiting_dollars", "The money in them.")
    hours = gauge("waiting_hours", "The work in them.")
    oldest = gauge("oldest_waiting_seconds", "Since when the oldest of them waits.")
    handled = gauge("handled_by_hand_records", "Records that people handled by hand.")
    delay = gauge(
        "delay_seconds", "From the change at the source to confirmed, of the last day.", "quantile"
    )
    crossed = gauge("crossed_records", "Records that were confirmed within the last day.")
    for one in figures:
        waiting.labels(account, one.flow).set(one.waiting)
        money.labels(account, one.flow).set(float(one.waiting_money))
        hours.labels(account, one.flow).set(float(one.waiting_hours))
        oldest.labels(account, one.flow).set(one.oldest_seconds)
        handled.labels(account, one.flow).set(one.handled)
        crossed.labels(account, one.flow).set(len(one.delays))
        for share in (0.5, 0.95, 1.0):
            delay.labels(account, one.flow, str(share)).set(one.delay(share))
    return generate_latest(registry).decode()
