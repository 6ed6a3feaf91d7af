"""The engine: threads, backends and connections, and their end."""

from __future__ import annotations

import _thread
import asyncio
import atexit
import ctypes
import json
import os
import re
import sys
import threading
import time
import weakref
from ctypes import byref
from typing import Any, Callable, Iterable, Mapping, NamedTuple, Optional, Union

from . import _checks, _native
from . import run as runs
from ._dispatch import Dispatcher, Registered, SinkCallee
from .backends import Backend, Critic, Generator, Reviser
from .events import Event
from .image import Image, ImageLike, as_image, find_among, own
from .run import Ask, Run, Sink, Stop
from .vocabulary import Brief, Transcript, with_records

#: A backend by its name ("sketch", "stability:sd3.5-medium") or with settings ({"name": "measure", "profile": ...}).
Named = Union[str, Mapping[str, Any]]
#: The path of a file.
File = Union[str, "os.PathLike[str]"]


class Engine:
    """Threads, backends and connections. One engine per program is enough: its runs work concurrently.

    `with Engine()` closes it at the end. So does `async with Engine()`, which also binds it to the running event loop:
    async methods of your backends are called there, and nothing blocks the loop. An engine that is garbage collected is
    closed in the background; one that is open at the end of the program is closed then.

    Thread-safe.
    """

    def __init__(
        self,
        *,
        threads: int = 1,
        workers: int = 32,
        ca_file: Optional[File] = None,
        proxy: bool = False,
        prices: Optional[File] = None,
        key_file: Optional[File] = None,
        dotenv: Optional[File] = None,
    ):
        """`threads`: threads of the library, 1 to 64. `workers`: the maximum number of threads for plain methods of
        your backends. `ca_file`: additional certificate authorities to trust. `proxy`: True to use the proxy of the
        environment. `prices`: a price table that overrides the built-in one. `key_file`, `dotenv`: files with keys; ""
        for none.

        Raises `errors.PentimentoError`, TypeError and ValueError.
        """
        threads = _checks.integer("threads", threads, "a whole number")
        # Without one, plain methods would never be called.
        workers = _checks.whole("workers", workers, "a whole number", 1)
        files = {"ca_file": ca_file, "prices": prices, "key_file": key_file, "dotenv": dotenv}
        settings: dict[str, Any] = {name: os.fspath(file) for name, file in files.items() if file is not None}
        if _checks.flag("proxy", proxy):
            settings["proxy"] = True
        options = _native.EngineOptions(struct_size=ctypes.sizeof(_native.EngineOptions), threads=threads)
        text = _native.view(_native.compact(settings) if settings else "")
        options.settings = text
        self._handle = _native.get_handle(_native.engine_create, byref(options))
        self._dispatcher = Dispatcher(workers)
        self._closer = _Closer(self._handle, self._dispatcher)
        # At the end of the program _close_all closes it.
        weakref.finalize(self, self._closer.begin).atexit = False
        self._adding = threading.Lock()
        self._names: dict[str, set[str]] = {}
        self._added: dict[int, tuple[Backend, str]] = {}

    # Lifetime --------------------------------------------------------------------------------------------------------

    def close(self, timeout: Optional[float] = None) -> None:
        """Cancels the runs of the engine and blocks until its threads have ended, for at most `timeout` seconds.
        Idempotent and thread-safe. Within a stop policy, which runs on such a thread, it does not block. Images, and
        outcomes that were read, stay valid; everything else of the engine and its runs raises `errors.BadHandle` from
        now on.

        Does not wait for code of yours that still runs on a worker thread. Raises TimeoutError after the timeout, while
        the engine goes on closing.
        """
        end = _checks.deadline(timeout)
        self._closer.begin()
        if _thread.get_ident() not in _native.engine_threads:
            self._closer.wait(end)

    async def aclose(self, timeout: Optional[float] = None) -> None:
        """Like `close`, without blocking the event loop."""
        end = _checks.deadline(timeout)
        self._closer.begin()
        await asyncio.to_thread(self._closer.wait, end)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    async def __aenter__(self) -> Engine:
        if self._dispatcher.bound is None:
            self._dispatcher.bound = asyncio.get_running_loop()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()

    # Backends --------------------------------------------------------------------------------------------------------

    def backends(self) -> dict[str, list[dict[str, str]]]:
        """Returns the available backends: {"generators": [{"name", "what", "key", "base_url"}], "critics",
        "revisers"}."""
        entries: dict[str, list[dict[str, str]]] = json.loads(
            _native.get_text(_native.engine_backends, self._open_handle()))
        return entries

    def add_generator(self, generator: Generator, name: Optional[str] = None) -> str:
        """Adds a generator under `name` (default: its own), replacing any of that name, and returns the name. The
        engine keeps it until it is closed. Raises TypeError and ValueError for invalid attributes."""
        _reject_others("the generator", generator, Generator)
        return self._add(generator, name or _name_of(generator))

    def add_critic(self, critic: Critic, name: Optional[str] = None) -> str:
        """Adds a critic. Otherwise like `add_generator`."""
        _reject_others("the critic", critic, Critic)
        return self._add(critic, name or _name_of(critic))

    def add_reviser(self, reviser: Reviser, name: Optional[str] = None) -> str:
        """Adds a reviser. Otherwise like `add_generator`. The name "ask" is taken."""
        _reject_others("the reviser", reviser, Reviser)
        return self._add(reviser, name or _name_of(reviser))

    # Runs ------------------------------------------------------------------------------------------------------------

    def refine(
        self,
        brief: Union[str, Brief, Mapping[str, Any]],
        *,
        generator: Union[Named, Generator, None] = None,
        critic: Union[Named, Critic, None] = None,
        reviser: Union[Named, Reviser, None] = None,
        until: Optional[str] = None,
        drafts: Optional[int] = None,
        seed: Optional[int] = None,
        critique_retries: Optional[int] = None,
        keep_init_image: Optional[str] = None,
        max_edit_depth: Optional[int] = None,
        on_satisfied: Optional[str] = None,
        on_error: Optional[str] = None,
        on_refusal: Optional[str] = None,
        stop: Optional[Stop] = None,
        ask: Optional[Ask] = None,
        sink: Optional[Sink] = None,
        folder: Optional[File] = None,
    ) -> Run:
        """Begins a run and returns at once. Defaults: the generator "sketch", the critic "measure", the reviser
        "checklist", until "satisfied || rounds(6) || plateau(3)".

        `brief`: a string, a `Brief`, or its JSON. `generator`, `critic`, `reviser`: a name, a dict with settings, or an
        object of yours, which is added to the engine at its first use, under its name or a free variant of it. `until`:
        a stop policy, "satisfied || rounds(6) || usd(0.60)". `drafts`: images per round, 1 to 64. `seed`: all seeds of
        the run derive from it. `critique_retries`: how often any call but a generation is retried after a transient
        error, 0 to 10. `keep_init_image`: "always" or "optional": whether every draft starts from the init image or
        from an image made from it. `on_satisfied`: "cancel" or "keep" the other drafts. `on_error`: "go_on" or "stop".
        `on_refusal`: "stop" or "rephrase".

        `stop`: a stop policy of yours in addition to `until`. It receives the transcript after every round and before
        every call that costs money (the new round is then in the transcript and not `finished`) and returns whether to
        stop; a string is the reason. It runs on a thread of the library and delays other runs meanwhile. If it raises,
        the run ends as failed. `until="never"` leaves the decision to it alone.

        `ask`: lets a person edit each proposal before it is carried out. It receives the event "revision_proposed" and
        returns an `Answer`. It is called where the run is iterated or waited for; in an `async for` or `await` on a
        thread, unless it is async. An exception of it is raised there and cancels the run. The reviser makes the
        proposals.

        `sink`: receives every event before anybody else, one at a time, and the run waits for it: what it has stored
        when it returns is stored before the call that the event announces. A plain function is called on a thread of
        the engine, an async one on the event loop of async methods. If it raises, or has not finished within 50 ms
        after the run was cancelled or its time ran out, the run ends as failed with `errors.ObserverFailed`. It also
        receives the events that follow a `close` of the run.

        `folder`: records the run in this folder, which is created: `resume` goes on with it when the program was ended
        in the middle of it, and `read_run` reads it. It must not hold a run already. Every event is recorded before the
        sink and everybody else have it.

        Raises `errors.InvalidArgument`, `errors.ParseFailed` and other errors of the request before anything begins,
        `errors.IoFailed` if the folder cannot be written,
        `errors.BadHandle` if the engine is closed, TypeError and ValueError.
        """
        self._open_handle()
        if not isinstance(brief, (str, Brief, Mapping)):
            raise TypeError(f"a brief is a str, a Brief or a dict, not {type(brief).__name__}")
        if until is not None and not isinstance(until, str):
            wanted = 'a text such as "satisfied || rounds(6)"; a function goes to stop='
            raise TypeError(f"until is {wanted}, not {_checks.shown(until)}")
        images: list[Any] = []
        request: dict[str, Any] = {
            "brief": brief if isinstance(brief, str) else with_records(
                brief.to_json() if isinstance(brief, Brief) else dict(brief), images),
            "generator": self._chosen("the generator", generator, Generator),
            "critic": self._chosen("the critic", critic, Critic),
            "reviser": self._chosen("the reviser", reviser, Reviser),
            "until": until,
            "drafts": drafts,
            "seed": seed,
            "critique_retries": critique_retries,
            "keep_init_image": keep_init_image,
            "max_edit_depth": max_edit_depth,
            "on_satisfied": on_satisfied,
            "on_error": on_error,
            "on_refusal": on_refusal,
        }
        return self._begin(_native.refine, request, images, stop, ask, sink, "" if folder is None else path_of(folder))

    def resume(
        self,
        folder: File,
        *,
        generator: Union[Named, Generator, None] = None,
        critic: Union[Named, Critic, None] = None,
        reviser: Union[Named, Reviser, None] = None,
        ask_again: Optional[bool] = None,
        stop: Optional[Stop] = None,
        ask: Optional[Ask] = None,
        sink: Optional[Sink] = None,
    ) -> Run:
        """Goes on with an interrupted run that was recorded in a folder, and returns once it has read that. No call
        that has ended is made again. The limits on money, rounds and time continue from where they were. The events of
        the run are the new ones; its outcome, transcript and images are those of the whole run. That of a run which has
        stopped has the recorded outcome.

        `generator`, `critic`, `reviser`, `stop`, `ask`: those that the run was begun with, yours under the same names.
        Everything else is that of the record. `sink`: receives the new events.

        `ask_again`: what becomes of calls that were in progress and may have been billed. With None the run ends at
        once, without a call, with `errors.OutcomeUnknown`. True makes them again, and pays again. False counts them as
        failed. Either way, the cost of the first time counts as maybe billed.

        Raises `errors.InvalidArgument` for a folder without a run, `errors.IoFailed` if another process holds the run,
        `errors.ParseFailed` or `errors.UnreadableImage` for a damaged one, `errors.Unsupported` for one of a newer
        version, and otherwise as `refine`. With other backends than those of the record the run ends at once, with
        `errors.InvalidArgument`.
        """
        self._open_handle()
        again = None if ask_again is None else _checks.flag("ask_again", ask_again)
        request: dict[str, Any] = {
            "generator": self._chosen("the generator", generator, Generator),
            "critic": self._chosen("the critic", critic, Critic),
            "reviser": self._chosen("the reviser", reviser, Reviser),
            "unknown_outcome": {None: None, True: "repeat", False: "abandon"}[again],
        }
        return self._begin(_native.resume, request, [], stop, ask, sink, path_of(folder))

    # Internal --------------------------------------------------------------------------------------------------------

    def _begin(
        self,
        function: Callable[..., int],
        request: dict[str, Any],
        images: list[Any],
        stop: Optional[Stop],
        ask: Optional[Ask],
        sink: Optional[Sink],
        folder: str,
    ) -> Run:
        for what, given in (("stop", stop), ("ask", ask), ("sink", sink)):
            if given is not None and not callable(given):
                raise TypeError(f"{what} is a function, not {_checks.shown(given)}")
        if ask is not None:
            proposer = request["reviser"]
            request["reviser"] = {"name": "ask", **({} if proposer is None else {"proposer": proposer})}
        text = _native.compact({name: value for name, value in request.items() if value is not None})
        # If an event loop runs, the events are sent to it; else they are fetched, which needs no other thread.
        pull = self._dispatcher.bound is None and asyncio._get_running_loop() is None
        callee = None if sink is None else SinkCallee(sink, self._dispatcher)
        return runs.begin(self, text, images, stop, pull, ask, callee, folder, function)

    def _open_handle(self) -> int:
        """Raises `errors.BadHandle` after `close`."""
        if self._closer.begun:
            raise _native.closed(_native.ENGINE_CLOSED)
        return self._handle

    def _chosen(self, what: str, backend: Any, role: type) -> Any:
        """The form of a backend in a request."""
        if backend is None or isinstance(backend, str):
            return backend
        if isinstance(backend, Mapping):
            return dict(backend)
        _reject_others(what, backend, role)
        added = self._added.get(id(backend))
        return added[1] if added is not None else self._add(backend, None)

    def _add(self, backend: Backend, name: Optional[str]) -> str:
        """Adds a backend, by default under a free name."""
        role, function = next(names for kind, names in _roles.items() if isinstance(backend, kind))
        with self._adding:
            if not self._names:
                self._names = {
                    role: {entry["name"] for entry in entries} for role, entries in self.backends().items()}
            taken = self._names.setdefault(role, set())
            if name is None:
                wanted = name = _name_of(backend)
                number = 1
                while name in taken:
                    number += 1
                    name = f"{wanted}-{number}"
            Registered(backend, name, self._dispatcher).add(self._open_handle(), function)
            taken.add(name)
            self._added[id(backend)] = backend, name  # which keeps the id from being used again
        return name


