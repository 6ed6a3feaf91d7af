"""What a run is about: briefs and requirements, requests and revisions, findings and critiques, scores and rounds.

What you make is a dataclass to fill in. What comes out of a run is read from its JSON; members that are not named here
are in `json`. All of it is data: it does not change when the run goes on. `from_json` and `to_json` read and write the
JSON of the library, which pentimento.h describes; `find` brings the bytes of images. Numbers and booleans may be those
of numpy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Iterable, Iterator, List, Literal, Mapping, Optional, Protocol, Sequence, Union, get_args

from . import _checks, errors
from .image import Find, Image, ImageLike, as_image
from .money import Charge

Importance = Literal["must", "should"]
Verdict = Literal["pass", "fail", "unknown"]
Preference = Literal["first", "second", "neither"]
Action = Literal["reprompt", "reseed", "edit", "backtrack", "restart", "stop"]
DecisionReason = Literal[
    "first", "more_musts", "better_score", "preferred", "lost_must", "worse_score", "within_dead_band", "tie",
    "not_preferred", "unjudged",
]
Size = tuple[int, int]


def _filled(**members: Any) -> dict[str, Any]:
    """A JSON object without its empty members, as the library writes it."""

    def is_empty(value: Any) -> bool:
        return value is None or isinstance(value, (str, list, tuple, dict)) and not value

    return {name: value for name, value in members.items() if not is_empty(value)}


def _pair(size: Size | None) -> dict[str, int] | None:
    return None if size is None else {"width": size[0], "height": size[1]}


def _read_pair(fields: Mapping[str, int] | None) -> Size | None:
    return None if fields is None else (fields["width"], fields["height"])


def _sides(what: str, value: Any, signs: str, wanted: str) -> Size | None:
    """Two whole numbers, or a text of both with one of the signs between them. Raises ValueError."""
    if value is None:
        return None
    sides = value
    if isinstance(value, str):
        match = re.fullmatch(f"0*([1-9][0-9]{{0,8}})[{signs}]0*([1-9][0-9]{{0,8}})", value)
        sides = match and [int(side) for side in match.groups()]
    if isinstance(sides, (list, tuple)) and len(sides) == 2:
        try:
            return _checks.integer(what, sides[0], wanted), _checks.integer(what, sides[1], wanted)
        except TypeError:
            pass
    raise ValueError(f"{what} is {wanted}, not {_checks.shown(value)}")


def _charged(charge: Charge) -> dict[str, Any] | None:
    if not isinstance(charge, Charge):
        raise TypeError(f"a charge is a Charge, Charge.paid(ptm.usd(0.04)), not {_checks.shown(charge)}")
    return None if charge == Charge() else charge.to_json()


# Briefs --------------------------------------------------------------------------------------------------------------


@dataclass
class Requirement:
    """One thing about the image that can be checked: a line of the checklist."""

    #: Names it within its checklist: findings refer to it. May be empty: in a brief the library gives it one, in a plan
    #: it is the text.
    id: str
    #: A statement that holds in a good image ("exactly three mugs"), as it can stand in a prompt.
    text: str
    #: What failing it means: a "must" makes the image unacceptable, a "should" makes it less good.
    importance: Importance = "must"
    #: How much it counts in the score, above 0 and at most a million.
    weight: float = 1.0
    #: The ids of requirements that must pass before this one means anything.
    depends_on: Sequence[str] = ()
    #: The name of the critic that judges it; empty while none has claimed it.
    owner: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not isinstance(self.text, str):
            raise TypeError(f"a requirement is Requirement(id, text), not {_checks.shown((self.id, self.text))}")
        if not self.text.strip():
            raise ValueError("the text of a requirement is empty; say what holds in a good image")
        _checks.one_of("the importance of a requirement", self.importance, ("must", "should"))
        self.weight = _checks.number("the weight of a requirement", self.weight, "a number above 0")

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Requirement:
        read = cls(
            fields.get("id", ""),
            "read below",
            fields.get("importance", "must"),
            fields.get("weight", 1.0),
            tuple(fields.get("depends_on", ())),
            fields.get("owner", ""),
        )
        # A recorded text is read as it is, also one that is not accepted here.
        read.text = fields["text"]
        return read

    def to_json(self) -> dict[str, Any]:
        members = _filled(id=self.id, text=self.text, importance=self.importance, owner=self.owner)
        if self.weight != 1.0:
            members["weight"] = self.weight
        if self.depends_on:
            members["depends_on"] = list(self.depends_on)
        return members


class Checklist(List[Requirement]):
    """The requirements that every image of a run is judged by: a list."""

    def find(self, id: str) -> Requirement | None:
        """Returns the requirement with this id, or None."""
        return next((requirement for requirement in self if requirement.id == id), None)


@dataclass
class Brief:
    """What you want. Every image of the run is judged against it, never against a derived prompt."""

    #: The goal in your own words.
    goal: str
    #: Requirements of your own; a string is a "must". Critics add theirs to the checklist, not here.
    requirements: Sequence[Union[Requirement, str]] = ()
    #: What the image must not show.
    avoid: Sequence[str] = ()
    #: The exact size in pixels, (1024, 768) or "1024x768".
    size: Union[Size, str, None] = None
    #: The aspect ratio, (16, 9) or "16:9"; `size` overrides it.
    aspect_ratio: Union[Size, str, None] = None
    #: Images that show what is meant. Critics and revisers get them with the brief; a generator does not.
    reference_images: Sequence[ImageLike] = ()
    #: An image to begin with: it is round 0, judged like any other and free of charge, and it may win.
    init_image: Optional[ImageLike] = None

    def __post_init__(self) -> None:
        self.size = self._size()
        self.aspect_ratio = self._aspect_ratio()
        _checks.several("the requirements of a brief", self.requirements, "are a list, of Requirement or texts")
        _checks.several("what to avoid", self.avoid, "is a list of texts")

    def _size(self) -> Size | None:
        return _sides("the size of a brief", self.size, "xX", '(WIDTH, HEIGHT) or "WIDTHxHEIGHT" in pixels')

    def _aspect_ratio(self) -> Size | None:
        return _sides("the aspect_ratio of a brief", self.aspect_ratio, ":", '(W, H) or "W:H", as in "16:9"')

    @classmethod
    def from_json(cls, fields: Mapping[str, Any], find: Find | None = None) -> Brief:
        return cls(
            fields["goal"],
            [Requirement.from_json(item) for item in fields.get("requirements", ())],
            list(fields.get("avoid", ())),
            _read_pair(fields.get("size")),
            _read_pair(fields.get("aspect_ratio")),
            [Image._of_record(record, find) for record in fields.get("reference_images", ())],
            Image._of_record(fields["init_image"], find) if "init_image" in fields else None,
        )

    def to_json(self) -> dict[str, Any]:
        """With `Image` in the places where the library wants records: see `with_records`."""
        # The sides are validated again, because they may have been set since.
        return _filled(
            goal=self.goal,
            requirements=[_required(item).to_json() for item in self.requirements],
            avoid=list(self.avoid),
            size=_pair(self._size()),
            aspect_ratio=_pair(self._aspect_ratio()),
            reference_images=[as_image(image) for image in self.reference_images],
            init_image=None if self.init_image is None else as_image(self.init_image),
        )


def _required(item: Union[Requirement, str]) -> Requirement:
    """A requirement; a text is a "must". Raises TypeError."""
    if isinstance(item, str):
        return Requirement("", item)
    if not isinstance(item, Requirement):
        raise TypeError(f"a requirement is a Requirement or a text, not {_checks.shown(item)}")
    return item


def with_records(value: Any, images: list[Image]) -> Any:
    """JSON with a record in the place of every `Image`; the images that have bytes are added to the list."""
    if isinstance(value, Image):
        if value.has_bytes:
            images.append(value)
        return dict(value.record)
    if isinstance(value, Mapping):
        return {name: with_records(member, images) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [with_records(member, images) for member in value]
    return value


# Requests and revisions ----------------------------------------------------------------------------------------------


@dataclass
class GenerationRequest:
    """A request to a generator for one image."""

    prompt: str
    #: What the image must not show; may be empty.
    negative_prompt: str = ""
    #: In pixels; by default that of the generator.
    size: Optional[Size] = None
    seed: Optional[int] = None
    #: The image to start from (image to image).
    init_image: Optional[Image] = None
    #: How far the result may depart from the init image, from 0 (not at all) to 1 (as if there were none).
    strength: float = 0.6
    #: Where the init image may change: white may, black may not.
    mask: Optional[Image] = None
    #: Options of one provider, under its own names.
    options: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """With `Image` in the places where the library wants records: see `with_records`."""
        members = _filled(
            prompt=self.prompt,
            negative_prompt=self.negative_prompt,
            size=_pair(_sides("the size of a request", self.size, "xX", "(WIDTH, HEIGHT) in pixels")),
            seed=self.seed,
            init_image=None if self.init_image is None else as_image(self.init_image),
            mask=None if self.mask is None else as_image(self.mask),
            options=dict(self.options),
        )
        return members if self.strength == 0.6 else {**members, "strength": self.strength}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any], find: Find | None = None) -> GenerationRequest:
        return cls(
            fields["prompt"],
            fields.get("negative_prompt", ""),
            _read_pair(fields.get("size")),
            fields.get("seed"),
            Image._of_record(fields["init_image"], find) if "init_image" in fields else None,
            fields.get("strength", 0.6),
            Image._of_record(fields["mask"], find) if "mask" in fields else None,
            fields.get("options", {}),
        )


@dataclass
class Generation:
    """The result of a generator of yours, if there is more to say than the image."""

    #: At least one; each becomes a candidate of its own.
    images: Union[ImageLike, Sequence[ImageLike]]
    #: The seed that was used.
    seed: Optional[int] = None
    #: The prompt that the provider made of the given one.
    revised_prompt: str = ""
    #: The provider's id of the request.
    request_id: str = ""
    #: Its cost. By default, the generator's estimate.
    charge: Charge = Charge()

    def to_json(self) -> dict[str, Any]:
        """Without the images, whose bytes travel separately."""
        return _filled(
            seed=self.seed,
            revised_prompt=self.revised_prompt,
            request_id=self.request_id,
            charge=_charged(self.charge),
        )


@dataclass
class Revision:
    """What to request in the next round, and why."""

    #: "reprompt": another prompt. "reseed": the same prompt with new seeds. "edit": start from an image. "backtrack":
    #: continue from an earlier candidate. "restart": start again from the brief. "stop": end the run.
    action: Action
    #: The request, or its prompt: size and negative prompt are then those of the brief. None for the prompt of round 0.
    request: Union[GenerationRequest, str, None] = None
    #: The id of the candidate that it continues from; by default the best one, and none for "restart". An edit starts
    #: from its image unless the request has an init image.
    parent: Optional[str] = None
    #: The ids of the requirements that it tries to repair.
    targets: Sequence[str] = ()
    #: Why, in one sentence.
    why: str = ""
    #: Its cost. By default, the reviser's estimate.
    charge: Charge = Charge()

    def __post_init__(self) -> None:
        _checks.one_of("the action of a revision", self.action, get_args(Action))
        if not isinstance(self.request, (GenerationRequest, str, type(None))):
            wanted = "a GenerationRequest, a prompt or None"
            raise TypeError(f"the request of a revision is {wanted}, not {_checks.shown(self.request)}")

    def to_json(self, run: Transcript) -> dict[str, Any]:
        """With `Image` in the places where the library wants records: see `with_records`."""
        if isinstance(self.request, GenerationRequest):
            request = self.request.to_json()
        else:
            prompt = self.request
            if prompt is None:
                prompt = run.json["rounds"][0]["revision"]["request"]["prompt"]
            request = _filled(prompt=prompt, negative_prompt=", ".join(run.json["brief"].get("avoid", ())))
        by_default = run.json.get("incumbent") if self.action != "restart" else None
        return _filled(
            action=self.action,
            request=request,
            parent=self.parent or by_default,
            targets=list(self.targets),
            why=self.why,
            charge=_charged(self.charge),
        )


# Judgements ----------------------------------------------------------------------------------------------------------


@dataclass
class Finding:
    """What a critic found about one requirement in one image. All texts are for people and may be empty."""

    #: The id of the requirement.
    requirement: str
    #: True and False are "pass" and "fail"; None is "unknown": what could not be judged.
    verdict: Union[Verdict, bool, None]
    #: What was seen or measured: "counted 2".
    observed: str = ""
    #: What would satisfy the requirement, in the same terms: "3".
    wanted: str = ""
    #: Where in the image, in words or as "x,y wxh" in pixels.
    where: str = ""
    #: Why the verdict is what it is: above all why it is "unknown".
    reason: str = ""
    #: True if the fault is in one part of the image, so that an edit can fix it and leave the rest unchanged.
    local: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.requirement, str):
            raise TypeError(f"a finding names the id of its requirement, a text, not {_checks.shown(self.requirement)}")
        passed = _checks.truth(self.verdict)
        if passed is not None:
            self.verdict = "pass" if passed else "fail"
        elif self.verdict is None:
            self.verdict = "unknown"
        _checks.one_of("a verdict", self.verdict, ("pass", "fail", "unknown"), "True", "False", "None")

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Finding:
        return cls(
            fields["requirement"],
            fields["verdict"],
            fields.get("observed", ""),
            fields.get("wanted", ""),
            fields.get("where", ""),
            fields.get("reason", ""),
            fields.get("local", False),
        )

    def to_json(self) -> dict[str, Any]:
        return _filled(
            requirement=self.requirement,
            verdict=self.verdict,
            observed=self.observed,
            wanted=self.wanted,
            where=self.where,
            reason=self.reason,
            local=True if self.local else None,
        )


@dataclass
class Critique:
    """The judgement on one image: a finding for each requirement that the critic judges, and perhaps a better
    prompt."""

    findings: Sequence[Finding] = ()
    #: The prompt that the critic would try next; empty if it has none.
    suggested_prompt: str = ""
    #: What else there is to say, for people.
    remark: str = ""
    #: Its cost. By default, the critic's estimate.
    charge: Charge = Charge()
    #: The image that was judged, if it is not the candidate's: a smaller or upright copy, or one without metadata.
    judged: Optional[Image] = None

    def verdict(self, requirement: str) -> Verdict:
        """Returns the verdict on the requirement with this id; "unknown" if there is no finding on it."""
        for finding in self.findings:
            if finding.requirement == requirement:
                return finding.verdict  # type: ignore[return-value]  # normal since it was made
        return "unknown"

    @classmethod
    def from_json(cls, fields: Mapping[str, Any], find: Find | None = None) -> Critique:
        return cls(
            [Finding.from_json(item) for item in fields.get("findings", ())],
            fields.get("suggested_prompt", ""),
            fields.get("remark", ""),
            Charge.from_json(fields.get("charge")),
            Image._of_record(fields["judged"], find) if "judged" in fields else None,
        )

    def to_json(self) -> dict[str, Any]:
        _checks.several("the findings of a critique", self.findings, "are a list, each a Finding(id, verdict)")
        members = _filled(
            suggested_prompt=self.suggested_prompt,
            remark=self.remark,
            charge=_charged(self.charge),
            judged=None if self.judged is None else as_image(self.judged),
        )
        return {"findings": [_found(finding).to_json() for finding in self.findings], **members}


@dataclass
class Plan:
    """What a critic can judge and what it leaves unjudged, with the cost of planning. A list of requirements is enough
    if there is nothing more to say."""

    #: A text is a "must" that is its own id.
    requirements: Sequence[Union[Requirement, str, Mapping[str, Any]]]
    charge: Charge = Charge()
    #: The parts of the brief that it cannot judge, in the words of the brief. They are shown to people.
    unjudged: Sequence[str] = ()

    def to_json(self) -> dict[str, Any]:
        _checks.several("the requirements of a plan", self.requirements, "are a list, of Requirement or texts")
        _checks.several("what a plan leaves unjudged", self.unjudged, "is a list of texts")
        members = _filled(unjudged=list(self.unjudged), charge=_charged(self.charge))
        return {"requirements": [_planned(item) for item in self.requirements], **members}


@dataclass
class Comparison:
    """The result of comparing two images, if there is more to say than which is better."""

    preference: Preference
    #: Why, for people.
    remark: str = ""
    charge: Charge = Charge()

    def __post_init__(self) -> None:
        _checks.one_of("a preference", self.preference, ("first", "second", "neither"))

    def to_json(self) -> dict[str, Any]:
        return _filled(preference=self.preference, remark=self.remark, charge=_charged(self.charge))


def _planned(item: Union[Requirement, str, Mapping[str, Any]]) -> dict[str, Any]:
    """A requirement of a plan in JSON, with an id, by which findings can refer to it."""
    if isinstance(item, Mapping):
        return dict(item)
    requirement = _required(item)
    return {"id": requirement.text, **requirement.to_json()}


def _found(item: Union[Finding, Mapping[str, Any]]) -> Finding:
    """A finding, or its JSON. Raises TypeError for what is neither, and ValueError."""
    if isinstance(item, Finding):
        return item
    known = set(Finding.__dataclass_fields__)
    if not isinstance(item, Mapping) or not {"requirement", "verdict"} <= set(item) <= known:
        wanted = 'a Finding(id, verdict) or a dict {"requirement": id, "verdict": ...}'
        raise TypeError(f"a finding is {wanted}, not {_checks.shown(item)}")
    return Finding.from_json(item)


# Transcripts ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Decision:
    """The decision on a candidate: accepted as the new best one or rejected, and why."""

    #: Accepted for: "first", "more_musts", "better_score", "preferred". Rejected for: "lost_must", "worse_score",
    #: "within_dead_band", "tie", "not_preferred", "unjudged".
    reason: DecisionReason
    accepted: bool
    #: The id of the candidate that it was compared with; None for the first.
    against: Optional[str] = None
    #: The ids of the requirements that pass here and not there, and the other way round.
    gained: Sequence[str] = ()
    lost: Sequence[str] = ()

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Decision:
        return cls(
            fields["reason"],
            fields["accepted"],
            fields.get("against"),
            tuple(fields.get("gained", ())),
            tuple(fields.get("lost", ())),
        )

    def __str__(self) -> str:
        return f"{'kept' if self.accepted else 'rejected'}: {self.reason.replace('_', ' ')}"


@dataclass(frozen=True)
class Score:
    """How well a critique meets the checklist, computed by the library. What is unknown counts as not passed."""

    #: The share of the weight that passed, in whole per cent; 100 only if everything passed.
    percent: int = 0
    #: The same from 0 to 1.
    fraction: float = 0.0
    passed: int = 0
    items: int = 0
    musts_passed: int = 0
    musts: int = 0
    #: True if every "must" passed or, if there is none, every "should".
    satisfied: bool = False

    @classmethod
    def from_json(cls, fields: Mapping[str, Any] | None) -> Score:
        return cls(**{name: fields[name] for name in cls.__dataclass_fields__ if name in fields}) if fields else cls()

    def __str__(self) -> str:
        return f"{self.percent} %, {self.passed} of {self.items}"


@dataclass(frozen=True)
class StopReason:
    """Why a run ended."""

    #: "satisfied", "score", "plateau", "repeats", "rounds", "images", "money", "time", "reviser", "cancelled",
    #: "failed" or "custom".
    kind: str
    #: The clause of the policy's text: "rounds(6)". The kind, if no policy ended the run.
    clause: str
    #: What was reached: "4 of 4 after round 2".
    detail: str = ""

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> StopReason:
        return cls(fields["kind"], fields["clause"], fields.get("detail", ""))

    def __str__(self) -> str:
        return f"{self.clause}: {self.detail}" if self.detail else self.clause


class Candidate:
    """One image of a run: the request that made it, its parent, its critique and the decision on it."""

    __slots__ = ("json", "_find", "_image")

    def __init__(self, fields: Mapping[str, Any], find: Find | None = None):
        #: As in the transcript.
        self.json = fields
        self._find = find
        self._image: Image | None = None

    @property
    def id(self) -> str:
        """Round, draft and image, as in "0a" or "3b.2"."""
        return str(self.json["id"])

    @property
    def image(self) -> Image:
        """The image. Its bytes are brought from the run when they are first used."""
        if self._image is None:
            self._image = Image._of_record(self.json["image"], self._find)
        return self._image

    @property
    def request(self) -> GenerationRequest:
        """The request to the generator."""
        return GenerationRequest.from_json(self.json["request"], self._find)

    @property
    def parent(self) -> str | None:
        """The id of the candidate that it was derived from."""
        return self.json.get("parent")

    @property
    def seed(self) -> int | None:
        """The seed that the generator says it used."""
        return self.json.get("seed")

    @property
    def warning(self) -> str:
        """Says that the image is not of the brief's size, or that its reply had more images than requested; else
        empty."""
        return str(self.json.get("warning", ""))

    @property
    def critique(self) -> Critique | None:
        """Its critique; None while it is not judged."""
        return Critique.from_json(self.json["critique"], self._find) if "critique" in self.json else None

    @property
    def decision(self) -> Decision | None:
        """The decision on it; None while there is none."""
        return Decision.from_json(self.json["decision"]) if "decision" in self.json else None

    @property
    def error(self) -> errors.PentimentoError | None:
        """Why it could not be judged; None if it was, or will be."""
        return errors.from_json(self.json["error"]) if "error" in self.json else None

    @property
    def score(self) -> Score:
        """How well it meets the checklist; all zeros while it is not judged."""
        return Score.from_json(self.json.get("score"))

    @property
    def accepted(self) -> bool:
        """True if it was accepted as the new best candidate."""
        return bool(self.json.get("decision", {}).get("accepted"))

    def __repr__(self) -> str:
        return f"<candidate {self.id}: {self.score if 'score' in self.json else 'not judged'}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The display in a notebook."""
        return {**self.image._repr_mimebundle_(), "text/plain": repr(self)}


