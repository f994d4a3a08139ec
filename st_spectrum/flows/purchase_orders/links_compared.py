"""External ids of job items, as far as ServiceTrade's list shows them. Pure.

Whether a list of items shows external ids at all is not known [ST 7.1, 11], so that one which is
not there says nothing until others of ours are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from st_spectrum.flows.purchase_orders.job_item_steps import external_id_of
from st_spectrum.servicetrade.item_models import JobItem

EXTERNAL_ID = "external id"


@dataclass(frozen=True)
class ShownLinks:
    """What items bear, by their id; an item whose external id is not seen is not among them.
    `unproven` says why nothing is said of items without one, "" where something is.
    """

    by_item: Mapping[int, str]
    unproven: str = ""

    def values_of(self, item: JobItem) -> dict[str, str]:
        """What is compared of it."""
        return {EXTERNAL_ID: self.by_item[item.id]} if item.id in self.by_item else {}


def shown_links(items: Mapping[str, Sequence[JobItem]], system: str) -> ShownLinks:
    """Of the items that belong to lines, by the key of the line.

    One that bears another id is believed. One that bears none is, where others bear theirs and the
    answer shows the field of it, or the field of one on the same job: an empty one may be left out.
    """
    every = list(_carried(items, system))
    right = [(item, carried) for key, item, carried in every if carried == external_id_of(key)]
    jobs = {item.job.id for item, _ in right if item.job}
    shown = {item.id: carried for _, item, carried in every if carried}
    bare = {
        item.id: carried
        for _, item, carried in every
        if not carried
        and right
        and ("external_ids" in item.model_fields_set or (item.job and item.job.id in jobs))
    }
    if len(bare) > len(right):
        return ShownLinks(
            shown,
            f"{len(bare)} job items of ours are shown without an external id in ServiceTrade, and"
            f" {len(right)} with theirs: nothing is concluded from that.",
        )
    return ShownLinks(shown | bare)


def _carried(
    items: Mapping[str, Sequence[JobItem]], system: str
) -> Iterator[tuple[str, JobItem, str]]:
    """Under whatever system it bears that of its line: the account file may name another since."""
    for key, own in items.items():
        wanted = external_id_of(key)
        for item in own:
            is_there = wanted in item.external_ids.values()
            yield key, item, wanted if is_there else item.external_ids.get(system, "")
