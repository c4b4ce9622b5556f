"""Sharing the pages of a run among processes of their own.

Each worker has one connection to whoever started it and none to the others, so that it ends by itself after its page
when that process has gone, however it went.
"""

import gc
import multiprocessing
import signal
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection, wait
from typing import Any


class WorkerFailed(RuntimeError):
    """A worker could not finish a page; the message is its own."""


def pages_of(run_id: int, stretches: Iterable[tuple[int, int]], *, processes: int) -> Iterator[Any]:
    """Have the stretches rebuilt by so many processes, and yield each page as it is done, in any order.

    Raises WorkerFailed where one of them failed or ended.
    """
    # A fresh start for each: a copy of this process would share its connections to the database.
    context = multiprocessing.get_context("spawn")
    workers: dict[Connection, Any] = {}
    try:
        for _number in range(processes):
            here, there = context.Pipe()
            worker = context.Process(target=_work, args=(there, run_id), daemon=True)
            worker.start()
            there.close()
            workers[here] = worker
        waiting = iter(stretches)
        busy = {here for here in workers if _hand_out(here, waiting)}
        while busy:
            ready = wait(list(busy))
            for here in [each for each in busy if each in ready]:
                try:
                    answer = here.recv()
                except EOFError:
                    raise WorkerFailed("A process of the rebuild ended before its time.") from None
                if isinstance(answer, str):
                    raise WorkerFailed(answer)
                yield answer
                if not _hand_out(here, waiting):
                    busy.discard(here)
    finally:
        for here, worker in workers.items():
            here.close()
            worker.join()


def _hand_out(here: Any, waiting: Iterator[tuple[int, int]]) -> bool:
    stretch = next(waiting, None)
    if stretch is None:
        return False
    here.send(stretch)
    return True


def _work(there: Connection, run_id: int) -> None:
    """Rebuild what comes through the connection until it closes: the whole life of a worker."""
    # Ctrl-C reaches everybody in the terminal; the page in hand is finished, and then the connection is closed.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import django

    django.setup()
    from django.db import connections

    from immunisations.models import StatusRun
    from immunisations.queries.known_doses import Stretch
    from immunisations.rebuild.pages import rebuild_page

    run = StatusRun.objects.get(pk=run_id)
    # Nothing of a page refers to itself: looking for such things while it is worked on costs a fifth of the time.
    gc.disable()
    gc.freeze()
    try:
        while True:
            after, until = there.recv()
            try:
                answer: Any = rebuild_page(run, Stretch(after, until))
            except Exception as problem:  # whatever it was, it is said where the run was started
                # Its first line: what follows may quote a row.
                words = next(iter(str(problem).splitlines()), "")
                answer = f"{type(problem).__name__} at the people after {after}: {words}"
            there.send(answer)
            gc.collect()
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass
    finally:
        connections.close_all()
