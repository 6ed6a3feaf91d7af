"""Passes the calls of the library to backends and sinks in Python, and results back: event loops and threads.

The library calls on its own threads, of which it has few. No code of the user runs there: a call is only passed on, to
an event loop if a method of the backend is async, else to a thread of the engine.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import json
import logging
import queue
import threading
from collections import deque
from contextlib import contextmanager
from ctypes import sizeof
from typing import Any, Awaitable, Callable, Coroutine, Iterable, Iterator, TypeVar

from . import _native, backends, errors
from .events import Event
from .image import Find, find_in

logger = logging.getLogger("pentimento")

T = TypeVar("T")


class Mailbox:
    """Passes work to an event loop, from any thread. All that comes in while the loop is busy costs one wake-up."""

    def __init__(self, loop: asyncio.AbstractEventLoop):
        self.loop = loop
        self._work: deque[Callable[[], object]] = deque()
        self._woken = False

    def post(self, work: Callable[[], object]) -> None:
        """Has the loop call this soon. Raises RuntimeError if the loop is closed."""
        if self.loop.is_closed():
            raise RuntimeError("the event loop of the engine is closed")
        # The work first, then the flag; the loop clears the flag first, then takes the work. So no work is left behind.
        # At worst the loop is woken once too often.
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
        # Not more at once, so that the loop can do other things.
        for _ in range(min(len(self._work), 100)):
            try:
                self._work.popleft()()
            except Exception as exception:
                self.loop.call_exception_handler({"message": "in a callback of pentimento", "exception": exception})
        if self._work and not self._woken:
            self._woken = True
            self.loop.call_soon(self._empty)


class Workers:
    """Threads for plain methods. They are daemons, unlike those of a ThreadPoolExecutor: a busy one does not keep the
    program from ending."""

    def __init__(self, most: int, name: str = "worker"):
        self._most = most
        self._name = name
        self._count = 0
        self._closed = False
        self._idle = threading.Semaphore(0)
        self._counting = threading.Lock()
        self._work: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()

    def submit(self, work: Callable[[], object]) -> None:
        """Has a thread call this; later, if all of them are busy. Raises `errors.BadHandle` after `close`, and
        RuntimeError if no thread can be started."""
        with self._counting:
            if self._closed:
                raise errors.BadHandle(_native.ENGINE_CLOSED)
            self._work.put(work)
            if self._idle.acquire(blocking=False) or self._count >= self._most:
                return
            self._count += 1
            number = self._count
        try:
            threading.Thread(target=self._run, name=f"pentimento-{self._name}-{number}", daemon=True).start()
        except RuntimeError:
            with self._counting:
                self._count -= 1
            raise

    def close(self) -> None:
        """Ends the threads after their current work. Does not wait."""
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
            del work  # else it would live until there is other work


class Dispatcher:
    """The event loop and the threads of one engine."""

    def __init__(self, workers: int):
        self.workers = Workers(workers)
        # For plain sinks, so that no slow method of a backend delays them: a sink that is late ends its run.
        self.sinks = Workers(32, "sink")
        # For coroutines that wait for a run of an engine without a loop. Not asyncio.to_thread, which fails at the end
        # of the program while daemon threads still wait.
        self._waiters = Workers(32, "waiter")
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
        """Starts a loop for async methods unless there is one. Raises `errors.BadHandle` after `close`."""
        with self._starting:
            if self._closed:
                raise errors.BadHandle(_native.ENGINE_CLOSED)
            if self.bound is None and self._own is None:
                self._own = asyncio.new_event_loop()
                threading.Thread(target=self._run, name="pentimento-loop", daemon=True).start()

    def post(self, work: Callable[[], object]) -> None:
        """Has the loop for async methods call this. Raises RuntimeError if it is closed."""
        loop = self.bound or self._own
        if loop is None:
            raise RuntimeError("the engine has no event loop")
        self.mailbox(loop).post(work)

    async def wait_on_thread(self, function: Callable[..., T], *arguments: Any) -> T:
        """Calls a function that blocks. If this is cancelled meanwhile, its result is dropped. Raises
        `errors.BadHandle` after `close`."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        mailbox = self.mailbox(asyncio.get_running_loop())

        def set_result(result: T) -> None:
            if not future.done():
                future.set_result(result)

        def set_exception(exception: BaseException) -> None:
            if not future.done():
                future.set_exception(exception)

        def work() -> None:
            try:
                done = functools.partial(set_result, function(*arguments))
            except BaseException as exception:
                done = functools.partial(set_exception, exception)
            try:
                mailbox.post(done)
            except RuntimeError:
                pass  # the loop is closed, and nobody waits any more

        self._waiters.submit(work)
        return await future

    def close(self) -> None:
        """Cancels what runs on the engine's own loop, ends the loop and the threads. Waits for the loop for at most a
        second: code that ignores the cancellation is left behind."""
        for workers in (self.workers, self.sinks, self._waiters):
            workers.close()
        with self._starting:
            self._closed = True
        if self._own is not None:
            self._own.call_soon_threadsafe(self._own.stop)
            # No join(): it would register the waiting thread, which is not one of `threading`, for ever.
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


