"""The account file says what Spectrum calls columns of Info-Link, of those that are read and of no
others.
"""

from pathlib import Path

import pytest

from tests.account.account_files import SMALL, problems, read

AT = {"TABLES_AT": "sqlite:///some.sqlite"}


def with_columns(*lines: str) -> str:
    listed = "".join(f"      {line}\n" for line in lines)
    at = "  authorization_id: ${SPECTRUM_AUTHORIZATION_ID}\n"
    infolink = f"  infolink:\n    url: ${{TABLES_AT}}\n    columns:\n{listed}"
    return SMALL.replace(at, at + infolink)


def test_a_column_that_is_read_may_have_another_name(tmp_path: Path) -> None:
    account = read(tmp_path, with_columns("PR_PRE_TIME_CARD_MC.Message: Comment"), **AT)

    assert account.spectrum.infolink is not None
    assert account.spectrum.infolink.columns == {"PR_PRE_TIME_CARD_MC.Message": "Comment"}


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("PR_PRE_TIME_CARD_MC.Mesage", "PR_PRE_TIME_CARD_MC.Message"),
        ("PR_PRE_TIMECARD_MC.Message", "PR_PRE_TIME_CARD_MC.Message"),
        ("po_pack_list_detail_mc.quantity", "PO_PACK_LIST_DETAIL_MC.Quantity"),
    ],
)
def test_one_that_nobody_reads_is_refused_with_the_nearest(
    tmp_path: Path, wrong: str, meant: str
) -> None:
    (problem,) = problems(tmp_path, with_columns(f"{wrong}: Comment"), **AT)

    assert "is no column that is read of Info-Link" in problem
    assert f"did you mean {meant!r}?" in problem


def test_a_name_is_one_word(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, with_columns("PR_PRE_TIME_CARD_MC.Message: a b"), **AT)

    assert "the name of a column" in problem


def test_two_columns_are_not_one(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, with_columns("PR_PRE_TIME_CARD_MC.Message: Pay_Type"), **AT)

    assert "two columns would be PR_PRE_TIME_CARD_MC.Pay_Type" in problem
