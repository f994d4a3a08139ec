"""What the ledger keeps of a purchase order line's job item."""

from st_spectrum.flows.purchase_orders.job_item_memory import ItemValues, Memory
from st_spectrum.ledger.documents.orders import WrittenItem
from st_spectrum.ledger.ledger import Ledger


def keep_memory(ledger: Ledger, key: str, memory: Memory) -> None:
    """Keep it in place of what was kept before."""
    ledger.put(to_document(memory), key)


def kept_memory(ledger: Ledger, key: str) -> Memory | None:
    """What is known of a line's item; None where no item was ever made."""
    kept = ledger.document(WrittenItem, key)
    return from_document(kept) if kept else None


def to_document(memory: Memory) -> WrittenItem:
    """As the ledger keeps it."""
    return WrittenItem(
        version=memory.version,
        made=memory.made,
        job_id=memory.job_id,
        sent=memory.sent.to_document(),
        item_id=memory.item_id,
        seen=memory.seen.to_document() if memory.seen else None,
        before=tuple(values.to_document() for values in memory.before),
        is_removed=memory.is_removed,
    )


def from_document(kept: WrittenItem) -> Memory:
    """What `to_document` made."""
    return Memory(
        version=kept.version,
        made=kept.made,
        job_id=kept.job_id,
        sent=ItemValues.from_document(kept.sent),
        item_id=kept.item_id,
        seen=ItemValues.from_document(kept.seen) if kept.seen else None,
        before=tuple(ItemValues.from_document(values) for values in kept.before),
        is_removed=kept.is_removed,
    )
