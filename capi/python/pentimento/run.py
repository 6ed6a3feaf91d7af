"""Runs: their events, their end and their outcome."""

from __future__ import annotations

import asyncio
import ctypes
import functools
import inspect
import json
import logging
import queue
import time
from _thread import get_ident
from collections import deque
from contextlib import asynccontextmanager, contextmanager
from ctypes import byref, c_void_p
from typing import (
    TYPE_CHECKING,
    Any,
    AsyncIterator,
    Awaitable,
    Callable,
    Deque,
    Generator,
    Iterator,
    Mapping,
    NoReturn,
    Optional,
    Tuple,
    TypeVar,
    Union,
)

from . import _checks, _native, errors
from ._dispatch import Mailbox, SinkCallee
from .events import Answer, Event
from .image import Find, Image, find_in, own
from .money import dollars
from .vocabulary import Candidate, Score, StopReason, Transcript, Views

if TYPE_CHECKING:
    from .engine import Engine

logger = logging.getLogger("pentimento")

T = TypeVar("T")

#: A stop policy of yours: returns whether a run stops; a string is the reason.
Stop = Callable[[Transcript], Union[bool, str, None]]
#: Receives the event "revision_proposed" and returns the answer.
Ask = Callable[[Event], Union[Answer, Awaitable[Answer]]]
#: Receives every event, and the run waits for it.
Sink = Callable[[Event], Union[object, Awaitable[object]]]


class Outcome:
    """The result of a run, however it ended. A run never raises: `error` is the error that ended it, if one did."""

    __slots__ = ("_text", "_json", "_best", "_watch", "_find", "_views")

    def __init__(self, text: str, best: Image | None, find: Find, views: Views, watch: Watch):
        """Made by `Run.outcome`."""
        self._text = text
        self._json: dict[str, Any] | None = None
        self._best = best
        self._find = find
        self._views = views
        self._watch = watch

    @property
    def json(self) -> Mapping[str, Any]:
        """{"reason", "error", "best", "score", "fully_judged", "unjudged", "transcript"}."""
        if self._json is None:
            self._json = json.loads(self._text)
        return self._json

    @property
    def reason(self) -> StopReason:
        """Why the run ended."""
        return StopReason.from_json(self.json["reason"])

    @property
    def error(self) -> errors.PentimentoError | None:
        """The error that ended the run, or None. If a stop policy or the sink raised, its exception is `__cause__`."""
        if "error" not in self.json:
            return None
        error = errors.from_json(self.json["error"])
        cause = self._watch.failure
        if isinstance(error, errors.ObserverFailed):
            error.__cause__ = self._watch.sink.failure if self._watch.sink is not None else None
        elif cause is not None and self.reason.kind == "failed":
            # The library has the words of _on_stop, but may have cut them or put its own before them.
            why = f"the stop policy raised {errors.last_line(cause)}"
            error = errors.BackendFailed(why, charge=error.charge)
            error.__cause__ = cause
        return error

    @property
    def has_best(self) -> bool:
        """True if there is an image at all."""
        return "best" in self.json

    @property
    def best(self) -> Candidate:
        """The best accepted candidate; if none could be judged, the first one that was made. Raises the run's error, or
        `errors.NotFound`, if there is no image."""
        candidate = self.transcript.candidate(self.json["best"]) if self.has_best else None
        if candidate is None:
            raise self.error or errors.NotFound("the run ended without an image")
        # It was brought when the run ended, so it outlives the run.
        candidate._image = self._best
        return candidate

    @property
    def score(self) -> Score:
        """The score of the best candidate."""
        return Score.from_json(self.json.get("score"))

    @property
    def unjudged(self) -> list[str]:
        """What nobody judged in the best candidate: the parts of the brief that no critic judges, then the texts of the
        requirements without a verdict of pass or fail."""
        return list(self.json.get("unjudged", ()))

    @property
    def fully_judged(self) -> bool:
        """True if every part of the brief was judged in the best candidate: "satisfied" then says all that was asked
        for."""
        return bool(self.json.get("fully_judged"))

    @property
    def transcript(self) -> Transcript:
        """The whole run."""
        return Transcript(self.json["transcript"], self._find, self._views)

    def __repr__(self) -> str:
        return f"<outcome: {self.reason}>"


