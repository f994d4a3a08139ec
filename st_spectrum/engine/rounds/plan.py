"""A plan as kept: every write field by field, what waits and why, and how long it counts. Pure."""

import json
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.domain.decisions import CodeRange, Create, Hold, Update, Void
from st_spectrum.domain.digests import digest
from st_spectrum.engine.approval import Considered, PlanSheet, payload

FORM = 1
VALID_FOR = timedelta(hours=24)
"""Longer, and too much of what was read would have changed for a person's word to mean anything."""

NextCode = Callable[[CodeRange], str]


@dataclass(frozen=True)
class Plan:
    """`records` are writes, each with its payload and the digest of it; `held` is what waits."""

    account: str
    made_at: datetime
    records: tuple[Mapping[str, Any], ...]
    held: tuple[Mapping[str, Any], ...]

    @property
    def valid_until(self) -> datetime:
        """When it may not be applied any more."""
        return self.made_at + VALID_FOR

    def by_record(self) -> dict[tuple[str, str], Mapping[str, Any]]:
        """Payloads by flow and key."""
        return {(record["flow"], record["key"]): record["payload"] for record in self.records}

    def text(self) -> str:
        """The file."""
        document = {
            "form": FORM,
            "account": self.account,
            "made_at": self.made_at.isoformat(),
            "valid_until": self.valid_until.isoformat(),
            "records": self.records,
            "held": self.held,
        }
        document["digest"] = _seal(document)
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def make_plan(
    account: str, made_at: datetime, sheet: PlanSheet, next_code: NextCode, matching: str = ""
) -> Plan:
    """The plan of a dry run; of records whose key is `matching`, or whose title has it, alone.

    `next_code` says which number would be given now. It may be another one when the plan is
    applied, so it is no part of the payload.
    """
    chosen = [
        (record, decision)
        for record, decision in sheet.decisions.values()
        if not matching
        or record.key == matching
        or matching.casefold() in record.evaluation.title.casefold()
    ]
    planned = {
        f"{record.flow}/{record.key}"
        for record, decision in chosen
        if isinstance(decision, Create | Update | Void)
    }
    holds = {
        f"{record.flow}/{record.key}": decision
        for record, decision in chosen
        if isinstance(decision, Hold)
    }
    return Plan(
        account,
        made_at,
        tuple(
            _write(record, decision, next_code)
            for record, decision in chosen
            if isinstance(decision, Create | Update | Void)
        ),
        tuple(
            {
                **_named(record),
                "reason": decision.reason,
                "advice": decision.advice,
                "needs": list(decision.needs),
                "follows": would_follow(decision.needs, planned, holds),
            }
            for record, decision in chosen
            if isinstance(decision, Hold)
        ),
    )


def would_follow(
    needs: Sequence[str], planned: Container[str], holds: Mapping[str, Hold]
) -> list[str]:
    """The records of the plan after which the record would be decided on again, those that others
    wait for in between too; none if something outside of the plan is missing.
    """
    found: dict[str, None] = {}
    left, seen = list(needs), set[str]()
    while left:
        need = left.pop()
        if need in planned:
            found[need] = None
        elif need in holds and holds[need].needs:
            left += [inner for inner in holds[need].needs if inner not in seen]
            seen.update(holds[need].needs)
        else:
            return []
    return sorted(found)


def money_by_account(plan: Plan) -> dict[str, Decimal]:
    """What the plan moves in Spectrum, by GL account in their order; the tax by that word."""
    sums: dict[str, Decimal] = {}
    for record in plan.records:
        for account, amount in record["by_account"].items():
            sums[account] = sums.get(account, Decimal(0)) + Decimal(amount)
    return dict(sorted(sums.items()))


def read_plan(text: str, account: str, now: datetime) -> Plan:
    """The plan of a file. Raises `ArgumentInvalid` for what may not be applied: a plan of another
    account, one that is too old, one that somebody changed.
    """
    plan = parse_plan(text)
    problems = []
    if plan.account != account:
        problems.append(f"the plan is of the account {plan.account!r}, not of {account!r}")
    if not plan.made_at <= now < plan.valid_until:
        problems.append(
            f"the plan was valid until {plan.valid_until:%Y-%m-%d %H:%M} UTC; make a new one"
        )
    if problems:
        raise ArgumentInvalid(problems)
    return plan


def parse_plan(text: str) -> Plan:
    """The plan of a file, valid or not. Raises `ArgumentInvalid` for a changed one or none."""
    try:
        document = json.loads(text)
        seal = document.pop("digest")
        plan = Plan(
            document["account"],
            datetime.fromisoformat(document["made_at"]),
            tuple(document["records"]),
            tuple(document["held"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise ArgumentInvalid(["the file is no plan of `st-spectrum plan --out`"]) from problem
    if document.get("form") != FORM:
        raise ArgumentInvalid(["the plan was made by another version; make a new one"])
    if seal != _seal(document):
        raise ArgumentInvalid(["the plan was changed after it was made; make a new one"])
    return plan


def _seal(document: Mapping[str, Any]) -> str:
    """Of everything in the file, so that nobody approves what is not sent."""
    return digest(document)


def _named(record: Considered) -> dict[str, Any]:
    evaluation = record.evaluation
    return {
        "flow": record.flow,
        "key": record.key,
        "title": evaluation.title,
        "amount": None if evaluation.amount is None else str(evaluation.amount),
    }


def _write(
    record: Considered, decision: Create | Update | Void, next_code: NextCode
) -> dict[str, Any]:
    found = payload(record, decision)
    posted = record.evaluation.posted
    return {
        **_named(record),
        "posted": None if posted is None else str(posted),
        "by_account": _by_account(decision, found),
        "notes": list(decision.notes),
        "next": next_code(decision.reserve)
        if isinstance(decision, Create) and decision.reserve and not decision.target_key
        else "",
        "payload": found,
        "digest": digest(found),
    }


def _by_account(decision: Create | Update | Void, written: Mapping[str, Any]) -> dict[str, str]:
    """Of the steps that are still to be sent."""
    sums: dict[str, Decimal] = {}
    for step in decision.steps:
        if step.name in (*written["begun"], *written["standing"]):
            continue
        for command in step.calls:
            for account, amount in command.amounts_by_account.items():
                sums[account] = sums.get(account, Decimal(0)) + amount
    return {account: str(amount) for account, amount in sums.items()}
