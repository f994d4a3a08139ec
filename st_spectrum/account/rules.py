"""What must agree between the sections of an account file, beyond what one section can see by
itself.

Each rule yields the dotted keys that do not go together, the first being the one to look at, and
the reason.
"""

from collections.abc import Callable, Iterator

from st_spectrum.account import Account
from st_spectrum.account.section import Contradiction

LIVE_KEYS = {
    "jobs": ("tax_from", "cost_center_from", "price_method_from"),
    "invoices": ("tax_from", "cost_center_from"),
}
"""Keys that may say that codes come from records of Spectrum."""

Rule = Callable[[Account], Iterator[Contradiction]]

JOB_NUMBER_LENGTH = 10
"""Spectrum's Job_Number [SP 10]."""

CENTERS = "maps.cost_centers"
CENTER_KEYS = (f"{CENTERS}.by_service_line", f"{CENTERS}.by_office", f"{CENTERS}.default")


def _price_methods_are_for_known_cost_centers(account: Account) -> Iterator[Contradiction]:
    centers = account.maps.cost_centers
    if account.jobs.cost_center_from == "spectrum":
        return
    for code in centers.price_method.keys() - _cost_centers(account):
        keys = (f"{CENTERS}.price_method.{code}", *CENTER_KEYS)
        yield (
            keys,
            (
                f"no map leads to cost center {code!r}; add it to by_service_line or by_office, or"
                " remove the line"
            ),
        )


def _income_accounts_are_for_known_cost_centers(account: Account) -> Iterator[Contradiction]:
    if account.invoices.cost_center_from == "spectrum":
        return
    for code in account.invoices.gl.by_cost_center.keys() - _cost_centers(account):
        keys = (f"invoices.gl.by_cost_center.{code}", *CENTER_KEYS)
        yield (
            keys,
            (
                f"no map leads to cost center {code!r}; add it to maps.cost_centers, or remove the"
                " line"
            ),
        )


def _income_accounts_can_be_found(account: Account) -> Iterator[Contradiction]:
    # A file without the section belongs to an office that posts no invoices yet.
    gl, at = account.invoices.gl, "invoices.gl"
    maps = {
        "by_cost_center": gl.by_cost_center,
        "by_job_type": gl.by_job_type,
        "default": gl.default,
    }
    if "invoices" in account.model_fields_set and not any(maps.values()):
        keys = (at, *(f"{at}.{name}" for name in ("precedence", *maps)))
        yield (
            keys,
            (
                "no line of an invoice could be posted without an income account; give default or"
                " fill a map"
            ),
        )


def _income_cost_centers_exist(account: Account) -> Iterator[Contradiction]:
    if account.invoices.cost_center_from == "spectrum":
        return
    if account.invoices.has_income_cost_center and not _cost_centers(account):
        keys = ("invoices.has_income_cost_center", *CENTER_KEYS)
        yield keys, "asks for the cost center of each line, but maps.cost_centers leads to none"


def _ignored_types_need_no_income_account(account: Account) -> Iterator[Contradiction]:
    for job_type in account.jobs.ignored_types:
        if job_type in account.invoices.gl.by_job_type and account.invoices.is_job_required:
            keys = (
                f"invoices.gl.by_job_type.{job_type}",
                "jobs.ignored_types",
                "invoices.is_job_required",
            )
            yield (
                keys,
                (
                    "is never used, because jobs of this type are ignored and an invoice waits for"
                    " its job"
                ),
            )


def _every_precedence_is_used_and_every_map_has_its_turn(
    account: Account,
) -> Iterator[Contradiction]:
    centers = account.maps.cost_centers
    if len(set(centers.precedence)) < len(centers.precedence):
        yield (f"{CENTERS}.precedence",), "names the same thing twice"
    for name, by_name in (("service_line", centers.by_service_line), ("office", centers.by_office)):
        if by_name and name not in centers.precedence:
            keys = (f"{CENTERS}.by_{name}", f"{CENTERS}.precedence")
            yield keys, f"is never used, because precedence does not name {name}"


def _job_numbers_can_be_made(account: Account) -> Iterator[Contradiction]:
    text = account.jobs.number_format
    centers, offices = _cost_centers(account), set(account.maps.offices.values())
    if "{cost_center" in text and not centers:
        yield (
            ("jobs.number_format", *CENTER_KEYS),
            "names {cost_center}, but maps.cost_centers leads to none",
        )
    if "{office" in text and not offices:
        yield ("jobs.number_format", "maps.offices"), "names {office}, but maps.offices is empty"
    longest_center, longest_office = (
        max(centers, key=len, default=""),
        max(offices, key=len, default=""),
    )
    shortest = text.format(number=1, cost_center=longest_center, office=longest_office)
    if len(shortest) > JOB_NUMBER_LENGTH:
        keys = ("jobs.number_format", *CENTER_KEYS, "maps.offices")
        yield (
            keys,
            (
                f"makes numbers such as {shortest[:60]!r}, longer than the {JOB_NUMBER_LENGTH}"
                " characters of Spectrum"
            ),
        )