# For each role: the list of its backends in JSON, and the function that adds one.
_roles = {
    Generator: ("generators", _native.engine_add_generator),
    Critic: ("critics", _native.engine_add_critic),
    Reviser: ("revisers", _native.engine_add_reviser),
}


def _reject_others(what: str, backend: Any, role: type) -> None:
    """Raises TypeError unless the object is of the role."""
    if isinstance(backend, type):
        raise TypeError(f"{what} {backend.__name__} is a class; give an instance, {backend.__name__}()")
    if not isinstance(backend, role):
        raise TypeError(f"{what} is a name, a dict with settings or a {role.__name__}, not {_checks.shown(backend)}")


def _name_of(backend: Backend) -> str:
    """The name of a backend: its own, or that of its class as in "own-critic"."""
    if not isinstance(backend.name, str):
        raise TypeError(f"{type(backend).__name__}.name is a text, not {_checks.shown(backend.name)}")
    return backend.name or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", type(backend).__name__).strip("_").lower()


# The end of engines --------------------------------------------------------------------------------------------------


class _Closer:
    """Destroys an engine once, on a separate thread, so that a garbage collection (perhaps within a callback) never
    blocks, and a wait in `close` can be interrupted by Ctrl-C."""

    # Those of engines that have not ended, for the end of the program.
    open: set[_Closer] = set()

    def __init__(self, handle: int, dispatcher: Dispatcher):
        self._handle = handle
        self._dispatcher = dispatcher
        self._process = os.getpid()
        self._begun = _thread.allocate_lock()
        self._done = _thread.allocate_lock()
        self._done.acquire()
        self.open.add(self)

    @property
    def begun(self) -> bool:
        """True if the engine is closed, or being closed."""
        return self._begun.locked()

    def begin(self) -> None:
        """Returns at once."""
        if self._process != os.getpid():
            return  # after a fork there is nothing to end
        if self._begun.acquire(blocking=False):
            try:
                # Not by the module threading, whose locks the interrupted thread may hold.
                _thread.start_new_thread(self._close, ())
            except RuntimeError:
                self._begun.release()  # no thread can be started now; the end of the program tries again
                raise

    def wait(self, end: float | None = None) -> None:
        """Blocks until the engine has ended. Raises TimeoutError at `end`."""
        if self._process != os.getpid():
            return
        # A lock takes no longer timeout.
        timeout = -1 if end is None else min(max(0.0, end - time.monotonic()), threading.TIMEOUT_MAX)
        if not self._done.acquire(timeout=timeout):
            raise TimeoutError("the engine has not ended within the timeout; it goes on closing")
        self._done.release()

    def _close(self) -> None:
        try:
            _native.engine_destroy(self._handle)
            self._dispatcher.close()
        finally:
            self.open.discard(self)
            self._done.release()


