#!/usr/bin/env python3
"""Refines an image from a brief, offline: the generator and the critic need neither a key nor a network.

usage: hello.py [BRIEF...]
"""

import sys

import pentimento as ptm


def main() -> int:
    brief = " ".join(sys.argv[1:]) or "three red mugs on a plain white table, bright"
    with ptm.Engine() as engine:
        run = engine.refine(brief, generator="sketch", critic="measure", until="satisfied || rounds(6)", seed=7)
        for event in run:
            print(event)
        outcome = run.outcome
        print(f"{outcome.best.id}: {outcome.score}, saved as {outcome.best.image.save('best.png')}")
        return 0 if outcome.score.satisfied else 1


if __name__ == "__main__":
    sys.exit(main())
