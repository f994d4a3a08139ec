"""The commands with which an account is set up: names, options and help texts."""

from pathlib import Path
from typing import Annotated

import typer

from st_spectrum.cli_options import DEFAULT_ACCOUNT, AccountOption, JsonOption
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


def init(
    file: Annotated[
        Path, typer.Argument(help="The account file to write, such as accounts/x.yaml.")
    ],
    again: Annotated[
        bool,
        typer.Option(
            "--again",
            help="The file exists: write FILE.new with what is new, and print the difference.",
        ),
    ] = False,
    name: Annotated[str | None, typer.Option(help="Name of the account.")] = None,
    timezone: Annotated[
        str | None, typer.Option(help="By default that of the account in ServiceTrade.")
    ] = None,
    go_live: Annotated[
        str | None, typer.Option(help="Day from which on nobody types into Spectrum by hand.")
    ] = None,
    servicetrade_url: Annotated[str | None, typer.Option(help="With /api at the end.")] = None,
    servicetrade_auth: Annotated[str | None, typer.Option(help="oauth2 or session.")] = None,
    servicetrade_account: Annotated[
        str | None, typer.Option(help="Name of the account that the login must lead to.")
    ] = None,
    servicetrade_login: Annotated[
        str | None,
        typer.Option(help="Names of the two environment variables with id and secret."),
    ] = None,
    external_system: Annotated[
        str | None, typer.Option(help="External system that an admin made in ServiceTrade.")
    ] = None,
    spectrum_url: Annotated[str | None, typer.Option(help="Without /ws.")] = None,
    company_code: Annotated[str | None, typer.Option(help="Spectrum company.")] = None,
    authorization_id: Annotated[
        str | None, typer.Option(help="Name of the environment variable with it.")
    ] = None,
    infolink: Annotated[
        str | None, typer.Option(help="Name of the environment variable with its address.")
    ] = None,
    contacts: Annotated[
        str | None, typer.Option(help="Who hears about trouble, with blanks between.")
    ] = None,
    sender: Annotated[str | None, typer.Option(help="Sender of mails.")] = None,
    smtp_host: Annotated[str | None, typer.Option(help="Mail server.")] = None,
    smtp_port: Annotated[str | None, typer.Option(help="Its port.")] = None,
    questions: Annotated[
        bool, typer.Option(help="Ask at this terminal for what no option says.")
    ] = True,
    mail: Annotated[bool, typer.Option(help="Send a first mail to the contacts.")] = True,
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
