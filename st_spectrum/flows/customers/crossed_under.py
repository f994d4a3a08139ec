"""What has crossed under a customer code, and stays under it whoever takes the code back."""

from st_spectrum.domain.target_keys import SEPARATOR
from st_spectrum.ledger.documents.records import JobCustomer, SiteCustomer
from st_spectrum.ledger.ledger import Ledger


def stays_under(ledger: Ledger, code: str) -> str:
    """One sentence; "" where nothing of it has crossed. Reads what is kept of every site and job:
    for a person, not for rounds.
    """
    counts = [
        (noun, sum(_bears(ledger, model, name, code) for name in ledger.names(model)))
        for model, noun in ((SiteCustomer, "site"), (JobCustomer, "job"))
    ]
    found = [f"{count} {noun}{'' if count == 1 else 's'}" for noun, count in counts if count]
    if not found:
        return ""
    verb = "stands" if found[0].startswith("1 ") and len(found) == 1 else "stand"
    return f"{' and '.join(found)} of it {verb} in Spectrum under {code}, and nothing moves them."


def _bears(
    ledger: Ledger, model: type[SiteCustomer] | type[JobCustomer], name: str, code: str
) -> bool:
    kept = ledger.document_or_none(model, name)
    return kept is not None and code in kept.code.split(SEPARATOR)
