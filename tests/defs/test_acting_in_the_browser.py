"""A link of a mail opens Dagster's launchpad with everything filled in but who acts."""

from pathlib import Path
from typing import Any

import pytest

from st_spectrum.alerts.launchpads import Launchpads
from st_spectrum.commands.sandbox import environment
from st_spectrum.sandbox.server import Sandbox
from tests.defs.somebodys_dagster import somebodys_dagster
from tests.defs.test_guest_in_the_browser import page as page
from tests.defs.test_guest_in_the_browser import photograph

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_the_link_of_a_mail_fills_in_the_launchpad_but_for_who_acts(
    page: Any, sandbox: Sandbox, tmp_path: Path
) -> None:
    with somebodys_dagster(tmp_path, environment(sandbox)) as dagster:
        pads = Launchpads(dagster.url, "ours", "north_", "north")

        page.goto(pads.handled("invoices", "250000000042"), wait_until="domcontentloaded")
        page.get_by_text("250000000042").first.wait_for()
        page.get_by_text("north_handled_by_hand").first.wait_for()
        photograph(page, "launchpad")
        page.get_by_role("button", name="Launch Run").first.wait_for()
        assert page.get_by_role("button", name="Launch Run").first.is_disabled(), "who acts lacks"

        page.goto(pads.all_of("customers"), wait_until="domcontentloaded")
        page.get_by_text("nothing_needs_attention").first.wait_for()
