"""Every sentence that takes something for true has an id of its own, and every id its sentence."""

from collections import Counter

import pytest

from st_spectrum.pages.unverified import assumption_of, assumptions
from st_spectrum.record.assumptions import FILE, Harm, SettledBy, assumed, relied_on


def test_each_sentence_with_the_word_has_an_id() -> None:
    without = [
        f"{one.file} {one.name}: {one.sentence}"
        for one in assumptions()
        if assumption_of(one) is None
    ]

    assert without == [], f"give each an id in {FILE.name}, then `make docs`"


def test_each_id_belongs_to_one_sentence() -> None:
    given = Counter(
        one.id for sentence in assumptions() if (one := assumption_of(sentence)) is not None
    )

    assert {id_ for id_ in assumed() if given[id_] != 1} == set(), f"see {FILE.name}"


def test_an_id_twice_is_refused() -> None:
    from st_spectrum.record import assumptions as module

    text = FILE.read_text(encoding="utf-8")
    first = next(line for line in text.splitlines() if line.startswith("    "))

    with pytest.raises(ValueError, match="stands twice"):
        list(module._read(text.replace(first, f"{first}\n{first}", 1)))


def test_what_only_the_sandbox_does_harms_tests_alone() -> None:
    for one in assumed().values():
        assert (one.harm is Harm.TEST) == one.file.startswith("sandbox/"), one.id


def test_each_says_what_settles_it_and_what_goes_wrong() -> None:
    for one in relied_on().values():
        assert one.observation and one.if_false, one.id
    assert {one.settled_by for one in relied_on().values()} == set(SettledBy)
