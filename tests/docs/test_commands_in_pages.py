"""Commands, files and links that the pages name exist."""

import re
from pathlib import Path

import pytest
import typer

from st_spectrum.cli import app
from st_spectrum.flows import FLOWS

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").glob("*.md")]
)
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMAND = re.compile(r"st-spectrum((?: (?:--[a-z-]+|[a-zA-Z0-9_/.][a-zA-Z0-9_/.-]*))+)")
"""Words and options behind the program's name, up to anything else."""
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def by_name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def coded(text: str) -> str:
    """Only what stands as code."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))


def complaint(words: list[str]) -> str:
    """What the command line has against these words; "" when it knows them all."""
    command = typer.main.get_command(app)
    for word in words:
        if not hasattr(command, "commands"):
            break
        if word.startswith("--"):
            if command.invoke_without_command:
                break  # what follows are the options of the group's own work
            continue
        if word not in command.commands:
            return f"there is no command {word!r}"
        command = command.commands[word]
    known = {
        option for param in command.params for option in (*param.opts, *param.secondary_opts)
    } | {"--help"}
    unknown = [word for word in words if word.startswith("--") and word not in known]
    return f"{command.name} has no {unknown[0]}" if unknown else ""


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_st_spectrum_command_in_a_page_exists(page: Path) -> None:
    found = [
        match[1].split() for match in COMMAND.finditer(coded(page.read_text(encoding="utf-8")))
    ]
    assert [" ".join(words) for words in found if complaint(words)] == []


def test_a_wrong_command_would_be_seen() -> None:
    assert complaint(["sinc"]) == "there is no command 'sinc'"
    assert complaint(["match", "--ot", "x"]) == "match has no --ot"
    assert complaint(["ledger", "shoe", "customers"]) == "there is no command 'shoe'"
    assert complaint(["sync", "all", "--acount", "x"]) == "sync has no --acount"
    assert complaint(["ledger", "resolve", "customers", "1201", "--not-there"]) == ""


def test_every_argument_for_a_flow_names_all_flows_in_its_help() -> None:
    top = typer.main.get_command(app)
    commands = [*top.commands.values(), *top.commands["ledger"].commands.values()]
    helps = {
        f"{command.name} {param.name}": param.help
        for command in commands
        if command.name != "allow"  # of the others nothing is concluded from what is missing
        for param in command.params
        if param.name == "flow"
    }
    assert len(helps) == 12
    assert [name for name, text in helps.items() if not all(flow in text for flow in FLOWS)] == []


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_make_target_in_a_page_exists(page: Path) -> None:
    targets = set(
        re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    named = set(re.findall(r"(?<![\w-])make ([a-z-]+)", coded(page.read_text(encoding="utf-8"))))
    assert named <= targets


def test_the_readme_begins_with_the_two_commands() -> None:
    first = re.search(r"```sh\n(.*?)```", README, re.DOTALL)
    assert first
    assert [line.split("#")[0].strip() for line in first[1].splitlines()] == [
        "make demo",
        "make test",
    ]


def test_the_readme_names_every_flow_in_its_table() -> None:
    assert re.findall(r"^\| ([a-z]\w+) \| .* \| .* \| .* \|$", README, re.MULTILINE) == list(FLOWS)


def test_every_place_in_the_readmes_tree_exists() -> None:
    tree = re.search(r"## Where things lie\n\n```\n(.*?)```", README, re.DOTALL)
    assert tree
    missing, top = [], ROOT
    for line in tree[1].splitlines():
        names = re.split(r"\s{2,}", line.strip())[0].split()
        top = ROOT if not line.startswith(" ") else ROOT / "st_spectrum"
        missing += [name for name in names if not list(top.glob(name.rstrip("/")))]
    assert missing == []


def anchors(page: Path) -> set[str]:
    """What the headings of a page are called in links."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    lost = []
    for link in LINK.findall(
        re.sub(r"```.*?```|`[^`\n]+`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    ):
        if "://" in link:
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)
    assert lost == []


def test_every_decision_is_listed_and_has_its_three_parts() -> None:
    adrs = ROOT / "docs" / "adrs"
    index = (adrs / "README.md").read_text(encoding="utf-8")
    decisions = sorted(adrs.glob("[0-9]*.md"))
    numbers = [int(decision.name[:4]) for decision in decisions]
    assert len(numbers) == len(set(numbers)), "a number belongs to one decision"
    for decision in decisions:
        text = decision.read_text(encoding="utf-8")
        title = re.match(r"# (\d+)\. (.+)\n", text)
        assert title and int(title[1]) == int(decision.name[:4])
        assert f"[{title[2]}]({decision.name})" in index
        assert all(part in text for part in ("**Drivers.**", "**Options.**", "**Outcome.**")), (
            decision.name
        )
