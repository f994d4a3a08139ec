"""All kinds of documents that the ledger keeps, and the table of them in `docs/ledger.md`.

Print it with `python -m st_spectrum.ledger.documents.table`.
"""

import inspect

from st_spectrum.ledger.documents import guards, invoices, mails, orders, records, timecards
from st_spectrum.ledger.documents.form import Document

MODELS: tuple[type[Document], ...] = (
    records.TakenCode,
    records.ReservedCode,
    records.Cursor,
    records.GoneBefore,
    orders.SeenOrders,
    timecards.TimeBegun,
    timecards.ComparedWeeks,
    records.ReservedNumber,
    records.NumbersReserved,
    records.TypedKey,
    records.SkippedBySetting,
    records.SettingsSeen,
    records.GoneRecord,
    records.SiteCustomer,
    records.JobCustomer,
    invoices.PostedInvoice,
    invoices.ToldInvoice,
    invoices.SumsSeen,
    timecards.SentTime,
    timecards.TimeOrigin,
    timecards.TimePaidFrom,
    timecards.AcceptedTime,
    timecards.TakenOutTime,
    timecards.ReleasedTime,
    orders.WrittenItem,
    guards.KeptBreaker,
    guards.NewestWrite,
    guards.AllowedToVanish,
    guards.FoundDoubles,
    guards.AcceptedDouble,
    guards.Recovery,
    guards.Damage,
    mails.WaitingMail,
    mails.MailTurn,
    mails.SentMail,
    mails.ToldWeek,
    mails.Known,
    mails.Failures,
)
"""In the order of the table."""

HEAD = ("| Key | Content | Written by | Read by | Since |", "|---|---|---|---|---|")


def kinds_table() -> str:
    """As Markdown, one row for each kind."""
    return "\n".join([*HEAD, *(_row(model) for model in MODELS), ""])


def _row(model: type[Document]) -> str:
    place = _escaped(model.place.replace("{", "<").replace("}", ">"))
    content = _escaped(" ".join((inspect.getdoc(model) or "").split()))
    writers, readers = (", ".join(f"`{file}`" for file in files) for files in (model.written_by, model.read_by))
    return f"| `{place}` | {content} | {writers} | {readers} | {model.since} |"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    print(kinds_table(), end="")