class Run:
    """A run begun by `Engine.refine`. Iterate over its events with `for event in run` or `async for event in run`; wait
    for its end with `run.wait()` or `await run`. Each event is delivered once. `run.events(timeout=5)` and
    `run.wait_async(timeout=5)` do the same with a timeout, after which the run continues.

    Cancelling the task that iterates or awaits cancels the run. So does closing it or dropping the last reference: keep
    the run as long as it should continue. Ctrl-C raises KeyboardInterrupt where the run is waited for; the run
    continues until it is cancelled or closed. After `close`, of the run or its engine, everything but `outcome` and
    `progress` raises `errors.BadHandle`.

    Thread-safe. Its events go to one consumer at a time.
    """

    def __init__(self, engine: Engine, handle: int, watch: Watch, pull: bool, ask: Ask | None):
        """Made by `Engine.refine`."""
        self._engine = engine  # lives as long as its runs
        self._owned = _native.Owned(handle, _native.run_destroy)
        self._handle = handle
        self._watch = watch
        self._pull = pull
        self._ask = ask
        self._find = find_in(_native.run_image, handle, engine, self._owned)
        self._views = _RunViews(handle, engine, self._owned)
        # Events that were taken from the library and not delivered yet.
        self._kept: deque[str] = deque()
        # The numbers of the questions that were asked.
        self._put: set[int] = set()
        self._outcome: Outcome | None = None
        self._outcome_text: tuple[str, Image | None] | None = None

    # Events ----------------------------------------------------------------------------------------------------------

    def __iter__(self) -> Run:
        return self

    def __next__(self) -> Event:
        """Blocks until the next event. Raises `errors.BadHandle` if the run or its engine is closed, exceptions of
        `ask`, and RuntimeError in a coroutine of the loop that the engine is bound to, because it would block it."""
        event = self._next(None)
        if event is None:
            raise StopIteration
        return event

    def __aiter__(self) -> Run:
        return self

    async def __anext__(self) -> Event:
        """Waits for the next event. Raises as `__next__`. If it is cancelled, so is the run."""
        return await self._anext(None)

    def events(self, timeout: float | None = None) -> _Events:
        """The same events, for `for` and `async for`, each awaited for at most `timeout` seconds. Raises TimeoutError
        after the timeout, while the run continues: iterate again for the events that follow."""
        return _Events(self, timeout)

    # End -------------------------------------------------------------------------------------------------------------

    def wait(self, timeout: float | None = None) -> Outcome:
        """Blocks until the end, for at most `timeout` seconds. The events can still be read during and after it.

        Raises TimeoutError after the timeout, while the run continues; otherwise as `__next__`.
        """
        end = _checks.deadline(timeout)
        self._reject_blocking()
        if self._ask is not None:
            # Questions arrive as events, so events are read here and kept.
            passed: list[str] = []
            try:
                while (event := self._next(end)) is not None:
                    passed.append(event.record)
            finally:
                self._kept.extend(passed)
        else:
            while self._call(_native.run_wait, _slice(end)) != _native.OK:
                _check(end)
        return self.outcome

    async def wait_async(self, timeout: float | None = None) -> Outcome:
        """Waits for the end without blocking the event loop, for at most `timeout` seconds. Raises as `wait`. If it is
        cancelled, so is the run."""
        end = _checks.deadline(timeout)
        try:
            return await self._wait_async(end)
        except asyncio.CancelledError:
            self._cancel_quietly()
            raise

    def __await__(self) -> Generator[Any, None, Outcome]:
        """Waits for the end: `outcome = await run`. Raises as `__next__`. If it is cancelled, so is the run."""
        return self.wait_async().__await__()

    def cancel(self) -> None:
        """Cancels the run, which ends within 100 ms with what it has. A no-op for a run that has ended. Thread-safe."""
        self._call(_native.run_cancel)

    def close(self) -> None:
        """Cancels the run if it has not ended, and releases it. Afterwards only its outcome can be read, if the run was
        waited for or iterated to its end. Idempotent and thread-safe."""
        self._owned.release()

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # Results ---------------------------------------------------------------------------------------------------------

    @property
    def done(self) -> bool:
        """True if the run has ended. Raises `errors.BadHandle` if it is closed and its end was not seen."""
        return self._outcome_text is not None or self._call(_native.run_wait, 0) == _native.OK

    @property
    def outcome(self) -> Outcome:
        """How the run ended. Raises `errors.BadState` before its end, `errors.BadHandle` if the run is closed and its
        end was not seen."""
        if self._outcome is None:
            text, best = self._outcome_text or self._bring_outcome()
            self._outcome = Outcome(text, best, self._find, self._views, self._watch)
        return self._outcome

    @property
    def transcript(self) -> Transcript:
        """The run so far."""
        with self._open():
            fields = json.loads(_native.get_text(_native.run_transcript, self._handle))
        return Transcript(fields, self._find, self._views)

    def image(self, sha256: str) -> Image:
        """Returns an image of the run's events by the SHA-256 in its record. Raises `errors.NotFound`."""
        with self._open():
            return Image._of_owned(self._find(sha256))

    def report_html(self) -> str:
        """Returns the report of the run so far; see `Transcript.report_html`."""
        with self._open():
            return self._views.report_html()

    def contact_sheet(self) -> Image:
        """Returns the contact sheet of the run so far; see `Transcript.contact_sheet`."""
        with self._open():
            return self._views.contact_sheet()

    def answer(self, question: int, answer: Answer = None) -> None:
        """Answers the event "revision_proposed" with this number; see `Answer`. Thread-safe.

        Raises `errors.BadState` if the question was not asked or is already answered; `errors.ParseFailed` if the
        mapping does not make a revision.
        """
        # input() returns an empty string for Enter, which is not a valid prompt.
        accepts = answer is None or isinstance(answer, str) and not answer.strip()
        text = "" if accepts else _native.compact(answer)
        number = _checks.integer("question", question, "the number of a question")
        self._call(_native.run_answer, number, _native.view(text))

    @property
    def progress(self) -> str:
        """One line of progress: "round 2, 3 images, best 0a: 75 %, 3 of 4, $0.12"."""
        try:
            transcript = self.outcome.transcript if self._outcome_text else self.transcript
        except errors.BadHandle:
            return "closed"
        best = transcript.incumbent
        parts = [
            f"round {len(transcript.json.get('rounds', ())) - 1}" if transcript.json.get("rounds") else "beginning",
            f"{transcript.images_requested} images",
        ]
        if best is not None:
            parts.append(f"best {best.id}: {best.score}")
        if transcript.spent_micros:
            parts.append(dollars(transcript.spent_micros))
        if transcript.stop_reason is not None:
            parts.append(f"stopped, {transcript.stop_reason}")
        return ", ".join(parts)

    def __repr__(self) -> str:
        return f"<run: {self.progress}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The display in a notebook: the line of progress, and the best image if there is one."""
        bundle: dict[str, str] = {}
        try:
            source = self.outcome.transcript if self._outcome_text else self.transcript
            if source.incumbent is not None:
                bundle = source.incumbent.image._repr_mimebundle_()
        except errors.PentimentoError:
            pass
        return {**bundle, "text/plain": repr(self)}

    # Taking events, on a waiting thread ------------------------------------------------------------------------------

    def _next(self, end: float | None) -> Event | None:
        """Returns the next event, or None after the last. Raises TimeoutError at `end`."""
        self._reject_blocking()
        self._reject_closed()
        while not self._kept:
            if self._pull:
                more = self._take_pulled(_slice(end))
            else:
                more = self._take_sent(_slice(end))
            if not more:
                self._keep_outcome()
                return None
            if not self._kept:
                _check(end)
        event = Event(self._kept.popleft(), self._find, self)
        if self._has_question(event):
            self._put_question(event)
        return event

    def _take_pulled(self, timeout_ms: int) -> bool:
        """Moves the next event from the library to the kept ones, if one arrives in time. False after the last."""
        text = c_void_p()
        status = self._call(_native.run_next, timeout_ms, byref(text))
        if status == _native.OK:
            self._kept.append(_native.take_text(text))
        return status != _native.END

    def _take_sent(self, timeout_ms: int) -> bool:
        """The same for events that the library sent by itself."""
        if self._take_now():
            return bool(self._kept)
        try:
            self._kept.append(self._watch.events.get(timeout=timeout_ms / 1000).decode())
        except queue.Empty:
            self._call(_native.run_wait, 0)  # raises if the run is gone: closed, or in a fork
        return True

    def _take_now(self) -> bool:
        """Moves sent events to the kept ones. True if there is nothing to wait for: an event is kept, or the run has
        ended. Raises `errors.BadHandle` if the run is closed."""
        # In this order: the end follows the last event.
        ended, gone = self._watch.ended, self._watch.gone
        try:
            self._kept.append(self._watch.events.get_nowait().decode())
            return True
        except queue.Empty:
            pass
        if gone and not ended:
            self._reject_gone()
        return ended

    # Taking events, on an event loop ---------------------------------------------------------------------------------

    async def _anext(self, end: float | None) -> Event:
        try:
            event = await self._next_async(end)
        except asyncio.CancelledError:
            self._cancel_quietly()
            raise
        if event is None:
            raise StopAsyncIteration
        return event

    async def _next_async(self, end: float | None) -> Event | None:
        self._reject_closed()
        while not self._kept:
            if self._pull:
                # The thread puts the event where it is kept; so none is lost if this is cancelled meanwhile.
                more = await self._on_thread(self._take_pulled, _slice(end))
            else:
                while not self._take_now():
                    async with self._watch.waiter(self._mailbox(), self._watch.event_waiters) as waiter:
                        if self._take_now():  # one may have arrived before the waiter was added
                            break
                        await _until(waiter, end)
                more = bool(self._kept)
            if not more:
                self._keep_outcome()
                return None
            if not self._kept:
                _check(end)
        event = Event(self._kept.popleft(), self._find, self)
        if self._has_question(event):
            await self._put_question_async(event)
        return event

    async def _wait_async(self, end: float | None) -> Outcome:
        self._reject_closed()
        if self._ask is not None:
            passed: list[str] = []
            try:
                while (event := await self._next_async(end)) is not None:
                    passed.append(event.record)
            finally:
                self._kept.extend(passed)
        elif self._pull:
            while await self._on_thread(self._call, _native.run_wait, _slice(end)) != _native.OK:
                _check(end)
        else:
            while not self._watch.ended:
                async with self._watch.waiter(self._mailbox(), self._watch.end_waiters) as waiter:
                    if self._watch.gone and not self._watch.ended:
                        self._reject_gone()
                    if not self._watch.ended:
                        await _until(waiter, end)
        return self.outcome

    async def _on_thread(self, function: Callable[..., T], *arguments: Any) -> T:
        with self._open():
            return await self._engine._dispatcher.wait_on_thread(function, *arguments)

    def _mailbox(self) -> Mailbox:
        return self._engine._dispatcher.mailbox(asyncio.get_running_loop())

    # Questions -------------------------------------------------------------------------------------------------------

    def _has_question(self, event: Event) -> bool:
        # The text is searched first, so that not every event is parsed. An event that was kept comes here twice.
        if self._ask is None or '"revision_proposed"' not in event.record or event.type != "revision_proposed":
            return False
        is_new = event["question"] not in self._put
        self._put.add(event["question"])
        return is_new

    def _put_question(self, event: Event) -> None:
        """Calls `ask` on the consumer's thread, so that it may use the terminal."""
        assert self._ask is not None
        try:
            answer = self._ask(event)
            if inspect.isawaitable(answer):
                answer = asyncio.run(_awaited(answer))
            event.answer(answer)
        except BaseException:
            self._cancel_quietly()
            raise

    async def _put_question_async(self, event: Event) -> None:
        """Calls `ask`: an async callable on this loop, a plain one on a thread, because it may block."""
        assert self._ask is not None
        try:
            if inspect.iscoroutinefunction(self._ask):
                answer = await self._ask(event)
            else:
                answer = await asyncio.to_thread(self._ask, event)
                if inspect.isawaitable(answer):
                    answer = await answer
            event.answer(answer)
        except BaseException:
            self._cancel_quietly()
            raise

    # Internal --------------------------------------------------------------------------------------------------------

    def _bring_outcome(self) -> tuple[str, Image | None]:
        with self._open():
            text = _native.get_text(_native.run_outcome, self._handle)
        try:
            best = Image._of_owned(own(_native.get_handle(_native.run_best, self._handle)))
        except errors.PentimentoError:  # there is none; the outcome says why
            best = None
        self._outcome_text = text, best
        return text, best

    def _keep_outcome(self) -> None:
        """Reads the outcome when the end was seen, so that it survives closing the run."""
        if self._outcome_text is None:
            try:
                self._bring_outcome()
            except errors.BadHandle:
                pass  # closed at this moment: `outcome` raises

    def _cancel_quietly(self) -> None:
        try:
            self.cancel()
        except errors.PentimentoError:
            pass  # closed: it is cancelled already

    def _call(self, function: Callable[..., int], *arguments: Any) -> int:
        """Calls a function of the library for this run, and returns OK, TIMEOUT or END. Raises."""
        self._reject_closed()
        try:
            return _native.call(function, self._handle, *arguments)
        except errors.BadHandle:
            self._reject_closed()  # closed meanwhile
            raise

    @contextmanager
    def _open(self) -> Iterator[None]:
        """Within it the run is used. Raises `errors.BadHandle` that says what is closed."""
        self._reject_closed()
        try:
            yield
        except errors.BadHandle:
            self._reject_closed()  # closed meanwhile
            raise

    def _reject_closed(self) -> None:
        if self._owned.released:
            raise _native.closed(_native.RUN_CLOSED)
        if self._engine._closer.begun:
            raise _native.closed(_native.RUN_CLOSED_WITH_ENGINE)

    def _reject_gone(self) -> NoReturn:
        """The library calls no more, and the end was not sent."""
        self._call(_native.run_wait, 0)
        raise _native.closed(_native.RUN_CLOSED)

    def _reject_blocking(self) -> None:
        """Raises if blocking would prevent what is waited for."""
        bound = self._engine._dispatcher.bound
        if bound is not None and asyncio._get_running_loop() is bound:
            raise RuntimeError(
                "this would block the event loop that the engine is bound to by `async with`; "
                "use `async for event in run` and `await run`"
            )


