"""What both systems hold, listed for whoever writes an account file."""

import csv
import io
import json
from pathlib import Path

from tests.setup.ten_years_office import Newcomer

CONNECTIONS = """name: yours
servicetrade: {base_url: "${SERVICETRADE_URL}", client_id: x, client_secret: "${SERVICETRADE_CLIENT_SECRET}"}
spectrum:
  base_url: ${SPECTRUM_URL}
  company_code: 001
  authorization_id: ${SPECTRUM_AUTHORIZATION_ID}
  infolink: {url: "${SPECTRUM_INFOLINK_URL}"}
""".replace("client_id: x", 'client_id: "${SERVICETRADE_CLIENT_ID}"')


def listed(office: Newcomer, kind: str, more: str = "") -> list[dict[str, object]]:
    file = office.folder / "connections.yaml"
    file.write_text(CONNECTIONS + more, encoding="utf-8")
    ended = office.command("codes", kind, "--json", "--account", str(file))
    assert ended.returncode == 0, ended.stderr
    found: list[dict[str, object]] = json.loads(ended.stdout)
    return found


def test_codes_of_a_table_without_a_known_name_are_found_with_their_texts_and_uses(
    office: Newcomer,
) -> None:
    (centers,) = listed(office, "cost_centers")
    rows = {row["code"]: row for row in centers["rows"]}  # type: ignore[attr-defined]
    assert rows["420"]["text"] == "Alarm"
    assert rows["420"]["used"] > 50
    assert rows["100"]["used"] == 0, "set up, and used by nobody"
    assert centers["note"] == "from GL_COST_CENTER_MASTER_MC"


def test_every_kind_can_be_listed(office: Newcomer) -> None:
    found = {str(one["kind"]): one for one in listed(office, "all")}
    empty = [kind for kind, one in found.items() if not one["rows"]]
    assert (empty, len(found)) == ([], 20)
    lines = {row["code"]: row["used"] for row in found["service_lines"]["rows"]}  # type: ignore[attr-defined]
    assert lines["Sprinkler"] > lines["Refrigeration"] > 0 == lines["Boiler"]


def test_a_table_that_is_not_there_leaves_the_codes_in_use(office: Newcomer) -> None:
    more = "    timeout_seconds: 9\n    tables: {cost_centers: GL_NOWHERE}\n"
    connections = CONNECTIONS.replace(
        '  infolink: {url: "${SPECTRUM_INFOLINK_URL}"}\n',
        '  infolink:\n    url: "${SPECTRUM_INFOLINK_URL}"\n' + more,
    )
    file = office.folder / "named.yaml"
    file.write_text(connections, encoding="utf-8")
    ended = office.command("codes", "cost-centers", "--csv", "--account", str(file))
    rows = list(csv.DictReader(io.StringIO(ended.stdout)))
    assert {row["code"] for row in rows} == {"410", "420", "430", "440"}


def test_tables_fit_into_eighty_columns(office: Newcomer, tmp_path: Path) -> None:
    file = tmp_path / "connections.yaml"
    file.write_text(CONNECTIONS, encoding="utf-8")
    ended = office.command("codes", "all", "--account", str(file))
    tables = [line for line in ended.stdout.splitlines() if line and line[0] in "┏┃│┡└"]
    assert tables
    assert max(map(len, tables)) <= 80


def test_a_kind_that_nobody_knows_is_told_with_those_there_are(office: Newcomer) -> None:
    file = office.folder / "connections.yaml"
    file.write_text(CONNECTIONS, encoding="utf-8")
    ended = office.command("codes", "colors", "--account", str(file))
    assert ended.returncode == 1
    assert "colors: there are terms, sales_tax_codes" in ended.stderr
