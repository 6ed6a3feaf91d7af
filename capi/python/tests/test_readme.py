"""The programs in the README, and the command that it begins with."""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import support
from support import Counting, Strict, png, ptm

README = (support.PACKAGE_FOLDER / "README.md").read_text()
HELLO = (support.EXAMPLES / "hello.py").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


class Examples(unittest.TestCase):
    """They are executed as they are, with scripted backends."""

    def run_of(self, words, critic):
        """Executes the block with these words. Returns the outcome of its run."""
        block = next(block for block in BLOCKS if words in block)
        engine = ptm.Engine()
        self.addCleanup(engine.close)
        runs = []

        class Known:
            def refine(self, brief, **settings):
                runs.append(engine.refine(brief, generator=Counting(), critic=critic, **settings))
                return runs[-1]

        exec(block, {"ptm": ptm, "engine": Known(), "brief": "a red sheet of paper"})
        return runs[-1].wait(support.PATIENCE)

    def test_hello(self):
        self.assertEqual(BLOCKS[0], HELLO)

    def test_stop_policy(self):
        outcome = self.run_of("two are enough", Strict(99))
        self.assertEqual((outcome.reason.kind, outcome.reason.detail), ("custom", "two are enough"))
        self.assertEqual([bool(candidate.critique) for candidate in outcome.transcript.candidates], [True, True])

    def test_sink(self):
        with tempfile.TemporaryDirectory() as folder:
            self.addCleanup(os.chdir, os.getcwd())
            os.chdir(folder)
            outcome = self.run_of("def sink", Strict(9))
            images = [path.read_bytes() for path in Path(folder).glob("*.png")]
            folded = ptm.fold(Path(folder, "run.jsonl").read_text(), images)
        self.assertEqual(folded.json, outcome.transcript.json)
        self.assertEqual(bytes(folded.incumbent.image), bytes(outcome.best.image))

    def test_own_backends(self):
        block = next(block for block in BLOCKS if "class House" in block)
        names = {"ptm": ptm}
        exec(block[: block.index("run = engine")], names)
        class Squarer(Counting):
            def generate(self, request):
                super().generate(request)
                return png(8, 8) if "square image" in request.prompt else png(9, 8)

        with ptm.Engine() as engine:
            run = engine.refine("a mug", generator=Squarer(), critic=names["Square"](), reviser=names["Terse"]())
            self.assertEqual(run.wait(support.PATIENCE).reason.kind, "satisfied")
            self.assertEqual(run.outcome.transcript.images_requested, 2)

    def test_ask(self):
        for typed in ("", "a wide red sheet"):
            with mock.patch("builtins.input", return_value=typed) as asked:
                outcome = self.run_of("def ask", Strict(9))
            (question,), _ = asked.call_args
            proposed = question.splitlines()[0]
            self.assertIn("a red sheet of paper", proposed)
            self.assertEqual(outcome.best.request.prompt, typed or proposed)


class TheCommand(unittest.TestCase):
    def run_with(self, *words):
        command = [str(support.EXAMPLES / "run"), *words]
        # Nothing may be built or started: PYTHON would be called next.
        environment = {"PATH": "/usr/bin:/bin", "PENTIMENTO_LIBRARY": "/nowhere", "PYTHON": "/bin/false"}
        result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=support.PATIENCE)
        return result.returncode, result.stdout, result.stderr

    def test_rejects_options(self):
        for words in (("--seed", "3"), ("two", "mugs", "--seed"), ("-x",)):
            status, out, err = self.run_with(*words)
            self.assertEqual((status, out), (2, ""))
            option = next(word for word in words if word.startswith("-"))
            self.assertIn(f"there is no option {option}\nusage: examples/python/run [BRIEF...]\n", err)

    def test_help(self):
        for words in (("-h",), ("--help",)):
            status, out, err = self.run_with(*words)
            self.assertEqual((status, err), (0, ""))
            self.assertIn("usage: examples/python/run [BRIEF...]", out)


if __name__ == "__main__":
    unittest.main()