class _Events:
    """The events of a run, each with a timeout."""

    __slots__ = ("_run", "_timeout")

    def __init__(self, run: Run, timeout: float | None):
        _checks.deadline(timeout)  # raises for an invalid one
        self._run = run
        self._timeout = timeout

    def __iter__(self) -> _Events:
        return self

    def __next__(self) -> Event:
        event = self._run._next(_checks.deadline(self._timeout))
        if event is None:
            raise StopIteration
        return event

    def __aiter__(self) -> _Events:
        return self

    async def __anext__(self) -> Event:
        return await self._run._anext(_checks.deadline(self._timeout))


class _RunViews:
    """Draws a run. Does not refer to `Run`, so that a run can be collected."""

    def __init__(self, handle: int, *keeps: Any):
        self._handle = handle
        self._keeps = keeps

    def report_html(self) -> str:
        return _native.get_text(_native.run_report_html, self._handle)

    def contact_sheet(self) -> Image:
        return Image._of_owned(own(_native.get_handle(_native.run_contact_sheet, self._handle)))


def read(folder: str) -> Transcript:
    """Reads a recorded run. Its handle lives as long as the transcript, or an image of it that was not brought."""
    owned = _native.Owned(_native.get_handle(_native.read_run, _native.view(folder)), _native.run_destroy)
    fields = json.loads(_native.get_text(_native.run_transcript, owned.handle))
    return Transcript(fields, find_in(_native.run_image, owned.handle, owned), _RunViews(owned.handle, owned))


