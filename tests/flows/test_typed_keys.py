"""People type external ids with blanks and invisible characters around them: what goes out bears
the key, and both sides are equal.
"""

import pytest

from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from tests.world.contractor import Contractor


@pytest.mark.parametrize(
    "typed", ["  {} ", "\u00a0{}\u3000", "\ufeff{}\u200b"], ids=["blanks", "unicode", "invisible"]
)
def test_what_follows_a_padded_key_goes_out_under_it_and_nothing_is_made_again(
    contractor: Contractor, typed: str
) -> None:
    company, location, job = contractor.dispatcher.chain()
    contractor.rounds_until_quiet()
    customers = contractor.customers()
    keys = {
        kind: contractor.dispatcher.external_id(kind, record)
        for kind, record in (("company", company), ("location", location), ("job", job))
    }
    for kind, record in (("company", company), ("location", location), ("job", job)):
        ids = {EXTERNAL_SYSTEM: typed.format(keys[kind])}
        contractor.edit(kind, record, externalIds=ids)

    contractor.dispatcher.location(company, "Pier 9")
    contractor.dispatcher.job(location)
    contractor.rounds_until_quiet()

    assert contractor.customers() == customers
    sites = contractor.control.records("spectrum", "WO_ADDRESS_MC")
    assert {str(row["Ship_To_Customer_Code"]).strip() for row in sites} == {keys["company"]}
    compared = contractor.command("reconcile", "all", "--both-sides")
    assert compared.returncode == 0, compared.stdout
