"""Where the blocking work of an endpoint runs: in a thread beside the event loop, or right here
when there is no loop to block.
"""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """The result of `work`. Through the door in process a call is carried out in the caller's own
    thread.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work(*args, **named)
    return await run_in_threadpool(work, *args, **named)
