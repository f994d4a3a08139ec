"""The demo after the first load: now and then something new in ServiceTrade, and how long it took to cross."""

import time

from rich.markup import escape

from st_spectrum.commands.stage import Stage
from st_spectrum.sandbox.life import Event, Life

PAUSE_SECONDS = 12.0
PATIENCE_SECONDS = 60.0
SHOWN_AS = {"company": "AR customer", "location": "work-order site", "job": "Spectrum job"}


def live_on(stage: Stage) -> None:
    """Until Ctrl-C."""
    stage.console.print("\nFrom here on the world keeps living. Ctrl-C ends everything.\n")
    with Life(stage.built) as life:
        while True:
            event = life.step()
            stage.console.print(escape(event.text))
            if event.kind in SHOWN_AS:
                _watch(stage, event)
            time.sleep(PAUSE_SECONDS)


def _watch(stage: Stage, event: Event) -> None:
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_SECONDS:
        time.sleep(0.5)
        records = stage.sandbox.control.records("servicetrade", event.kind)
        ids = next((record["externalIds"] for record in records if record["id"] == event.id), None) or {}
        if code := dict(ids).get(stage.account.servicetrade.external_system):
            seconds = time.monotonic() - began
            stage.console.print(f"  → {SHOWN_AS[event.kind]} {escape(code)} after {seconds:.1f} s")
            return
    stage.console.print("  … waits; `st-spectrum ledger open` says for what")
