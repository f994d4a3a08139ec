"""What a message of a webhook is taken for."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.doorbell.rings import NoMessage, flows_rung
from st_spectrum.flows import FLOWS


def message(*kinds: object, **more: object) -> bytes:
    events = [{"action": "updated", "entity": {"type": kind, "id": 1}} for kind in kinds]
    return json.dumps({"messageId": "m", "timestamp": "1", "data": events} | more).encode()


def test_each_flow_is_rung_by_the_records_that_it_carries() -> None:
    assert {
        kind: flows_rung(message(kind), FLOWS)
        for kind in ("company", "location", "job", "invoice", "clockevent", "jobitem")
    } == {
        "company": ("customers",),
        "location": ("sites",),
        "job": ("jobs",),
        "invoice": ("invoices",),
        "clockevent": ("timecards",),
        "jobitem": ("timecards",),
    }


def test_one_message_about_several_records_rings_for_each_flow_once() -> None:
    assert flows_rung(message("job", "company", "job"), FLOWS) == ("customers", "jobs")


def test_kinds_that_no_flow_carries_ring_for_nobody() -> None:
    assert flows_rung(message("quote", "unheard_of", 7, None, ["job"]), FLOWS) == ()


@pytest.mark.parametrize(
    "body", [b"", b"nonsense", b"[]", b"{}", b'{"data": 7}', b'{"data": [{}]}', b"[" * 100_000]
)
def test_what_is_no_message_is_refused(body: bytes) -> None:
    with pytest.raises(NoMessage):
        flows_rung(body, FLOWS)


@given(
    st.binary()
    | st.recursive(st.none() | st.text(), st.lists).map(lambda x: json.dumps(x).encode())
)
def test_no_body_does_worse_than_to_be_refused(body: bytes) -> None:
    with suppress(NoMessage):
        assert flows_rung(body, FLOWS) == ()
