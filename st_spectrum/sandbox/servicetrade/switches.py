"""What can be changed about the stand-in while it runs; every default is what normal use wants."""

from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

ListedIds = Literal["shown", "left_out", "empty_list", "null"]


@dataclass
class Switches:
    """Settings of the ServiceTrade stand-in; whoever holds this object changes the running one.

    Where the reference leaves a choice open, the switch holds the assumed answer, so that the other
    one can be tried.
    """

    token_seconds: int = 86_400
    """Life of an access token in seconds [ST 2.2]; counts for tokens given out after the change."""
    budget_ms: int = 60_000
    """Server time that one user may use in a minute, in ms [ST 1.5]."""
    charge_ms: int = 1
    """What one call costs, in ms; so small that nobody meets the limit by accident."""
    compound_references: bool = False
    """Answer every read in the compound shape, as some accounts do without being asked [ST 1.6]."""
    created_status: int = 200
    """Status of a successful POST: 200 or 201, assumed 200 [ST 1.1]."""
    is_high_limit_refused: bool = True
    """A `limit` above the maximum is refused with 400 (assumed); off, it is cut down to the maximum
    [ST 1.2].
    """
    is_parent_touched: bool = True
    """A tag or service request that changes moves `updated` of what it hangs on (assumed) [ST 1.3].
    """
    is_invoice_matrix_strict: bool = True
    """An invoice becomes processed or failed from pending_accounting only; off, from any status but
    void [ST 6.2, 15].
    """
    is_processed_twice_allowed: bool = True
    """Setting a processed invoice to processed again is taken without a word; off, it is refused
    with 400 [ST 6.2].
    """
    is_account_admin: bool = True
    """The API user may set up webhooks; off, `/webhook` answers 403 [ST 12.1]."""
    webhook_copies: int = 1
    """How often a message of a webhook is sent: 0 loses them all, 2 doubles each [ST 12.2]."""
    webhook_delay_ms: int = 0
    """How late a message of a webhook leaves, in ms."""
    webhook_retry_ms: int = 1000
    """Time between two attempts at a message, in ms (assumed) [ST 12.2]."""
    listed_item_ids: ListedIds = "shown"
    """What a list of job items says of their external ids, which no page tells [ST 7.1, 11]. What
    is read of a single item always shows them.
    """
    frozen_time: int = 0
    """Epoch seconds at which the clock stands still; 0 = the real clock."""

    def put(self, name: str, value: Any) -> None:
        """Change one switch. Raises ValueError for an unknown name or a value of another type."""
        kinds = {field.name: field.type for field in fields(self)}
        if name not in kinds:
            raise ValueError(
                f"There is no ServiceTrade switch {name!r}; there are {', '.join(kinds)}."
            )
        choices = get_args(kinds[name])
        if value not in choices if choices else type(value) is not kinds[name]:
            wanted = "true or false" if kinds[name] is bool else "a whole number"
            wanted = f"one of {', '.join(choices)}" if choices else wanted
            raise ValueError(f"Switch {name} takes {wanted}, not {value!r}.")
        setattr(self, name, value)
