"""`st-spectrum serve`: Dagster for one account until Ctrl-C; and whether it is well."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from st_spectrum.account.file import read_account
from st_spectrum.commands.doorbell import NEEDED
from st_spectrum.commands.running import end_with_the_terminal
from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.serving.home import (
    HOME_VARIABLE,
    HomeIsServed,
    home_of,
    shipped_settings,
    sole_server,
)
from st_spectrum.serving.one_log import OneLog
from st_spectrum.serving.parts import Addresses
from st_spectrum.serving.ports import free_port, obstacle
from st_spectrum.serving.service import end_leftovers, serving

SERVED = {
    "ST_SPECTRUM_SENSORS": "on",
    # Dagster looks at five failed runs a tick by itself, and mails fall behind.
    "DAGSTER_RUN_STATUS_SENSOR_PROCESS_LIMIT": "25",
}
"""What the parts find in their environment unless it says otherwise."""


def run_serve(account_file: Path, addresses: Addresses, *, has_doorbell: bool = False) -> int:
    """Stay until SIGINT, SIGTERM or the end of the terminal.

    Raises `SettingsInvalid` with everything that is wrong before anything starts.
    """
    end_with_the_terminal()
    account, problems = read_account(account_file)
    if account is not None and has_doorbell:
        if not account.doorbell.url:
            problems = (*problems, NEEDED)
        addresses = replace(addresses, doorbell=(account.doorbell.host, account.doorbell.port))
    if account is None or problems:
        raise SettingsInvalid([*problems, *_taken(addresses)])
    home = home_of(account.state_dir, os.environ)
    log = OneLog()
    try:
        with sole_server(home):
            if count := end_leftovers(home):
                log.write(
                    "serve",
                    f"A server that was killed left {count} processes behind; they are ended.",
                )
            if taken := tuple(_taken(addresses)):
                raise SettingsInvalid(taken)
            addresses = _with_free_ports(addresses)
            environment = (
                SERVED
                | {"DAGSTER_URL": addresses.url}
                | dict(os.environ)
                | {"ST_SPECTRUM_ACCOUNT": str(account_file.resolve())}
            )
            with serving(
                home, account.name, addresses, environment, shipped_settings(), log
            ) as supervisor:
                log.write("serve", f"Everything is up. Dagster: {addresses.url}")
                supervisor.wait()
    except HomeIsServed:
        raise ArgumentInvalid(
            [
                (
                    f"{home}: `st-spectrum serve` runs on it already; `st-spectrum serve --health`"
                    " says how it is"
                )
            ]
        ) from None
    return 0


def print_health(account_file: Path) -> int:
    """Print one line: 0 when all parts are at work, 1 when not, whatever the two systems do."""
    from st_spectrum.serving.health import health

    is_well, line = health(_home(account_file))
    print(line)
    return 0 if is_well else 1


def _home(account_file: Path) -> Path:
    if HOME_VARIABLE in os.environ:
        return home_of(Path(), os.environ)
    account, problems = read_account(account_file)
    if account is None:
        raise SettingsInvalid(problems)
    return home_of(account.state_dir, os.environ)


def _taken(addresses: Addresses) -> Iterator[str]:
    """What keeps the servers from their ports; 0 takes a free one."""
    wanted: tuple[tuple[str, str, int], ...] = (
        ("--web-port", addresses.host, addresses.web_port),
        ("--code-port", "127.0.0.1", addresses.code_port),
    )
    if addresses.doorbell:
        wanted = (*wanted, ("doorbell.port", *addresses.doorbell))
    for option, host, port in wanted:
        if port and (why := obstacle(host, port)):
            yield f"{option}: port {port} {why}"
    if addresses.web_port and addresses.web_port == addresses.code_port:
        yield f"--code-port: port {addresses.code_port} is that of the web server; choose another"


def _with_free_ports(addresses: Addresses) -> Addresses:
    return replace(
        addresses,
        web_port=addresses.web_port or free_port(),
        code_port=addresses.code_port or free_port(),
    )