@atexit.register
def _close_all() -> None:
    """Called at the end of the program, while callbacks into Python still work."""
    _native.exiting = True
    try:
        for closer in list(_Closer.open):
            try:
                closer.begin()
            except RuntimeError:  # some versions of Python start no threads at this point
                closer._close()
            closer.wait()
    except KeyboardInterrupt:
        # A callback does not return, and the user does not want to wait for it. Going on would crash.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(130)


# Records and policies ------------------------------------------------------------------------------------------------


class _Record:
    """Recorded events and their images, to draw them."""

    def __init__(self, events: Union[str, bytes], images: list[Image]):
        self.events = events
        self.images = images

    @classmethod
    def of(cls, events: Union[str, bytes, Iterable[Event]], images: Iterable[ImageLike]) -> _Record:
        _checks.several("images", images, "are a list of images")
        found = [as_image(image) for image in images]
        if not isinstance(events, (str, bytes)):
            recorded = [event for event in events if event.sequence is not None]
            found += [image for event in recorded for image in event.images if image.has_bytes]
            events = "\n".join(event.record for event in recorded)
        return cls(events, found)

    def report_html(self) -> str:
        return _native.get_text(_native.report_html, *self._arguments())

    def contact_sheet(self) -> Image:
        return Image._of_owned(own(_native.get_handle(_native.contact_sheet, *self._arguments())))

    def _arguments(self) -> tuple[Any, ...]:
        return _native.view(self.events), _native.handles_of(self.images), len(self.images)


