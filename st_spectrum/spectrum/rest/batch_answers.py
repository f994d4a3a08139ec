"""The answer to a message that carries many records over REST: what became of each of them
[SP 4.7]. Pure.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from st_spectrum.domain.answer_size import parse_json
from st_spectrum.domain.errors import AccessDenied, OutcomeUnknown, Problem, Rejected
from st_spectrum.spectrum.rest import words as rest_words
from st_spectrum.spectrum.wire import CODES, SYSTEM, Receipt, Verdict, redact

Posting = Receipt | Rejected | OutcomeUnknown
"""What became of one record of a batch."""


@dataclass(frozen=True)
class BatchAnswer:
    """How the records of one operation are listed and named in an answer.

    `listed_as` holds the entries, `named_by` in each of them the name of its record; a refusal of
    one of the fields `blames_setup` is never the record's fault. `article` is what stands before
    `noun`.
    """

    operation: str
    listed_as: str
    named_by: str
    noun: str
    blames_setup: Collection[str]
    article: str = ""
    has_lines: bool = False
    """Whether an error may name one of a record's lines, counted from 0; null or absent is its
    header.
    """

    def read(
        self, body: bytes, names: Sequence[str], secrets: Iterable[str] = ()
    ) -> tuple[Posting, ...]:
        """One for each name, in their order, whatever the order of the answer.

        The documented words in another shape are an `UnsureRefusal` of the record that they stand
        with. A record that is missing, stands there twice, or is spoken of in a way that cannot be
        read is `OutcomeUnknown` for itself. Raises `OutcomeUnknown` when nothing can be read, and
        `AccessDenied` when every record was refused, and one for its set-up.
        """
        secrets = tuple(secrets)
        answer = parse_json(body)
        entries = self._entries(answer)
        words = rest_words.by_record(answer, (self.named_by,), names)
        if entries is None and not words:
            raise self._unknown("the answer cannot be read")
        named = [_text(entry.get(self.named_by)) for entry in entries or ()]
        by_name = dict(zip(named, entries or (), strict=True))
        often = Counter(named)
        postings: list[Posting] = []
        for name in names:
            posting: Posting
            if often[name] == 1:
                posting = self._posting(name, by_name[name], secrets)
            else:
                posting = self._unknown(
                    f"the answer speaks {often[name]} times of {self._called(name)}"
                )
            if isinstance(posting, OutcomeUnknown) and name in words:
                posting = rest_words.unsure(name, words[name], self.operation, secrets, self.noun)
            postings.append(posting)
        if all(isinstance(posting, Rejected) for posting in postings):
            self._raise_denial(postings)
        return tuple(postings)

    def _entries(self, answer: object) -> list[Mapping[str, Any]] | None:
        listed = answer.get(self.listed_as) if isinstance(answer, Mapping) else None
        if not isinstance(listed, list) or not all(isinstance(entry, Mapping) for entry in listed):
            return None
        return listed

    def _posting(self, name: str, entry: Mapping[str, Any], secrets: tuple[str, ...]) -> Posting:
        errors = entry.get("errors") or []
        if not isinstance(errors, list) or not all(isinstance(error, Mapping) for error in errors):
            return self._unknown(f"the answer about {self._called(name)} cannot be read")
        problems = [self._problem(error, secrets) for error in errors]
        status = _text(entry.get("status"))
        if status == "E":
            given = problems or [Problem("E", "Spectrum gave no reason", self.named_by)]
            return Rejected(given, system=SYSTEM, operation=self.operation)
        is_refused = any(
            CODES.get(problem.code, Verdict.REFUSED) is Verdict.REFUSED for problem in problems
        )
        if status == "S" and not is_refused:
            return Receipt(self.operation, tuple(problems))
        return self._unknown(
            f"the answer about {self._called(name)} says {status!r} with {len(problems)} errors"
        )

    def _problem(self, error: Mapping[str, Any], secrets: tuple[str, ...]) -> Problem:
        line = error.get("line")
        place = f"line {line + 1}: " if self.has_lines and isinstance(line, int) else ""
        text = f"{place}{redact(_text(error.get('desc')), secrets)}"
        return Problem(_text(error.get("error_code")), text, _text(error.get("column")))

    def _raise_denial(self, postings: Sequence[Posting]) -> None:
        refusals = [posting for posting in postings if isinstance(posting, Rejected)]
        problems = dict.fromkeys(problem for refusal in refusals for problem in refusal.problems)
        if denials := [problem for problem in problems if problem.field in self.blames_setup]:
            raise AccessDenied(
                "; ".join(map(str, denials)), system=SYSTEM, operation=self.operation
            )

    def _called(self, name: str) -> str:
        return f"{self.article} {self.noun} {name}".strip()

    def _unknown(self, text: str) -> OutcomeUnknown:
        return OutcomeUnknown(f"Spectrum: {text}", system=SYSTEM, operation=self.operation)


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
