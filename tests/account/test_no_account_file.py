"""Files that are no account files: one clear line each, with the place."""

from pathlib import Path

import pytest

from st_spectrum.account.file import load_account
from st_spectrum.domain.errors import SettingsInvalid
from tests.account.account_files import ENVIRONMENT, SMALL, problems


class TestFilesThatAreNoAccountFiles:
    def test_a_missing_file_is_one_line(self, tmp_path: Path) -> None:
        with pytest.raises(
            SettingsInvalid,
            match=r"nowhere\.yaml: there is no such file; expected an account file$",
        ):
            load_account(tmp_path / "nowhere.yaml", {})

    def test_a_folder_is_one_line(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsInvalid, match="cannot be read: Is a directory"):
            load_account(tmp_path, {})

    @pytest.mark.parametrize(
        ("text", "line", "start"),
        [
            ("", 1, "the file is empty"),
            ("# only words\n", 1, "the file is empty"),
            ("- a\n- b\n", 1, "found no sections"),
            ("just words", 1, "found no sections"),
            (
                "name: a\nmaps:\n\tpayment_terms: {}\n",
                3,
                "a tab character at the start of the line",
            ),
            ("name: a\nmaps: {a: b\nspectrum: x\n", 3, ""),
            ("name: 'a\nmaps: b\n", 3, "a quote is opened and never closed"),
            ("name: a\n  maps: b\n", 2, "a colon where none is expected"),
            ("name: a\n---\nname: b\n", 2, "a second document starts here"),
            ("name: @a\n", 1, "a value starts with a character that YAML reserves"),
            ("name: \x07\n", 1, "a character that YAML does not allow"),
            ("[" * 3000, 1, "nested far too deeply"),
        ],
    )
    def test_what_is_no_yaml_is_one_clear_line(
        self, tmp_path: Path, text: str, line: int, start: str
    ) -> None:
        [found] = problems(tmp_path, text)
        assert found.startswith(f"account.yaml:{line}: {start}")
        assert "\n" not in found

    def test_a_file_that_is_not_utf_8_names_the_line(self, tmp_path: Path) -> None:
        file = tmp_path / "account.yaml"
        file.write_bytes(b"name: a\n# Caf\xe9\n")
        with pytest.raises(SettingsInvalid, match=r"account\.yaml:2: not UTF-8 text"):
            load_account(file, {})

    def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(self, tmp_path: Path) -> None:
        file = tmp_path / "account.yaml"
        file.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
        assert load_account(file, ENVIRONMENT).name == "small"
