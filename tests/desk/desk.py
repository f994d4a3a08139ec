"""The desk of a clerk who has mails, ServiceTrade, Spectrum and Dagster in a browser, and no
terminal: every click and every field that is typed is counted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from st_spectrum.alerts.deliver import alert
from st_spectrum.alerts.launchpads import Launchpads
from st_spectrum.commands.services import DagsterServices
from tests.world.browser import fill_form
from tests.world.contractor import ACCOUNT_FILE, Contractor

LATER = timedelta(minutes=20)
"""What waits for other records is told after a quarter of an hour; nobody waits for that here."""


@dataclass
class Desk:
    """One browser page, and what was done in it since `begin`."""

    contractor: Contractor
    dagster: DagsterServices
    page: Any
    clicks: int = 0
    fields: int = 0
    mail: str = ""
    """The address of the mail that is open in another window."""
    pictures: dict[str, Path] = field(default_factory=dict)
    """Where a picture of a moment is to be kept: "mail", "correction", "launchpad",
    "outcome"."""

    def begin(self) -> None:
        self.clicks = self.fields = 0

    def tell(self) -> list[str]:
        """The mails that are due go out; the subjects of the new ones."""
        before = len(self.contractor.control.mails())
        account = self.contractor.account
        with self.contractor.session() as session:
            alert(
                account,
                session.ledger,
                clock=lambda: datetime.now(UTC) + LATER,
                launchpads=Launchpads(self.dagster.url, account.name, account=account.name),
            )
        return [mail.subject for mail in self.contractor.control.mails()[before:]]

    def open_mail(self, words: str) -> str:
        """Open the newest mail whose subject has these words; what it says."""
        mails = self.contractor.control.mails()
        place = max(number for number, mail in enumerate(mails) if words in mail.subject)
        self.mail = f"{self.contractor.sandbox.console_url}/mails/{place}"
        self.page.goto(self.mail, wait_until="domcontentloaded")
        self.clicks += 1
        self._photograph("mail")
        return str(self.page.locator("body").inner_text())

    def open_record(self, name: str) -> None:
        """Click the link of a record in the mail; its page opens."""
        self.page.get_by_role("link", name=name).first.click()
        self.clicks += 1
        self.page.wait_for_url("**/records/**")

    def open_screen(self) -> None:
        """Click the bookmark of the screens of both systems."""
        url = f"{self.contractor.sandbox.console_url}/do"
        self.page.goto(url, wait_until="domcontentloaded")
        self.clicks += 1

    def correct(self, button: str, **values: str) -> str:
        """Fill in the form of a button, each field with a click, and press it; what the page
        says.
        """
        form = fill_form(self.page, button, values)
        self.clicks += len(values)
        self.fields += len(values)
        self._photograph("correction")
        form.get_by_role("button", name=button, exact=True).click()
        self.clicks += 1
        return str(self.page.get_by_role("status").inner_text())

    def follow(self, label: str) -> None:
        """Click the link beside this label of the mail; Dagster's launchpad opens, filled in."""
        if self.page.url != self.mail:
            self.page.goto(self.mail, wait_until="domcontentloaded")
            self.clicks += 1
        row = self.page.get_by_role("row").filter(has_text=label).last
        row.get_by_role("link").first.click()
        self.clicks += 1
        self.page.locator(".CodeMirror-line").filter(has_text="who:").first.wait_for()

    def fill(self, **values: str) -> None:
        """Type values of the config that the mail left open, one line each."""
        for name, value in values.items():
            line = self.page.locator(".CodeMirror-line").filter(has_text=f" {name}:").first
            there = line.inner_text().partition(f"{name}:")[2].strip("\u200b\n")
            line.click()
            self.page.keyboard.press("End")
            for _ in there:
                self.page.keyboard.press("Backspace")
            self.page.keyboard.type(f" {value}")
            self.page.keyboard.press("Escape")  # no word that the page proposes
            self.clicks += 1
            self.fields += 1

    def launch(self) -> None:
        """Click the one button, and see the run end well."""
        self._photograph("launchpad")
        button = self.page.get_by_role("button", name="Launch Run").first
        button.click()
        self.clicks += 1
        self.page.wait_for_url("**/runs/**")
        self.page.get_by_text("RUN_SUCCESS").first.wait_for()
        self._photograph("outcome")

    def _photograph(self, moment: str) -> None:
        if moment in self.pictures:
            self.page.wait_for_timeout(1500)
            self.page.screenshot(path=self.pictures.pop(moment))


@contextmanager
def open_desk(contractor: Contractor, folder: Path, page: Any) -> Iterator[Desk]:
    """Dagster serves the contractor's account, with its sensors off: what they would ask for, the
    rounds of the test carry.
    """
    settings = files("st_spectrum").joinpath("demo_dagster.yaml").read_text(encoding="utf-8")
    environment = contractor.environment | {
        "ST_SPECTRUM_ACCOUNT": str(ACCOUNT_FILE),
        "ST_SPECTRUM_SENSORS": "off",
    }
    account = contractor.account
    with DagsterServices(folder / "dagster", environment, settings, account.name) as dagster:
        yield Desk(contractor, dagster, page)
