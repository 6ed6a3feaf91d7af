"""The shared library: where it is found, and its functions as in pentimento.h, which is their manual.

Nothing in here is part of the public interface of the package.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import threading
from ctypes import CFUNCTYPE, POINTER, byref, c_char_p, c_int32, c_int64, c_size_t, c_uint32, c_void_p
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Sequence, cast

from . import _checks, errors

if TYPE_CHECKING:
    from .image import Image

ABI_VERSION = 3

OK, TIMEOUT, END = 0, 201, 202
EVENTS_PULL, EVENTS_THREAD = 0, 2
GO_ON, STOP = 0, 1

# The longest that a thread waits in the library before Python handles signals, such as that of Ctrl-C.
SLICE_MS = 100

_ENVIRONMENT = "PENTIMENTO_LIBRARY"
_NAMES = ("libpentimento.so.1", "libpentimento.so")


# Structs -------------------------------------------------------------------------------------------------------------


class Str(ctypes.Structure):
    """ptm_str: a view of UTF-8. The data is an address and no c_char_p, because it need not end with a NUL."""

    _fields_ = [("data", c_void_p), ("size", c_size_t)]


class ImageInfo(ctypes.Structure):
    """ptm_image_info."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("data", c_void_p),
        ("size", c_size_t),
        ("media_type", c_char_p),
        ("width", c_uint32),
        ("height", c_uint32),
    ]


class EngineOptions(ctypes.Structure):
    """ptm_engine_options."""

    _fields_ = [("struct_size", c_size_t), ("threads", c_int32), ("settings", Str)]


OnEvent = CFUNCTYPE(None, c_void_p, c_void_p, Str)
OnEnd = CFUNCTYPE(None, c_void_p, c_void_p)
# `why` is an address: as a c_char_p it would arrive as a copy, into which nothing can be written.
OnStop = CFUNCTYPE(c_int32, c_void_p, Str, c_void_p, c_size_t)
OnDestroy = CFUNCTYPE(None, c_void_p)
OnCall = CFUNCTYPE(None, c_void_p, c_void_p)


class Backend(ctypes.Structure):
    """ptm_backend."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("abi_version", c_uint32),
        ("user", c_void_p),
        ("start", OnCall),
        ("cancel", OnCall),
        ("destroy", OnDestroy),
    ]


class RunOptions(ctypes.Structure):
    """ptm_run_options."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("events", c_int32),
        ("user", c_void_p),
        ("on_event", OnEvent),
        ("on_end", OnEnd),
        ("stop", OnStop),
        ("destroy", OnDestroy),
        ("images", POINTER(c_void_p)),
        ("image_count", c_size_t),
        ("sink", POINTER(Backend)),
        ("folder", Str),
    ]


# Interpreters --------------------------------------------------------------------------------------------------------


def _reject_subinterpreters() -> None:
    """Raises ImportError in a subinterpreter: the threads of the library call back into the main interpreter."""
    for name in ("_interpreters", "_xxsubinterpreters"):  # the first since Python 3.13
        try:
            interpreters = importlib.import_module(name)
            break
        except ImportError:
            pass
    else:
        return  # this Python has none

    def number(one: Any) -> int:
        return int(one[0] if isinstance(one, tuple) else one)

    if number(interpreters.get_current()) != number(interpreters.get_main()):
        raise ImportError("pentimento works in the main interpreter only, and this is a subinterpreter")


_reject_subinterpreters()


# Loading -------------------------------------------------------------------------------------------------------------


def _candidates() -> list[Path]:
    """The files that may be the library, in the order in which they are tried."""
    package = Path(__file__).resolve().parent
    found = [package / name for name in _NAMES]
    # In a checkout the package is capi/python/pentimento. The build that was made last is the one that is meant.
    # Builds with sanitizers are left out: loading one into an interpreter without its runtime ends the process.
    if len(package.parents) > 2:
        builds = (path for name in _NAMES for path in (package.parents[2] / "build").glob(f"*/capi/{name}"))
        fit = [path for path in builds if "san" not in path.parts[-3]]
        found += sorted(fit, key=lambda path: path.stat().st_mtime, reverse=True)
    return [path for path in found if path.is_file()]


def _load() -> ctypes.CDLL:
    """Loads the library. Raises ImportError, which says what was tried and what to do."""
    named = os.environ.get(_ENVIRONMENT)
    tried: list[str] = []
    for name in [named] if named else [*map(str, _candidates()), *_NAMES]:
        try:
            library = ctypes.CDLL(name)
            library.ptm_abi_version.restype = c_int32
            if (version := library.ptm_abi_version()) >= ABI_VERSION:
                return library
            tried.append(f"{name}: its interface is version {version}; {ABI_VERSION} or later is needed")
        except (OSError, AttributeError) as error:
            tried.append(str(error) if name in str(error) else f"{name}: {error}")
    raise ImportError(
        "the shared library of Pentimento cannot be loaded. In a checkout, ./examples/python/run builds it; elsewhere "
        f"set {_ENVIRONMENT} to the path of libpentimento.so, or put the file beside the package. Tried: "
        + "; ".join(tried)
    )


