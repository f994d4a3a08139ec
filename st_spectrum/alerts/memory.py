"""What the support contacts know, kept in the ledger from one look to the next."""

from datetime import datetime

from st_spectrum.ledger.documents.form import DamagedDocument
from st_spectrum.ledger.documents.mails import Known
from st_spectrum.ledger.ledger import Ledger


def recall(ledger: Ledger, now: datetime) -> Known:
    """What was remembered last. A text that cannot be read counts as nothing known: better told
    twice than not at all.
    """
    try:
        return ledger.document(Known) or Known()
    except DamagedDocument:
        # A number far behind all others, so that no mail bears the name of one that left already.
        return Known(period=int(now.timestamp()))
