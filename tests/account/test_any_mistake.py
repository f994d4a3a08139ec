"""Whatever a person does to one key of a complete account file, the answer is an account or
problems with lines.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.account.words import PATTERNS
from st_spectrum.domain.errors import SettingsInvalid

SANDBOX = Path(__file__).parents[2] / "accounts" / "sandbox.yaml"
ENVIRONMENT = {
    "SERVICETRADE_URL": "http://127.0.0.1:8101/api",
    "SERVICETRADE_CLIENT_ID": "a-client",
    "SERVICETRADE_CLIENT_SECRET": "hush-hush",
    "SPECTRUM_URL": "http://127.0.0.1:8102",
    "SPECTRUM_AUTHORIZATION_ID": "hush-hush",
    "SPECTRUM_INFOLINK_URL": "hush://hush",
}
# Every scalar as the text that stands in the file, so that writing it back keeps what the person
# wrote.
WRITTEN: dict[str, Any] = yaml.load(SANDBOX.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506


def paths(node: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield (*at, key)
            yield from paths(value, (*at, key))


PATHS = sorted(paths(WRITTEN))
NAMES_OF_THE_ACCOUNT = (
    r"maps\.(\w+\.)?(by_\w+|work_state|offices|price_method)\.|jobs\.contract_type\."
    r"|purchase_orders\.unit_factors\."
    r"|timecards\.\w+\.\w*by_(?!activity)\w+\."
)
"""Keys that are names from ServiceTrade, which nothing in the file can tell from a misspelt one."""

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates()
    | st.datetimes()
    | st.binary(max_size=8)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)


def value_at(path: tuple[str, ...]) -> Any:
    value = WRITTEN
    for key in path:
        value = value[key]
    return value


def with_instead(
    path: tuple[str, ...], instead: dict[str, Any], node: Any = WRITTEN
) -> dict[str, Any]:
    """The whole file with the key at `path` replaced by `instead`, in the same place."""
    head, *rest = path
    result: dict[str, Any] = {}
    for key, value in node.items():
        if key != head:
            result[key] = value
        elif rest:
            result[key] = with_instead(tuple(rest), instead, value)
        else:
            result |= instead
    return result


def answer(file: Path, written: Any) -> Account | None:
    """The account, or None after making sure that the problems are as problems should be."""
    # Of libyaml, which writes the same in a tenth of the time.
    text = yaml.dump(written, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
    file.write_text(text, encoding="utf-8")
    try:
        return load_account(file, ENVIRONMENT)
    except SettingsInvalid as invalid:
        assert invalid.problems
        for problem in invalid.problems:
            assert re.match(re.escape(str(file)) + r":[1-9]\d*: \S.+", problem), problem
            assert "hush" not in problem
        return None


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("account") / "account.yaml"


def test_the_file_survives_being_written_back(file: Path) -> None:
    assert answer(file, WRITTEN) == load_account(SANDBOX, ENVIRONMENT)


@pytest.mark.parametrize("path", PATHS, ids=".".join)
def test_a_key_that_is_removed_or_renamed_never_goes_wrong_silently(
    file: Path, path: tuple[str, ...]
) -> None:
    answer(file, with_instead(path, {}))
    renamed = answer(file, with_instead(path, {f"{path[-1]}x": value_at(path)}))
    assert renamed is None or re.match(NAMES_OF_THE_ACCOUNT, ".".join(path))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(path=st.sampled_from(PATHS), value=anything)
def test_a_value_of_any_other_kind_is_taken_or_reported(
    file: Path, path: tuple[str, ...], value: Any
) -> None:
    answer(file, with_instead(path, {path[-1]: value}))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(alphabet="abc:-?[]{}#&*!|>'\"%@`, \n\t$0<~=\\\x00\ufeff", max_size=60))
def test_no_text_at_all_can_crash_the_reader(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsInvalid):
        load_account(file, ENVIRONMENT)


def test_every_pattern_of_the_settings_is_explained_in_words() -> None:
    def patterns(schema: Any) -> Iterator[str]:
        for key, value in schema.items() if isinstance(schema, dict) else enumerate(schema):
            if key == "pattern":
                yield value
            elif key == "patternProperties":
                yield from value
            elif isinstance(value, dict | list):
                yield from patterns(value)

    assert set(patterns(Account.model_json_schema())) == set(PATTERNS)
