"""The part of the ledger that keeps documents: each under the path that its model names, in the
form that its model writes.
"""

from collections.abc import Callable
from typing import TypeVar

from st_spectrum.domain.errors import ClaimLost, Unavailable
from st_spectrum.ledger.documents.form import Document
from st_spectrum.ledger.layout import last_word
from st_spectrum.ledger.store import Store

TRIES = 5
"""So often a change is made anew because another worker was quicker."""

D = TypeVar("D", bound=Document)


class KeptDocuments:
    """Documents of a store by model and names: the last name differs within a folder, those before
    it name the folder.
    """

    _store: Store

    def document(self, model: type[D], *names: str) -> D | None:
        """What is kept, or None. Raises `DamagedDocument`, and `NewerForm` for what a newer program
        wrote.
        """
        text = self._text(model.path(*names))
        return None if text is None else model.read(text, model.name(*names))

    def document_or_none(self, model: type[D], *names: str) -> D | None:
        """The same for kinds that may be forgotten: None for a damaged one too."""
        return model.read_or_none(self._text(model.path(*names)), model.name(*names))

    def has(self, model: type[Document], *names: str) -> bool:
        """Whether there is one, whatever it says. Raises `NewerForm`."""
        text = self._text(model.path(*names))
        if text is not None:
            model.check_form(text, model.name(*names))
        return text is not None

    def put(self, document: Document, *names: str) -> None:
        """Keep it until it is discarded or replaced; of two at once the last one counts. Nothing is
        written when it stands.
        """
        path, text = document.path(*names), document.as_text()
        for _ in range(TRIES):
            stored = self._store.get(path)
            if stored and stored.body == text:
                return
            try:
                if stored:
                    self._store.replace(path, text, stored.etag)
                else:
                    self._store.create(path, text)
                return
            except ClaimLost:
                continue
        raise _too_busy(path)

    def put_first(self, document: Document, *names: str) -> bool:
        """Keep it unless there is one; False when there was. Of two at once exactly one gets
        True.
        """
        try:
            self._store.create(document.path(*names), document.as_text())
        except ClaimLost:
            return False
        return True

    def names(self, model: type[Document], *leading: str) -> tuple[str, ...]:
        """The last names of all documents that share the leading ones, from one listing."""
        return tuple(last_word(path) for path in self._store.list(model.folder(*leading)))

    def discard(self, model: type[Document], *names: str) -> None:
        """Forget it; nothing happens when there is none."""
        self._store.discard(model.path(*names))

    def revise(self, model: type[D], name: str, change: Callable[[D | None], D | None]) -> D | None:
        """Replace it by what `change` makes of it, None for none or a damaged one, by conditional
        write; the one afterwards.

        `change` is called again when another worker was quicker; None of it leaves things as they
        are. `name` is "" for a kind of which there is one.
        """
        names = (name,) if name else ()
        path = model.path(*names)
        for _ in range(TRIES):
            stored = self._store.get(path)
            before = model.read_or_none(stored.body if stored else None, model.name(*names))
            after = change(before)
            if after is None or (stored and stored.body == after.as_text()):
                return before
            try:
                if stored:
                    self._store.replace(path, after.as_text(), stored.etag)
                else:
                    self._store.create(path, after.as_text())
            except ClaimLost:
                continue
            return after
        raise _too_busy(path)

    def _text(self, path: str) -> str | None:
        stored = self._store.get(path)
        return stored.body if stored else None


def _too_busy(path: str) -> Unavailable:
    return Unavailable(
        f"{path} is changed by others all the time", system="ledger", operation="keep"
    )
