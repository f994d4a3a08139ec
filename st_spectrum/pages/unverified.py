"""The page that lists what the code takes for true although nobody has seen it: every sentence with
the word "assumed".

Print it with `python -m st_spectrum.pages.unverified`. The sentence, not its line number, is
listed, so that the page changes only when an assumption comes, goes or is worded anew.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
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

PACKAGE = Path(__file__).parents[1]

UNDERSTOOD_ALONE = 60
"""Characters."""

_WORD = re.compile(r"\bassumed\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.;!?])\s+(?=[A-Z`\"'\[])")
_CHAPTER = re.compile(r"\[(ST|SP) (\d+)")

_HEAD = """# What is assumed

<!-- This whole page is generated: word the sentences in the code, the topics in st_spectrum/pages/topics.py, then `make docs`. -->

Vendor pages leave some things open. Where the code had to choose, it says "assumed" at that one place, and the sentence turns up
here. Once a real answer is at hand, compare; correct the code, or take the word out.

Tags such as [ST 5.1] or [SP 10] name the sections of the pages on [ServiceTrade](vendor/servicetrade.md) (ST) and
[Spectrum](vendor/spectrum.md) (SP), which say what is known, where from, and how sure it is. The headings below lead there.
"""


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
                *_listed(product),
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
    for name, text in texts_of(file.read_text(encoding="utf-8")):
        for sentence in _sentences(" ".join(text.split())):
            # A tag may stand at the end of the text for all of it.
            cited = _CHAPTER.search(sentence) or _CHAPTER.search(text)
            yield Assumption(relative, name, sentence, f"{cited[1]} {cited[2]}" if cited else "")


def _sentences(text: str) -> Iterator[str]:
    """Those with the word; a short one, or one that begins with the word, is understood only with
    the one before.
    """
    before = ""
    for sentence in _SENTENCE_END.split(text):
        if _WORD.search(sentence):
            needs_more = len(sentence) < UNDERSTOOD_ALONE or sentence.startswith("Assumed")
            yield f"{before} {sentence}".strip() if needs_more else sentence
        before = sentence


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
            lines += [
                f"- `{assumption.file}`{_named(assumption)}: {assumption.sentence}"
                for assumption in sorted(by_topic[topic])
            ]
            lines.append("")
    return lines


def _named(assumption: Assumption) -> str:
    return f" `{assumption.name}`" if assumption.name else ""


if __name__ == "__main__":
    print(unverified(), end="")
