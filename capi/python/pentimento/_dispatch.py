"""How the calls of the library come to methods of Python, and results back: event loops and threads.

The library calls on its own threads, of which it has few. Nothing of the user runs there: a call is only handed on, to
an event loop if a method of the backend is async, else to a thread of the engine's own.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import queue
import threading
from collections import deque
from ctypes import c_void_p, sizeof
from typing import Any, Awaitable, Callable, Coroutine

from . import _native, backends, errors
from .image import find_in

logger = logging.getLogger("pentimento")


class Mailbox:
    """Hands work to an event loop, from any thread. What comes in while the loop is busy costs one wake-up together."""

    def __init__(self, loop: asyncio.AbstractEventLoop):
        self.loop = loop
        self._work: deque[Callable[[], object]] = deque()
        self._woken = False

    def post(self, work: Callable[[], object]) -> None:
        """Has the loop call this soon. Raises RuntimeError if the loop is closed."""
        if self.loop.is_closed():
            raise RuntimeError("the event loop of the engine is closed")
        # First the work, then the look at the flag; the loop clears the flag first, then takes the work. So none is
        # left behind. At worst the loop is woken once too often.
        self._work.append(work)
        if not self._woken:
            self._woken = True
            try:
                self.loop.call_soon_threadsafe(self._empty)
            except RuntimeError:  # closed just now
                self._woken = False
                raise

    def _empty(self) -> None:
        self._woken = False
        # Not more at once, so that the loop comes to do other things.
        for _ in range(min(len(self._work), 100)):
            try:
                self._work.popleft()()
            except Exception as exception:
                self.loop.call_exception_handler({"message": "in a callback of pentimento", "exception": exception})
        if self._work and not self._woken:
            self._woken = True
            self.loop.call_soon(self._empty)


class Workers:
    """Threads for plain methods. They are daemons: one that is busy for long does not keep the program from ending,
    which is why this is no ThreadPoolExecutor."""

    def __init__(self, most: int):
        self._most = most
        self._count = 0
        self._closed = False
        self._idle = threading.Semaphore(0)
        self._counting = threading.Lock()
        self._work: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()

    def submit(self, work: Callable[[], object]) -> None:
        """Has a thread call this; later, if all of them are busy. Raises RuntimeError after `close`, and if no thread
        can be started."""
        with self._counting:
            if self._closed:
                raise RuntimeError("the engine is closed")
            self._work.put(work)
            if self._idle.acquire(blocking=False) or self._count >= self._most:
                return
            self._count += 1
            number = self._count
        try:
            threading.Thread(target=self._run, name=f"pentimento-worker-{number}", daemon=True).start()
        except RuntimeError:
            with self._counting:
                self._count -= 1
            raise

    def close(self) -> None:
        """Ends the threads when they have done what they do. Does not wait."""
        with self._counting:
            self._closed = True
            for _ in range(self._count):
                self._work.put(None)

    def _run(self) -> None:
        while True:
            try:
                work = self._work.get_nowait()
            except queue.Empty:
                self._idle.release()
                work = self._work.get()
            if work is None:
                return
            work()
            del work  # what it holds is not to live until there is other work


class Dispatcher:
    """The event loop and the threads of one engine."""

    def __init__(self, workers: int):
        self.workers = Workers(workers)
        #: The loop of `async with Engine()`.
        self.bound: asyncio.AbstractEventLoop | None = None
        self._own: asyncio.AbstractEventLoop | None = None
        self._own_ended = threading.Event()
        self._mailboxes: dict[asyncio.AbstractEventLoop, Mailbox] = {}
        self._starting = threading.Lock()
        self._closed = False

    def mailbox(self, loop: asyncio.AbstractEventLoop) -> Mailbox:
        """The mailbox of a loop."""
        found = self._mailboxes.get(loop)
        if found is None:
            for other in [other for other in list(self._mailboxes) if other.is_closed()]:
                self._mailboxes.pop(other, None)
            found = self._mailboxes.setdefault(loop, Mailbox(loop))
        return found

    def start_loop(self) -> None:
        """Sees to it that there is a loop for async methods. Raises `errors.BadHandle` after `close`."""
        with self._starting:
            if self._closed:
                raise errors.BadHandle("the engine is closed")
            if self.bound is None and self._own is None:
                self._own = asyncio.new_event_loop()
                threading.Thread(target=self._run, name="pentimento-loop", daemon=True).start()

    def post(self, work: Callable[[], object]) -> None:
        """Has the loop for async methods call this. Raises RuntimeError if it is closed."""
        loop = self.bound or self._own
        if loop is None:
            raise RuntimeError("the engine has no event loop")
        self.mailbox(loop).post(work)

    def close(self) -> None:
        """Ends the engine's own loop, after it cancelled what runs on it, and the threads. Waits for the loop a second
        at the most: user code that ignores the cancellation is left behind."""
        self.workers.close()
        with self._starting:
            self._closed = True
        if self._own is not None:
            self._own.call_soon_threadsafe(self._own.stop)
            # No join(): it would enter the thread that waits, which is not one of threading, there for good.
            self._own_ended.wait(1.0)

    def _run(self) -> None:
        loop = self._own
        assert loop is not None
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
            tasks = asyncio.all_tasks(loop)
            for task in tasks:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            loop.close()
            self._own_ended.set()


class Registered:
    """A backend of the user as it is known to an engine."""

    def __init__(self, backend: backends.Generator | backends.Critic, name: str, dispatcher: Dispatcher):
        self.backend = backend
        self.name = name
        self.dispatcher = dispatcher
        self.calls: dict[int, PythonCall] = {}
        self._described: dict[str, Any] = {}
        kinds = ("generate",) if isinstance(backend, backends.Generator) else ("plan", "critique", "compare")
        self.is_async = any(inspect.iscoroutinefunction(getattr(backend, kind)) for kind in kinds)
        if self.is_async:
            dispatcher.start_loop()

    def add(self, engine: int, function: Callable[..., int]) -> None:
        """Adds it to an engine, by ptm_engine_add_generator or ptm_engine_add_critic. Raises."""
        number = _native.keep(self)
        try:
            self._described = self.backend._described(self.name)
            table = _native.Backend(
                struct_size=sizeof(_native.Backend),
                abi_version=_native.ABI_VERSION,
                user=number,
                start=_on_start,
                cancel=_on_cancel,
                destroy=_on_destroy,
            )
            _native.call(function, engine, _native.view(_native.compact(self._described)), table)
        except BaseException:
            del _native.kept[number]
            raise

    def worst(self, kind: str) -> int:
        """The most that a call of this kind may cost, in micro-dollars, as it was told when the backend was added."""
        fields = self._described
        return int(fields.get("estimates_micros", {}).get(kind, 0) or fields.get("estimate_micros", 0))

    def start(self, handle: int) -> None:
        """Begins a call, on a thread of the library."""
        call = PythonCall(self, handle)
        self.calls[handle] = call
        if self.is_async:
            self.dispatcher.post(call.begin_on_loop)
        else:
            self.dispatcher.workers.submit(call.run_on_thread)

    def cancel(self, handle: int) -> None:
        """Ends a call, on a thread of the library."""
        call = self.calls.get(handle)
        if call is not None:
            call.cancel()


class PythonCall:
    """One call to a method of the user, from its start until it was finished, once."""

    def __init__(self, registered: Registered, handle: int):
        self._registered = registered
        self._handle = handle
        self._call: backends.Call | None = None
        self._cancelled = False
        self._task: asyncio.Task[None] | None = None

    def begin_on_loop(self) -> None:
        """On the loop."""
        if self._cancelled:
            self._fail(asyncio.CancelledError())
            return
        self._task = asyncio.get_running_loop().create_task(self._run_on_loop())
        # A task that is cancelled before its first step never comes to the code that would finish the call.
        self._task.add_done_callback(self._task_done)

    def run_on_thread(self) -> None:
        """On a worker."""
        token = None
        try:
            method, call, arguments = self._prepared()
            token = backends.current.set(call)
            result = method(*arguments)
        except BaseException as exception:  # whatever it is, it must not end the thread
            self._fail(exception)
        else:
            if inspect.isawaitable(result):  # a plain method that gives back what is to be awaited
                self._hand_over(result)
            else:
                self._finish(result)
        finally:
            if token is not None:
                backends.current.reset(token)

    def cancel(self) -> None:
        """On a thread of the library."""
        self._cancelled = True
        if self._call is not None:
            self._call.cancelled = True
        if self._task is not None:
            try:
                self._registered.dispatcher.post(self._task.cancel)
            except RuntimeError:
                pass  # the loop is closed, and its tasks with it

    # Running ---------------------------------------------------------------------------------------------------------

    def _prepared(self) -> tuple[Callable[..., Any], backends.Call, tuple[Any, ...]]:
        """The method, and what it is called with."""
        asked = json.loads(_native.get_text(_native.call_request, self._handle))
        call = backends.Call(asked["kind"], asked["request"], find_in(_native.call_image, self._handle))
        self._call = call
        call.cancelled = self._cancelled
        return getattr(self._registered.backend, call.kind), call, call._arguments()

    async def _run_on_loop(self) -> None:
        try:
            method, call, arguments = self._prepared()
            backends.current.set(call)  # of this task alone
            if inspect.iscoroutinefunction(method):
                result = await method(*arguments)
            else:  # a plain method of a backend with async ones: it is not to hold the loop up
                self._registered.dispatcher.workers.submit(self.run_on_thread)
                return
        except Exception as exception:
            self._fail(exception)
        except BaseException as exception:  # cancelled, or the loop ends: it has to go on its way
            self._fail(exception)
            raise
        else:
            self._finish(result)

    def _hand_over(self, awaitable: Awaitable[Any]) -> None:
        """Has the loop await what a plain method gave back."""

        async def finish() -> None:
            try:
                self._finish(await awaitable)
            except Exception as exception:
                self._fail(exception)
            except BaseException as exception:
                self._fail(exception)
                raise

        def begin() -> None:
            coroutine: Coroutine[Any, Any, None] = finish()
            self._task = asyncio.get_running_loop().create_task(coroutine)
            self._task.add_done_callback(self._task_done)
            if self._cancelled:
                self._task.cancel()

        try:
            self._registered.dispatcher.start_loop()
            self._registered.dispatcher.post(begin)
        except (RuntimeError, errors.BadHandle) as exception:
            self._fail(exception)

    def _task_done(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            self._fail(asyncio.CancelledError())

    # Finishing -------------------------------------------------------------------------------------------------------

    def _finish(self, result: Any) -> None:
        assert self._call is not None
        try:
            fields, images = backends.encoded(self._call.kind, result)
            text = _native.view(_native.compact(fields))
        except Exception as exception:
            self._fail(exception)
            return
        if not self._is_last():
            return
        handles = (c_void_p * len(images))(*(image._handle() for image in images)) if images else None
        try:
            _native.call(_native.call_finish, self._handle, text, handles, len(images))
        except errors.BadHandle:
            pass  # the run has gone on without it
        except errors.PentimentoError as error:
            # The result was no result. The call is still ours.
            self._send_failure(backends.failure(errors.UnusableReply(f"{self._where()}: {error.message}"), "", 0))

    def _fail(self, exception: BaseException) -> None:
        if not self._is_last():
            return
        worst = self._registered.worst(self._call.kind if self._call else "generate")
        if isinstance(exception, asyncio.CancelledError):
            self._send_failure(backends.cancellation(self._where(), worst))
            return
        if not isinstance(exception, errors.PentimentoError):
            logger.warning("%s raised", self._where(), exc_info=exception)
        self._send_failure(backends.failure(exception, self._where(), worst))

    def _is_last(self) -> bool:
        """Whether the call is still to be finished, which it is then not any more."""
        # Taken out before the library hears of it, because after that it may use the handle anew.
        return self._registered.calls.pop(self._handle, None) is self

    def _send_failure(self, fields: dict[str, Any]) -> None:
        send_failure(self._handle, fields)

    def _where(self) -> str:
        return f"{type(self._registered.backend).__name__}.{self._call.kind if self._call else 'start'}"


def send_failure(handle: int, fields: dict[str, Any]) -> None:
    """Finishes a call with an error."""
    try:
        _native.call(_native.call_fail, handle, _native.view(_native.compact(fields)))
    except errors.BadHandle:
        pass  # the run has gone on without it


# What the library calls ----------------------------------------------------------------------------------------------
#
# One function each for all backends, alive as long as this module: so none can be collected while it is called. No
# exception may leave them: ctypes would print it and go on.


@_native.OnCall
def _on_start(user: int, handle: int) -> None:
    registered = _native.kept.get(user)
    try:
        if registered is None:
            raise RuntimeError("the backend is gone")
        registered.start(handle)
    except BaseException as exception:
        if registered is not None:
            registered.calls.pop(handle, None)
        send_failure(handle, backends.failure(exception, "the Python binding", 0))


@_native.OnCall
def _on_cancel(user: int, handle: int) -> None:
    registered = _native.kept.get(user)
    if registered is not None:
        registered.cancel(handle)


@_native.OnDestroy
def _on_destroy(user: int) -> None:
    _native.kept.pop(user, None)
