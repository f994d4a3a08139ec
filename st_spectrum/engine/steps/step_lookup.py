"""What the target shows of a step whose calls may have been sent, and what it means. Only reads."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from st_spectrum.domain.commands import Command, Numbering
from st_spectrum.domain.decisions import Step
from st_spectrum.engine.flow import Targets
from st_spectrum.engine.flow_answers import LookupResult
from st_spectrum.engine.steps.doubt_words import DoubtWords, another_record
from st_spectrum.ledger.entry import Entry, SentCommand
from st_spectrum.ledger.sent import as_it_went_out, as_kept
from st_spectrum.spectrum.lookup_answers import LookupImpossible


class CodeTaken(Exception):
    """Spectrum holds somebody else's record under the code that we had reserved."""


@dataclass(frozen=True)
class StepLookup:
    """The look-ups of one record, by what its ledger `entry` says was sent."""

    targets: Targets
    entry: Entry

    @property
    def words(self) -> DoubtWords:
        """What people are told of a doubt about this record."""
        return DoubtWords(self.entry.flow, self.entry.key)

    def settled(self, step: Step) -> LookupResult | None:
        """What stands in the target, once that leaves no question; raises what a person, or another
        code, has to settle.

        None where it cannot be looked up and the calls may be repeated without harm.
        """
        first = step.calls[0]
        try:
            found = self.find(step)
        except LookupImpossible as impossible:
            if all(command.is_repeatable for command in step.calls):
                return None
            raise self.words.cannot_be_looked_up(first, impossible) from None
        if found.similar:
            raise self.words.another_spelling(first, min(found.similar))
        if found.elsewhere:
            raise self.words.under_another_key(first, *min(found.elsewhere.items()))
        if found.foreign and first.numbering is Numbering.PEOPLE:
            raise self.words.another_document(first, min(found.foreign))
        _refuse_foreign(step, found)
        return found

    def shows_ours(self, step: Step, call: Command) -> bool:
        """Whether the key that is said to be taken by the first call made for the record is taken
        by this very record.
        """
        try:
            found = self.find(step)
        except LookupImpossible:
            if call.numbering is Numbering.ALLOCATED:
                raise CodeTaken(call.key) from None
            return False
        if found.foreign and call.numbering is Numbering.PEOPLE:
            return False
        # What is only like ours was not written by us, for this was the first call that we made.
        _refuse_foreign(step, replace(found, foreign=found.foreign | found.similar))
        return call.key in found.present

    def find(self, step: Step) -> LookupResult:
        """The step's calls as they were sent, which may be more than one version; the source may
        have changed since.
        """
        sent: dict[str, list[SentCommand]] = {}
        for insert in self.entry.sent:
            sent.setdefault(insert.key, []).append(insert)
        versions = max(map(len, sent.values()), default=1)
        found = [
            self.targets.find(_sent_commands(step.calls, sent, version))
            for version in range(versions)
        ]
        present = frozenset[str]().union(*(result.present for result in found))
        elsewhere: dict[str, tuple[str, ...]] = {}
        for result in found:
            for key, others in result.elsewhere.items():
                elsewhere[key] = tuple(dict.fromkeys((*elsewhere.get(key, ()), *others)))
        return LookupResult(
            present,
            foreign=frozenset.intersection(*(result.foreign for result in found)) - present,
            similar=frozenset[str]().union(*(result.similar for result in found)) - present,
            elsewhere={key: others for key, others in elsewhere.items() if key not in present},
        )


def inserts_of(step: Step) -> tuple[SentCommand, ...]:
    """What a step inserts under natural keys, as the ledger keeps it."""
    return tuple(as_kept(command) for command in step.calls if command.taken_field)


def _refuse_foreign(step: Step, found: LookupResult) -> None:
    if not found.foreign:
        return
    key = min(found.foreign)
    raise CodeTaken(key) if step.calls[0].numbering is Numbering.ALLOCATED else another_record(key)


def _sent_commands(
    commands: tuple[Command, ...], sent: Mapping[str, list[SentCommand]], version: int
) -> tuple[Command, ...]:
    return tuple(
        as_it_went_out(command, sent[command.key][min(version, len(sent[command.key]) - 1)])
        if command.key in sent
        else command
        for command in commands
    )
