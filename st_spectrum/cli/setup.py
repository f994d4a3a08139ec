"""The commands with which an account is set up: names, options and help texts."""

from pathlib import Path
from typing import Annotated

import typer

from st_spectrum.cli.options import DEFAULT_ACCOUNT, AccountOption, JsonOption
from st_spectrum.commands.running import end_well


def codes(
    kind: Annotated[
        str,
        typer.Argument(
            help=(
                "terms, sales_tax_codes, tax_classes, cost_centers, gl_accounts, price_methods,"
                " contract_types, oh_batches, departments, phases, cost_types, pay_types or"
                " employees of Spectrum; offices, service_lines, job_types, tax_groups,"
                " payment_terms, users or library_items of ServiceTrade; or all."
            )
        ),
    ] = "all",
    account: AccountOption = DEFAULT_ACCOUNT,
    json: JsonOption = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of tables.")] = False,
) -> None:
    """List what both systems hold that an account file may name, with how many records use it.

    Only reads. An account file with name, timezone, servicetrade and spectrum alone is enough. Ends
    with 1 when a list could not be read.
    """
    from st_spectrum.commands.codes import run_codes

    end_well(lambda: run_codes(account, kind, as_json=json, as_csv=csv))


NewAccountArgument = Annotated[
    Path, typer.Argument(help="The account file to write, such as accounts/x.yaml.")
]

AgainOption = Annotated[
    bool,
    typer.Option(
        "--again",
        help="The file exists: write FILE.new with what is new, and print the difference.",
    ),
]

NameOption = Annotated[str | None, typer.Option(help="Name of the account.")]

TimezoneOption = Annotated[
    str | None, typer.Option(help="By default that of the account in ServiceTrade.")
]

GoLiveOption = Annotated[
    str | None, typer.Option(help="Day from which on nobody types into Spectrum by hand.")
]

ServiceTradeUrlOption = Annotated[str | None, typer.Option(help="With /api at the end.")]

ServiceTradeAuthOption = Annotated[str | None, typer.Option(help="oauth2 or session.")]

ServiceTradeAccountOption = Annotated[
    str | None, typer.Option(help="Name of the account that the login must lead to.")
]

ServiceTradeLoginOption = Annotated[
    str | None,
    typer.Option(help="Names of the two environment variables with id and secret."),
]

ExternalSystemOption = Annotated[
    str | None, typer.Option(help="External system that an admin made in ServiceTrade.")
]

SpectrumUrlOption = Annotated[str | None, typer.Option(help="Without /ws.")]

CompanyCodeOption = Annotated[str | None, typer.Option(help="Spectrum company.")]

AuthorizationIdOption = Annotated[
    str | None, typer.Option(help="Name of the environment variable with it.")
]

InfoLinkOption = Annotated[
    str | None, typer.Option(help="Name of the environment variable with its address.")
]

ContactsOption = Annotated[
    str | None, typer.Option(help="Who hears about trouble, with blanks between.")
]

SenderOption = Annotated[str | None, typer.Option(help="Sender of mails.")]

SmtpHostOption = Annotated[str | None, typer.Option(help="Mail server.")]

SmtpPortOption = Annotated[str | None, typer.Option(help="Its port.")]

QuestionsOption = Annotated[
    bool, typer.Option(help="Ask at this terminal for what no option says.")
]

FirstMailOption = Annotated[bool, typer.Option(help="Send a first mail to the contacts.")]


def init(
    file: NewAccountArgument,
    again: AgainOption = False,
    name: NameOption = None,
    timezone: TimezoneOption = None,
    go_live: GoLiveOption = None,
    servicetrade_url: ServiceTradeUrlOption = None,
    servicetrade_auth: ServiceTradeAuthOption = None,
    servicetrade_account: ServiceTradeAccountOption = None,
    servicetrade_login: ServiceTradeLoginOption = None,
    external_system: ExternalSystemOption = None,
    spectrum_url: SpectrumUrlOption = None,
    company_code: CompanyCodeOption = None,
    authorization_id: AuthorizationIdOption = None,
    infolink: InfoLinkOption = None,
    contacts: ContactsOption = None,
    sender: SenderOption = None,
    smtp_host: SmtpHostOption = None,
    smtp_port: SmtpPortOption = None,
    questions: QuestionsOption = True,
    mail: FirstMailOption = True,
) -> None:
    """Write an account file out of a few questions and years of records in both systems.

    Only reads, and writes no file that exists. Secrets stay in environment variables, whose names
    are asked for. A line that needs a person says TODO, with the candidates. Ends with 1 and one
    sentence when a system cannot be reached.
    """
    from st_spectrum.commands.init import run_again, run_init
    from st_spectrum.setup.questions import Given

    given = Given(
        name=name,
        timezone=timezone,
        go_live=go_live,
        servicetrade_url=servicetrade_url,
        servicetrade_auth=servicetrade_auth,
        servicetrade_account=servicetrade_account,
        servicetrade_login=servicetrade_login,
        external_system=external_system,
        spectrum_url=spectrum_url,
        company_code=company_code,
        authorization_id=authorization_id,
        infolink=infolink,
        contacts=contacts,
        sender=sender,
        smtp_host=smtp_host,
        smtp_port=smtp_port,
    )
    end_well(
        lambda: (
            run_again(file)
            if again
            else run_init(file, given, has_questions=questions, has_mail=mail)
        )
    )
