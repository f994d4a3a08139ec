"""The page that lists what the code takes for true although nobody has seen it: every sentence with
the word "assumed".

Print it with `python -m st_spectrum.pages.unverified`. The sentence, not its line number, is
listed, so that the page changes only when an assumption comes, goes or is worded anew.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from st_spectrum.pages.sentences import texts_of
from st_spectrum.pages.topics import (
    OTHER,
    OTHER_SERVICETRADE,
    OTHER_SPECTRUM,
    TOPICS,
    Topic,
    topic_of,
)
from st_spectrum.pages.vendor_facts import linked
from st_spectrum.record.assumptions import Assumed, Harm, assumed

PACKAGE = Path(__file__).parents[1]

UNDERSTOOD_ALONE = 60
"""Characters."""

_WORD = re.compile(r"\bassumed\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.;!?])\s+(?=[A-Z`\"'\[])")
_CHAPTER = re.compile(r"\[(ST|SP) (\d+)")

_HEAD = """# What is assumed

<!-- This whole page is generated: word the sentences in the code, what settles them in
st_spectrum/record/assumptions.yaml, the topics in st_spectrum/pages/topics.py, then `make docs`. -->

Vendor pages leave some things open. Where the code had to choose, it says "assumed" at that one place, and the sentence turns up
here, the worst first. `st-spectrum record` compares them with a real installation, by their ids, which never change. Once a real
answer is at hand, correct the code, or take the word out.

Tags such as [ST 5.1] or [SP 10] name the sections of the pages on [ServiceTrade](vendor/servicetrade.md) (ST) and
[Spectrum](vendor/spectrum.md) (SP), which say what is known, where from, and how sure it is.
"""

HARMS: Mapping[Harm, str] = {
    Harm.MONEY: "Amounts or wages would be wrong, or doubled",
    Harm.SILENT: "Something would be missed without a word",
    Harm.HELD: "Records would wait, with a reason",
    Harm.COMFORT: "Reports would say less",
}


@dataclass(frozen=True, order=True)
class Assumption:
    """One sentence, where it stands (`file` below `st_spectrum/`, and the `name` it belongs to),
    and its chapter or "".
    """

    file: str
    name: str
    sentence: str
    chapter: str

    @property
    def topic(self) -> Topic:
        """The subject that it belongs to."""
        return topic_of(self.chapter, self.file)


def assumptions(package: Path = PACKAGE) -> tuple[Assumption, ...]:
    """Every assumption in the Python files of a package, each once."""
    return tuple(
        sorted(
            {
                assumption
                for file in sorted(package.rglob("*.py"))
                for assumption in _of_file(file, package)
            }
        )
    )


def unverified() -> str:
    """The whole page as Markdown."""
    found = assumptions()
    sandbox = [assumption for assumption in found if assumption.file.startswith("sandbox/")]
    product = [assumption for assumption in found if not assumption.file.startswith("sandbox/")]
    return (
        "\n".join(
            [
                _HEAD,
                "## What the integration relies on",
                "",
                *_ranked(product),
                "## What only the sandbox does",
                "",
                (
                    "These shape the tests and the demo. Nothing goes wrong with real records when"
                    " one of them is not so, but a test may"
                ),
                "then prove less than it seems to.",
                "",
                *_listed(sandbox),
            ]
        ).rstrip()
        + "\n"
    )


def _of_file(file: Path, package: Path) -> Iterator[Assumption]:
    relative = file.relative_to(package).as_posix()
    if relative.startswith("pages/"):
        return
    source = file.read_text(encoding="utf-8")
    if not _WORD.search(source):
        return
    for name, text in texts_of(source):
        for sentence in _sentences(" ".join(text.split())):
            # A tag may stand at the end of the text for all of it.
            cited = _CHAPTER.search(sentence) or _CHAPTER.search(text)
            yield Assumption(relative, name, sentence, f"{cited[1]} {cited[2]}" if cited else "")


def _sentences(text: str) -> Iterator[str]:
    """Those with the word; a short one, or one that begins with it, needs the one before."""
    before = ""
    for sentence in _SENTENCE_END.split(text):
        if _WORD.search(sentence):
            needs_more = len(sentence) < UNDERSTOOD_ALONE or sentence.startswith("Assumed")
            yield f"{before} {sentence}".strip() if needs_more else sentence
        before = sentence


def assumption_of(sentence: Assumption) -> Assumed | None:
    """What the table of assumptions says of a sentence; None where it is missing there."""
    fits = (
        one
        for one in assumed().values()
        if one.is_sentence(sentence.file, sentence.name, sentence.sentence)
    )
    return next(fits, None)


def _ranked(found: Iterable[Assumption]) -> list[str]:
    """By what goes wrong, the worst first, and of those by what settles them."""
    sentences = {one.id: sentence for sentence in found if (one := assumption_of(sentence))}
    lines: list[str] = []
    harm, group = None, ("", "")
    for one in sorted(assumed().values(), key=lambda one: list(Harm).index(one.harm)):
        if one.id not in sentences:
            continue
        if one.harm is not harm:
            harm = one.harm
            lines += ["", f"### {HARMS[harm]}"]
        if (one.observation, one.if_false) != group:
            group = (one.observation, one.if_false)
            lines += [
                "",
                (
                    f"*If it is not so:* {one.if_false} *Settled by a {one.settled_by}:*"
                    f" {one.observation}"
                ),
                "",
            ]
        sentence = sentences[one.id]
        lines.append(f"- **{one.id}** {_placed(sentence)}: {sentence.sentence}")
    return [*lines[1:], ""]


def _listed(found: Iterable[Assumption]) -> list[str]:
    by_topic: dict[Topic, list[Assumption]] = defaultdict(list)
    for assumption in found:
        by_topic[assumption.topic].append(assumption)
    chapters = {topic: f" {linked(chapter)}" for chapter, topic in TOPICS.items()}
    lines = []
    for topic in (*TOPICS.values(), OTHER_SERVICETRADE, OTHER_SPECTRUM, OTHER):
        if topic in by_topic:
            lines += [
                f"### {topic.subject}{chapters.get(topic, '')}",
                "",
                f"*How to settle it:* {topic.how_to_close}",
                "",
            ]
            for assumption in sorted(by_topic[topic]):
                one = assumption_of(assumption)
                id_ = f"**{one.id}** " if one else ""
                lines.append(f"- {id_}{_placed(assumption)}: {assumption.sentence}")
            lines.append("")
    return lines


def _placed(assumption: Assumption) -> str:
    return f"`{assumption.file}`" + (f" `{assumption.name}`" if assumption.name else "")


if __name__ == "__main__":
    print(unverified(), end="")