def _slice(end: float | None) -> int:
    """How many milliseconds to block before signals and the clock are looked at again."""
    if end is None:
        return _native.SLICE_MS
    return max(0, min(_native.SLICE_MS, round((end - time.monotonic()) * 1000)))


def _check(end: float | None) -> None:
    if end is not None and time.monotonic() >= end:
        raise _timed_out()


def _timed_out() -> TimeoutError:
    return TimeoutError("nothing happened within the timeout; the run goes on")


async def _until(future: asyncio.Future[None], end: float | None) -> None:
    """Waits for a future. Raises TimeoutError at `end`."""
    timeout = None if end is None else max(0.0, end - time.monotonic())
    done, _ = await asyncio.wait([future], timeout=timeout)
    if not done:
        raise _timed_out()


async def _awaited(awaitable: Awaitable[Answer]) -> Answer:
    return await awaitable


# What the library calls ----------------------------------------------------------------------------------------------

Waiters = Deque[Tuple[Mailbox, "asyncio.Future[None]"]]


class Watch:
    """The callbacks of one run and what they received. Does not refer to `Run`, so that a run can be collected."""

    def __init__(self, stop: Stop | None, sink: SinkCallee | None):
        self.events: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        #: The run has ended, and all its events were sent.
        self.ended = False
        #: The library calls no more.
        self.gone = False
        self.event_waiters: Waiters = deque()
        self.end_waiters: Waiters = deque()
        self.stop = stop
        self.sink = sink
        #: What the stop policy raised.
        self.failure: BaseException | None = None
        #: The run, once it is known.
        self.handle: int | None = None

    @asynccontextmanager
    async def waiter(self, mailbox: Mailbox, waiters: Waiters) -> AsyncIterator[asyncio.Future[None]]:
        """A future for the running loop that is done soon after something happened. Check again whether it has happened
        before you await it."""
        entry = mailbox, mailbox.loop.create_future()
        waiters.append(entry)
        try:
            yield entry[1]
        finally:
            try:
                waiters.remove(entry)
            except ValueError:
                pass  # it was woken

    def wake(self, waiters: Waiters) -> None:
        """On a thread of the library."""
        while waiters:
            try:
                mailbox, future = waiters.popleft()
                mailbox.post(functools.partial(_set, future))
            except (IndexError, RuntimeError):
                pass  # another thread was first; or the loop is closed, and nobody waits any more

    def find(self, sha256: str) -> _native.Owned:
        """An image, for the transcript that a stop policy gets."""
        if self.handle is None:
            raise errors.NotFound("the run has only just begun")
        return own(_native.get_handle(_native.run_image, self.handle, _native.view(sha256)))


