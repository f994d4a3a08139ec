"""Reading the account file: what a person wrote is what counts, and every mistake is reported at
once with its line.
"""

# ruff: noqa: E501

from pathlib import Path

import pytest

from st_spectrum.account.file import load_account
from tests.account.account_files import ENVIRONMENT, SMALL, problems, read

SANDBOX = Path(__file__).parents[2] / "accounts" / "sandbox.yaml"


def test_the_sandbox_account_is_complete() -> None:
    account = load_account(SANDBOX, ENVIRONMENT)
    assert account.spectrum.company_code == "001"
    assert account.servicetrade.client_secret.get_secret_value() == "hush-hush"
    assert account.spectrum.infolink is None


def test_infolink_is_used_as_soon_as_its_variable_is_set() -> None:
    account = load_account(
        SANDBOX, ENVIRONMENT | {"SPECTRUM_INFOLINK_URL": "sqlite:///infolink.sqlite"}
    )
    assert account.spectrum.infolink is not None
    assert account.spectrum.infolink.url.get_secret_value() == "sqlite:///infolink.sqlite"


def test_the_process_environment_is_used_when_none_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    assert load_account(SANDBOX).servicetrade.client_id == "a-client"


TEN_MISTAKES = """\
name: Ten Mistakes
timezone: America/Norfolk
servicetrade:
  base_url: ${NOT_SET_ANYWHERE}
  client_id: me
  client_secret: literal-secret-in-the-file
spectrum:
  base_url: ${SPECTRUM_URL}
  company_kode: 001
  authorization_id: ${SPECTRUM_AUTHORIZATION_ID}
  timeout_seconds: soon
jobs:
  ignored_types: [administrative, trainings]
maps:
  payment_terms:
    by_name:
      Net 30: 30
    default: 3
  sales_tax:
    by_state:
      Virginia: VA
  cost_centers:
    by_office: {Norfolk Office: 100}
    price_method: {300: F}
  cost_centers:
    default: 100
"""


def test_ten_mistakes_are_reported_together_with_their_lines(tmp_path: Path) -> None:
    assert problems(tmp_path, TEN_MISTAKES) == [
        (
            "account.yaml:1: name: found 'Ten Mistakes', expected small letters, digits, _ and -,"
            " the first a letter or a digit"
        ),
        (
            "account.yaml:2: timezone: 'America/Norfolk' is not an IANA time zone such as"
            " America/New_York"
        ),
        (
            "account.yaml:4: servicetrade.base_url: the environment variable NOT_SET_ANYWHERE is"
            " not set"
        ),
        (
            "account.yaml:6: servicetrade.client_secret: a secret must not stand in this file;"
            " write ${NAME} and set that environment variable"
        ),
        (
            "account.yaml:9: spectrum.company_kode: is not a setting of this section; did you mean"
            " 'company_code'?"
        ),
        "account.yaml:11: spectrum.timeout_seconds: found 'soon', expected a number",
        (
            "account.yaml:13: jobs.ignored_types item 2: 'trainings' is not a ServiceTrade job"
            " type; did you mean 'training'?"
        ),
        (
            "account.yaml:17: maps.payment_terms.by_name.'Net 30': found '30', expected one"
            " character at most"
        ),
        (
            "account.yaml:21: maps.sales_tax.by_state.Virginia: found 'Virginia', expected a state"
            " of two capital letters such as VA"
        ),
        "account.yaml:25: maps.cost_centers: is given twice, first on line 22; keep one of the two",
    ]


@pytest.mark.parametrize("written", ["3", "'3'", '"3"'])
def test_a_terms_code_is_text_however_it_is_written(tmp_path: Path, written: str) -> None:
    account = read(
        tmp_path,
        SMALL.replace("{default: 3}", f"{{by_name: {{Net 30: {written}}}, default: {written}}}"),
    )
    assert account.maps.payment_terms.by_name == {"Net 30": "3"}
    assert account.maps.payment_terms.default == "3"


@pytest.mark.parametrize(
    "written",
    ["100", "010", "0x1F", "1e3", "1_000", "NO", "yes", "2024-01-01", "12:30:45", ".5", "="],
)
def test_codes_stay_what_was_typed(tmp_path: Path, written: str) -> None:
    account = read(
        tmp_path,
        SMALL + f"  cost_centers: {{default: {written}, by_office: {{{written}: {written}}}}}\n",
    )
    assert account.maps.cost_centers.default == written
    assert account.maps.cost_centers.by_office == {written: written}


