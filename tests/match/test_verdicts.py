"""Which companies are taken for which customers, and which a person has to look at."""

from dataclasses import replace

import pytest

from st_spectrum.match.normalize import Party
from st_spectrum.match.verdicts import Match, Verdict, match

HERE = Party("5000", "Hendricks Roofing, LLC", "1400 Larimer Street", "Denver", "CO", "80202",
             "(303) 555-0134")  # fmt: skip
THERE = Party("C00017", "HENDRICKS ROOFING", "1400 LARIMER ST", "DENVER", "CO", "80202-1234",
              "3035550134")  # fmt: skip


def only(here: Party, there: Party) -> Match:
    return match([here], [there])[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Acme Co., Ltd.", "ACME"),
        ("J & J Plumbing, Inc", "J and J Plumbing"),
        ("Saint Mary's Hospital", "St. Marys Hosp"),
        ("A.B.C. Supply Company LLC", "ABC Supply"),
        ("City of Lakewood", "LAKEWOOD, CITY OF"),
        ("Café Olé", "CAFE OLE"),
    ],
)
def test_spellings_of_one_name_are_equal(one: str, other: str) -> None:
    assert Party("", one).words == Party("", other).words


@pytest.mark.parametrize(
    ("one", "other"),
    [("Acme", "Acme Fire Protection"), ("Store 114", "Store 141"), ("Company", "Acme Company")],
)
def test_names_of_two_are_not_equal(one: str, other: str) -> None:
    assert Party("", one).words != Party("", other).words


def test_equal_name_phone_and_door_are_sure() -> None:
    assert only(HERE, THERE).verdict is Verdict.SURE


@pytest.mark.parametrize(
    "change",
    [{"phone": ""}, {"phone": "3035559999"}, {"street": "PO Box 12"}, {"postal_code": ""}],
)
def test_one_of_phone_and_door_is_enough(change: dict[str, str]) -> None:
    assert only(HERE, replace(THERE, **change)).verdict is Verdict.SURE


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        ({"phone": "", "street": ""}, "neither phone nor address is equal"),
        ({"is_active": False}, "not active in Spectrum"),
        ({"name": "Hendricks Roofing Inc"}, "the legal forms differ"),
        ({"name": "Larimer Exteriors"}, "the names differ"),
        ({"name": "Hendricks Roofing 2"}, "the numbers in the names differ"),
        ({"street": "9 Elm", "postal_code": "82001"}, "the addresses lie in two regions"),
    ],
)
def test_one_doubt_makes_it_a_persons_to_look_at(change: dict[str, object], doubt: str) -> None:
    seen = only(HERE, replace(THERE, **change))  # type: ignore[arg-type]
    assert seen.verdict is Verdict.LOOK
    assert doubt in seen.reasons


def test_a_slip_of_one_letter_counts_only_where_the_phone_agrees() -> None:
    slip = replace(THERE, name="HENDRICS ROOFING")
    assert only(HERE, slip).verdict is Verdict.SURE
    assert only(HERE, replace(slip, street="PO Box 12")).verdict is Verdict.SURE
    assert only(HERE, replace(slip, phone="")).verdict is Verdict.LOOK


def test_two_letters_that_changed_places_make_no_other_name() -> None:
    swapped = replace(THERE, name="HENDRIKCS ROOFING", phone="")
    assert only(HERE, swapped).verdict is Verdict.SURE
    assert only(HERE, replace(swapped, street="")).verdict is Verdict.LOOK


def test_a_slip_in_a_first_name_makes_another_person() -> None:
    here, there = replace(HERE, name="John Ewing"), replace(THERE, name="JOAN EWING")
    assert only(here, there).verdict is Verdict.LOOK


def test_a_name_that_spectrum_cut_off_is_equal_as_far_as_it_goes() -> None:
    long = replace(HERE, name="Ferreira & Zimmerman Furniture Incorporated")
    cut = replace(THERE, name="FERREIRA & ZIMMERMAN FURNITURE")
    assert only(long, cut).verdict is Verdict.SURE
    assert only(replace(long, name="Ferreira & Zimmerman Furniture"), cut).verdict is Verdict.SURE
    assert only(long, replace(cut, name="FERREIRA & ZIMMERMAN FARMHOUSE")).verdict is Verdict.LOOK


def test_a_second_company_of_the_same_name_takes_the_certainty_from_both() -> None:
    other = replace(HERE, key="5001", street="9 Elm Street", phone="3035550000")
    assert {one.verdict for one in match([HERE, other], [replace(THERE, phone="")])} == {
        Verdict.LOOK
    }


