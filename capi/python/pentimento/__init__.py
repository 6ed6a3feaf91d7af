"""Turns a brief into an image that meets it: generate, critique, revise, repeat, until a stop policy holds.

    import pentimento as ptm

    with ptm.Engine() as engine:
        run = engine.refine("three red mugs on a plain white table, bright", until="satisfied || rounds(6)")
        for event in run:
            print(event)
        run.outcome.best.image.save("mugs.png")

Begin with `Engine.refine` and `Run`. Backends of your own derive from `Generator`, `Critic` and `Reviser`. Errors are
`PentimentoError`. The package calls the shared library libpentimento through ctypes; the README says where it is
searched. Importing the package raises ImportError if it is not found.
"""

from . import errors
from ._native import version_text as __version__
from .backends import Call, Critic, Generator, Reviser, current_call
from .engine import Engine, Replay, fold, parse_policy, read_run, replay
from .errors import Code, PentimentoError
from .events import Answer, Event
from .image import Image
from .money import Charge, dollars, usd
from .run import Outcome, Run
from .vocabulary import (
    Brief,
    Candidate,
    Checklist,
    Comparison,
    Critique,
    Decision,
    Finding,
    Generation,
    GenerationRequest,
    Plan,
    Requirement,
    Revision,
    Round,
    Score,
    StopReason,
    Transcript,
)

__all__ = [
    "Answer", "Brief", "Call", "Candidate", "Charge", "Checklist", "Code", "Comparison", "Critic", "Critique",
    "Decision", "Engine", "Event", "Finding", "Generation", "GenerationRequest", "Generator", "Image", "Outcome", "PentimentoError",
    "Plan", "Replay", "Requirement", "Reviser", "Revision", "Round", "Run", "Score", "StopReason", "Transcript", "__version__",
    "current_call", "dollars", "errors", "fold", "parse_policy", "read_run", "replay", "usd",
]
