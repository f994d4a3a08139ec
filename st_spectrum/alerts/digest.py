"""A notice as a mail: subject, plain text and HTML. Pure; the HTML is `templates/digest.html`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from st_spectrum.alerts.causes import Affected, Cause
from st_spectrum.alerts.deciding import Notice
from st_spectrum.alerts.launchpads import NOWHERE, Launchpads
from st_spectrum.alerts.plain_words import heading_text, plain_cause, plain_reported
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.documents.mails import ReportedCause
from st_spectrum.templates import template

SUBJECT_LENGTH = 150


@dataclass(frozen=True)
class Letter:
    """What a mail says, without who gets it."""

    subject: str
    text: str
    html: str


def write_letter(
    notice: Notice,
    account: str,
    timezone: str,
    now: datetime,
    launchpads: Launchpads = NOWHERE,
) -> Letter:
    """The mail of one notice; times are shown in the account's time zone."""
    in_plain_words = replace(
        notice,
        causes=tuple(map(plain_cause, notice.causes)),
        solved=tuple(map(plain_reported, notice.solved)),
        new=frozenset(plain_cause(cause).id for cause in notice.causes if cause.id in notice.new),
    )
    page = _Page(in_plain_words, account, ZoneInfo(timezone), now, launchpads)
    return Letter(page.subject(), page.text(), page.html())


@dataclass(frozen=True)
class _Page:
    notice: Notice
    account: str
    zone: ZoneInfo
    now: datetime
    launchpads: Launchpads

    def subject(self) -> str:
        causes, solved = self.notice.causes, self.notice.solved
        if not self.notice.is_digest and len(causes) == 1:
            line = f"{causes[0].flow}: {_size(causes[0])}: {heading_text(causes[0].text)}"
        elif not self.notice.is_digest:
            line = f"{len(causes)} new causes, {_total(causes)}"
        elif causes:
            line = f"{_plural(len(causes), 'open cause')}, {_total(causes)}" + (
                f"; {len(solved)} solved" if solved else ""
            )
        else:
            line = f"all solved: {_plural(len(solved), 'cause')}"
        line = " ".join(f"[{self.account}] {line}".split())
        return line if len(line) <= SUBJECT_LENGTH else line[: SUBJECT_LENGTH - 1] + "…"

    def text(self) -> str:
        parts = [self._opening(), *(self._cause_text(cause) for cause in self.notice.causes)]
        if self.notice.solved:
            parts.append(
                "\n".join(["SOLVED", *(f"  * {_solved(cause)}" for cause in self.notice.solved)])
            )
        parts.append(self._closing())
        return "\n\n".join(parts) + "\n"

    def html(self) -> str:
        return template("st_spectrum.alerts", "digest.html").render(
            opening=self._opening(),
            causes=[self._cause_values(cause) for cause in self.notice.causes],
            solved=[_solved(cause) for cause in self.notice.solved],
            closing=self._closing(),
        )

    def _opening(self) -> str:
        """The verdict: how much there is to do, and what it holds up."""
        causes, solved = self.notice.causes, self.notice.solved
        if self.notice.is_digest and not causes:
            return "Nothing waits for you any more."
        todo = f"{_plural(len(causes), 'thing')} to do: {_total(causes)}"
        if not self.notice.is_digest:
            return f"New, {todo}."
        return f"{todo[0].upper()}{todo[1:]}{f'; {len(solved)} solved' if solved else ''}."

    def _closing(self) -> str:
        return (
            f"As of {self._at(self.now)}, account {self.account}. A new cause is told at once, one"
            " that stays only in the next digest. Records go out by themselves as soon as their"
            " cause is gone."
        )

    def _cause_text(self, cause: Cause) -> str:
        lines = [self._heading(cause)]
        lines += [f"  {name}: {value}" for name, value in self._facts(cause)]
        for record in cause.affected:
            facts = ", ".join(
                filter(
                    None, (record.title, _money(record.amount), f"since {self._at(record.since)}")
                )
            )
            lines.append(f"  * {facts}{f' ({_one_line(record.why)})' if record.why else ''}")
            if record.link:
                lines.append(f"    {record.link}")
        if more := _more(cause):
            lines.append(f"  {more}")
        return "\n".join(lines)

    def _cause_values(self, cause: Cause) -> dict[str, object]:
        return {
            "heading": self._heading(cause),
            "facts": self._facts(cause),
            "records": [self._record_values(record) for record in cause.affected],
            "more": _more(cause),
        }

    def _record_values(self, record: Affected) -> dict[str, str]:
        return {
            "title": _one_line(record.title),
            "link": record.link,
            "amount": _money(record.amount),
            "since": self._at(record.since),
            "why": _one_line(record.why),
        }

    def _heading(self, cause: Cause) -> str:
        mark = "NEW " if self.notice.is_digest and cause.id in self.notice.new else ""
        return f"{mark}{cause.flow}: {heading_text(cause.text)}"

    def _facts(self, cause: Cause) -> list[tuple[str, str]]:
        facts = [
            ("what to do", _one_line(cause.advice)),
            ("who", cause.who),
            ("how many", _size(cause)),
            ("wait for it", _behind(cause)),
            ("money stuck", _money(cause.amount)),
            ("hours stuck", _money(cause.hours)),
            ("oldest since", self._at(cause.since)),
            *self._acts(cause),
        ]
        return [(name, value) for name, value in facts if value]

    def _acts(self, cause: Cause) -> list[tuple[str, str]]:
        """Where a person can act on the records themselves."""
        if cause.flow not in FLOWS or cause.noun != "records" or not cause.affected:
            return []
        oldest = cause.affected[0].key
        more = [("all of them", self.launchpads.all_of(cause.flow))] if _more(cause) else []
        if cause.is_in_doubt:
            return [("say what you found", self.launchpads.resolve(cause.flow, oldest)), *more]
        handled = self.launchpads.handled(cause.flow, oldest if cause.count == 1 else "")
        retry = "" if cause.is_left_alone else self.launchpads.retry(cause.id)
        return [("try again at once", retry), ("made by hand already", handled), *more]

    def _at(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M %Z}"