def _set(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


# One function each for all runs, alive as long as this module: so none can be collected while it is called. No
# exception may leave them: ctypes would print it and go on.


def _receive_event(user: int, run: int, event: _native.Str) -> None:
    watch = _native.kept.get(user)
    if watch is not None:
        watch.events.put(ctypes.string_at(event.data, event.size))
        if watch.event_waiters:
            watch.wake(watch.event_waiters)


_on_event = _native.OnEvent(_receive_event)


def _receive_end(user: int, run: int) -> None:
    watch = _native.kept.get(user)
    if watch is not None:
        watch.ended = True
        watch.wake(watch.event_waiters)
        watch.wake(watch.end_waiters)


_on_end = _native.OnEnd(_receive_end)


def _receive_stop(user: int, transcript: _native.Str, why: int, capacity: int) -> int:
    thread = get_ident()
    watch = None
    _native.engine_threads.add(thread)
    try:
        watch = _native.kept[user]
        fields = json.loads(ctypes.string_at(transcript.data, transcript.size))
        said = watch.stop(Transcript(fields, watch.find))
        if inspect.isawaitable(said):
            if inspect.iscoroutine(said):
                said.close()
            raise TypeError("a stop policy is a plain function; this one is async")
        if not said:
            return _native.GO_ON
        if isinstance(said, str):
            _write(said, why, capacity)
        return _native.STOP
    except BaseException as exception:  # it ends the run
        if watch is not None:
            watch.failure = exception
        if not _native.exiting:
            logger.warning("the stop policy raised", exc_info=exception)
        _write(f"the stop policy raised {errors.last_line(exception)}", why, capacity)
        return -1
    finally:
        _native.engine_threads.discard(thread)


_on_stop = _native.OnStop(_receive_stop)


def _receive_destroy(user: int) -> None:
    watch = _native.kept.pop(user, None)
    if watch is not None:
        watch.gone = True
        watch.wake(watch.event_waiters)
        watch.wake(watch.end_waiters)


_on_destroy = _native.OnDestroy(_receive_destroy)


def _write(text: str, target: int, capacity: int) -> None:
    """Writes UTF-8 with a terminating NUL, cut between two characters if it does not fit."""
    if target and capacity > 0:
        data = text.encode("utf-8", "replace").replace(b"\0", b" ")[: capacity - 1].decode("utf-8", "ignore").encode()
        ctypes.memmove(target, data + b"\0", len(data) + 1)


def begin(
    engine: Engine,
    request: str,
    images: list[Image],
    stop: Optional[Stop],
    pull: bool,
    ask: Ask | None,
    sink: SinkCallee | None,
    folder: str,
    function: Callable[..., int] = _native.refine,
) -> Run:
    """Begins a run, or goes on with one by `_native.resume`. Raises for an invalid request."""
    watch = Watch(stop, sink)
    options = _native.RunOptions(struct_size=ctypes.sizeof(_native.RunOptions))
    number = 0
    if not pull or stop is not None:
        number = _native.keep(watch)
        options.user = number
        options.destroy = _on_destroy
    if not pull:
        options.events, options.on_event, options.on_end = _native.EVENTS_THREAD, _on_event, _on_end
    if stop is not None:
        options.stop = _on_stop
    if images:
        options.images = _native.handles_of(images)
        options.image_count = len(images)
    path = _native.view(folder)
    options.folder = path
    table = None if sink is None else sink.table()
    if table is not None:
        options.sink = ctypes.pointer(table)
    try:
        handle = _native.get_handle(function, engine._open_handle(), _native.view(request), byref(options))
    except BaseException:
        _native.kept.pop(number, None)
        if table is not None:
            SinkCallee.forget(table)
        raise
    watch.handle = handle
    return Run(engine, handle, watch, pull, ask)
