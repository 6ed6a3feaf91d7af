#!/usr/bin/env python3
"""Records a run in a folder. Started again after it was killed, it goes on where it was; at the end it saves the report.

usage: resume.py [FOLDER]
"""

import os
import sys

import pentimento as ptm

folder = sys.argv[1] if len(sys.argv) > 1 else "runs/mugs"
with ptm.Engine() as engine:
    if os.path.exists(folder):
        run = engine.resume(folder)
    else:
        run = engine.refine("three red mugs on a plain white table, bright", seed=7, folder=folder)
    print(run.wait())
with open(os.path.join(folder, "report.html"), "w", encoding="utf-8") as file:
    file.write(ptm.read_run(folder).report_html())
