"""What a person is asked where a look-up settles no doubt, as `NeedsAPerson`. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from st_spectrum.domain.commands import Command
from st_spectrum.engine.retries.sends import NeedsAPerson

MOST_NAMED = 5
"""So many keys are told by name."""


@dataclass(frozen=True)
class DoubtWords:
    """For one record of one flow."""

    flow: str
    key: str

    @property
    def resolve(self) -> str:
        """How a person says what was found."""
        command = f"st-spectrum ledger resolve {self.flow} {self.key}"
        return f"If it is there, say `{command} --there`; if not, `{command} --not-there`."

    def cannot_be_looked_up(self, command: Command, why: Exception) -> NeedsAPerson:
        """Nobody but a person can look there."""
        elsewhere = (
            " If it stands there under a key that Spectrum gave it, add `--as` and that key."
            if command.may_be_renumbered
            else ""
        )
        return NeedsAPerson(
            f"{_lost(command, command.key)} and cannot be looked up: {why}",
            f"Look for {command.key} in Spectrum. {self.resolve}{elsewhere} Nothing is sent again"
            " before.",
            f"{_lost(command)} and cannot be looked up",
        )

    def another_spelling(self, command: Command, key: str) -> NeedsAPerson:
        """What stands under the key may be ours, edited by a person."""
        return NeedsAPerson(
            f"{_lost(command, key)}, and Spectrum holds another spelling under {key}",
            f"See whether {key} is this record. {self.resolve}",
            f"{_lost(command)} and a record like it stands there",
        )

    def under_another_key(self, command: Command, key: str, others: Sequence[str]) -> NeedsAPerson:
        """Spectrum may number such records itself, and then the key sent was not kept."""
        resolve = f"st-spectrum ledger resolve {self.flow} {self.key}"
        named = ", ".join(others[:MOST_NAMED]) + (", ..." if len(others) > MOST_NAMED else "")
        one = others[0] if len(others) == 1 else "one of them"
        return NeedsAPerson(
            f"{_lost(command, key)}; Spectrum has nothing under it, but a record like it under"
            f" {named}, which no other record carries",
            f"Spectrum may have given it a key of its own. If {one} is this record, say"
            f" `{resolve} --there --as {others[0]}`; if not, say `{resolve} --not-there`."
            " Nothing is sent again before.",
            f"{_lost(command)} and a record like it stands there under another key",
        )

    def another_document(self, command: Command, key: str) -> NeedsAPerson:
        """Something else stands under a number of people: "there" would make it ours."""
        resolve = f"st-spectrum ledger resolve {self.flow} {self.key}"
        return NeedsAPerson(
            f"{_lost(command, key)}, and what Spectrum has under {key} is not what was sent",
            f"Compare {key} in Spectrum with this record: customer, type, date and amount. If it is"
            f" another one, as it seems, say `{resolve} --not-there` and give the ServiceTrade"
            f" record a number of its own. Only if all of them agree, say `{resolve} --there`.",
            f"{_lost(command)}, and Spectrum has something else under the number",
        )


def another_record(key: str) -> NeedsAPerson:
    """Somebody else's record stands under the key."""
    return NeedsAPerson(
        f"Spectrum already has another record under {key}",
        f"See whose {key} is; then give the ServiceTrade record its external id, or free the"
        " number.",
        "Spectrum already has another record under the same number",
    )


def _lost(command: Command, key: str = "") -> str:
    return f"the answer to {command.operation}{f' {key}' if key else ''} was lost"
