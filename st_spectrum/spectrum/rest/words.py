"""Spectrum's documented words of a refusal (`error_code`, `desc`, `column`) in an answer over REST,
wherever they stand.

The shape around them is not documented [SP 4.7]; the words are those of the SOAP rows [SP 4.3].
Pure.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from st_spectrum.domain.answer_size import parse_json
from st_spectrum.domain.answers import UnsureRefusal
from st_spectrum.domain.errors import AccessDenied, Problem, Rejected, SyncFault
from st_spectrum.spectrum.wire import CODES, SETUP_ELEMENTS, SYSTEM, Verdict, redact

CODE, TEXT, FIELD = (
    "errorcode",
    ("desc", "errordescription", "description"),
    ("column", "errorcolumn"),
)
DEEPEST = 50
"""Levels; an answer about records has a few."""


@dataclass(frozen=True)
class Word:
    """One row that speaks of a refusal; `name` is the record it stands under, "" where it names
    none.
    """

    name: str
    problem: Problem


def has_words(body: bytes) -> bool:
    """Whether the answer is JSON in which a row refuses something: an answer that Spectrum wrote
    itself.
    """
    return next(refusals(parse_json(body), (), ()), None) is not None


def refusals(value: object, naming: Collection[str], names: Collection[str]) -> Iterator[Word]:
    """Every refusing row. It is about the record of the nearest object around it in which one of
    the fields `naming` holds one of `names`, or that stands under one of them as its key.
    """
    stack: list[tuple[object, str, int]] = [(value, "", 0)]
    while stack:
        inner, known, depth = stack.pop()
        if depth > DEEPEST:
            continue
        if isinstance(inner, Mapping):
            fields = {_plain(key): found for key, found in inner.items()}
            known = _named(fields, naming, names) or known
            if (problem := _problem(fields)) is not None:
                yield Word(known, problem)
            stack += [
                (found, str(key) if str(key) in names else known, depth + 1)
                for key, found in list(inner.items())[::-1]
            ]
        elif isinstance(inner, list):
            stack += [(found, known, depth + 1) for found in reversed(inner)]


def _named(fields: Mapping[str, object], naming: Collection[str], names: Collection[str]) -> str:
    found = (str(fields.get(_plain(field), "")).strip() for field in naming)
    return next((name for name in found if name in names), "")


def _problem(fields: Mapping[str, object]) -> Problem | None:
    code = fields.get(CODE)
    if not isinstance(code, str) or CODES.get(code.strip().upper()) is not Verdict.REFUSED:
        return None
    return Problem(code.strip().upper(), _first(fields, TEXT), _first(fields, FIELD))


def _first(fields: Mapping[str, object], names: Collection[str]) -> str:
    return next(
        (str(fields[name]).strip() for name in names if fields.get(name) not in (None, "")), ""
    )


def _plain(name: object) -> str:
    """A field's name without its spelling: error_code, ErrorCode and errorCode are one."""
    return "".join(letter for letter in str(name) if letter.isalnum()).casefold()


def unsure(
    name: str, problems: Collection[Problem], operation: str, secrets: Iterable[str], noun: str
) -> UnsureRefusal:
    """What refusing rows about one record mean while nobody has looked whether it stands there
    after all.
    """
    secrets = tuple(secrets)
    hidden = [Problem(row.code, redact(row.text, secrets), row.field) for row in problems]
    refusal: SyncFault = Rejected(hidden, system=SYSTEM, operation=operation)
    if any(row.field in SETUP_ELEMENTS for row in hidden):
        refusal = AccessDenied(str(refusal.message), system=SYSTEM, operation=operation)
    text = f"Spectrum refuses {noun} {name} in a shape that is not documented: {refusal.message}"
    return UnsureRefusal(text, refusal)


def by_record(
    answer: object, naming: Collection[str], names: Collection[str]
) -> Mapping[str, list[Problem]]:
    """The refusing rows of each record. Rows that name none are about every record of the message
    that has none of its own:
    the look-up that follows tells which of them stand there all the same."""
    found: dict[str, list[Problem]] = {}
    for word in refusals(answer, naming, names):
        found.setdefault(word.name, []).append(word.problem)
    for_all = found.pop("", [])
    return {name: found.get(name) or for_all for name in names if name in found or for_all}