def test_norwegian_and_other_two_letter_words_are_states(tmp_path: Path) -> None:
    account = read(tmp_path, SMALL + "  work_state: {NO: NO, ON: ON}\n")
    assert account.maps.work_state == {"NO": "NO", "ON": "ON"}


@pytest.mark.parametrize(
    ("written", "is_on"),
    [("true", True), ("yes", True), ("off", False), ("No", False), ("0", False)],
)
def test_flags_may_be_written_in_plain_words(tmp_path: Path, written: str, is_on: bool) -> None:
    assert (
        read(tmp_path, SMALL + f"jobs: {{has_office_in_udf1: {written}}}\n").jobs.has_office_in_udf1
        is is_on
    )


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("pace: {workers: many}", "pace.workers: found 'many', expected a whole number"),
        ("pace: {workers: 0}", "pace.workers: found '0', expected at least 1"),
        ("pace: {workers: 2.5}", "pace.workers: found '2.5', expected a whole number"),
        ("pace: {tick_budget_seconds: .inf}", "pace.tick_budget_seconds: found '.inf', expected a number"),
        ("pace: {tick_budget_seconds: inf}", "pace.tick_budget_seconds: found 'inf', expected a finite number"),
        ("pace: {tick_budget_seconds: 60}", "pace.tick_budget_seconds: found '60', expected less than 60"),
        ("pace: fast", "pace: found a single value, expected a section, that is keys indented below it"),
        ("pace: [1]", "pace: found a list, expected a section, that is keys indented below it"),
        ("pace: {workers: {a: 1}}", "pace.workers: found keys indented below it, expected one value"),
        ("pace: {<<: {workers: 1}}", "pace: a key must be plain text; merging with << is not used here, write the keys out"),
        ("pace: {? [a] : 1}", "pace: a key must be plain text; merging with << is not used here, write the keys out"),
        ("pace: {'': 1}", "pace: a key is empty"),
        ("pace: {poll_secs: 3}", "pace.poll_secs: is not a setting of this section; did you mean 'poll_seconds'?"),
        ("pace: {template_job: A}", "pace.template_job: is not a setting of this section; it belongs under jobs"),
        (
            "sites: {zebra: 1}",
            "sites.zebra: is not a setting of this section; known here: before_go_live, codes",
        ),
        ("jobs: {ignored_types: training}", "jobs.ignored_types: found a single value, expected a list such as [first, second]"),
        ("jobs: {ignored_types: [training, ]}", ""),
        ("jobs: {ignored_types: [~]}", "jobs.ignored_types item 1: has no value; write one or remove the line"),
        ("jobs: {has_office_in_udf1: maybe}", "jobs.has_office_in_udf1: found 'maybe', expected true or false"),
        ("jobs: {number_format: '{nummer}'}", "jobs.number_format: '{nummer}' may name {number}, {cost_center} and {office}, not nummer"),
        ("jobs: {number_format: J}", "jobs.number_format: 'J' needs {number}, or two jobs would share a number"),
        ("jobs: {number_format: 'J{number'}", "jobs.number_format: 'J{number' cannot be used as a format: expected '}' before end of string"),
        ("jobs: {template_job: ABCDEFGHIJK}", "jobs.template_job: found 'ABCDEFGHIJK', expected 10 characters at most"),
        ("jobs: {contract_type: {repair: }}", "jobs.contract_type.repair: has no value; write one or remove the line"),
        ("jobs: {contract_type: {repair: ''}}", "jobs.contract_type.repair: is empty, expected one character at least"),
        ("jobs: {contract_type: {fixing: A}}", "jobs.contract_type.fixing: 'fixing' is not a ServiceTrade job type"),
        (
            "jobs: {project_manager: {tag_pattern: 'pm-.*'}}",
            "jobs.project_manager.tag_pattern: 'pm-.*' needs one group in brackets that holds the manager's code",
        ),
        ("customers: {codes: {prefix: c}}", "customers.codes.prefix: found 'c', expected capital letters and digits only"),
        ("customers: {codes: {first: 9, last: 1}}", "customers.codes.last: the range is upside down: last is 1, first is 9"),
        (
            "customers: {codes: {prefix: CUSTOM}}",
            "customers.codes.last: CUSTOM99999 exceeds the 10 characters of a Spectrum code",
        ),
        ("invoices: {gl: {default: 40-00}}",
         "invoices.gl.default: found '40-00', expected up to 12 capital letters and digits, without dashes"),
        ("invoices: {gl: {default: 4000, by_job_type: {repair: 4000-100}}}",
         "invoices.gl.by_job_type.repair: found '4000-100', expected 1 to 12 capital letters and digits, without dashes"),
        ("invoices: {gl: {default: 4000, precedence: [job_type, job_type]}}", "invoices.gl.precedence: names the same thing twice"),
        ("invoices: {gl: {default: 4000, precedence: [cost_center], by_job_type: {repair: 4100}}}",
         "invoices.gl.by_job_type: is never used, because precedence does not name job_type"),
        ("invoices: {gl: {default: 4000}, tolerance_cents: 1}",
         "invoices.tolerance_cents: a tolerance needs a rounding_gl_account to post it to"),
        ("invoices: {gl: {default: 4000}, target: soap, tolerance_cents: 1, rounding_gl_account: 6900}",
         "invoices.tolerance_cents: soap takes one line, which leaves none for a tolerated difference; set it to 0, or target to rest"),
        ("invoices: {gl: {default: 4000}, comment_entity_type: 9}",
         "invoices.comment_entity_type: '9' is ServiceTrade's number for quotes, so comments would land there; ask for that of invoices"),
        ("support: {contacts: [me]}", "support.contacts item 1: found 'me', expected an e-mail address such as office@example.com"),
        ("support: {smtp_port: 70000}", "support.smtp_port: found '70000', expected at most 65535"),
        ("ledger: {kind: s3}", "ledger.kind: s3 needs a bucket"),
        ("ledger: {kind: oracle}", "ledger.kind: found 'oracle', expected sqlite or s3"),
        ("ledger: {kind: !!python/name:os.system }", "ledger.kind: carries a YAML tag (it starts with !); put the value in quotes"),
    ],
)  # fmt: skip
def test_one_wrong_line_gives_one_sentence(tmp_path: Path, line: str, complaint: str) -> None:
    text = SMALL + line + "\n"
    if not complaint:
        assert read(tmp_path, text)
        return
    place = f"account.yaml:{text.count(chr(10))}: "
    assert problems(tmp_path, text) == [place + complaint]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("  cost_centers: {by_office: {A: 100}, price_method: {300: F}}",
         "maps.cost_centers.price_method.300: no map leads to cost center '300'; add it to by_service_line or by_office, or remove the line"),
        ("  cost_centers: {by_office: {A: 100}, precedence: [service_line]}",
         "maps.cost_centers.by_office: is never used, because precedence does not name office"),
        ("  cost_centers: {by_office: {Norfolk: 100, NORFOLK: 200}}",
         "maps.cost_centers.by_office.NORFOLK: means the same as 'Norfolk', for upper and lower case are not told apart"),
        ("  cost_centers: {default: 12345678901}",
         "maps.cost_centers.default: found '12345678901', expected 10 characters at most"),
        ("  work_state: {VA: VIRGINIA-TAX}", "maps.work_state.VA: found 'VIRGINIA-TAX', expected 10 characters at most"),
        ("  work_state: {va: VA}", "maps.work_state.va: found 'va', expected a state of two capital letters such as VA"),
        ("  tax_class: {by_state: {VA: SIXTEEN-LETTERS-}}",
         "maps.tax_class.by_state.VA: found 'SIXTEEN-LETTERS-', expected 15 characters at most"),
        ("jobs: {number_format: '{number}-{cost_center}'}",
         "jobs.number_format: names {cost_center}, but maps.cost_centers leads to none"),
        ("jobs: {number_format: '{number}{office}'}", "jobs.number_format: names {office}, but maps.offices is empty"),
        ("jobs: {number_format: 'TOO-LONG-{number}-A'}",
         "jobs.number_format: makes numbers such as 'TOO-LONG-1-A', longer than the 10 characters of Spectrum"),
        ("jobs: {is_multi_cost_center: true}", "jobs.number_format: a multi-cost-center account needs {cost_center} here"),
        ("jobs: {project_manager: {tag_prefix: pm-, tag_pattern: '(x)'}}",
         "jobs.project_manager.tag_pattern: give tag_prefix or tag_pattern, not both"),
        ("jobs: {ignored_types: [repair], contract_type: {repair: A}}",
         "jobs.contract_type.repair: is never used, because jobs of this type are ignored"),
        ("invoices: {gl: {default: 4000, by_cost_center: {300: 4030}}}",
         "invoices.gl.by_cost_center.300: no map leads to cost center '300'; add it to maps.cost_centers, or remove the line"),
        ("invoices: {gl: {precedence: [job_type]}}",
         "invoices.gl: no line of an invoice could be posted without an income account; give default or fill a map"),
        ("invoices: {gl: {default: 4000}, has_income_cost_center: true}",
         "invoices.has_income_cost_center: asks for the cost center of each line, but maps.cost_centers leads to none"),
        ("jobs: {ignored_types: [repair]}\ninvoices: {gl: {by_job_type: {repair: 4000}}}",
         "invoices.gl.by_job_type.repair: is never used, because jobs of this type are ignored and an invoice waits for its job"),
        ("ledger: {lease_seconds: 45}",
         "ledger.lease_seconds: found 45, expected more than spectrum.timeout_seconds (60), or a slow call would lose its claim"),
        ("ledger: {bucket: mine}", "ledger.bucket: is never used, because kind is sqlite; write kind: s3 to keep it there"),
        ("ledger: {access_key_id: AK}",
         "ledger.access_key_id: access_key_id and secret_access_key are given together or not at all"),
        ("support: {contacts: [a@example.com]}", "support.contacts: smtp_host is missing, so nobody would get a mail"),
        ("support: {payroll_contacts: [a@example.com]}", "support.payroll_contacts: smtp_host is missing, so nobody would get a mail"),
    ],
)  # fmt: skip
def test_sections_must_agree_with_one_another(tmp_path: Path, line: str, complaint: str) -> None:
    text = SMALL + line + "\n"
    assert problems(tmp_path, text) == [f"account.yaml:{text.count(chr(10))}: {complaint}"]


