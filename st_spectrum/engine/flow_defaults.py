"""What a flow answers that has nothing to say to a part of its life."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.decisions import Decision, Hold
from st_spectrum.domain.errors import Rejected
from st_spectrum.domain.standing import NOTHING, Standing
from st_spectrum.engine.allowance import Vanished
from st_spectrum.engine.flow_answers import Rebuilt, Recovered, SharedKeyHold, Unlinked
from st_spectrum.engine.looks.changes import Changes
from st_spectrum.engine.looks.source_lists import SourceLists
from st_spectrum.engine.report import Report
from st_spectrum.engine.retries.code_places import SpectrumPlace
from st_spectrum.ledger.documents.guards import Double
from st_spectrum.ledger.entry import Entry
from st_spectrum.spectrum.lookup_answers import CodesInUse, LookupImpossible


class FlowDefaults:
    """A flow that keeps nothing beside the ledger entry and tells nobody at the source."""

    has_second_guard = False
    shared_key_hold: SharedKeyHold | None = None
    places_in_spectrum: Mapping[str, SpectrumPlace] = MappingProxyType({})

    def standing(self, keys: Sequence[str]) -> Standing:  # noqa: ARG002 - the shape of `Flow`
        """Nothing: the target itself refuses a second record under the same natural key."""
        return NOTHING

    def before_sending(self, key: str, decision: Decision) -> None:
        """Nothing to keep."""

    def classify_refusal(self, refusal: Rejected, decision: Decision) -> Hold | None:  # noqa: ARG002 - the shape of `Flow`
        """A refusal is a refusal."""
        return None

    def notify_source(self, key: str, refusal: Rejected) -> None:
        """The ledger and the report say it; nobody is told at the source."""

    def notify_waiting(self, key: str, decision: Hold) -> None:
        """The ledger and mails say it."""

    def confirmed(self, entry: Entry) -> None:
        """Nothing is left."""

    def why_idle(self) -> str:
        """Always carried."""
        return ""

    def before_round(self) -> None:
        """Nothing to prepare."""

    def shows_what_crossed(self, changes: Changes) -> bool:  # noqa: ARG002 - the shape of `Flow`
        """Nobody can tell from a list."""
        return False

    def accept(self, changes: Changes) -> None:
        """Nothing to note."""

    def before_batch(self, keys: Sequence[str]) -> Changes:
        """They are read one by one, as `evaluate` needs them."""
        return Changes(tuple(keys))

    def remember(self, changes: Changes, report: Report) -> None:
        """The cursor says it all."""

    def vanished_now(self) -> Vanished | None:
        """Nothing is concluded from what is missing."""
        return None

    def resolve(self, entry: Entry, *, is_there: bool) -> str:  # noqa: ARG002 - the shape of `Flow`
        """It waits for no person's word."""
        return ""

    def find_named(self, target_key: str) -> str:
        """Nobody can look."""
        raise LookupImpossible(f"nobody can look for {target_key}")

    def link(self, key: str, target_key: str) -> None:
        """The source has no place for it."""

    def unlink(self, entry: Entry) -> Unlinked:  # noqa: ARG002 - the shape of `Flow`
        """Nothing was said there."""
        return Unlinked()

    def steps_left(self, entry: Entry) -> tuple[str, ...]:
        """Nobody can look whether it is gone."""
        raise LookupImpossible(f"nobody can look for {entry.target_key}")

    def codes_in_use(self) -> CodesInUse:
        """It has no range of keys."""
        return CodesInUse(frozenset(), is_complete=True)

    stopped_unseen: Hold | None = None
    """It goes on."""

    def find_doubles(self, carried: frozenset[str], now: float) -> Iterable[Double]:  # noqa: ARG002 - the shape of `Flow`
        """The target refuses a second record under the same key."""
        return ()

    def rebuild(self) -> Rebuilt | None:
        """The ledger needs nothing that the next round does not find by itself."""
        return None

    def recover(self, since: datetime | None) -> Recovered:  # noqa: ARG002 - the shape of `Flow`
        """What `rebuild` finds; else `unseen_note` says what may be missing unseen."""
        try:
            rebuilt = self.rebuild()
        except LookupImpossible:
            return Recovered(None, self.unseen_note)
        return Recovered(rebuilt.found if rebuilt else None)

    unseen_note: str = ""
    """What is said where the target cannot be looked through."""

    def compare_sides(self, lists: SourceLists, month: str) -> FlowCompared | None:  # noqa: ARG002 - the shape of `Flow`
        """Not compared record by record."""
        return None
