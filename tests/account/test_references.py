"""What an account file takes from the environment, and that no secret stands in it or is ever
shown.
"""

# ruff: noqa: E501

from pathlib import Path

import pytest

from tests.account.account_files import SMALL, problems, read


class TestReferences:
    def test_a_default_stands_in_for_a_variable_that_is_not_set_or_empty(
        self, tmp_path: Path
    ) -> None:
        text = (
            SMALL + "support: {smtp_host: '${HOST:-mail.example.com}', smtp_port: '${PORT:-25}'}\n"
        )
        assert read(tmp_path, text).support.smtp_host == "mail.example.com"
        assert read(tmp_path, text, HOST="").support.smtp_host == "mail.example.com"
        assert read(tmp_path, text, HOST="other", PORT="26").support.smtp_port == 26

    def test_a_reference_may_stand_inside_a_text(self, tmp_path: Path) -> None:
        account = read(tmp_path, SMALL + "ledger: {path: '${WHERE}/ledger.sqlite'}\n", WHERE="/srv")
        assert account.ledger.path == Path("/srv/ledger.sqlite")

    def test_an_empty_variable_is_a_missing_one(self, tmp_path: Path) -> None:
        found = problems(tmp_path, SMALL, SPECTRUM_URL="")
        assert found == [
            "account.yaml:7: spectrum.base_url: the environment variable SPECTRUM_URL is not set"
        ]

    def test_what_must_be_given_cannot_be_left_empty_by_a_default(self, tmp_path: Path) -> None:
        found = problems(tmp_path, SMALL.replace("${SPECTRUM_URL}", "${NOBODY:-}"))
        assert found == ["account.yaml:7: spectrum.base_url: is empty, but must be given"]

    def test_a_plain_dollar_brace_can_be_written(self, tmp_path: Path) -> None:
        assert read(tmp_path, SMALL + "  offices: {A: '$${X}'}\n").maps.offices == {"A": "${X}"}

    @pytest.mark.parametrize("written", ["${", "${1A}", "${A B}", "${A:=x}", "${A"])
    def test_a_misspelt_reference_is_no_text(self, tmp_path: Path, written: str) -> None:
        complaint = "a reference is written ${NAME} or ${NAME:-default}; for a plain ${ write $${"
        text = SMALL + f"  offices: {{A: '{written}'}}\n"
        assert problems(tmp_path, text) == [f"account.yaml:13: maps.offices.A: {complaint}"]

    def test_no_value_of_the_environment_is_ever_shown(self, tmp_path: Path) -> None:
        text = (
            SMALL + "timezone: ${ZONE}\npace: {workers: '${WORKERS}'}\nledger: {kind: '${KIND}'}\n"
        )
        secrets = {
            "ZONE": "se-cret-zone",
            "WORKERS": "se-cret-workers",
            "KIND": "se-cret-kind",
            "SPECTRUM_URL": "se-cret",
        }
        found = problems(tmp_path, text, SPECTRUM_AUTHORIZATION_ID="se-cret" * 9, **secrets)
        assert len(found) == 5
        assert "se-cret" not in "\n".join(found)


SECRETS = {
    "client_secret": "servicetrade:\n  client_secret: {}\n",
    "password": "servicetrade:\n  password: {}\n",
    "authorization_id": "spectrum:\n  authorization_id: {}\n",
    "url": "spectrum:\n  infolink:\n    url: {}\n",
    "secret_access_key": "ledger:\n  secret_access_key: {}\n",
}


class TestSecrets:
    @pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS)
    @pytest.mark.parametrize(
        "written",
        [
            "topsecret",
            "'topsecret'",
            "${NAME}topsecret",
            "${NAME:-topsecret}",
            "|\n      topsecret",
        ],
    )
    def test_a_literal_secret_is_refused_without_being_shown(
        self, tmp_path: Path, text: str, written: str
    ) -> None:
        found = "\n".join(problems(tmp_path, text.format(written), NAME="alsosecret"))
        assert "a secret must not stand in this file" in found
        assert "topsecret" not in found
        assert "alsosecret" not in found

    @pytest.mark.parametrize("written", ["*topsecret", "&topsecret", "!topsecret x", "!topsecret!x y", "@topsecret", "%topsecret",
                                         "{topsecret: [", "'topsecret", '"topsecret', "topsecret: topsecret", "[topsecret]"])  # fmt: skip
    def test_a_secret_that_breaks_yaml_is_not_shown_either(
        self, tmp_path: Path, written: str
    ) -> None:
        found = problems(tmp_path, SMALL.replace("${SERVICETRADE_CLIENT_SECRET}", written))
        assert found
        assert "topsecret" not in "\n".join(found)

    def test_a_wrong_database_address_is_not_shown(self, tmp_path: Path) -> None:
        text = SMALL.replace("spectrum:\n", "spectrum:\n  infolink: {url: '${DB}'}\n")
        complaint = (
            "the value of DB is not a database address; expected one like"
            " mssql+pymssql://user:password@host:port/name"
        )
        assert problems(tmp_path, text, DB="topsecret") == [
            f"account.yaml:7: spectrum.infolink.url: {complaint}"
        ]
