"""What a list of a service proves about records that it does not show. Pure.

A list may be cut, and an operator's rights hide rows without a word [SP 1.3, 4.5]: neither is
absence. A record that is shown is there, whatever else is not.
"""

from dataclasses import replace

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.differences import Difference, Verdict

MOST_GONE = 10
"""Of more records than these nothing is concluded when they are not shown."""

NOT_ASKED = (
    "{} may not be asked, so {} are not compared without Info-Link; `st-spectrum check` says what"
    " the login lacks."
)


def is_doubtful(gone: int, asked: int) -> bool:
    """Whether so many of those asked for are hidden rather than gone: people delete a few records,
    a right that is taken away hides most of them.
    """
    return gone > MOST_GONE or 2 * gone > asked


def as_far_as_proved(compared: FlowCompared, noun: str, *, is_whole: bool) -> FlowCompared:
    """Without those that are called missing, where the list does not prove it; `noun` is the word
    for the records. What was never sent is called missing only where the list is whole.
    """
    missing = [one for one in compared.differences if one.verdict is Verdict.MISSING]
    shown_no_more = [one for one in missing if one.target_key]
    is_proved = is_whole and not is_doubtful(len(shown_no_more), compared.compared)
    doubtful = missing if not is_whole else [] if is_proved else shown_no_more
    if is_whole and not doubtful:
        return compared
    sentence = _sentence(noun, len(shown_no_more), compared.compared, is_whole=is_whole)
    return replace(
        compared,
        differences=_without(compared.differences, doubtful),
        unproven=" ".join(filter(None, (compared.unproven, sentence))),
        unproven_keys=compared.unproven_keys | {one.key for one in doubtful},
    )


def _without(
    differences: tuple[Difference, ...], left_out: list[Difference]
) -> tuple[Difference, ...]:
    gone = set(map(id, left_out))
    return tuple(one for one in differences if id(one) not in gone)


def _sentence(noun: str, gone: int, asked: int, *, is_whole: bool) -> str:
    if not is_whole:
        return (
            f"Services do not show all {noun}, for an answer ends at 500: {gone} of {asked} are not"
            " among those shown, and none is said to be missing. Set up Info-Link to compare all."
        )
    return (
        f"Spectrum's services do not show {gone} of {asked} {noun}, which looks like rights that"
        " the operator of the Authorization ID lacks: none is said to be missing."
    )
