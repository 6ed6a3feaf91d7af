"""The run that every language makes, in Python: prints its transcript."""

import json

import pentimento as ptm

with ptm.Engine() as engine:
    brief = ptm.Brief("three red mugs on a plain white table, bright", avoid=["text"], size=(320, 240))
    run = engine.refine(brief, until="satisfied || rounds(4)", seed=8)
    run.wait()
    print(json.dumps(run.outcome.json["transcript"]))
