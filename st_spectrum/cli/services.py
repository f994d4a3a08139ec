"""The commands that stay until they are ended, and the mails: options and help texts."""

from typing import Annotated

import typer

from st_spectrum.cli.options import (
    DEFAULT_ACCOUNT,
    AccountOption,
    CodePortOption,
    DoorbellOption,
    HealthOfServerOption,
    HostOption,
    WebPortOption,
)
from st_spectrum.commands.running import end_well


def alerts(account: AccountOption = DEFAULT_ACCOUNT) -> None:
    """Mail the support contacts what is due now, and say so. Dagster's sensor `alerts` does it
    every minute by itself.
    """
    from st_spectrum.commands.alerts import send_alerts

    end_well(lambda: send_alerts(account))


def serve(
    account: AccountOption = DEFAULT_ACCOUNT,
    web_port: WebPortOption = 3000,
    code_port: CodePortOption = 4000,
    host: HostOption = "127.0.0.1",
    doorbell: DoorbellOption = False,
    health: HealthOfServerOption = False,
) -> None:
    """Keep Dagster running for one account: code server, worker, daemon and web server, each
    started again when it dies.

    No worker where dagster.yaml has a process for each run. What they write goes into one log, the
    terminal's; Ctrl-C ends all of
    them. `DAGSTER_HOME` is where Dagster keeps its runs, by default the folder `dagster` in the
    account's `state_dir`;
    without a dagster.yaml there, the one for a single machine is put into it.
    """
    from st_spectrum.commands.serve import print_health, run_serve
    from st_spectrum.serving.parts import Addresses

    addresses = Addresses(web_port=web_port, code_port=code_port, host=host)
    end_well(
        lambda: (
            print_health(account)
            if health
            else run_serve(account, addresses, has_doorbell=doorbell)
        )
    )


def worker(
    concurrency: Annotated[
        int | None,
        typer.Option(
            min=1, help="Runs at once, each in a process of its own; without it 4 for each account."
        ),
    ] = None,
    health: Annotated[
        bool,
        typer.Option(
            "--health", help="Say in one line whether a worker on this machine is well, and end."
        ),
    ] = False,
) -> None:
    """Take runs of Dagster, in processes that have everything imported; SIGTERM ends it when they
    have ended.

    DAGSTER_HOME names the instance, whose dagster.yaml names the launcher; ST_SPECTRUM_BROKER says
    where runs come from: a folder on this machine, or a Redis server such as redis://host:6379/0.
    Without it, the folder `broker` in DAGSTER_HOME.
    """
    from st_spectrum.commands.worker import print_worker_health, start_worker

    end_well(lambda: print_worker_health() if health else start_worker(concurrency))


def doorbell(
    account: AccountOption = DEFAULT_ACCOUNT,
    dagster: Annotated[
        str, typer.Option(help="Address of Dagster's web server, as seen from here.")
    ] = "http://127.0.0.1:3000",
    location: Annotated[
        str, typer.Option(help="The code location; by default it is called as the account.")
    ] = "",
    remove: Annotated[
        bool,
        typer.Option("--remove", help="Start nothing: take our webhooks out of ServiceTrade."),
    ] = False,
) -> None:
    """Let ServiceTrade ring when something changes, and have it carried over at once; SIGTERM ends
    it.

    A part of `serve --doorbell`; alone it stands beside a Dagster of containers or a cluster. It
    sets up its webhook by itself. Nothing depends on it: without it the sensors find every change,
    some seconds later.
    """
    from st_spectrum.commands.doorbell import remove_webhooks, run_doorbell

    end_well(
        lambda: remove_webhooks(account) if remove else run_doorbell(account, dagster, location)
    )
