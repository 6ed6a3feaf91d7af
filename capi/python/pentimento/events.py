"""What happens in a run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Callable, Literal, Mapping, Union

from . import errors
from .image import Image
from .vocabulary import StopReason

if TYPE_CHECKING:
    from .run import Run

EventType = Literal[
    "run_started", "plan_started", "plan_finished", "round_started", "image_given", "generation_started",
    "generation_finished", "critique_started", "critique_finished", "comparison_started", "comparison_finished",
    "candidate_decided", "round_finished", "revision_started", "revision_finished", "call_failed", "stop_requested",
    "run_stopped", "revision_proposed",
]

#: An answer to a proposal: None accepts it, and so does an empty text, which `input` gives for Enter. Another text is
#: the prompt to use in its place; an object has members that take the place of those of the revision, as in
#: {"action": "stop"}.
Answer = Union[None, str, Mapping[str, Any]]


class Event:
    """One thing that happened in a run. `print(event)` gives one line for people; `event["id"]` a member of its JSON.

    The members of every type stand in pentimento/event.hpp. An event is recorded in the order of `sequence`; that of
    the type "revision_proposed" stands beside the others and has no number.
    """

    __slots__ = ("text", "run", "_json")

    def __init__(self, text: str, run: Run):
        #: Its JSON, on one line: fit to be recorded, and read again by `fold`.
        self.text = text
        #: The run in which it happened.
        self.run = run
        self._json: dict[str, Any] | None = None

    @property
    def json(self) -> dict[str, Any]:
        """Its JSON, read."""
        if self._json is None:
            self._json = json.loads(self.text)
        return self._json

    @property
    def type(self) -> EventType:
        """What happened, as in "generation_finished"."""
        return self.json["type"]

    @property
    def sequence(self) -> int | None:
        """Its number, from 0 and without gaps; None for "revision_proposed"."""
        return self.json.get("sequence")

    @property
    def time(self) -> str | None:
        """When it happened: RFC 3339 in UTC with six decimals; None for "revision_proposed"."""
        return self.json.get("time")

    def __getitem__(self, name: str) -> Any:
        return self.json[name]

    def __contains__(self, name: str) -> bool:
        return name in self.json

    def get(self, name: str, default: Any = None) -> Any:
        """A member of its JSON, or this."""
        return self.json.get(name, default)

    @property
    def images(self) -> list[Image]:
        """The pictures of "generation_finished" and "image_given"; none for the others."""
        fields = self.json
        records = fields["generation"]["images"] if self.type == "generation_finished" else [fields.get("image")]
        return [Image._of_record(record, self.run._find) for record in records if record is not None]

    @property
    def error(self) -> errors.PentimentoError | None:
        """The error of "call_failed", or the one that ended the run."""
        return errors.from_json(self.json["error"]) if "error" in self.json else None

    @property
    def question(self) -> int | None:
        """The number of the question that "revision_proposed" puts; None for the others."""
        return self.json.get("question")

    @property
    def revision(self) -> dict[str, Any] | None:
        """What "revision_proposed" would have done, {"action", "request": {"prompt", ...}, "parent", "targets",
        "author", "why"}; that of "round_started" and "revision_finished" as well, None for the others."""
        return self.json.get("revision")

    def answer(self, answer: Answer = None) -> None:
        """Answers "revision_proposed". Raises `errors.BadState` for another event, if there is no such question, or it
        has its answer; `errors.ParseFailed` for an object that makes no revision."""
        if self.question is None:
            raise errors.BadState(f"only revision_proposed can be answered; this is {self.type}")
        self.run.answer(self.question, answer)

    def __str__(self) -> str:
        line = _lines.get(self.type)
        try:
            return _one_line(line(self.json)) if line else self.type.replace("_", " ")
        except (KeyError, TypeError, IndexError):  # of a later library, which says it in another way
            return self.type.replace("_", " ")

    def __repr__(self) -> str:
        number = "" if self.sequence is None else f" {self.sequence}"
        return f"<event{number} {self.type}>"


# One line for people, of the JSON of each type. ----------------------------------------------------------------------


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _round(e: Mapping[str, Any]) -> str:
    revision = e["revision"]
    return f"round {e['round']}: {revision['action']}" + (f", {revision['why']}" if revision.get("why") else "")


def _size(record: Mapping[str, Any]) -> str:
    return f"{record['width']}x{record['height']}"


def _generated(e: Mapping[str, Any]) -> str:
    images = e["generation"]["images"]
    more = f" and {len(images) - 1} more" if len(images) > 1 else ""
    return f"{e['id']}: generated {_size(images[0])}{more}"


def _judged(e: Mapping[str, Any]) -> str:
    findings = e["critique"]["findings"]
    passed = sum(finding["verdict"] == "pass" for finding in findings)
    return f"{e['id']}: judged, {passed} of {len(findings)} pass"


def _decided(e: Mapping[str, Any]) -> str:
    decision = e["decision"]
    gained, lost = (", ".join(f'"{id}"' for id in decision.get(name, ())) or "nothing" for name in ("gained", "lost"))
    said = {
        "first": "kept: the first",
        "more_musts": f"kept: gained {gained}, lost {lost}",
        "better_score": f"kept: a better score, gained {gained}, lost {lost}",
        "preferred": "kept: preferred in both orders",
        "lost_must": f"rejected: lost {lost}",
        "worse_score": f"rejected: a worse score, lost {lost}",
        "within_dead_band": "rejected: no clear gain, the scores differ too little",
        "tie": "rejected: a tie",
        "not_preferred": "rejected: not preferred in both orders",
        "unjudged": "rejected: not judged",
    }
    return f"{e['id']}: {said[decision['reason']]}"


def _failed(e: Mapping[str, Any]) -> str:
    call = e["call"]
    about = f" {call['candidate']}" if "candidate" in call else ""
    return f"{call['kind']}{about}{' swapped' if call.get('swapped') else ''} failed: {e['error']['message']}"


_lines: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "run_started": lambda e: f"run started: {e['brief']['goal']}",
    "plan_started": lambda e: "planning",
    "plan_finished": lambda e: f"planned {len(e['checklist'])} items",
    "round_started": _round,
    "image_given": lambda e: f"{e['id']}: given, {_size(e['image'])}",
    "generation_started": lambda e: f"{e['id']}: generating",
    "generation_finished": _generated,
    "critique_started": lambda e: f"{e['id']}: judging",
    "critique_finished": _judged,
    "comparison_started": lambda e: f"{e['challenger']}: compared with {e['incumbent']}",
    "comparison_finished": lambda e: (
        f"{e['challenger']}: {e['comparison']['preference']} preferred, "
        f"{'shown second' if e['swapped'] else 'shown first'}"),
    "candidate_decided": _decided,
    "round_finished": lambda e: f"round {e['round']} finished",
    "revision_started": lambda e: "revising",
    "revision_finished": lambda e: f"revised by {e['revision'].get('author', 'nobody')}",
    "revision_proposed": lambda e: (
        f"proposed: {e['revision']['action']}, \"{e['revision']['request']['prompt']}\""),
    "call_failed": _failed,
    "stop_requested": lambda e: f"stopping: {StopReason.from_json(e['reason'])}",
    "run_stopped": lambda e: f"stopped: {StopReason.from_json(e['reason'])}",
}
