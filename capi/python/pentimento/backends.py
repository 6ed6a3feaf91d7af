"""Backends of your own: derive from `Generator`, `Critic` or `Reviser`, and give an instance to `Engine.refine`.

Methods may be plain or `async def`. A plain method is called on a worker thread of the engine (`Engine(workers=...)`),
an async one on an event loop: that of `async with Engine()`, otherwise one that the engine runs on a thread. Several
calls may be in progress at once, of one run or of many: plain methods must be thread-safe.

An exception becomes the error of the call: `errors.PentimentoError` as it is, any other as "backend_failed" with the
last line of its traceback and the estimate as its worst-case cost. Its traceback goes to the logger "pentimento". An
error is not a verdict: what cannot be judged is a finding that is "unknown".

When the result is no longer wanted, an async method is cancelled like any asyncio task. A plain one runs to its end,
and nobody waits for it; a slow one should check `current_call().cancelled`.

Numbers and booleans may be those of numpy.
"""

from __future__ import annotations

import abc
from contextvars import ContextVar
from typing import Any, Awaitable, Mapping, Optional, Sequence, Union

from . import _checks, errors
from .image import Find, Image, ImageLike, as_image
from .money import Charge
from .vocabulary import (
    Brief,
    Candidate,
    Checklist,
    Comparison,
    Critique,
    Finding,
    Generation,
    GenerationRequest,
    Plan,
    Preference,
    Requirement,
    Revision,
    Transcript,
    findings_of,
    with_records,
)

GenerationLike = Union[Generation, ImageLike, Sequence[ImageLike]]
PlanLike = Union[Plan, Sequence[Union[Requirement, str, Mapping[str, Any]]]]
CritiqueLike = Union[Critique, Sequence[Union[Finding, Mapping[str, Any]]]]
ComparisonLike = Union[Comparison, Preference]
RevisionLike = Union[Revision, str, Mapping[str, Any]]


class Generator(abc.ABC):
    """Makes images. Its capabilities are attributes of the class or the instance, read once when it is added. A request
    beyond them is adapted, or rejected before the generator is called."""

    #: The name in records and messages, of letters, digits, "-", "_" and "."; by default that of the class.
    name: str = ""
    #: True if it can start from an init image (image to image).
    image_to_image: bool = False
    #: True if it can keep the init image outside a mask (inpainting).
    mask: bool = False
    #: True if the same request with the same seed gives the same image.
    seed: bool = False
    #: True if it takes a negative prompt.
    negative_prompt: bool = False
    #: The minimum and maximum side of an image, in pixels.
    min_side: Optional[int] = None
    max_side: Optional[int] = None
    #: The maximum length of a prompt, in characters.
    max_prompt_characters: Optional[int] = None
    #: The most images that one call returns; by default 1. Images beyond it are dropped.
    images_per_call: Optional[int] = None
    #: The accepted media types of an init image, such as ("image/png", "image/jpeg"); by default all.
    init_image_types: Optional[Sequence[str]] = None
    #: The minimum and maximum side of an init image in pixels, and its maximum size in bytes.
    min_init_image_side: Optional[int] = None
    max_init_image_side: Optional[int] = None
    max_init_image_bytes: Optional[int] = None
    #: The worst-case cost of a call, in micro-dollars (`usd`). It is reserved before every call.
    estimate_micros: int = 0

    @abc.abstractmethod
    def generate(self, request: GenerationRequest) -> Union[GenerationLike, Awaitable[GenerationLike]]:
        """Returns the requested image: an `Image`, the bytes of a PNG, JPEG, WebP or GIF, a PIL image, several of
        these, or a `Generation` with more details. The request is within the capabilities."""

    def _described(self, name: str) -> dict[str, Any]:
        """The capabilities for the library. Raises TypeError and ValueError for invalid ones."""
        _reject_misspelt(self, "estimate_micros", "estimate", "estimates_micros")
        whose = type(self).__name__
        estimate = _checks.whole(f"{whose}.estimate_micros", self.estimate_micros, _checks.MICROS)
        fields: dict[str, Any] = {"name": name, "estimate_micros": estimate}
        for flag in ("image_to_image", "mask", "seed", "negative_prompt"):
            fields[flag] = _checks.flag(f"{whose}.{flag}", getattr(self, flag))
        limits = {
            "min_side": "pixels",
            "max_side": "pixels",
            "max_prompt_characters": "characters",
            "images_per_call": "images",
            "min_init_image_side": "pixels",
            "max_init_image_side": "pixels",
            "max_init_image_bytes": "bytes",
        }
        for limit, unit in limits.items():
            if getattr(self, limit) is not None:
                wanted = f"a whole number of {unit}, or None"
                fields[limit] = _checks.whole(f"{whose}.{limit}", getattr(self, limit), wanted)
        if self.init_image_types is not None:
            fields["init_image_types"] = list(self.init_image_types)
        return fields


