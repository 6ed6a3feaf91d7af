"""The events of a run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, Mapping, Union

from . import errors
from .image import Image

if TYPE_CHECKING:
    from .image import Find
    from .run import Run

EventType = Literal[
    "run_started", "plan_started", "plan_finished", "round_started", "image_given", "generation_started",
    "generation_finished", "critique_started", "critique_finished", "comparison_started", "comparison_finished",
    "candidate_decided", "round_finished", "revision_started", "revision_finished", "call_failed", "stop_requested",
    "run_stopped", "revision_proposed",
]

#: An answer to a proposal. None or an empty string (what `input` returns for Enter) accepts it. Any other string is the
#: prompt to use instead. A mapping has members that override those of the revision: {"action": "stop"}; None removes
#: one: {"action": "reprompt", "request": {"init_image": None}} lets the init image go.
Answer = Union[None, str, Mapping[str, Any]]


class Event:
    """One thing that happened in a run. `print(event)` prints its one line of text; `event["id"]` is a member of its
    JSON.

    pentimento.h lists the members of each type. Events are recorded in the order of `sequence`. An event of the type
    "revision_proposed" is not recorded and has no number.
    """

    __slots__ = ("record", "_run", "_find", "_json", "_images")

    def __init__(self, record: str, find: Find, run: Run | None = None):
        #: The event's JSON on one line, as `fold` reads it.
        self.record = record
        self._run = run
        self._find = find
        self._json: dict[str, Any] | None = None
        self._images: list[Image] | None = None

    @property
    def run(self) -> Run:
        """The run in which it happened. Raises `errors.BadState` within a sink, which may be called before `refine` has
        returned the run."""
        if self._run is None:
            raise errors.BadState("an event in a sink does not know its run; use what refine() returned")
        return self._run

    @property
    def json(self) -> dict[str, Any]:
        """The event's JSON, parsed once."""
        if self._json is None:
            self._json = json.loads(self.record)
        return self._json

    @property
    def type(self) -> EventType:
        """What happened: "generation_finished"."""
        kind: EventType = self.json["type"]
        return kind

    @property
    def text(self) -> str:
        """One line for people. Its wording may change between versions."""
        return str(self.json["text"])

    @property
    def sequence(self) -> int | None:
        """The number of the event, from 0 without gaps. None for "revision_proposed"."""
        return self.json.get("sequence")

    @property
    def time(self) -> str | None:
        """When it happened: RFC 3339 in UTC with six decimals. None for "revision_proposed"."""
        return self.json.get("time")

    def __getitem__(self, name: str) -> Any:
        return self.json[name]

    def __contains__(self, name: str) -> bool:
        return name in self.json

    def get(self, name: str, default: Any = None) -> Any:
        """Returns a member of its JSON, or `default`."""
        return self.json.get(name, default)

    @property
    def images(self) -> list[Image]:
        """The images of "generation_finished" and "image_given". Empty for the others."""
        if self._images is None:
            fields = self.json
            records = fields["generation"]["images"] if self.type == "generation_finished" else [fields.get("image")]
            self._images = [Image._of_record(record, self._find) for record in records if record is not None]
        return self._images

    @property
    def error(self) -> errors.PentimentoError | None:
        """The error of "call_failed", or the one that ended the run. None if there is none."""
        return errors.from_json(self.json["error"]) if "error" in self.json else None

    @property
    def question(self) -> int | None:
        """The number of the question that "revision_proposed" asks. None for the others."""
        return self.json.get("question")

    @property
    def revision(self) -> dict[str, Any] | None:
        """The revision of "revision_proposed", "round_started" and "revision_finished": {"action", "request":
        {"prompt", ...}, "parent", "targets", "author", "why"}. None for the others."""
        return self.json.get("revision")

    def answer(self, answer: Answer = None) -> None:
        """Answers "revision_proposed". Raises `errors.BadState` for another event, and if the question was answered or
        is unknown; `errors.ParseFailed` if the mapping does not make a revision."""
        if self.question is None:
            raise errors.BadState(f"only revision_proposed can be answered; this is {self.type}")
        self.run.answer(self.question, answer)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        number = "" if self.sequence is None else f" {self.sequence}"
        return f"<event{number} {self.type}>"
