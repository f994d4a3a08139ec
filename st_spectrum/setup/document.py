"""An account file as text: what was asked, and the lines that history proposes, each with its
reason behind it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from st_spectrum.account.nodes import TODO
from st_spectrum.setup.evidence import Proposal

PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./&()@+-]*( [A-Za-z0-9_./&()@+-]+)*")
COLUMN = 34
"""Where reasons begin, if the line is no longer."""
Tree = dict[str, "Tree | Proposal"]

TITLES = dict(
    line.strip().split(": ")
    for line in """
        customers: companies become AR customers
        sites: locations become work-order sites
        jobs: jobs become Spectrum jobs
        invoices: approved invoices become AR invoices
        timecards: approved time becomes pre-time cards
        maps: what is called one thing there and another here
        support: who hears about it
    """.strip().splitlines()
)
"""What stands over a section."""


@dataclass(frozen=True)
class Answers:
    """What a person was asked. Variables are named, and never their values."""

    name: str
    timezone: str
    go_live: str
    servicetrade_url: str
    servicetrade_auth: str
    servicetrade_account: str
    servicetrade_login: tuple[str, str]
    """Names of the variables of client_id and client_secret, or of username and password."""
    external_system: str
    spectrum_url: str
    company_code: str
    authorization_id: str
    infolink: str
    contacts: tuple[str, ...]
    sender: str
    smtp_host: str
    smtp_port: int


def connections_text(answers: Answers, tables: Mapping[str, str] | None = None) -> str:
    """The head of the file, which is enough to reach both systems."""
    first, second = (
        ("client_id", "client_secret")
        if answers.servicetrade_auth == "oauth2"
        else ("username", "password")
    )
    one, two = answers.servicetrade_login
    lines = [
        f"# The account file of {answers.name}, begun by `st-spectrum init`.",
        "#",
        "# Behind each line stands why it says what it says. A line that says TODO waits for you:",
        "# write a value, or take the line out. docs/account-file.md explains every key; then:",
        "#   st-spectrum check --account THIS_FILE",
        "",
        f"name: {answers.name}",
        f"timezone: {answers.timezone}",
        _line(
            "go_live",
            answers.go_live or TODO,
            "the day from which on nobody types into Spectrum by hand",
        ),
        "",
        "servicetrade:",
        f"  base_url: {answers.servicetrade_url}",
        f"  auth: {answers.servicetrade_auth}",
        f"  {first}: ${{{one}}}",
        f"  {second}: ${{{two}}}",
        *(
            [f"  account: {scalar(answers.servicetrade_account)}"]
            if answers.servicetrade_account
            else []
        ),
        f"  external_system: {answers.external_system}",
        "",
        "spectrum:",
        f"  base_url: {answers.spectrum_url}",
        f"  company_code: {scalar(answers.company_code)}",
        f"  authorization_id: ${{{answers.authorization_id}}}",
    ]
    if answers.infolink:
        lines += ["  infolink:", f"    url: ${{{answers.infolink}}}"]
        lines += ["    tables:"] if tables else []
        lines += [f"      {kind}: {table}" for kind, table in (tables or {}).items()]
    lines += ["", f"state_dir: .local/{answers.name}", "ledger:", "  kind: sqlite"]
    lines += [f"  path: .local/{answers.name}/ledger.sqlite"]
    return "\n".join(lines) + "\n"


def support_text(answers: Answers) -> str:
    """The last section."""
    lines = [*_title("support"), "support:"]
    lines += [f"  contacts: [{', '.join(answers.contacts)}]", f"  sender: {answers.sender}"]
    if answers.smtp_host:
        lines += [f"  smtp_host: {answers.smtp_host}", f"  smtp_port: {answers.smtp_port}"]
    return "\n".join(lines) + "\n"


def account_text(
    answers: Answers, found: Iterable[Proposal], tables: Mapping[str, str] | None = None
) -> str:
    """The whole file."""
    tree: Tree = {}
    for one in found:
        _put(tree, one)
    body = ""
    for section, inner in tree.items():
        lines = [*_title(section), *_lines({section: inner}, "")]
        body += "\n".join(lines) + "\n"
    return f"{connections_text(answers, tables)}{body}{support_text(answers)}"


def scalar(text: str) -> str:
    """As YAML takes it for this very text."""
    if text.startswith("[") or text == '""' or PLAIN.fullmatch(text):
        return text
    return json.dumps(text, ensure_ascii=False)


def _put(tree: Tree, one: Proposal) -> None:
    *around, last = one.place
    for key in around:
        inner = tree.setdefault(key, {})
        assert isinstance(inner, dict)  # noqa: S101 - no proposal stands above another
        tree = inner
    tree[last] = one


def _lines(tree: Tree, indent: str) -> Iterator[str]:
    for key, inner in tree.items():
        if isinstance(inner, Proposal):
            yield _line(f"{indent}{scalar(key)}", inner.value or TODO, inner.why)
        else:
            yield f"{indent}{scalar(key)}:"
            yield from _lines(inner, f"{indent}  ")


def _line(key: str, value: str, why: str) -> str:
    text = f"{key}: {scalar(value)}"
    return f"{text.ljust(COLUMN)} # {why}" if why else text


def _title(section: str) -> list[str]:
    words = TITLES.get(section, section)
    return ["", f"# {'-' * max(3, 96 - len(words))} {words}", ""]
