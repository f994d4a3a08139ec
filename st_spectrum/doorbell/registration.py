"""Our webhook in ServiceTrade: there once, switched on, for everything; what is left of an earlier
secret goes [ST 12.1].

All kinds of records are asked for, because the numbers of some are not known [ST 10]; what no flow
carries is left alone when it rings.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from st_spectrum.account.doorbell import Doorbell
from st_spectrum.domain.errors import SyncFault
from st_spectrum.servicetrade.webhooks import Webhook

CHECK_SECONDS = 3600.0
"""Somebody may have removed it at the screen."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5.0, 600.0


class Webhooks(Protocol):
    """Those of the ServiceTrade account; see `servicetrade.webhooks`."""

    def all(self) -> Sequence[Webhook]:
        """Every webhook of the account."""

    def add(self, hook_url: str) -> None:
        """Set one up."""

    def switch_on(self, webhook_id: int) -> None:
        """On, and for everything."""

    def remove(self, webhook_id: int) -> None:
        """Take one away."""


@dataclass(frozen=True)
class Difference:
    """What has to be done so that our webhook is there once."""

    is_missing: bool = False
    to_switch_on: tuple[int, ...] = ()
    to_remove: tuple[int, ...] = ()


def difference(webhooks: Sequence[Webhook], doorbell: Doorbell) -> Difference:
    """Pure. What lies below our address is ours: a second one, or one with an earlier secret."""
    ours = [hook for hook in webhooks if hook.hook_url.startswith(f"{doorbell.url}/")]
    right = sorted(hook.id for hook in ours if hook.hook_url == doorbell.hook_url)
    kept = {hook.id: hook for hook in ours if hook.id in right[:1]}
    return Difference(
        is_missing=not kept,
        to_switch_on=tuple(
            hook.id for hook in kept.values() if not hook.enabled or hook.is_filtered
        ),
        to_remove=tuple(sorted(hook.id for hook in ours if hook.id not in kept)),
    )


def register(webhooks: Webhooks, doorbell: Doorbell) -> str:
    """Put right what differs, and say in a sentence what was done; "" when nothing was. Raises a
    `SyncFault`.

    A new one is set up before an old one goes, so that no ring is lost between the two.
    """
    found = difference(webhooks.all(), doorbell)
    done = []
    if found.is_missing:
        webhooks.add(doorbell.hook_url)
        done.append("is set up")
    for webhook_id in found.to_switch_on:
        webhooks.switch_on(webhook_id)
        done.append("is switched on for everything")
    for webhook_id in found.to_remove:
        webhooks.remove(webhook_id)
        done.append(f"replaces webhook {webhook_id}, which is removed")
    return f"ServiceTrade's webhook for {doorbell.url} {', '.join(done)}." if done else ""


def unregister(webhooks: Webhooks, doorbell: Doorbell) -> int:
    """Remove every webhook below our address; how many there were. Raises a `SyncFault`."""
    ours = [hook for hook in webhooks.all() if hook.hook_url.startswith(f"{doorbell.url}/")]
    for hook in ours:
        webhooks.remove(hook.id)
    return len(ours)


def keep_registered(
    webhooks: Webhooks, doorbell: Doorbell, is_over: threading.Event, say: Callable[[str], None]
) -> None:
    """Until it is over: registered at the start, and looked at again now and then. A fault is told
    once, and tried again.
    """
    pause, said_before = FIRST_PAUSE_SECONDS, ""
    while True:
        try:
            if done := register(webhooks, doorbell):
                say(done)
            wait, pause, said_before = CHECK_SECONDS, FIRST_PAUSE_SECONDS, ""
        except SyncFault as fault:
            sentence = f"The webhook could not be set up: {fault} {fault.advice}"
            if sentence != said_before:
                say(sentence)
            said_before, wait, pause = sentence, pause, min(LONGEST_PAUSE_SECONDS, 2 * pause)
        if is_over.wait(wait):
            return
