"""What follows from counts, and what is left to a person."""

from collections import Counter

import pytest

from st_spectrum.setup.evidence import by_name, from_counts, numbering_of
from st_spectrum.setup.history import number_form


@pytest.mark.parametrize(
    ("counts", "value"),
    [
        ({"4020": 9812, "4100": 28}, "4020"),
        ({"4020": 98, "4100": 2}, "4020"),
        ({"4020": 97, "4100": 3}, ""),
        ({"4020": 20}, "4020"),
        ({"4020": 19}, ""),
    ],
)
def test_a_value_is_filled_in_at_98_percent_of_20_uses(counts: dict[str, int], value: str) -> None:
    assert from_counts(("gl",), Counter(counts), "lines", 2024).value == value


def test_a_line_says_how_many_agree_or_what_there_is_to_choose_from() -> None:
    decided = from_counts(("gl",), {"4020": 9812, "4100": 28}, "lines", 2024)
    assert decided.why == "9,812 of 9,840 lines since 2024"
    open_one = from_counts(("gl",), {"4020": 9, "4100": 3}, "lines", 2024)
    assert open_one.why == "4020: 9; 4100: 3 of 12 lines since 2024"


def test_a_name_decides_only_where_it_is_the_same_and_no_other_is_near() -> None:
    assert by_name(("t",), "Net 30", {"3": "NET 30", "4": "Due on receipt"}).value == "3"
    assert by_name(("t",), "Net 30", {"3": "NET 30", "4": "Net 30 "}).value == ""
    near = by_name(("t",), "Regular", {"R": "Regular pay", "O": "Overtime"})
    assert (near.value, "R Regular pay" in near.why) == ("", True)


def test_the_next_free_number_goes_on_behind_the_form_that_most_codes_have() -> None:
    form = numbering_of(["C00017", "C00400", "OLD7", "SMITH", "C1"])
    assert form is not None
    assert (form.prefix, form.width, form.highest) == ("C", 5, 400)
    assert numbering_of(["SMITH", "JONES"]) is None


def test_job_numbers_are_found_behind_a_cost_center_or_a_letter() -> None:
    jobs = {}
    for number in range(10001, 10030):
        center = "410" if number % 2 else "420"
        jobs[f"{center}-{number}"] = {"Cost_Center": center}
    form = number_form(set(range(10001, 10030)), jobs)
    assert form.as_format == "{cost_center}-{number}"
    assert form.number_in("410-10001", {"Cost_Center": "410"}) == 10001
    assert form.number_in("10001", {"Cost_Center": "410"}) is None
    assert number_form({17, 18}, {"J17": {}, "J18": {}}).as_format == "J{number}"
