"""Addresses of Dagster's jobs with everything filled in but who acts. Pure.

Dagster's page reads the run's config from the address [checked in a browser, `tests/defs`]; what is
left empty has to be filled in before it starts anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import yaml

RETRY_JOB, HANDLED_JOB, RESOLVE_JOB = "retry_records", "handled_by_hand", "resolve_record"
PLAN_JOB, APPLY_JOB = "make_plan", "apply_plan"
OPS = {
    RETRY_JOB: "retry",
    HANDLED_JOB: "handle",
    RESOLVE_JOB: "resolve",
    PLAN_JOB: "plan",
    APPLY_JOB: "apply",
}
"""What the only op of each job is called."""


@dataclass(frozen=True)
class Launchpads:
    """Of one account: where people open Dagster, its code location, what its jobs' names begin with
    there, and the account itself, as its assets are called.
    """

    dagster_url: str = ""
    location: str = ""
    prefix: str = ""
    account: str = ""

    def retry(self, cause_id: str) -> str:
        """Try all records of a cause again."""
        return self._link(RETRY_JOB, {"who": None, "cause": cause_id})

    def handled(self, flow: str, key: str) -> str:
        """Say that a record was handled by hand."""
        values = {"who": None, "note": None, "flow": flow, "record": key, "spectrum_key": ""}
        return self._link(HANDLED_JOB, values)

    def resolve(self, flow: str, key: str) -> str:
        """Say what was found in Spectrum."""
        return self._link(RESOLVE_JOB, {"who": None, "flow": flow, "record": key, "is_there": None})

    def apply(self, plan_id: str) -> str:
        """Send a plan that somebody has read."""
        return self._link(APPLY_JOB, {"who": None, "plan": plan_id})

    def all_of(self, flow: str) -> str:
        """The checks of a flow, one of which lists every record that needs a person."""
        if not self.dagster_url or not self.account:
            return ""
        site = self.dagster_url.removesuffix("/")
        return f"{site}/assets/{quote(self.account, safe='')}/{flow}?view=checks"

    def _link(self, job: str, values: Mapping[str, object]) -> str:
        if not self.dagster_url or not self.location:
            return ""
        name, op = f"{self.prefix}{job}", f"{self.prefix}{OPS[job]}"
        config = yaml.safe_dump({"ops": {op: {"config": dict(values)}}}, sort_keys=False)
        config = config.replace(": null\n", ":\n")
        site = self.dagster_url.removesuffix("/")
        return (
            f"{site}/locations/{quote(self.location, safe='')}/jobs/{name}/playground/setup"
            f"?config={quote(config, safe='')}"
        )


NOWHERE = Launchpads()
"""Where the account file does not say where Dagster is."""