def _sales_tax_can_be_found(account: Account) -> Iterator[Contradiction]:
    # AddCustomer refuses a customer without a sales tax code [SP 8].
    tax, at = account.maps.sales_tax, "maps.sales_tax"
    others = {"by_tax_group": tax.by_tax_group, "by_state": tax.by_state, "default": tax.default}
    for name, value in others.items():
        if tax.fixed and value:
            yield (
                (f"{at}.{name}", f"{at}.fixed"),
                "is never used, because fixed stands for everybody; keep one of the two",
            )
    if not tax.fixed and not any(others.values()):
        keys = (at, *(f"{at}.{name}" for name in ("fixed", *others)))
        yield (
            keys,
            (
                "no customer could be created without a sales tax code; give fixed, by_state or"
                " default"
            ),
        )


def _project_managers_are_found_in_one_way(account: Account) -> Iterator[Contradiction]:
    managers, at = account.jobs.project_manager, "jobs.project_manager"
    if managers.tag_prefix and managers.tag_pattern:
        yield (f"{at}.tag_pattern", f"{at}.tag_prefix"), "give tag_prefix or tag_pattern, not both"


def _ignored_types_need_no_contract_type(account: Account) -> Iterator[Contradiction]:
    for number, job_type in enumerate(account.jobs.ignored_types, start=1):
        if job_type in account.jobs.ignored_types[: number - 1]:
            yield ("jobs.ignored_types",), f"names {job_type} twice"
        if job_type in account.jobs.contract_type:
            keys = (f"jobs.contract_type.{job_type}", "jobs.ignored_types")
            yield keys, "is never used, because jobs of this type are ignored"


def _a_claim_outlives_the_call_that_it_protects(account: Account) -> Iterator[Contradiction]:
    lease = account.ledger.lease_seconds
    for name, seconds in (
        ("spectrum.timeout_seconds", account.spectrum.timeout_seconds),
        ("servicetrade.timeout_seconds", account.servicetrade.timeout_seconds),
    ):
        if lease <= seconds:
            keys = ("ledger.lease_seconds", name)
            yield (
                keys,
                (
                    f"found {lease:g}, expected more than {name} ({seconds:g}), or a slow call"
                    " would lose its claim"
                ),
            )


def _the_ledger_names_only_what_its_kind_uses(account: Account) -> Iterator[Contradiction]:
    ledger = account.ledger
    if ledger.kind == "sqlite" and ledger.bucket:
        yield (
            ("ledger.bucket", "ledger.kind"),
            "is never used, because kind is sqlite; write kind: s3 to keep it there",
        )
    if bool(ledger.access_key_id) != bool(ledger.secret_access_key.get_secret_value()):
        keys = ("ledger.access_key_id", "ledger.secret_access_key")
        yield keys, "access_key_id and secret_access_key are given together or not at all"


def _mail_can_be_sent(account: Account) -> Iterator[Contradiction]:
    for name in ("contacts", "payroll_contacts"):
        if getattr(account.support, name) and not account.support.smtp_host:
            yield (
                (f"support.{name}", "support.smtp_host"),
                "smtp_host is missing, so nobody would get a mail",
            )


def _time_begins_with_everything_else(account: Account) -> Iterator[Contradiction]:
    first_day, go_live = account.timecards.first_day, account.go_live
    if first_day and go_live and first_day != go_live:
        yield (
            ("timecards.first_day", "go_live"),
            (
                f"found {first_day}, but go_live is {go_live} and counts for time too; leave"
                " first_day out"
            ),
        )


def _codes_of_spectrum_can_be_read(account: Account) -> Iterator[Contradiction]:
    if account.spectrum.infolink is not None:
        return
    for section, names in LIVE_KEYS.items():
        for name in names:
            if getattr(getattr(account, section), name) == "spectrum":
                yield (
                    (f"{section}.{name}", "spectrum.infolink"),
                    "spectrum needs Info-Link, through which the codes of its records are read",
                )


def _cost_centers(account: Account) -> set[str]:
    centers = account.maps.cost_centers
    return {*centers.by_service_line.values(), *centers.by_office.values(), centers.default} - {""}


RULES: tuple[Rule, ...] = (
    _price_methods_are_for_known_cost_centers,
    _every_precedence_is_used_and_every_map_has_its_turn,
    _job_numbers_can_be_made,
    _sales_tax_can_be_found,
    _project_managers_are_found_in_one_way,
    _ignored_types_need_no_contract_type,
    _income_accounts_are_for_known_cost_centers,
    _income_accounts_can_be_found,
    _income_cost_centers_exist,
    _ignored_types_need_no_income_account,
    _a_claim_outlives_the_call_that_it_protects,
    _the_ledger_names_only_what_its_kind_uses,
    _mail_can_be_sent,
    _time_begins_with_everything_else,
    _codes_of_spectrum_can_be_read,
)