class Callee:
    """Something in Python that the library calls: a backend, or a sink."""

    def __init__(self, dispatcher: Dispatcher, workers: Workers, functions: Iterable[Callable[..., Any]]):
        self.dispatcher = dispatcher
        self.workers = workers
        self.calls: dict[int, PythonCall] = {}
        self.is_async = any(map(is_async, functions))
        if self.is_async:
            dispatcher.start_loop()

    def table(self) -> _native.Backend:
        """The functions for the library. It calls them until `destroy`; unless it takes them, call `forget`."""
        return _native.Backend(
            struct_size=sizeof(_native.Backend),
            abi_version=_native.ABI_VERSION,
            user=_native.keep(self),
            start=_on_start,
            cancel=_on_cancel,
            destroy=_on_destroy,
        )

    @staticmethod
    def forget(table: _native.Backend) -> None:
        """The library has not taken the functions."""
        _native.kept.pop(table.user, None)

    def prepare(self, text: str, find: Find) -> tuple[Callable[..., Any], backends.Call, tuple[Any, ...]]:
        """The function for a call, the call, and the arguments of the function."""
        raise NotImplementedError

    def where(self, kind: str) -> str:
        """The function's name for messages."""
        raise NotImplementedError

    def worst(self, kind: str) -> int:
        """The worst-case cost of a call of this kind, in micro-dollars."""
        return 0

    def start(self, handle: int) -> None:
        """Begins a call, on a thread of the library."""
        call = PythonCall(self, handle)
        self.calls[handle] = call
        if self.is_async:
            self.dispatcher.post(call.begin_on_loop)
        else:
            self.workers.submit(call.run_on_thread)

    def cancel(self, handle: int) -> None:
        """Ends a call, on a thread of the library."""
        call = self.calls.get(handle)
        if call is not None:
            call.cancel()


class Registered(Callee):
    """A backend of the user, as an engine knows it."""

    _kinds = {
        backends.Generator: ("generate",),
        backends.Critic: ("plan", "critique", "compare"),
        backends.Reviser: ("revise",),
    }

    def __init__(self, backend: backends.Backend, name: str, dispatcher: Dispatcher):
        self.backend = backend
        self.name = name
        self._described: dict[str, Any] = {}
        kinds = next(kinds for role, kinds in self._kinds.items() if isinstance(backend, role))
        super().__init__(dispatcher, dispatcher.workers, [getattr(backend, kind) for kind in kinds])

    def add(self, engine: int, function: Callable[..., int]) -> None:
        """Adds it to an engine, by ptm_engine_add_generator or one of its siblings. Raises."""
        self._described = self.backend._described(self.name)
        description = _native.view(_native.compact(self._described))
        table = self.table()
        try:
            _native.call(function, engine, description, table)
        except BaseException:
            self.forget(table)
            raise

    def prepare(self, text: str, find: Find) -> tuple[Callable[..., Any], backends.Call, tuple[Any, ...]]:
        asked = json.loads(text)
        call = backends.Call(asked["kind"], asked["request"], find)
        return getattr(self.backend, call.kind), call, call._arguments()

    def where(self, kind: str) -> str:
        return f"{type(self.backend).__name__}.{kind}"

    def worst(self, kind: str) -> int:
        fields = self._described
        return int(fields.get("estimates_micros", {}).get(kind, 0) or fields.get("estimate_micros", 0))


class SinkCallee(Callee):
    """A sink of the user for one run."""

    def __init__(self, sink: Callable[[Event], Any], dispatcher: Dispatcher):
        self.sink = sink
        #: What the sink raised.
        self.failure: BaseException | None = None
        super().__init__(dispatcher, dispatcher.sinks, [sink])

    def prepare(self, text: str, find: Find) -> tuple[Callable[..., Any], backends.Call, tuple[Any, ...]]:
        event = Event(text, find)
        for image in event.images:
            image.has_bytes  # brings them, so that they outlive the call
        return self._take_async if self.is_async else self._take, backends.Call("event", event.json, find), (event,)

    def _take(self, event: Event) -> Awaitable[None] | None:
        with self._noting():
            taken = self.sink(event)
        return self._awaited(taken) if inspect.isawaitable(taken) else None

    async def _take_async(self, event: Event) -> None:
        await self._awaited(self.sink(event))

    async def _awaited(self, taken: Awaitable[Any]) -> None:
        with self._noting():
            await taken

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except Exception as exception:
            self.failure = exception
            raise

    def where(self, kind: str) -> str:
        return "the sink"


