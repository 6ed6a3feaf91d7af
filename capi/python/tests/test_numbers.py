"""Numbers and booleans of numpy, which the package does not import. Without numpy, classes with the same methods."""

import json
import sys
import unittest

import support
from support import Counting, Strict, Told, png, ptm

SHEET = "a red sheet of paper"


class Dtype:
    def __init__(self, kind):
        self.kind = kind


class Whole:
    """numpy.int64."""

    dtype, shape = Dtype("i"), ()

    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value

    def __eq__(self, other):
        raise AssertionError("comparing may give an array")


class Fraction:
    """numpy.float32, which is no float."""

    dtype, shape = Dtype("f"), ()

    def __init__(self, value):
        self.value = value

    def __float__(self):
        return float(self.value)


class Truth:
    """numpy.bool_, which is neither a bool nor a number."""

    dtype, shape = Dtype("b"), ()

    def __init__(self, value):
        self.value = value

    def __bool__(self):
        return self.value


KINDS = [(Whole, Fraction, Truth)]
try:
    import numpy

    KINDS.append((numpy.int64, numpy.float32, numpy.bool_))
except ImportError:
    pass


class Numbers(unittest.TestCase):
    def setUp(self):
        self.engine = ptm.Engine()
        self.addCleanup(self.engine.close)

    def refine(self, generator, critic, **settings):
        return self.engine.refine(SHEET, generator=generator, critic=critic, **settings).wait(support.PATIENCE)

    def test_settings(self):
        for whole, fraction, truth in KINDS:
            with ptm.Engine(threads=whole(1), workers=whole(2), proxy=truth(False)) as engine:
                run = engine.refine(SHEET, generator=Counting(), critic=Strict(8), drafts=whole(1), seed=whole(7))
                self.assertEqual(run.wait(fraction(support.PATIENCE)).reason.kind, "satisfied")
                self.assertEqual(run.transcript.settings["seed"], 7)
            brief = ptm.Brief(SHEET, size=(whole(64), whole(32)))
            self.assertEqual(json.dumps(brief.to_json()["size"]), '{"width": 64, "height": 32}')

    def test_verdicts(self):
        for whole, fraction, truth in KINDS:
            self.assertEqual(ptm.Finding("wide", truth(True)).verdict, "pass")
            self.assertEqual(ptm.Finding("wide", truth(False), local=truth(True)).to_json()["verdict"], "fail")
            for critique in (
                [ptm.Finding("wide", truth(True), local=truth(False))],
                [{"requirement": "wide", "verdict": truth(True)}],
                {"findings": [{"requirement": "wide", "verdict": "pass", "local": truth(False)}]},
            ):
                plan = [ptm.Requirement("wide", "a wide one", weight=fraction(2.5))]
                outcome = self.refine(Counting(), Told(critique, plan))
                self.assertEqual(outcome.reason.kind, "satisfied", outcome.error)
                self.assertEqual(outcome.transcript.checklist[0].weight, 2.5)

    def test_capabilities_and_money(self):
        for whole, fraction, truth in KINDS:

            class Numeric(ptm.Generator):
                seed = truth(True)
                image_to_image = truth(False)
                max_side = whole(512)
                estimate_micros = whole(2000)

                def generate(self, request):
                    return ptm.Generation(png(), seed=whole(5), charge=ptm.Charge.paid(whole(1500)))

            outcome = self.refine(Numeric(), Strict(8))
            self.assertEqual(outcome.best.seed, 5)
            self.assertEqual(outcome.transcript.spent_micros, 1500)
            self.assertEqual(ptm.Charge.paid(whole(7)), ptm.Charge.paid(7))
            self.assertEqual(ptm.dollars(whole(40_000)), "$0.04")

    def test_stop_policy(self):
        for whole, fraction, truth in KINDS:
            outcome = self.refine(Counting(), Strict(99), stop=lambda run: truth(len(run.rounds) > 1))
            self.assertEqual(outcome.reason.kind, "custom")

    def test_rejects_booleans_as_numbers(self):
        for whole, fraction, truth in KINDS:
            for value in (True, truth(True)):
                with self.assertRaises(TypeError):
                    ptm.Charge.paid(value)
                with self.assertRaises(TypeError):
                    ptm.Engine(workers=value)
                with self.assertRaises(ValueError):
                    ptm.Brief(SHEET, size=(64, value))
            with self.assertRaises(TypeError):
                ptm.Charge.paid(fraction(0.04))
            with self.assertRaises(ValueError):
                ptm.Finding("wide", whole(1))

    def test_numpy_is_not_imported(self):
        status, out, err = support.run_python("import sys\nimport pentimento\nprint('numpy' in sys.modules)")
        self.assertEqual((status, out, err), (0, "False\n", ""))


if __name__ == "__main__":
    unittest.main()
