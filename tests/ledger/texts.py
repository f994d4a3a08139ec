"""Documents of a ledger as bare texts, for tests that damage them."""

from st_spectrum.ledger.documents.form import Document
from st_spectrum.ledger.ledger import Ledger


def text_of(ledger: Ledger, model: type[Document], *names: str) -> str:
    """What stands there; "" for none."""
    stored = ledger._store.get(model.path(*names))
    return stored.body if stored else ""


def put_text(ledger: Ledger, text: str, model: type[Document], *names: str) -> None:
    """Put a text there, whatever it says."""
    put_at(ledger, model.path(*names), text)


def put_at(ledger: Ledger, path: str, text: str) -> None:
    """The same of anything that a ledger keeps."""
    stored = ledger._store.get(path)
    if stored:
        ledger._store.replace(path, text, stored.etag)
    else:
        ledger._store.create(path, text)


def take_out(ledger: Ledger, path: str) -> None:
    """Nothing stands there any more."""
    ledger._store.discard(path)


def every_text(ledger: Ledger) -> list[tuple[str, str]]:
    """All that is kept, with its place."""
    found = ((path, ledger._store.get(path)) for path in ledger._store.list(""))
    return [(path, stored.body) for path, stored in found if stored]