def is_async(function: Any) -> bool:
    """True for an async function or method, and for an object whose `__call__` is one."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))


class PythonCall:
    """One call to a function of the user, from its start until it is finished, once."""

    def __init__(self, callee: Callee, handle: int):
        self._callee = callee
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
        # A task that is cancelled before its first step never reaches the code that would finish the call.
        self._task.add_done_callback(self._task_done)

    def run_on_thread(self) -> None:
        """On a worker."""
        token = None
        try:
            function, arguments = self._prepared()
            token = backends.current.set(self._call)
            result = function(*arguments)
        except BaseException as exception:  # it must not end the thread
            self._fail(exception)
        else:
            if inspect.isawaitable(result):  # of a plain method
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
                self._callee.dispatcher.post(self._task.cancel)
            except RuntimeError:
                pass  # the loop is closed, and its tasks with it

    # Running ---------------------------------------------------------------------------------------------------------

    def _prepared(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """The function and its arguments."""
        text = _native.get_text(_native.call_request, self._handle)
        function, call, arguments = self._callee.prepare(text, find_in(_native.call_image, self._handle))
        self._call = call
        call.cancelled = self._cancelled
        return function, arguments

    async def _run_on_loop(self) -> None:
        try:
            function, arguments = self._prepared()
            backends.current.set(self._call)  # of this task alone
            if not inspect.iscoroutinefunction(function):  # a plain method of a backend with async ones: it may block
                self._callee.workers.submit(self.run_on_thread)
                return
            result = await function(*arguments)
        except Exception as exception:
            self._fail(exception)
        except BaseException as exception:  # cancelled, or the loop ends
            self._fail(exception)
            raise
        else:
            self._finish(result)

    def _hand_over(self, awaitable: Awaitable[Any]) -> None:
        """Has the loop await the result of a plain method."""

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
            self._callee.dispatcher.start_loop()
            self._callee.dispatcher.post(begin)
        except (RuntimeError, errors.BadHandle) as exception:
            self._fail(exception)

    def _task_done(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            self._fail(asyncio.CancelledError())

    # Finishing -------------------------------------------------------------------------------------------------------

    def _finish(self, result: Any) -> None:
        assert self._call is not None
        try:
            fields, images = backends.encoded(self._call, result)
            text = _native.view(_native.compact(fields))
            handles = _native.handles_of(images)
        except Exception as exception:
            self._fail(exception)
            return
        if not self._is_last():
            return
        try:
            _native.call(_native.call_finish, self._handle, text, handles, len(images))
        except errors.BadHandle:
            pass  # the run has gone on without it
        except errors.PentimentoError as error:
            # The result is invalid, and the call still open.
            self._send_failure(backends.failure(errors.UnusableReply(f"{self._where()}: {error.message}"), "", 0))

    def _fail(self, exception: BaseException) -> None:
        if not self._is_last():
            return
        worst = self._callee.worst(self._call.kind if self._call else "generate")
        if isinstance(exception, asyncio.CancelledError):
            self._send_failure(backends.cancellation(self._where(), worst))
            return
        if not isinstance(exception, errors.PentimentoError) and not _native.exiting:
            logger.warning("%s raised", self._where(), exc_info=exception)
        self._send_failure(backends.failure(exception, self._where(), worst))

    def _is_last(self) -> bool:
        """True if the call is not finished yet; it then counts as finished."""
        # Removed before the library is told, because after that it may use the handle again.
        return self._callee.calls.pop(self._handle, None) is self

    def _send_failure(self, fields: dict[str, Any]) -> None:
        send_failure(self._handle, fields)

    def _where(self) -> str:
        return self._callee.where(self._call.kind if self._call else "start")


def send_failure(handle: int, fields: dict[str, Any]) -> None:
    """Finishes a call with an error."""
    try:
        _native.call(_native.call_fail, handle, _native.view(_native.compact(fields)))
    except errors.BadHandle:
        pass  # the run has gone on without it


# What the library calls ----------------------------------------------------------------------------------------------
#
# One function each for all backends and sinks, alive as long as this module: so none can be collected while it is
# called. No exception may leave them: ctypes would print it and go on.


def _receive_start(user: int, handle: int) -> None:
    callee = _native.kept.get(user)
    try:
        if callee is None:
            raise RuntimeError("the backend is no longer there")
        callee.start(handle)
    except BaseException as exception:
        if callee is not None:
            callee.calls.pop(handle, None)
        send_failure(handle, backends.failure(exception, "the Python binding", 0))


_on_start = _native.OnCall(_receive_start)


def _receive_cancel(user: int, handle: int) -> None:
    callee = _native.kept.get(user)
    if callee is not None:
        callee.cancel(handle)


_on_cancel = _native.OnCall(_receive_cancel)


def _receive_destroy(user: int) -> None:
    _native.kept.pop(user, None)


_on_destroy = _native.OnDestroy(_receive_destroy)