class Critic(abc.ABC):
    """Judges images. `plan` says what it can judge, `critique` what it found."""

    #: The name in records and messages, of letters, digits, "-", "_" and "."; by default that of the class.
    name: str = ""
    #: The worst-case cost of a call, in micro-dollars (`usd`), by "plan", "critique" and "compare".
    estimates_micros: Mapping[str, int] = {}

    def plan(self, brief: Brief) -> Union[PlanLike, Awaitable[PlanLike]]:
        """Returns the requirements that this critic can judge for a brief. Called once, before the first image, and
        only if overridden; otherwise the critic judges the brief's own requirements. A string is a "must" that is its
        own id. To claim a requirement of the brief, plan one with the same id."""
        return []

    @abc.abstractmethod
    def critique(
        self, candidate: Candidate, checklist: Checklist
    ) -> Union[CritiqueLike, Awaitable[CritiqueLike]]:
        """Returns the findings on `candidate.image`, at most one per requirement of the checklist. A requirement
        without a finding is "unknown". The brief is `current_call().brief`."""

    def compare(
        self, first: Candidate, second: Candidate, checklist: Checklist
    ) -> Union[ComparisonLike, Awaitable[ComparisonLike]]:
        """Returns which of two images meets the brief better: "first", "second" or "neither". Called only if
        overridden, in both orders; only two equal answers count."""
        raise errors.Unsupported(f"{self.name or type(self).__name__} does not compare images")

    def _described(self, name: str) -> dict[str, Any]:
        """The description for the library. Raises as that of a generator."""
        _reject_misspelt(self, "estimates_micros", "estimates", "estimate_micros")
        whose = f"{type(self).__name__}.estimates_micros"
        if not isinstance(self.estimates_micros, Mapping):
            wanted = 'a dict, {"critique": ptm.usd(0.01)}'
            raise TypeError(f"{whose} is {wanted}, not {_checks.shown(self.estimates_micros)}")
        return {
            "name": name,
            "plans": type(self).plan is not Critic.plan,
            "compares": type(self).compare is not Critic.compare,
            "estimates_micros": {
                kind: _checks.whole(f"{whose}[{kind!r}]", micros, _checks.MICROS)
                for kind, micros in self.estimates_micros.items()
            },
        }


class Reviser(abc.ABC):
    """Chooses what to request in the next round."""

    #: The name in records and messages, of letters, digits, "-", "_" and "."; by default that of the class.
    name: str = ""
    #: The worst-case cost of a call, in micro-dollars (`usd`). It is reserved before every call.
    estimate_micros: int = 0

    @abc.abstractmethod
    def revise(
        self, run: Transcript, capabilities: Mapping[str, Any]
    ) -> Union[RevisionLike, Awaitable[RevisionLike]]:
        """Returns what to request next: a `Revision`, a prompt, or the JSON of a revision. Called after every round
        that does not end the run. `run` is the run so far; the bytes of its images can be read until the method
        returns. `capabilities` says what the generator can do: {"name", "image_to_image", "mask", "seed", "max_side",
        ...}. The run fits the revision to them: an action that is not possible becomes one that is. `Revision("stop")`
        ends the run."""

    def _described(self, name: str) -> dict[str, Any]:
        """The description for the library. Raises as that of a generator."""
        _reject_misspelt(self, "estimate_micros", "estimate", "estimates_micros")
        whose = f"{type(self).__name__}.estimate_micros"
        return {"name": name, "estimate_micros": _checks.whole(whose, self.estimate_micros, _checks.MICROS)}


Backend = Union[Generator, Critic, Reviser]


def _reject_misspelt(backend: Any, right: str, *wrong: str) -> None:
    """Raises TypeError for a number under a misspelt name, for which no money would be reserved."""
    for name in wrong:
        if isinstance(getattr(backend, name, None), (int, float, str, Mapping)):
            raise TypeError(f"{type(backend).__name__}.{name} is not read; did you mean {right}?")


