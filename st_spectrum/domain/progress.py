"""How far a record has come, as a decider sees it: the ledger's memory without the ledger."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """What the ledger remembers of one record. All empty for a record never seen."""

    target_key: str = ""
    done_steps: tuple[str, ...] = ()
    started_steps: tuple[str, ...] = ()
    is_confirmed: bool = False
    is_voided: bool = False
    was_in_work: bool = False
    """A worker has had the record in its hands, and may have written to the source since a list
    brought it.
    """

    @property
    def is_half_done(self) -> bool:
        """Whether something may have been written already that is not yet complete; then the way
        leads only forward.
        """
        return not self.is_confirmed and bool(self.done_steps or self.started_steps)


NEW = Progress()
