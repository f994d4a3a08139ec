"""Takes the pictures in `docs/images` from a running sandbox: `make screenshots`. Needs the
system's Chromium.

A year of billing of a contractor crosses, some of its records cannot, and the alert mails of that
go out; then the console and the mails are photographed as people see them. A payroll week follows,
in `screenshots_payroll.py`.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from screenshots_desk import take_desk_pictures
from screenshots_payroll import take_payroll_pictures

from st_spectrum.account.file import load_account
from st_spectrum.alerts.deliver import alert
from st_spectrum.commands.sandbox import environment
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.session import open_session
from st_spectrum.ledger.ledger import open_ledger
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import World, build_world

if TYPE_CHECKING:
    from playwright.sync_api import Browser

IMAGES = Path(__file__).parent / "images"
ACCOUNT = Path(__file__).parents[1] / "accounts" / "sandbox.yaml"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
WORLD = World(
    companies=120, locations=180, jobs=400, purchase_orders=20,
    invoices=5000, invoices_in_closed_period=20, invoices_off_by_a_cent=20,
)  # fmt: skip

LINES = (
    {
        "Item_Description": "Pump seal kit",
        "PO_Quantity": "2",
        "Unit_Of_Measure": "EA",
        "Item_Price": "310.00",
        "Cost_Type": "M",
    },
    {
        "Item_Description": "Hex bolts 3/8",
        "PO_Quantity": "250",
        "Unit_Of_Measure": "C",
        "Item_Price": "18.40",
        "Cost_Type": "M",
    },
)


def main() -> int:
    """0 when all pictures were taken, or those named: `billing`, `payroll`, `desk`."""
    from playwright.sync_api import sync_playwright

    if not Path(CHROMIUM).exists():
        print(f"{CHROMIUM} is missing; install Debian's package chromium", file=sys.stderr)
        return 1
    IMAGES.mkdir(exist_ok=True)
    named = sys.argv[1:] or ["billing", "payroll", "desk"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        if "billing" in named:
            take_billing_pictures(browser)
        if "payroll" in named:
            take_payroll_pictures(IMAGES, browser)
        if "desk" in named:
            take_desk_pictures(IMAGES, browser)
        browser.close()
    return 0


def take_billing_pictures(browser: "Browser") -> None:
    """console, mails, orders and mail-invoices."""
    with tempfile.TemporaryDirectory() as folder, Sandbox(Path(folder) / "sandbox") as sandbox:
        built = build_world(WORLD, sandbox.servicetrade_url, sandbox.spectrum_url)
        settings = environment(sandbox) | {"ST_SPECTRUM_STATE_DIR": folder}
        account = load_account(ACCOUNT, dict(os.environ) | settings)
        with open_session(account) as session:
            run_round(session, FLOWS, "screenshots")
            job_number = built.bought.linked[0][0]
            sandbox.control.make_order(
                *LINES, Vendor_Code="V0001", Job_Number=job_number, PO_Order_Date="11/03/2026"
            )
            run_round(session, ("purchase_orders",), "screenshots")
        with open_ledger(account.ledger) as ledger:
            alert(account, ledger)
        mails = sandbox.control.mails()
        pages = {"console": ("/", False), "mails": ("/#Mails", False), "orders": ("/orders", False)}
        pages |= {"mail-invoices": (f"/mails/{_newest(mails, 'invoice')}", True)}
        _photograph(
            browser,
            {name: (sandbox.console_url + path, whole) for name, (path, whole) in pages.items()},
        )
        print(f"{len(mails)} mails:", *(mail.subject for mail in mails), sep="\n  ")


def _newest(mails: list, word: str) -> int:
    found = [
        place for place, mail in enumerate(mails) if word in (mail.subject + mail.text).lower()
    ]
    return found[-1] if found else 0


def _photograph(browser: "Browser", pages: dict[str, tuple[str, bool]]) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    for name, (url, is_whole) in pages.items():
        page.goto(url, wait_until="domcontentloaded")
        page.wait_for_timeout(1000)
        page.screenshot(path=IMAGES / f"{name}.png", full_page=is_whole)


if __name__ == "__main__":
    sys.exit(main())
