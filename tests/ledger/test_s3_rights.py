"""The rights that docs/ledger.md asks for are enough, and none of them is too many. moto judges, as
far as it knows IAM.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.core.authorization import enable_iam_authentication

from st_spectrum.account.connections import LedgerSettings
from st_spectrum.domain.errors import AccessDenied
from st_spectrum.ledger.ledger import open_ledger
from st_spectrum.ledger.s3 import S3Store
from st_spectrum.ledger.s3_client import ledger_client
from st_spectrum.resources.tables_on_s3 import TablesOnS3
from tests.ledger.ledger_servers import moto, s3_settings

PAGE = (Path(__file__).parents[2] / "docs" / "ledger.md").read_text(encoding="utf-8")
POLICY = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)[1]
RIGHTS = re.findall(r"s3:\w+", POLICY)


def test_with_the_rights_of_the_page_everything_works() -> None:
    with key_with(POLICY) as settings:
        use_all(settings)


@pytest.mark.parametrize("right", RIGHTS)
def test_without_any_one_of_them_something_is_refused_in_one_sentence(right: str) -> None:
    with key_with(POLICY.replace(right, "s3:GetBucketTagging")) as settings:
        with pytest.raises(AccessDenied, match="refuses the access key or the right to") as caught:
            use_all(settings)
        assert "\n" not in str(caught.value)


def test_another_accounts_prefix_is_out_of_reach() -> None:
    with key_with(POLICY) as settings, pytest.raises(AccessDenied):
        use_all(settings.model_copy(update={"prefix": "south"}))


@contextmanager
def key_with(policy: str) -> Iterator[LedgerSettings]:
    """The settings of a user who has this policy and no other, in a bucket called as in the
    tests.
    """
    with moto():
        iam = boto3.client(
            "iam",
            aws_access_key_id="anybody",
            aws_secret_access_key="at all",
            region_name="us-east-1",
        )
        iam.create_user(UserName="ledger")
        document = policy.replace("acme-ledger", "ledger")
        iam.put_user_policy(UserName="ledger", PolicyName="ledger", PolicyDocument=document)
        key: Any = iam.create_access_key(UserName="ledger")["AccessKey"]
        rights = {"access_key_id": key["AccessKeyId"], "secret_access_key": key["SecretAccessKey"]}
        assert json.loads(document)
        with enable_iam_authentication():
            yield s3_settings("", prefix="north", **rights)


def use_all(settings: LedgerSettings) -> None:
    """Everything that is ever done in the bucket: all verbs of the ledger, and a table written and
    read.
    """
    store = S3Store(settings.bucket, settings.prefix, ledger_client(settings))
    store.replace("k/a", "2", store.create("k/a", "1"))
    assert store.get("k/a").body == "2"
    assert store.get("k/b") is None
    assert list(store.list("k/")) == ["k/a"]
    store.discard("k/a")
    open_ledger(settings).close()
    tables = TablesOnS3(settings)
    path = tables._base_path / "payroll" / "2026-04-05.parquet"
    tables.write(path, b"a table")
    assert tables.read(path) == b"a table"