def _count(cause: Cause) -> str:
    return _plural(cause.count, cause.noun.removesuffix("s"))


def _size(cause: Cause) -> str:
    """Its own records, and how many more wait for them."""
    more = sum(group.count for group in cause.behind)
    return f"{_count(cause)}{f', and {more:,} that wait for them' if more else ''}"


def _behind(cause: Cause) -> str:
    """What goes on by itself once the cause is gone, flow by flow."""
    groups = (
        (
            f"{group.count:,} {FLOWS[group.flow].noun(group.count)}",
            _money(group.amount),
            "" if group.hours is None else f"{group.hours:,.2f} h",
        )
        for group in cause.behind
    )
    return "; ".join(", ".join(filter(None, parts)) for parts in groups)


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _total(causes: Sequence[Cause]) -> str:
    """Records and money of several causes; failed runs and ticks are no records and are not added
    to them.
    """
    records = sum(cause.frees for cause in causes if cause.noun == "records")
    money = _sum(cause.amount for cause in causes)
    total = ", ".join(filter(None, (_plural(records, "record") if records else "", _money(money))))
    return total or "no record waits"


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}"


def _more(cause: Cause) -> str:
    rest = cause.count - len(cause.affected)
    return (
        f"... and {rest:,} more; `{cause.listed_by}` lists them all."
        if rest > 0 and cause.affected
        else ""
    )


def _solved(cause: ReportedCause) -> str:
    money = f", {_money(cause.amount)}" if cause.amount is not None else ""
    return (
        f"{cause.flow}: {heading_text(cause.text)} (was"
        f" {_plural(cause.count, cause.noun.removesuffix('s'))}{money})"
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
