"""The frozen form of a command: what the ledger keeps of it, and the digests by which it is
compared with what went out before.

Nothing else writes or reads that form; what it says for each command is the command's own
`operation`, `key`, `fields` and `with_sent_fields`.
"""

from collections.abc import Iterable

from st_spectrum.domain.commands import Command
from st_spectrum.domain.digests import digest_of_text
from st_spectrum.ledger.entry import SentCommand


def as_kept(command: Command) -> SentCommand:
    """As the entry keeps an insert that may have been carried out: without the blanks."""
    return SentCommand(
        command.key, {name: value for name, value in command.fields.items() if value}
    )


def as_it_went_out(command: Command, sent: SentCommand) -> Command:
    """The command of a step as the entry has it; the source may say something else by now."""
    return command.with_sent_fields(sent.fields)


def payload_digest(commands: Iterable[Command]) -> str:
    """Of all that was sent for a record."""
    return digest_of_text(f"[{','.join([command.payload for command in commands])}]")


def send_key(command: Command) -> str:
    """Under which the sends of a command are counted: the same operation with the same payload."""
    return f"{command.operation} {command.said}"
