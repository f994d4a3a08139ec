"""What the support contacts know, kept in the ledger from one look to the next."""

import json
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from st_spectrum.alerts.deciding import Known
from st_spectrum.ledger.ledger import Ledger

KIND, KEY = "alerts", "known"

_KNOWN = TypeAdapter(Known)


def recall(ledger: Ledger, now: datetime) -> Known:
    """What was remembered last. A text that cannot be read counts as nothing known: better told twice than not at all."""
    text = ledger.kept(KIND, KEY)
    if text is None:
        return Known()
    try:
        return _KNOWN.validate_json(text)
    except ValidationError:
        # A number far behind all others, so that no mail bears the name of one that left already.
        return Known(period=int(now.timestamp()))


def remember(ledger: Ledger, known: Known) -> None:
    """Nothing is written when it stands there already."""
    document: dict[str, Any] = _KNOWN.dump_python(known, mode="json")
    document["mentioned"] = sorted(document["mentioned"])
    text = json.dumps(document, ensure_ascii=False, sort_keys=True)
    ledger.keep(KIND, KEY, text.encode("utf-8", "replace").decode("utf-8"))
