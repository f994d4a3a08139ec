"""Documents of a ledger as bare texts, for tests that damage them."""

from st_spectrum.ledger.documents.form import Document
from st_spectrum.ledger.ledger import Ledger


def text_of(ledger: Ledger, model: type[Document], *names: str) -> str:
    """What stands there; "" for none."""
    stored = ledger._store.get(model.path(*names))
    return stored.body if stored else ""


def put_text(ledger: Ledger, text: str, model: type[Document], *names: str) -> None:
    """Put a text there, whatever it says."""
    path = model.path(*names)
    stored = ledger._store.get(path)
    if stored:
        ledger._store.replace(path, text, stored.etag)
    else:
        ledger._store.create(path, text)
