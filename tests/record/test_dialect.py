"""What is planted in a second dialect of both systems is found, each with the file or the setting
to change, and nothing else is.
"""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from st_spectrum.record.judgement import Judgement
from st_spectrum.record.reading import judge, read_systems
from st_spectrum.record.report import Report, as_markdown, report_of
from st_spectrum.sandbox.dialect import (
    DIFFERENCES,
    Difference,
    servicetrade_dialect,
    spectrum_dialect,
    tables_in_dialect,
)
from st_spectrum.transports import Transports
from tests.record.worlds import Installation

CONSEQUENCES = {
    "ST8.time_models": "a card without periodEnd cannot be read",
    "ST8.pieces": "the same",
    "ST8.TimeCard.status": "released is no status of a card",
    "ST8.ServiceTrade.time_cards.2": "the filter that asks for approved cards",
    "ST8._row_hours": "minutes are not the hours of a row",
    "ST7.ItemSource.status": "the same as the part status",
    "SP15.CLOSED": "FINISHED is not CLOSED",
    "SP15.PROPOSED_LETTER": "FINISHED is no open order",
}
"""What differs besides, because a planted difference has more than one side."""


@pytest.fixture(scope="module")
def report(world: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Report]:
    copy = tmp_path_factory.mktemp("dialect") / "infolink.sqlite"
    tables_in_dialect(Path(world.sandbox.infolink_url.removeprefix("sqlite:///")), copy)
    infolink = world.account.spectrum.infolink
    assert infolink is not None
    there = infolink.model_copy(update={"url": SecretStr(f"sqlite:///{copy}")})
    spectrum = world.account.spectrum.model_copy(update={"infolink": there})
    with httpx.HTTPTransport() as network:
        transports = Transports(servicetrade_dialect(network), spectrum_dialect(network))
        found = read_systems(world.account.model_copy(update={"spectrum": spectrum}), transports)
        assert found.down == []
        yield report_of(judge(found.evidence))


@pytest.mark.parametrize("planted", DIFFERENCES, ids=lambda planted: planted.id)
def test_each_planted_difference_is_told_with_the_place_to_change(
    report: Report, planted: Difference
) -> None:
    by_id: dict[str, Judgement] = {one.id: one for one in report.differences}

    assert planted.id in by_id, planted.sentence
    assert planted.where in by_id[planted.id].where
    assert by_id[planted.id].expected and by_id[planted.id].found
    assert f"**{planted.id}**" in as_markdown(report)


def test_there_are_twelve_and_nothing_else_is_told(report: Report) -> None:
    planted = {one.id for one in DIFFERENCES}

    assert len(planted) == 12
    assert {one.id for one in report.differences} - planted - CONSEQUENCES.keys() == set()
