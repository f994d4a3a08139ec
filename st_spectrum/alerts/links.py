"""Addresses that a person can click."""

from datetime import date

from st_spectrum.flows import FLOWS

PAGES = {"location": "locations"}
"""Words of a page's address where they are others than those of the API [ST 1]."""


def record_link(api_url: str, flow: str, key: str) -> str:
    """Where ServiceTrade shows a record to people; "" for flows whose records have no page of their
    own.

    The page lies on the host that serves the application; those of jobs and locations were seen
    [ST 1]. Assumed: those of companies and invoices go by the same word and id as in the API.
    """
    entity = FLOWS[flow].entity_type if flow in FLOWS else ""
    if not entity or not key.isdigit():
        return ""
    site = api_url.removesuffix("/").removesuffix("/api").replace("//api.", "//app.", 1)
    return f"{site}/{PAGES.get(entity, entity)}/{key}"


def week_link(dagster_url: str, first_day: date, asset: str) -> str:
    """Where Dagster shows a payroll week of the asset with this path; "" when the account file does
    not say where Dagster is.
    """
    return (
        f"{dagster_url.removesuffix('/')}/assets/{asset}?view=partitions&partition={first_day}"
        if dagster_url
        else ""
    )


def run_link(dagster_url: str, run_id: str) -> str:
    """Where Dagster shows a run; "" when the account file does not say where Dagster is."""
    return f"{dagster_url.removesuffix('/')}/runs/{run_id}" if dagster_url and run_id else ""