def test_a_fixed_sales_tax_code_beside_one_by_state_is_a_contradiction(tmp_path: Path) -> None:
    text = SMALL.replace("{fixed: VA}", "{fixed: VA, by_state: {NC: NC}}")
    complaint = "is never used, because fixed stands for everybody; keep one of the two"
    assert problems(tmp_path, text) == [f"account.yaml:12: maps.sales_tax.by_state: {complaint}"]


def test_without_any_sales_tax_code_no_customer_could_cross(tmp_path: Path) -> None:
    complaint = (
        "no customer could be created without a sales tax code; give fixed, by_state or default"
    )
    text = SMALL.replace("{fixed: VA}", "{not_taxable: EXEMPT}")
    assert problems(tmp_path, text) == [f"account.yaml:12: maps.sales_tax: {complaint}"]


def test_a_mistake_does_not_drag_others_after_it(tmp_path: Path) -> None:
    centers = "  cost_centers: {by_office: {A: 12345678901}, price_method: {300: F}}\n"
    assert len(problems(tmp_path, SMALL + centers)) == 1
    assert len(problems(tmp_path, SMALL.replace("  client_id: me\n", "  client_idd: me\n"))) == 1
    assert len(problems(tmp_path, SMALL.replace("${SERVICETRADE_CLIENT_SECRET}", "literal"))) == 1