_library = _load()
# For functions that only look something up and never wait: the same library, called with the GIL held, because giving
# it away and asking for it back costs more than they do. No callback of the library is called while it holds a lock,
# so that this cannot lock up.
_quick = ctypes.PyDLL(_library._name)


def _declare(library: ctypes.CDLL, name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    function = getattr(library, name)
    function.restype = result
    function.argtypes = arguments
    return cast(Callable[..., Any], function)


_out = POINTER(c_void_p)

version_text: str = _declare(_library, "ptm_version", c_char_p)().decode()
status_name = _declare(_quick, "ptm_status_name", c_char_p, c_int32)

error_status = _declare(_quick, "ptm_error_status", c_int32, c_void_p)
error_message = _declare(_quick, "ptm_error_message", Str, c_void_p)
error_json = _declare(_quick, "ptm_error_json", Str, c_void_p)
error_release = _declare(_quick, "ptm_error_release", None, c_void_p)

text_view = _declare(_quick, "ptm_text_view", Str, c_void_p)
text_release = _declare(_quick, "ptm_text_release", None, c_void_p)

image_create = _declare(_library, "ptm_image_create", c_int32, c_void_p, c_size_t, _out, _out)
image_get = _declare(_quick, "ptm_image_get", c_int32, c_void_p, POINTER(ImageInfo), _out)
image_record = _declare(_library, "ptm_image_record", c_int32, c_void_p, _out, _out)
image_release = _declare(_library, "ptm_image_release", None, c_void_p)

engine_create = _declare(_library, "ptm_engine_create", c_int32, POINTER(EngineOptions), _out, _out)
engine_backends = _declare(_library, "ptm_engine_backends", c_int32, c_void_p, _out, _out)
engine_destroy = _declare(_library, "ptm_engine_destroy", None, c_void_p)
engine_add_generator = _declare(
    _library, "ptm_engine_add_generator", c_int32, c_void_p, Str, POINTER(Backend), _out)
engine_add_critic = _declare(_library, "ptm_engine_add_critic", c_int32, c_void_p, Str, POINTER(Backend), _out)
engine_add_reviser = _declare(_library, "ptm_engine_add_reviser", c_int32, c_void_p, Str, POINTER(Backend), _out)

refine = _declare(_library, "ptm_refine", c_int32, c_void_p, Str, POINTER(RunOptions), _out, _out)
resume = _declare(_library, "ptm_resume", c_int32, c_void_p, Str, POINTER(RunOptions), _out, _out)
read_run = _declare(_library, "ptm_read_run", c_int32, Str, _out, _out)
run_next = _declare(_library, "ptm_run_next", c_int32, c_void_p, c_int32, _out, _out)
run_wait = _declare(_library, "ptm_run_wait", c_int32, c_void_p, c_int32, _out)
run_cancel = _declare(_library, "ptm_run_cancel", c_int32, c_void_p, _out)
run_answer = _declare(_library, "ptm_run_answer", c_int32, c_void_p, c_int64, Str, _out)
run_outcome = _declare(_library, "ptm_run_outcome", c_int32, c_void_p, _out, _out)
run_transcript = _declare(_library, "ptm_run_transcript", c_int32, c_void_p, _out, _out)
run_best = _declare(_library, "ptm_run_best", c_int32, c_void_p, _out, _out)
run_image = _declare(_library, "ptm_run_image", c_int32, c_void_p, Str, _out, _out)
run_report_html = _declare(_library, "ptm_run_report_html", c_int32, c_void_p, _out, _out)
run_contact_sheet = _declare(_library, "ptm_run_contact_sheet", c_int32, c_void_p, _out, _out)
run_destroy = _declare(_library, "ptm_run_destroy", None, c_void_p)

call_request = _declare(_library, "ptm_call_request", c_int32, c_void_p, _out, _out)
call_image = _declare(_library, "ptm_call_image", c_int32, c_void_p, Str, _out, _out)
call_finish = _declare(_library, "ptm_call_finish", c_int32, c_void_p, Str, _out, c_size_t, _out)
call_fail = _declare(_library, "ptm_call_fail", c_int32, c_void_p, Str, _out)

fold = _declare(_library, "ptm_fold", c_int32, Str, _out, _out)
report_html = _declare(_library, "ptm_report_html", c_int32, Str, _out, c_size_t, _out, _out)
contact_sheet = _declare(_library, "ptm_contact_sheet", c_int32, Str, _out, c_size_t, _out, _out)
replay = _declare(_library, "ptm_replay", c_int32, Str, Str, _out, _out)
parse_policy = _declare(_library, "ptm_parse_policy", c_int32, Str, _out, _out)


# Calling -------------------------------------------------------------------------------------------------------------


def call(function: Callable[..., int], *arguments: Any) -> int:
    """Calls a function whose last parameter is the error, which is added here. Returns OK, TIMEOUT or END;
    raises the error otherwise."""
    error = c_void_p()
    status = function(*arguments, byref(error))
    if status in (OK, TIMEOUT, END):
        return status
    raise take_error(status, error.value, function.__name__)


ENGINE_CLOSED = "the engine is closed"
RUN_CLOSED = "the run is closed"
RUN_CLOSED_WITH_ENGINE = "the run is closed, because its engine is"
# The message for a handle that is not live, by the beginning of the function's name. The library speaks of handles, a
# word that users of this package do not know.
_closed = {
    "ptm_engine_": ENGINE_CLOSED,
    "ptm_refine": ENGINE_CLOSED,
    "ptm_resume": ENGINE_CLOSED,
    "ptm_run_": "the run is closed, or its engine",
    "ptm_call_": "the call is finished, or its run is closed",
}

# Set at the end of the program, before the engines are closed.
exiting = False


def closed(message: str) -> errors.BadHandle:
    """The exception for using an engine or a run that is closed. At the end of the program it ends any thread but the
    main one quietly, by SystemExit: a daemon thread that waited for a run would otherwise print a traceback."""
    if exiting and threading.current_thread() is not threading.main_thread():
        raise SystemExit
    return errors.BadHandle(message)


def take_error(status: int, error: int | None, function: str) -> errors.PentimentoError:
    """The exception for a status of a function, and for the error that came with it, which is released."""
    message, fields = "", {}
    if error is not None:
        try:
            message, fields = _copy(error_message(error)), json.loads(_copy(error_json(error)) or "{}")
        finally:
            error_release(error)
    if status == errors.Code.HANDLE:
        message = next((words for name, words in _closed.items() if function.startswith(name)), message)
    return errors.from_status(status, message, fields)


def get_text(function: Callable[..., int], *arguments: Any) -> str:
    """Calls a function whose last parameters are a text and the error. Returns a copy of the text. Raises."""
    text = c_void_p()
    call(function, *arguments, byref(text))
    return take_text(text)


def get_handle(function: Callable[..., int], *arguments: Any) -> int:
    """Calls a function whose last parameters are a handle that it makes and the error. Returns the handle. Raises."""
    handle = c_void_p()
    call(function, *arguments, byref(handle))
    assert handle.value is not None
    return handle.value


def take_text(text: c_void_p) -> str:
    """A copy of a ptm_text, which is released."""
    try:
        return _copy(text_view(text))
    finally:
        text_release(text)


def _copy(view: Str) -> str:
    return ctypes.string_at(view.data, view.size).decode() if view.size else ""


def view(text: str | bytes) -> Str:
    """A view of a text for the library. It keeps the text alive."""
    # "surrogatepass" would not be UTF-8; what cannot be encoded becomes a question mark.
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    made = Str(ctypes.cast(c_char_p(data), c_void_p), len(data)) if data else Str()
    made.keeps = data
    return made


def compact(value: Any) -> str:
    """JSON text of a value, without spaces. Raises TypeError and ValueError for what has no JSON form."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_checks.as_json)


def handles_of(images: Sequence[Image]) -> Any:
    """An array of the handles of images, which must outlive it; None for no images. Raises `errors.NotFound`."""
    return (c_void_p * len(images))(*(image._handle() for image in images)) if images else None


class Owned:
    """A handle of the library, which is released with this object: at the latest when the object is collected.

    May be released from any thread, also within a callback. After that the library answers the handle with
    `errors.BadHandle`.
    """

    __slots__ = ("handle", "_release", "__weakref__")

    def __init__(self, handle: int, release: Callable[[int], None]):
        self.handle = handle
        self._release: Callable[[int], None] | None = release

    @property
    def released(self) -> bool:
        return self._release is None

    def release(self) -> None:
        """Idempotent."""
        # Taken out first, so that it is released once.
        release, self._release = self._release, None
        if release is not None:
            release(self.handle)

    def __del__(self) -> None:
        self.release()


# What the library calls back -----------------------------------------------------------------------------------------

# The library refers to objects of Python by a number. They are kept here until it no longer needs them, so that they
# cannot be collected too early.
kept: dict[int, Any] = {}
_last = 0
_keeping = threading.Lock()

# The threads of engines that are executing Python code of the user now.
engine_threads: set[int] = set()


def keep(thing: Any) -> int:
    """Keeps an object for the library. Returns its number, never 0."""
    global _last
    with _keeping:
        _last += 1
        number = _last
    kept[number] = thing
    return number
