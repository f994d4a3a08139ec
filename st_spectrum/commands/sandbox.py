"""`st-spectrum sandbox`: both stand-ins until Ctrl-C."""

import json
from dataclasses import astuple, dataclass
from pathlib import Path

from st_spectrum.commands.demo_environment import write_environment
from st_spectrum.commands.named_files import into_named, require_place
from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.sandbox.addresses import Addresses
from st_spectrum.sandbox.credentials import AUTHORIZATION_ID, CLIENT_ID, CLIENT_SECRET
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import keep_time, weeks_until_now
from st_spectrum.sandbox.world import World, build_world
from st_spectrum.serving.ports import next_free

ACCOUNT_FILE = Path("accounts/sandbox.yaml")
WORLDS = {"small": World.small, "demo": World.demo, "load": World.load}
USUAL = (8101, 8102, 8100, 8125)
"""Ports of ServiceTrade, Spectrum, console and mail sink."""
TEN_YEARS = "ten-years"
"""A contractor whose history stands in both systems already."""


@dataclass(frozen=True)
class Ports:
    """Of ServiceTrade, Spectrum, the page that shows both, and the mail sink: None for the usual
    one or the next that is free, 0 for any free one.
    """

    servicetrade: int | None = None
    spectrum: int | None = None
    console: int | None = None
    smtp: int | None = None

    def chosen(self) -> tuple[int, int, int, int]:
        """As they are free at this moment, each another one."""
        taken: list[int] = [port for port in astuple(self) if port]
        found = []
        for asked, usual in zip(astuple(self), USUAL, strict=True):
            port = next_free(usual, taken) if asked is None else asked
            taken.append(port)
            found.append(port)
        servicetrade, spectrum, console, smtp = found
        return servicetrade, spectrum, console, smtp


USUAL_PORTS = Ports()
"""All of them where they usually are, as far as they are free."""


def started_sandbox(state: Path, ports: Ports = USUAL_PORTS) -> Sandbox:
    """On ports that are free; whoever takes one of them in the same moment makes it choose again.
    Raises `OSError` for one that was asked for and is taken.
    """
    for is_last in (False, False, True):
        servicetrade, spectrum, console, smtp = ports.chosen()
        sandbox = Sandbox(state, (servicetrade, spectrum, console), smtp)
        try:
            sandbox.start()
        except OSError:
            if is_last:
                raise
        else:
            return sandbox
    raise AssertionError


def run_sandbox(ports: Ports, state: Path, world: str, addresses: Path | None) -> int:
    """Stay until SIGINT or SIGTERM."""
    if world not in ("none", *WORLDS, TEN_YEARS):
        known = ", ".join(("none", *WORLDS, TEN_YEARS))
        raise ArgumentInvalid([f"--world {world}: there are {known}"])
    if addresses is not None:
        require_place("--addresses", addresses)
    with into_named(state):
        state.mkdir(parents=True, exist_ok=True)
    try:
        sandbox = started_sandbox(state, ports)
    except OSError as error:
        raise ArgumentInvalid(
            [f"a port is taken: {error}; choose others, or 0 for free ones"]
        ) from None
    try:
        if world != "none" and not sandbox.control.counts()["servicetrade"].get("job"):
            _fill(sandbox, world)
        if addresses is not None:
            with into_named(addresses):
                text = json.dumps(sandbox.addresses, indent=2) + "\n"
                addresses.write_text(text, encoding="utf-8")
        print(f"Both systems side by side:  {sandbox.console_url}")
        print("To use it from another terminal, say there:")
        with into_named(state):
            print(f"  {write_environment(state.parent, _for_commands(sandbox, state))}")
        print("Ctrl-C ends it.", flush=True)
        sandbox.run_forever()
    finally:
        sandbox.stop()
    return 0


def _for_commands(sandbox: Sandbox, state: Path) -> dict[str, str]:
    """The ledger of what is tried out lies beside the sandbox's own state."""
    account = {
        "ST_SPECTRUM_ACCOUNT": str(ACCOUNT_FILE.resolve()),
        "ST_SPECTRUM_STATE_DIR": str(state.parent.resolve()),
    }
    return environment(sandbox) | account


def _fill(sandbox: Sandbox, world: str) -> None:
    if world == TEN_YEARS:
        from st_spectrum.sandbox.ten_years import TenYears, fill_ten_years

        print("Typing ten years into both systems; half a minute.", flush=True)
        fill_ten_years(TenYears(), sandbox.rig)
        return
    built = build_world(WORLDS[world](), sandbox.servicetrade_url, sandbox.spectrum_url)
    keep_time(sandbox.control, built, weeks_until_now())


def environment(sandbox: Addresses) -> dict[str, str]:
    """What `accounts/sandbox.yaml` wants to find in the environment. The logins are fixed and open
    only on this machine.
    """
    return {
        "SERVICETRADE_URL": sandbox.servicetrade_url,
        "SERVICETRADE_CLIENT_ID": CLIENT_ID,
        "SERVICETRADE_CLIENT_SECRET": CLIENT_SECRET,
        "SPECTRUM_URL": sandbox.spectrum_url,
        "SPECTRUM_AUTHORIZATION_ID": AUTHORIZATION_ID,
        "SPECTRUM_INFOLINK_URL": sandbox.infolink_url,
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(sandbox.smtp_port),
    }