def test_an_entry_that_is_wrong_in_its_name_and_in_its_value_is_told_as_both(
    tmp_path: Path,
) -> None:
    assert problems(tmp_path, SMALL + "  work_state: {va: VIRGINIA-TAX, nc: }\n") == [
        "account.yaml:13: maps.work_state.nc: has no value; write one or remove the line",
        (
            "account.yaml:13: maps.work_state.va: found 'va', expected a state of two capital"
            " letters such as VA"
        ),
        "account.yaml:13: maps.work_state.va: found 'VIRGINIA-TAX', expected 10 characters at most",
        (
            "account.yaml:13: maps.work_state.nc: found 'nc', expected a state of two capital"
            " letters such as VA"
        ),
    ]


def test_what_is_missing_is_reported_at_its_section(tmp_path: Path) -> None:
    assert problems(
        tmp_path, "name: a\nmaps:\n  payment_terms: {}\n  sales_tax: {fixed: A}\nspectrum:\n"
    ) == [
        "account.yaml:1: servicetrade: is missing",
        "account.yaml:3: maps.payment_terms.default: is missing",
        "account.yaml:5: spectrum: is empty, but must be given",
    ]


def test_relative_paths_stay_relative_and_the_home_folder_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/someone")
    account = read(tmp_path, SMALL + "state_dir: here/state\nledger: {path: ~/ledger.sqlite}\n")
    assert account.state_dir == Path("here/state")
    assert account.ledger.path == Path("/home/someone/ledger.sqlite")


