"""Purchase order lines that stand twice in ServiceTrade: by external id or token."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from st_spectrum.flows.purchase_orders.job_item_steps import external_id_of
from st_spectrum.ledger.documents.guards import Double
from st_spectrum.servicetrade.item_models import JobItem

ITEMS_OF_DAYS = 60
"""Job items touched within so many days are looked at: a double is made when the item is."""

_ITEM_TOKEN = re.compile(r"(?:^|\()PO (\S+) line (\d+)(?=$|[,)])")


def items_twice(items: Iterable[JobItem], system: str) -> Iterator[Double]:
    """Job items that carry one line's external id, or bear its token in their text."""
    by_key: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for item in items:
        key = item.external_ids.get(system, "") or _token_key(item)
        if key:
            where = f"job item {item.id}" + (f" on job {item.job.id}" if item.job else "")
            by_key[key][item.id] = where
    for key, places in by_key.items():
        if len(places) > 1:
            sentence = (
                f"purchase order line {key.replace('%', '/')} stands {len(places)} times in"
                " ServiceTrade"
            )
            advice = (
                "Delete the item that is too much in ServiceTrade; nothing is made anew for it."
            )
            yield Double("purchase_orders", key, sentence, tuple(places.values()), advice)


def _token_key(item: JobItem) -> str:
    text = (item.source.ref_number if item.source else "") or item.name
    found = _ITEM_TOKEN.search(text)
    return external_id_of(f"{found[1]}|{found[2]}") if found else ""