class Call:
    """A call of a run to a backend, as `current_call` returns it."""

    def __init__(self, kind: str, request: Mapping[str, Any], find: Find):
        #: "generate", "plan", "critique", "compare", "revise"; "event" in a sink.
        self.kind = kind
        #: The request, as JSON.
        self.request = request
        #: True if the result is no longer wanted. Thread-safe.
        self.cancelled = False
        self._find = find

    @property
    def brief(self) -> Brief | None:
        """The brief of the run. None in "generate", which gets a prompt, and in a sink."""
        if self.kind in ("generate", "event"):
            return None
        whole = self.request["transcript"] if self.kind == "revise" else self.request
        fields = whole if self.kind == "plan" else whole.get("brief")
        return None if fields is None else Brief.from_json(fields, self._find)

    def _arguments(self) -> tuple[Any, ...]:
        """The arguments of the method. Their images are brought now, so that they outlive the call, but those of a
        transcript only when they are used."""
        if self.kind == "generate":
            request = GenerationRequest.from_json(self.request, self._find)
            return _brought((request,), request.init_image, request.mask)
        if self.kind == "revise":
            return Transcript(self.request["transcript"], self._find), self.request["capabilities"]
        if self.kind == "plan":
            brief = Brief.from_json(self.request, self._find)
            return _brought((brief,), brief.init_image, *brief.reference_images)
        checklist = Checklist(Requirement.from_json(item) for item in self.request.get("checklist", ()))
        names = ("candidate",) if self.kind == "critique" else ("first", "second")
        candidates = [Candidate(self.request[name], self._find) for name in names]
        return _brought((*candidates, checklist), *(candidate.image for candidate in candidates))


def _brought(arguments: tuple[Any, ...], *images: Any) -> tuple[Any, ...]:
    for image in images:
        if image is not None:
            image.has_bytes  # brings them
    return arguments


current: ContextVar[Optional[Call]] = ContextVar("pentimento_call", default=None)


def current_call() -> Call:
    """Returns the current call, within a method of a backend or within a sink, and in what they call and await. Raises
    RuntimeError anywhere else."""
    call = current.get()
    if call is None:
        raise RuntimeError("there is no call here; current_call() works in the methods of backends and in sinks")
    return call


def encoded(call: Call, result: Any) -> tuple[dict[str, Any], list[Image]]:
    """The result of a method as JSON and images for the library. Raises TypeError and ValueError for an invalid one."""
    images: list[Image] = []
    if call.kind == "event":
        return {}, images
    if call.kind == "revise":
        fields = _revision_of(result, Transcript(call.request["transcript"]))
    elif call.kind == "generate":
        generation = result if isinstance(result, Generation) else Generation(result)
        given: Any = generation.images
        several = given if isinstance(given, (list, tuple)) else [given]
        return generation.to_json(), [as_image(image) for image in several]
    else:
        fields = _judged(call.kind, result)
    return with_records(fields, images), images


def _revision_of(result: Any, run: Transcript) -> Mapping[str, Any]:
    """The JSON of a revision, with `Image` in the places of records."""
    if isinstance(result, Mapping) and "action" in result:
        return result
    if isinstance(result, str):
        result = Revision("reprompt", result)
    if not isinstance(result, Revision):
        wanted = 'gives back a Revision(action), a prompt, or a dict {"action": ..., "request": {"prompt": ...}}'
        raise TypeError(f"revise {wanted}, not {_checks.shown(result)}")
    return result.to_json(run)


def _judged(kind: str, result: Any) -> Mapping[str, Any]:
    """The JSON of a critic's result, with `Image` in the place of a record."""
    made, member, wanted = _results[kind]
    if isinstance(result, Mapping) and member in result:
        return result
    if isinstance(result, (Plan, Critique, Comparison)) and isinstance(result, made):
        return result.to_json()
    if kind == "compare":
        if not isinstance(result, str):
            raise TypeError(f"{kind} {wanted}, not {_checks.shown(result)}")
        return Comparison(result).to_json()  # type: ignore[arg-type]  # it validates the text
    _checks.several(kind, result, wanted)
    listed = list(result)
    return (Plan(listed) if kind == "plan" else findings_of(listed)).to_json()


# For each kind: the class of the result, the member that its JSON always has, and the accepted results in words.
_results: dict[str, tuple[type, str, str]] = {
    "plan": (Plan, "requirements", "gives back a list of requirements, each a Requirement or a text, or a Plan"),
    "critique": (Critique, "findings", "gives back a list of findings, each a Finding(id, verdict), or a Critique"),
    "compare": (Comparison, "preference", 'gives back "first", "second" or "neither", or a Comparison'),
}


def failure(exception: BaseException, where: str, worst_micros: int) -> dict[str, Any]:
    """The JSON of the error for an exception of a method or sink."""
    if isinstance(exception, errors.PentimentoError):
        fields = exception.to_json()
        # Not a code of an error in a run: the backend used something that is closed, for example.
        if exception.code >= errors.Code.HANDLE:
            fields.update(code=str(errors.Code.BACKEND_FAILED), message=f"{where}: {exception.message}")
        return fields
    charge = Charge.maybe_billed(worst_micros) if worst_micros else Charge()
    return errors.BackendFailed(f"{where} raised {errors.last_line(exception)}", charge=charge).to_json()


def cancellation(where: str, worst_micros: int) -> dict[str, Any]:
    """The JSON of the error for a method that was cancelled."""
    charge = Charge.maybe_billed(worst_micros) if worst_micros else Charge()
    return errors.Cancelled(f"{where} was cancelled", charge=charge).to_json()
