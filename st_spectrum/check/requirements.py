"""What two administrators have to set up before the flows that are switched on can run, line by
line. Pure but for the tables.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from st_spectrum.account import Account
from st_spectrum.check.spectrum import needed_services
from st_spectrum.spectrum.infolink.names_there import NamesThere
from st_spectrum.spectrum.tables_read import needed_tables

ADDRESS = (
    "The address from which the integration calls, let in for this database: one address belongs to"
    " one database, production or test, so a test company needs another one. Nothing on the way may"
    " inspect TLS."
)
"""[SP 1.2]"""


class Who(StrEnum):
    """Whose list a line stands on."""

    SERVICETRADE = "The administrator of ServiceTrade"
    SPECTRUM = "The administrator of Spectrum"
    MACHINE = "Whoever runs the integration"


@dataclass(frozen=True)
class Requirement:
    """One line to tick. `where` is where `check` tells that it is not met."""

    who: Who
    where: str
    text: str


def requirements_of(account: Account) -> Iterator[Requirement]:
    """All of them, list by list."""
    yield from _of_servicetrade(account)
    yield from _of_spectrum(account)
    yield from _of_the_machine(account)


def _of_servicetrade(account: Account) -> Iterator[Requirement]:
    connection = account.servicetrade
    login = (
        "An OAuth2 client for this integration, with client id and secret"
        if connection.auth == "oauth2"
        else f"A user of its own for this integration, {connection.username}"
    )
    lines = {
        "servicetrade": f"{login}, in a role that sees and changes what is named below.",
        "servicetrade.account": (
            "The name or id of the account that this login must lead to, for the account file."
        ),
        "servicetrade.external_system": (
            f"An external system named {connection.external_system!r}, type Standard, under"
            " Account Settings. Users may see its values on companies, locations, jobs and users."
        ),
        "customers.codes": "Read companies; write their external ids.",
        "sites.codes": "Read locations; write their external ids.",
        "jobs.number_format": (
            "Read jobs, service requests and service lines; write the external ids of jobs."
        ),
        "invoices.target": (
            "Read invoices of every status; set them to processed and failed; read and write"
            " comments."
        ),
    }
    for where, text in (lines | _of_what_is_switched_on(account)).items():
        yield Requirement(Who.SERVICETRADE, where, text)


def _of_what_is_switched_on(account: Account) -> dict[str, str]:
    """What ServiceTrade has to let in besides, by the key of the account file that asks for it."""
    lines = {}
    if system := account.servicetrade.vendor_system:
        lines["servicetrade.vendor_system"] = (
            f"An external system named {system!r}, type Standard, for the codes of vendors. Users"
            " may see its values on companies."
        )
    if account.invoices.salesperson != "none" or account.jobs.salesperson.is_required:
        lines["jobs.salesperson"] = "Each salesperson's Spectrum code as external id of the user."
    if account.timecards.first_day:
        source = {
            "timecard": "time cards",
            "jobitem": "job items made from labor",
            "clock": "clock events",
        }
        lines["timecards.adapter"] = (
            f"Read {source[account.timecards.adapter]}, users and absences of everybody."
        )
        lines["timecards.first_day"] = "Each technician's employee code as external id of the user."
    if account.spectrum.infolink is not None:
        lines["purchase_orders.source"] = (
            "Add, change and remove items of jobs; read library items."
        )
    if account.doorbell.url:
        lines["doorbell.url"] = "Administer the account (`admin.account`), to set up a webhook."
    return lines


def _of_spectrum(account: Account) -> Iterator[Requirement]:
    connection, has_infolink = account.spectrum, account.spectrum.infolink is not None
    company = connection.company_code
    for where, text in (
        (
            "spectrum.authorization_id",
            (
                f"An Authorization ID that is active and may use company {company}, best as its"
                " default."
            ),
        ),
        (
            "spectrum.authorization_id",
            (
                "Its operator sees all jobs, customers and cost centers: what it may not see is"
                " missing without a word."
            ),
        ),
    ):
        yield Requirement(Who.SPECTRUM, where, text)
    if connection.auth == "bearer":
        text = "Enhanced authentication, with client id and secret of the Authorization ID."
        yield Requirement(Who.SPECTRUM, "spectrum.auth", text)
    for service in (*needed_services(account, has_infolink=has_infolink), *_rest_services(account)):
        text = f"Data Exchange: build {service} for the Authorization ID."
        yield Requirement(Who.SPECTRUM, "spectrum", text)
    if account.jobs.has_office_in_udf1:
        text = "Data Exchange: map UDF1 of UpdateJob_UDF on the Authorization ID, as a text."
        yield Requirement(Who.SPECTRUM, "jobs.has_office_in_udf1", text)
    if not has_infolink:
        text = (
            "Nothing of Info-Link: orders do not cross, and a lost answer about sites and invoices"
            " waits for a person."
        )
        yield Requirement(Who.SPECTRUM, "spectrum.infolink", text)
        return
    yield from _of_infolink(account)


def _rest_services(account: Account) -> Iterator[str]:
    if account.invoices.target == "rest":
        yield "ARMultiLineInvoice (POST /customer/invoice)"
    if account.timecards.first_day and account.timecards.target == "rest":
        yield "the service of POST /timecard/timecards"


def _of_infolink(account: Account) -> Iterator[Requirement]:
    where, company = "spectrum.infolink", account.spectrum.company_code
    for text in (
        (
            f"A user for company {company} under Info-Link, User Security Maintenance, for reading"
            " alone."
        ),
        ADDRESS,
    ):
        yield Requirement(Who.SPECTRUM, where, text)
    infolink = account.spectrum.infolink
    names = NamesThere(infolink.columns if infolink else {})
    by_name = sorted(needed_tables(account), key=lambda read: read.table.name)
    for name, of_table in groupby(by_name, key=lambda read: read.table.name):
        columns = dict.fromkeys(
            names.of(name, column.name) for read in of_table for column in read.table.columns
        )
        text = f"Info-Link, Table Security: grant {name} ({', '.join(columns)})."
        yield Requirement(Who.SPECTRUM, where, text)
    text = (
        "Info-Link, Table Security: grant PA_COLUMN_NAMES, by which check tells what is not granted"
        " from what is not there."
    )
    yield Requirement(Who.SPECTRUM, where, text)
    yield Requirement(
        Who.SPECTRUM, where, "Info-Link: run Update Database after every change of Table Security."
    )


def _of_the_machine(account: Account) -> Iterator[Requirement]:
    support, ledger = account.support, account.ledger
    if support.contacts:
        server = (
            f"{support.smtp_host}:{support.smtp_port}"
            if support.smtp_host
            else "no server is named yet"
        )
        text = (
            f"A mail server that takes mails of {support.sender} for {', '.join(support.contacts)}:"
            f" {server}."
        )
        yield Requirement(Who.MACHINE, "support", text)
    if ledger.kind == "s3":
        text = (
            f"The bucket {ledger.bucket}, with conditional writes, versions kept, and this login"
            " alone allowed to write."
        )
        yield Requirement(Who.MACHINE, "ledger", text)
    else:
        text = f"A disk for {ledger.path} that no other machine shares, and a backup of it."
        yield Requirement(Who.MACHINE, "ledger", text)
