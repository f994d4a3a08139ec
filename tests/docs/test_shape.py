"""The figures about the code count what they say that they count."""

from pathlib import Path

from tests.docs.shape import figures

LONG = "def long_one(a, b, c, d, e, f, g, h):\n" + "    a += 1\n" * 50
PLANTED = f'''"""A docstring
of two lines.
"""

import planted.other.deep  # a comment stands beside it

# a comment alone

if a == "jobs":
    b = {"'" + "x" * 100 + "'"}

{LONG}'''


def test_each_figure_counts_what_was_planted(tmp_path: Path) -> None:
    package = tmp_path / "planted"
    for name, text in {
        "one.py": PLANTED,
        "other/deep.py": "import planted.one\n",
        "sandbox/left_out.py": "x = 1\n" * 500,
    }.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text, encoding="utf-8")

    found = figures(package)

    assert found["files"] == 2
    assert found["lines"] == PLANTED.count("\n") + 1
    assert found["lines of code"] == 3 + 51 + 1
    assert (
        found["share of lines over 100 characters"] == f"{100 / (PLANTED.count(chr(10)) + 1):.2f} %"
    )
    assert found["functions over a screen of 50 lines"] == "1: one.py:long_one 51"
    assert found["functions of more than seven parameters"] == "1: one.py:long_one 8"
    assert found["places that name a flow outside of flows/ and account/"] == 1
    assert (found["rooms"], found["arrows between them"]) == (3, 2)
    assert str(found["circle of rooms"]).count("one") >= 1