def test_the_same_name_in_another_region_does_not_when_all_else_agrees() -> None:
    far = replace(HERE, key="5001", street="9 Elm", postal_code="82001", state="WY", phone="")
    verdicts = {one.here.key: one.verdict for one in match([HERE, far], [THERE]) if one.here}
    assert verdicts == {"5000": Verdict.SURE, "5001": Verdict.LOOK}


def test_two_customers_of_one_company_name_who_stays() -> None:
    double = replace(THERE, key="C00400")
    results = match([HERE], [double, THERE])
    assert [one.verdict for one in results] == [Verdict.SEVERAL, Verdict.SEVERAL]
    assert results[0].advice.startswith("Link C00017; make C00400 inactive")


def test_two_companies_of_one_customer_name_who_stays() -> None:
    results = match([replace(HERE, key="5044"), HERE], [THERE])
    assert {one.verdict for one in results} == {Verdict.SEVERAL}
    assert results[0].advice == "Link company 5000; merge 5044 into it in ServiceTrade."


def test_a_customer_that_is_linked_already_is_never_sure_again() -> None:
    seen = only(HERE, replace(THERE, linked_to="4711"))
    assert seen.verdict is Verdict.SEVERAL
    assert "C00017 is company 4711 already" in seen.advice


def test_who_is_linked_or_alone_is_told_so() -> None:
    stranger = Party("C00900", "Zephyr Cold Storage")
    linked = replace(HERE, linked_to="C00017")
    results = match(
        [linked, Party("6", "Umbra Foods")], [replace(THERE, linked_to="5000"), stranger]
    )
    assert [(one.verdict, one.here, one.there) for one in results] == [
        (Verdict.ONLY_HERE, Party("6", "Umbra Foods"), None),
        (Verdict.ONLY_THERE, None, stranger),
    ]


def test_a_phone_that_many_bear_finds_nobody() -> None:
    tenants = [Party(f"C{n}", f"Tenant {chr(65 + n)}ardvark", phone=HERE.phone) for n in range(9)]
    assert only(HERE, tenants[0]).verdict is Verdict.LOOK
    assert match([HERE], tenants)[0].verdict is Verdict.ONLY_HERE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Wal-Mart Supercenter", "WALMART SUPERCENTER"),
        ("J & J Plumbing", "JJ PLUMBING INC"),
        ("Tidewater Health Care", "TIDEWATER HEALTHCARE"),
        ("First Baptist Church", "1ST BAPTIST CHURCH"),
        ("7-Eleven #32541", "7 ELEVEN 32541"),
        ("Store No. 0114", "STORE #114"),
    ],
)
def test_names_that_differ_in_blanks_or_numbers_in_letters_are_equal(one: str, other: str) -> None:
    assert only(replace(HERE, name=one), replace(THERE, name=other)).verdict is Verdict.SURE


def test_a_spa_is_no_legal_form() -> None:
    here, there = replace(HERE, name="Serenity Spa"), replace(THERE, name="SERENITY LLC")
    assert only(here, there).verdict is Verdict.LOOK


def test_a_name_whose_number_spectrum_cut_off_is_never_sure() -> None:
    long = replace(HERE, name="Meridian Cold Storage Warehouse 12")
    cut = replace(THERE, name="MERIDIAN COLD STORAGE WAREHOUS")
    seen = only(long, cut)
    assert seen.verdict is Verdict.LOOK
    assert "what Spectrum cut off the name holds a number" in seen.reasons
    assert only(long, replace(cut, name="MERIDIAN COLD STORAGE WAREH #1")).verdict is Verdict.LOOK


def test_a_missing_zip_is_made_up_for_by_street_and_city() -> None:
    there = replace(THERE, phone="", postal_code="")
    assert only(HERE, there).verdict is Verdict.SURE
    assert only(HERE, replace(there, street="1400 ELM ST")).verdict is Verdict.LOOK


def test_stores_of_a_chain_do_not_cast_doubt_on_each_other() -> None:
    here = [
        replace(HERE, key=str(n), name=f"Beacon Foods #{n}", street=f"{n} Elm") for n in (12, 14)
    ]
    there = [
        replace(THERE, key=f"C{n}", name=f"BEACON FOODS {n}", street=f"{n} ELM ST")
        for n in (12, 14)
    ]
    results = match(here, there)
    assert {(one.here and one.here.key, one.there and one.there.key) for one in results} >= {
        ("12", "C12"),
        ("14", "C14"),
    }
    assert {one.verdict for one in results} == {Verdict.SURE}


def test_a_box_in_another_town_is_no_other_region() -> None:
    assert (
        only(HERE, replace(THERE, street="PO Box 9", postal_code="80501")).verdict is Verdict.SURE
    )