@pytest.mark.parametrize("address", ["example.com", "ftp://example.com", "https://", "https://a:b@example.com", "https://x/?a=1", "http://[", "https://a b/"])  # fmt: skip
def test_an_address_must_be_one(tmp_path: Path, address: str) -> None:
    [found] = problems(tmp_path, SMALL.replace("${SPECTRUM_URL}", repr(address)))
    assert found.startswith("account.yaml:7: spectrum.base_url: ")


def test_a_slash_at_the_end_of_an_address_does_not_matter(tmp_path: Path) -> None:
    assert (
        read(tmp_path, SMALL, SPECTRUM_URL="https://host:8482/").spectrum.base_url
        == "https://host:8482"
    )


PLAIN = "http://spectrum.example.com:8482"


def test_plain_http_to_another_machine_is_refused_unless_the_file_says_that_it_is_meant(
    tmp_path: Path,
) -> None:
    [found] = problems(tmp_path, SMALL, SPECTRUM_URL=PLAIN)
    assert found.startswith("account.yaml:7: spectrum.base_url: is plain http")
    allowed = SMALL.replace("  company_code: 001", "  company_code: 001\n  allow_plain_http: true")
    assert read(tmp_path, allowed, SPECTRUM_URL=PLAIN).spectrum.base_url == PLAIN
    for own in ("http://localhost:1", "http://127.0.0.9:1", "http://[::1]:1"):
        assert read(tmp_path, SMALL, SPECTRUM_URL=own).spectrum.base_url == own
    [found] = problems(tmp_path, SMALL, SERVICETRADE_URL="http://10.0.0.7/api")
    assert "servicetrade.base_url: is plain http" in found
    ledger = "ledger: {kind: s3, bucket: b, endpoint_url: 'http://s3.example.com'}\n"
    [found] = problems(tmp_path, SMALL + ledger)
    assert "ledger.endpoint_url: is plain http" in found


@pytest.mark.parametrize(
    "line",
    [
        "ledger: {kind: s3, bucket: b, endpoint_url: 'https://user:hidden-word@s3.example.com'}",
        "support: {dagster_url: 'https://user:hidden-word@dagster.example.com'}",
        "support: {dagster_url: 'https://:hidden-word@dagster.example.com'}",
    ],
)
def test_a_login_inside_an_address_is_refused_and_not_repeated(tmp_path: Path, line: str) -> None:
    [found] = problems(tmp_path, f"{SMALL}{line}\n")
    assert "must not carry a login" in found
    assert "hidden-word" not in found


@pytest.mark.parametrize(
    "rule",
    [
        'jobs: {number_format: "{number:999999999}"}',
        'jobs: {number_format: "{number:<999999999}"}',
        'jobs: {number_format: "{number:.999999999f}"}',
        'jobs: {number_format: "{number:{number}}"}',
        f'jobs: {{number_format: "{"{number}" * 100}"}}',
        'invoices: {number: {format: "{id:0999999999}"}}',
    ],
)
def test_a_format_that_makes_a_text_of_a_billion_characters_is_refused_in_a_few(
    tmp_path: Path, rule: str
) -> None:
    found, *_ = problems(tmp_path, f"{SMALL}{rule}\n")
    assert len(found) < 300
    assert "longer than any number" in found
