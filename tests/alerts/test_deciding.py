"""Nobody hears of one cause twice in a period, and nothing is passed over in silence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.alerts.causes import Cause
from st_spectrum.alerts.deciding import ONE_BY_ONE, Notice, decide_mails
from st_spectrum.ledger.documents.mails import Known

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOURS = 24


def cause(name: str, count: int = 1) -> Cause:
    return Cause("customers", name, "Somebody", "Do it.", count, START, Decimal(count))


def looks(*at: tuple[float, str]) -> list[tuple[datetime, tuple[Notice, ...]]]:
    """Look after so many hours, each time with one cause per letter; what went out at each look."""
    known, mails = Known(), []
    for hours, letters in at:
        now = START + timedelta(hours=hours)
        notices, known = decide_mails([cause(letter) for letter in letters], known, now, HOURS)
        mails.append((now, notices))
    return mails


def texts_of(notices: tuple[Notice, ...]) -> list[str]:
    """The letters of all causes that these mails are about, solved ones with a minus."""
    return [cause.text for one in notices for cause in one.causes] + [
        f"-{e.text}" for one in notices for e in one.solved
    ]


def test_each_new_cause_has_a_mail_of_its_own_at_once() -> None:
    ((_, notices),) = looks((0, "abc"))
    assert [texts_of((notice,)) for notice in notices] == [["a"], ["b"], ["c"]]
    assert not any(notice.is_digest for notice in notices)


def test_a_known_cause_waits_for_the_digest() -> None:
    sent = [
        texts_of(notices)
        for _, notices in looks(
            (0, "a"), (1, "a"), (23.9, "ab"), (24, "ab"), (25, "ab"), (48, "ab")
        )
    ]
    assert sent == [["a"], [], ["b"], ["a", "b"], [], ["a", "b"]]


def test_a_solved_cause_is_named_in_the_next_digest_and_then_forgotten() -> None:
    sent = [
        texts_of(notices)
        for _, notices in looks((0, "ab"), (2, "a"), (24, "a"), (48, "a"), (72, ""), (96, ""))
    ]
    assert sent == [["a", "b"], [], ["a", "-b"], ["a"], ["-a"], []]


def test_a_cause_that_comes_back_after_it_was_named_as_solved_waits_for_the_next_digest() -> None:
    sent = [
        texts_of(notices)
        for _, notices in looks((0, "a"), (24, ""), (25, "a"), (47, "a"), (48, "a"))
    ]
    assert sent == [["a"], ["-a"], [], [], ["a"]]


def test_a_quiet_period_ends_without_a_mail_and_the_next_cause_begins_a_new_one() -> None:
    mails = looks((0, "a"), (24, ""), (48, ""), (60, "b"), (83, "b"), (84, "b"))
    assert [texts_of(notices) for _, notices in mails] == [["a"], ["-a"], [], ["b"], [], ["b"]]


def test_a_cause_that_is_new_when_the_digest_is_due_is_marked_as_new_in_it() -> None:
    (notice,) = looks((0, "a"), (24, "ab"))[1][1]
    assert notice.is_digest
    assert [cause.text for cause in notice.causes if cause.id in notice.new] == ["b"]


def test_very_many_new_causes_at_one_moment_are_one_mail() -> None:
    letters = "abcdefghijklmnop"
    assert len(letters) > ONE_BY_ONE
    ((_, notices),) = looks((0, letters))
    assert len(notices) == 1
    assert texts_of(notices) == list(letters)


def test_a_solved_cause_is_named_with_the_most_that_it_came_to() -> None:
    known = Known()
    for hours, count in ((0, 3), (1, 300), (2, 5)):
        _, known = decide_mails([cause("a", count)], known, START + timedelta(hours=hours), HOURS)
    (notice,), _ = decide_mails([], known, START + timedelta(hours=24), HOURS)
    assert (notice.solved[0].count, notice.solved[0].amount) == (300, Decimal(300))


def test_the_same_decision_made_again_bears_the_same_names() -> None:
    _, known = decide_mails([cause("a")], Known(), START, HOURS)
    later = START + timedelta(hours=30)
    first, _ = decide_mails([cause("a", 2)], known, later, HOURS)
    again, _ = decide_mails([cause("a", 9)], known, later + timedelta(minutes=1), HOURS)
    assert [notice.id for notice in first] == [notice.id for notice in again]


STEPS = st.lists(
    st.tuples(
        st.integers(min_value=1, max_value=40 * 60), st.frozensets(st.sampled_from("abcdefgh"))
    ),
    min_size=1,
    max_size=40,
)


@given(STEPS, st.integers(min_value=1, max_value=48))
def test_whatever_happens_no_cause_is_told_twice_in_a_period_and_none_is_forgotten(
    steps: list[tuple[int, frozenset[str]]], hours: int
) -> None:
    known, now, names = Known(), START, []
    open_for_them: set[str] = set()  # what the reader of all mails takes for open
    in_period: list[str] = []
    for minutes, letters in steps:
        now += timedelta(minutes=minutes)
        was = known
        notices, known = decide_mails(
            [cause(letter) for letter in sorted(letters)], known, now, hours
        )
        if known.period != was.period:
            assert was.period_began_at is not None
            assert now - was.period_began_at >= timedelta(hours=hours)
            in_period = []
        names += [notice.id for notice in notices]
        mentioned = [letter.removeprefix("-") for letter in texts_of(notices)]
        in_period += mentioned
        assert len(in_period) == len(set(in_period)), "told twice in one period"
        assert sum(notice.is_digest for notice in notices) <= 1
        for notice in notices:
            for solved in notice.solved:
                assert solved.text in open_for_them, "named as solved, but nobody knew of it"
                open_for_them.discard(solved.text)
            open_for_them |= {cause.text for cause in notice.causes}
        # Whoever is not told of an open cause was told in this period that it was solved; the
        # digest makes up for it.
        assert letters - open_for_them <= set(in_period)
    assert len(names) == len(set(names)), "two mails with one name"
    # From here on nothing changes: the next digest puts everybody in the picture, and after the
    # last one there is silence.
    last = steps[-1][1]
    for step in range(1, 4):
        notices, known = decide_mails(
            [cause(x) for x in sorted(last)], known, now + timedelta(hours=hours * step), hours
        )
        for notice in notices:
            assert {cause.text for cause in notice.solved} <= open_for_them
            open_for_them = {cause.text for cause in notice.causes}
    assert open_for_them == set(last)
    nothing, known = decide_mails([], known, now + timedelta(hours=hours * 4), hours)
    assert {cause.text for notice in nothing for cause in notice.solved} == set(last)
    silence, _ = decide_mails([], known, now + timedelta(hours=hours * 5), hours)
    assert silence == ()


def test_the_id_of_a_cause_depends_on_flow_and_text_alone() -> None:
    assert cause("a", 1).id == cause("a", 7).id
    assert cause("a").id != replace(cause("a"), flow="sites").id
