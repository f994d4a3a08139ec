"""Lists of ServiceTrade: every record once, whatever the pages do meanwhile, and never a short list
by mistake.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.domain.errors import ContractBroken, Unavailable
from st_spectrum.servicetrade.models import Company, Unreadable
from st_spectrum.servicetrade.paging import Page, one_record, read_all, read_page
from st_spectrum.servicetrade.parsing import parsed_each
from st_spectrum.servicetrade.wire import RecordBroken

OPERATION = "GET /job"


def server(
    pages_of: Callable[[int], list[int]], limit: int
) -> tuple[Callable[[int], Page], list[int]]:
    """A list whose content may differ from request to request: `pages_of` gets the number of the
    request, from 0.
    """
    asked: list[int] = []

    def fetch(page: int) -> Page:
        ids = pages_of(len(asked))
        asked.append(page)
        rows = [{"id": id_} for id_ in ids[(page - 1) * limit : page * limit]]
        data = {
            "page": page,
            "totalPages": -(-len(ids) // limit),
            "totalCount": len(ids),
            "jobs": rows,
        }
        return read_page({"data": data}, "jobs", page, OPERATION)

    return fetch, asked


def ids(records: Iterable[object]) -> list[object]:
    return [record["id"] for record in records if isinstance(record, dict)]


@given(
    st.lists(st.integers(min_value=1), unique=True, max_size=60),
    st.integers(min_value=1, max_value=20),
)
def test_every_record_comes_once_whatever_the_page_size(numbers: list[int], limit: int) -> None:
    fetch, asked = server(lambda _: numbers, limit)

    assert ids(read_all(fetch, OPERATION)) == numbers
    assert asked == list(range(1, max(1, -(-len(numbers) // limit)) + 1))


@given(
    st.integers(min_value=1, max_value=40),
    st.integers(min_value=1, max_value=10),
    st.integers(min_value=0, max_value=6),
    st.data(),
)
def test_a_record_that_leaves_while_pages_are_read_takes_no_other_with_it(
    count: int, limit: int, moment: int, data: st.DataObject
) -> None:
    before = list(range(1, count + 1))
    gone = data.draw(st.sampled_from(before))
    fetch, _ = server(
        lambda request: before if request < moment else [id_ for id_ in before if id_ != gone],
        limit,
    )

    found = ids(read_all(fetch, OPERATION))

    assert len(found) == len(set(found))
    assert set(before) - {gone} <= set(found)


@given(
    st.integers(min_value=0, max_value=40),
    st.integers(min_value=1, max_value=10),
    st.integers(min_value=0, max_value=6),
)
def test_a_record_that_arrives_while_pages_are_read_takes_no_other_with_it(
    count: int, limit: int, moment: int
) -> None:
    before = list(range(1, count + 1))
    fetch, _ = server(lambda request: before if request < moment else [999, *before], limit)

    found = ids(read_all(fetch, OPERATION))

    assert len(found) == len(set(found))
    assert set(before) <= set(found)


def test_two_that_change_places_are_noticed_by_the_count_and_read_again() -> None:
    # 3 moves to the first page after it was read: 4 pages' worth of rows, but only three ids.
    fetch, asked = server(lambda request: [1, 2, 3, 4] if request == 0 else [1, 3, 2, 4], 2)

    assert sorted(map(str, ids(read_all(fetch, OPERATION)))) == ["1", "2", "3", "4"]
    assert asked == [1, 2, 1, 2]


def test_a_list_that_never_holds_still_is_read_twice_and_no_more() -> None:
    fetch, asked = server(lambda request: list(range(request, request + 5 + request % 2)), 2)

    found = ids(read_all(fetch, OPERATION))

    assert len(found) == len(set(found))
    assert asked == [1, 2, 3, 1, 2, 3]


def test_a_list_that_promises_ever_more_pages_ends_with_an_error() -> None:
    with pytest.raises(ContractBroken, match="goes on after 2000 pages"):
        list(read_all(lambda page: Page(({"id": page},), page, page + 1, None), OPERATION))


def test_a_page_that_fails_ends_the_list_with_its_error() -> None:
    fetch, _ = server(lambda _: [1, 2, 3], 2)

    def failing(page: int) -> Page:
        if page == 2:
            raise Unavailable("gone", system="servicetrade", operation=OPERATION)
        return fetch(page)

    with pytest.raises(Unavailable):
        list(read_all(failing, OPERATION))


UNUSABLE_IDS = (
    None,
    12.5,
    float("nan"),
    "abc",
    [1],
    {"id": 1},
    True,
    Decimal("1e300"),
    10**400,
    -7,
    0,
)


@pytest.mark.parametrize("unusable_id", UNUSABLE_IDS, ids=lambda value: repr(value)[:12])
def test_a_record_with_an_id_that_is_none_is_left_out_and_told_under_a_lasting_key(
    unusable_id: object,
) -> None:
    def read(updated: int) -> tuple[list[int], list[Unreadable]]:
        broken: list[Unreadable] = []
        rows = [
            {"id": 1, "name": "A"},
            {"id": unusable_id, "name": "B", "updated": updated},
            {"id": 2, "name": "C"},
        ]
        body = {"data": {"companies": rows, "totalPages": 1, "totalCount": 3}}
        listed = read_all(lambda number: read_page(body, "companies", number, OPERATION), OPERATION)
        return [
            record.id for record in parsed_each(Company, listed, OPERATION, broken.append)
        ], broken

    good, (unreadable,) = read(5)
    _, (again,) = read(6)

    assert good == [1, 2]
    assert unreadable.id == again.id < 0
    assert unreadable.problem


def test_what_is_no_object_among_the_objects_of_a_list_stops_nothing() -> None:
    page = read_page({"data": {"jobs": [{"id": 1}, None, "x"]}}, "jobs", 1, OPERATION)

    assert [record.get("id") for record in page.records] == [1, None, None]


def test_without_anybody_to_tell_a_record_without_an_id_is_not_swallowed() -> None:
    with pytest.raises(RecordBroken, match="id"):
        list(parsed_each(Company, [{"name": "A"}], OPERATION, None))


def test_a_missing_number_of_pages_means_one_page() -> None:
    page = read_page({"data": {"jobs": [{"id": 1}]}}, "jobs", 1, OPERATION)

    assert (page.total_pages, page.total_count) == (1, None)


@pytest.mark.parametrize(
    "data",
    [{"servicelines": [{"id": 1}]}, {"serviceLines": [{"id": 1}], "totalPages": 1}, [{"id": 1}]],
)
def test_the_only_list_is_taken_whatever_it_is_called(data: object) -> None:
    assert read_page({"data": data}, "servicelines", 1, "GET /serviceline").records == ({"id": 1},)


@pytest.mark.parametrize(
    "body",
    [
        None,
        {"data": None},
        {"data": {}},
        {"data": {"jobs": None}},
        {"data": {"alpha": [], "beta": []}},
        {"data": {"jobs": [1, 2]}},
        "text",
    ],
)
def test_what_holds_no_list_is_not_an_empty_list(body: object) -> None:
    with pytest.raises(ContractBroken, match="expected a list of jobs"):
        read_page(body, "jobs", 1, OPERATION)


def test_a_server_that_ignores_the_page_asked_for_is_noticed() -> None:
    with pytest.raises(ContractBroken, match="asked for page 2 and was given page 1"):
        read_page({"data": {"page": 1, "totalPages": 3, "jobs": []}}, "jobs", 2, OPERATION)


@given(st.integers(min_value=0, max_value=23), st.integers(min_value=1, max_value=7))
def test_compound_lists_are_read_to_the_end_by_their_count(count: int, limit: int) -> None:
    def fetch(page: int) -> Page:
        rows = [{"id": number} for number in range(1, count + 1)][(page - 1) * limit : page * limit]
        return read_page(
            {"data": {"jobs": rows}, "meta": {"totalRecords": count}}, "jobs", page, OPERATION
        )

    assert ids(read_all(fetch, OPERATION)) == list(range(1, count + 1))


@pytest.mark.parametrize("where", ["beside", "inside"])
def test_bare_ids_of_a_compound_answer_find_their_targets(where: str) -> None:
    job = {
        "id": 7,
        "customer": 1201,
        "location": 3310,
        "offices": [901, 902],
        "sales": None,
        "number": 1201,
    }
    siblings = {
        "companies": [{"id": 1201, "name": "Harbor Foods LLC"}],
        "locations": [{"id": 3310, "name": "Harbor #3"}, {"id": 901, "name": "Norfolk Office"}],
    }
    body = {"data": job, **siblings} if where == "beside" else {"data": {"jobs": [job], **siblings}}

    assert one_record(body, "jobs", "GET /job/{id}") == {
        "id": 7,
        "number": 1201,
        "customer": {"id": 1201, "name": "Harbor Foods LLC"},
        "location": {"id": 3310, "name": "Harbor #3"},
        "offices": [{"id": 901, "name": "Norfolk Office"}, 902],
        "sales": None,
    }


@pytest.mark.parametrize(
    "body", [None, {"data": None}, {"data": []}, {"data": {"name": "x"}}, {"data": {"jobs": []}}]
)
def test_an_answer_without_its_object_is_an_error(body: object) -> None:
    with pytest.raises(ContractBroken, match="expected one object"):
        one_record(body, "jobs", "GET /job/{id}")