def fold(events: Union[str, bytes, Iterable[Event]], images: Iterable[ImageLike] = ()) -> Transcript:
    """Returns the transcript that events fold to. `events`: recorded events, the `record` of each on a line without
    those of type "revision_proposed"; or the events themselves, with their images. `images`: those whose records are in
    the events; the others have no bytes. Raises `errors.ParseFailed` with the line number, and as `Image` for an
    invalid image."""
    record = _Record.of(events, images)
    fields = json.loads(_native.get_text(_native.fold, _native.view(record.events)))
    return Transcript(fields, find_among(record.images), record)


class Replay(NamedTuple):
    """What a stop policy made of recorded events."""

    transcript: Transcript
    #: False if the run would have gone on after the end of the record.
    ended: bool
    #: What the run would have cost less than it did, in millionths of a dollar; 0 unless `ended`.
    saved_micros: int


def replay(
    events: Union[str, bytes, Iterable[Event]], until: Optional[str] = None, images: Iterable[ImageLike] = ()
) -> Replay:
    """Replays recorded events under another stop policy, without a call: what would it have saved? `until=None` is the
    policy of the record, which gives the same transcript. `events` and `images` as for `fold`. Raises as `fold` and
    `parse_policy`, and `errors.Unsupported` if the run had a stop policy of its own and `until` is None."""
    record = _Record.of(events, images)
    policy = _native.view("" if until is None else until)
    fields = json.loads(_native.get_text(_native.replay, _native.view(record.events), policy))
    transcript = Transcript(fields["transcript"], find_among(record.images), record)
    return Replay(transcript, fields["ended"], fields["saved_micros"])


def read_run(folder: File) -> Transcript:
    """Reads a run that was recorded in a folder, with its images, also while it goes on. Changes nothing. Raises
    `errors.InvalidArgument` for a folder without a run, and otherwise as `Engine.resume` for the folder."""
    return runs.read(path_of(folder))


def path_of(folder: File) -> str:
    """The path of a run folder. Raises TypeError and ValueError."""
    path = os.fsdecode(folder)
    if not path:
        raise ValueError("folder is empty; the path of a folder")
    return path


def parse_policy(policy: str) -> str:
    """Returns the normal form of a stop policy. Raises `errors.ParseFailed` with the position of the error."""
    return _native.get_text(_native.parse_policy, _native.view(policy))
