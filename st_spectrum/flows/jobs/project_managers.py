"""Who manages a job in Spectrum, as its tags in ServiceTrade say. Pure."""

import re

from st_spectrum.account import Account
from st_spectrum.domain.fitting import Fitting, tidy
from st_spectrum.servicetrade.models import Job


def project_manager(job: Job, account: Account, fit: Fitting) -> str:
    """The manager's code from the first job tag, in alphabetical order, that the account's prefix
    or pattern knows; "" if none.
    """
    rule = account.jobs.project_manager
    found: list[str] = []
    for name in sorted(tidy(tag.name) for tag in job.tags):
        if rule.tag_pattern and (match := re.fullmatch(rule.tag_pattern, name, re.IGNORECASE)):
            found.append(match.group(1))
        elif rule.tag_prefix and name.casefold().startswith(rule.tag_prefix.casefold()):
            found.append(name[len(rule.tag_prefix) :])
    codes = [code for code in (fit.code("Project_Manager", text, 15) for text in found) if code]
    if len(set(codes)) > 1:
        fit.add_note(f"Project_Manager: tags name {', '.join(codes)}; {codes[0]} was taken")
    return codes[0] if codes else ""
