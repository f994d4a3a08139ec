"""Whether a record that stands in Spectrum under our key is the one that we sent. Pure."""

from collections.abc import Mapping

from st_spectrum.domain.commands import Command
from st_spectrum.domain.fitting import tidy
from st_spectrum.engine.handlers import Similar, Verdict


def is_same(
    found: Mapping[str, str] | None, command: Command, fields: tuple[str, ...]
) -> bool | None:
    """True: it is there as we would write it. False: something else is. None: nothing is."""
    if found is None:
        return None
    return all(_agrees(found, command, name) for name in fields if name in found)


def verdict_on(
    found: Mapping[str, str] | None,
    command: Command,
    fields: tuple[str, ...],
    telltale: tuple[str, ...] = (),
) -> Verdict:
    """The same; when one of the `telltale` fields agrees and another field does not, a person may
    have edited our record, or Spectrum changed its letters: then it is `Similar`."""
    is_ours = is_same(found, command, fields)
    if found is None or is_ours:
        return is_ours
    shown = [name for name in telltale if name in found and command.fields.get(name)]
    return Similar() if any(_agrees(found, command, name) for name in shown) else False


def looks_like(
    found: Mapping[str, str], command: Command, fields: tuple[str, ...], telltale: tuple[str, ...]
) -> bool:
    """Whether a record under another key may be what was sent: one of the `telltale` fields agrees,
    and one more of the `fields` that were filled, if there is one.
    """
    sent = [name for name in fields if tidy(command.fields.get(name))]
    agreeing = [name for name in sent if name in found and _agrees(found, command, name)]
    return len(agreeing) >= min(2, len(sent)) and any(name in agreeing for name in telltale)


def _agrees(found: Mapping[str, str], command: Command, name: str) -> bool:
    return tidy(found.get(name)).casefold() == tidy(command.fields.get(name)).casefold()
