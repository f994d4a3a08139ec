"""What the command line says of itself."""

from importlib.metadata import version

from tests.world.command_line import run_command


def said(*arguments: str, **environ: str) -> str:
    ended = run_command(*arguments, env=environ)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_version_is_that_of_the_package() -> None:
    assert said("--version") == f"st-spectrum {version('st-spectrum')}\n"


def test_help_says_what_exit_codes_mean_and_fits_into_eighty_columns() -> None:
    text = said("--help", COLUMNS="80", NO_COLOR="1", TERMINAL_WIDTH="80")
    assert "with 2 while the account has not gone live" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text


def test_sentences_of_help_fill_their_lines_wherever_the_source_broke_them() -> None:
    text = said("backfill", "--help", COLUMNS="80", NO_COLOR="1", TERMINAL_WIDTH="80")
    lines = [line.rstrip() for line in text.splitlines()]
    first = next(place for place, line in enumerate(lines) if "Stop it by Ctrl-C" in line)
    last = next(place for place, line in enumerate(lines) if "has not gone live" in line)
    assert min(map(len, lines[first:last])) > 60