class Round:
    """One round of a run."""

    __slots__ = ("json", "_find")

    def __init__(self, fields: Mapping[str, Any], find: Find | None = None):
        #: As in the transcript.
        self.json = fields
        self._find = find

    @property
    def index(self) -> int:
        """From 0."""
        return int(self.json["index"])

    @property
    def revision(self) -> Mapping[str, Any]:
        """What was requested, and why: {"action", "request", "parent", "targets", "author", "why"}."""
        revision: Mapping[str, Any] = self.json["revision"]
        return revision

    @property
    def candidates(self) -> list[Candidate]:
        """The images of the round."""
        return [Candidate(fields, self._find) for fields in self.json["candidates"]]

    @property
    def finished(self) -> bool:
        """True if everything in it was made and judged."""
        return "finished" in self.json

    @property
    def accepted(self) -> str | None:
        """The id of the candidate that became the best one; None if none did."""
        return self.json.get("accepted")

    def __repr__(self) -> str:
        return f"<round {self.index}: {len(self.json['candidates'])} candidates, accepted {self.accepted}>"


class Views(Protocol):
    """Draws the report and the contact sheet of a transcript."""

    def report_html(self) -> str: ...

    def contact_sheet(self) -> Image: ...


class Transcript:
    """A run so far, or a whole one."""

    __slots__ = ("json", "_find", "_views")

    def __init__(self, fields: Mapping[str, Any], find: Find | None = None, views: Views | None = None):
        #: As the library writes it.
        self.json = fields
        self._find = find
        self._views = views

    @property
    def brief(self) -> Brief:
        """The brief of the run."""
        return Brief.from_json(self.json["brief"], self._find)

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings that the run began with."""
        settings: Mapping[str, Any] = self.json["settings"]
        return settings

    @property
    def checklist(self) -> Checklist:
        """What every image is judged by; empty while it is not planned."""
        return Checklist(Requirement.from_json(item) for item in self.json.get("checklist", ()))

    @property
    def unjudged(self) -> list[str]:
        """The parts of the brief that nobody judges, in its words: what the critic says it cannot judge, and the
        requirements that it does not claim."""
        return list(self.json.get("unjudged", ()))

    @property
    def rounds(self) -> list[Round]:
        """The rounds in order; the last one may be in progress."""
        return [Round(fields, self._find) for fields in self.json.get("rounds", ())]

    @property
    def candidates(self) -> Iterator[Candidate]:
        """All candidates, in the order in which they were made."""
        for round in self.rounds:
            yield from round.candidates

    def candidate(self, id: str) -> Candidate | None:
        """Returns the candidate with this id, or None."""
        return next((candidate for candidate in self.candidates if candidate.id == id), None)

    @property
    def incumbent(self) -> Candidate | None:
        """The best candidate that was accepted so far."""
        id = self.json.get("incumbent")
        return None if id is None else self.candidate(id)

    @property
    def images_requested(self) -> int:
        """The number of images that were requested, with those in progress."""
        return int(self.json.get("images_requested", 0))

    @property
    def spent_micros(self) -> int:
        """The money that was or may have been spent, in micro-dollars: paid, estimated and maybe billed together."""
        return int(self.json.get("ledger", {}).get("spent_micros", 0))

    @property
    def reserved_micros(self) -> int:
        """The money that is reserved for calls in progress, in micro-dollars."""
        return int(self.json.get("ledger", {}).get("reserved_micros", 0))

    @property
    def failures(self) -> list[errors.PentimentoError]:
        """The errors of the calls that failed: those of drafts and of critiques, round by round, then the others."""
        failed = [
            item
            for round in self.json.get("rounds", ())
            for item in (*round.get("drafts", ()), *round.get("candidates", ()))
            if "error" in item
        ]
        return [errors.from_json(item["error"]) for item in (*failed, *self.json.get("failures", ()))]

    @property
    def stop_reason(self) -> StopReason | None:
        """Why the run ended; None while it goes on."""
        return StopReason.from_json(self.json["stop_reason"]) if "stop_reason" in self.json else None

    def report_html(self) -> str:
        """Returns the report: one HTML page that needs no other file, with the images in it. Of a run in progress it
        shows what there is now. Raises `errors.BadHandle` if the run is closed, `errors.BadState` for a transcript that
        is neither a run's nor from `fold`."""
        return self._drawn_by().report_html()

    def contact_sheet(self) -> Image:
        """Returns the run at a glance as one PNG: a row for each round. Blocks while it decodes the images. Raises
        `errors.InvalidArgument` for a run without rounds, and as `report_html`."""
        return self._drawn_by().contact_sheet()

    def _drawn_by(self) -> Views:
        if self._views is None:
            raise errors.BadState("this transcript has no events; take that of a run or an outcome, or one from fold()")
        return self._views

    def __repr__(self) -> str:
        return f"<transcript: {len(self.json.get('rounds', ()))} rounds, {self.stop_reason or 'going on'}>"


def findings_of(findings: Iterable[Union[Finding, Mapping[str, Any]]]) -> Critique:
    """A critique of findings, each a `Finding` or its JSON."""
    return Critique([_found(item) for item in findings])
