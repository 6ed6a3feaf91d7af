"""Generators and critics of one's own, questions to a person, and stop policies."""

import asyncio
import itertools
import logging
import threading
import time
import unittest

import support
from support import AsyncStrict, Counting, Sleeping, Strict, Told, eventually, png, ptm

SHEET = "a red sheet of paper"


class Case(unittest.TestCase):
    def setUp(self):
        self.engine = ptm.Engine()
        self.addCleanup(self.engine.close)
        # Exceptions are logged; here they are raised on purpose.
        logging.getLogger("pentimento").setLevel(logging.CRITICAL)
        self.addCleanup(logging.getLogger("pentimento").setLevel, logging.NOTSET)

    def refine(self, generator, critic, **settings):
        """Runs to the end."""
        return self.engine.refine(SHEET, generator=generator, critic=critic, **settings).wait(support.PATIENCE)


class InTheLoop(Case):
    def check(self, generator, critic, pictures):
        outcome = self.refine(generator, critic, until="satisfied || rounds(6)")
        self.assertEqual(outcome.reason.kind, "satisfied", outcome.error)
        self.assertEqual(outcome.transcript.images_requested, pictures)
        self.assertEqual([item.id for item in outcome.transcript.checklist], ["wide"])
        return outcome

    def test_plain_methods(self):
        generator = Counting()
        outcome = self.check(generator, Strict(10), 3)
        self.assertEqual(outcome.best.image.size, (10, 8))
        self.assertEqual(outcome.best.critique.findings[0].observed, "10")
        self.assertIn("red sheet", generator.requests[0].prompt)
        self.assertIsInstance(generator.requests[0].seed, int)
        self.assertTrue(all(name.startswith("pentimento-worker") for name in generator.threads))

    def test_async_methods(self):
        generator = Sleeping()
        outcome = self.check(generator, AsyncStrict(8), 1)
        self.assertEqual(outcome.best.critique.remark, SHEET)
        self.assertEqual(outcome.best.image.sha256, generator.picture.sha256)

    def test_plain_and_async_methods(self):
        class Mixed(Strict):
            async def critique(self, candidate, checklist):
                await asyncio.sleep(0)
                return Strict.critique(self, candidate, checklist)

        self.check(Counting(), Mixed(9), 2)

    def test_plain_method_returns_an_awaitable(self):
        class Later(ptm.Generator):
            def generate(self, request):
                async def draw():
                    await asyncio.sleep(0)
                    return png(10, 8)

                return draw()

        self.check(Later(), Strict(10), 1)

    def test_generation(self):
        class Telling(ptm.Generator):
            estimate_micros = ptm.usd(0.02)
            images_per_call = 2

            def generate(self, request):
                return ptm.Generation(
                    [png(9, 8), bytearray(png(12, 8))],
                    seed=5,
                    revised_prompt="a sheet",
                    request_id="r-1",
                    charge=ptm.Charge.paid(ptm.usd(0.01)),
                )

        outcome = self.check(Telling(), Strict(12), 2)
        self.assertEqual(outcome.best.id, "0a.2")
        self.assertEqual(outcome.best.seed, 5)
        self.assertEqual(outcome.best.json["request_id"], "r-1")
        self.assertEqual(outcome.transcript.spent_micros, ptm.usd(0.01))

    def test_cost_by_default(self):
        class Dear(Counting):
            estimate_micros = ptm.usd(0.02)

        outcome = self.refine(Dear(), Strict(99), until="rounds(9) || usd(0.05)")
        self.assertEqual(outcome.reason.kind, "money")
        self.assertEqual(outcome.transcript.spent_micros, ptm.usd(0.04))

    def test_plan_with_weights_and_charges(self):
        class Weighing(ptm.Critic):
            estimates_micros = {"plan": 10, "critique": 20}

            def plan(self, brief):
                self.goal = brief.goal
                return ptm.Plan([ptm.Requirement("a", "this"), ptm.Requirement("b", "that", "should", weight=3.0)],
                                ptm.Charge.paid(7))

            def critique(self, candidate, checklist):
                self.checklist = checklist
                return ptm.Critique([ptm.Finding("a", True), ptm.Finding("b", None, reason="dark", local=True)],
                                    "try this", charge=ptm.Charge.paid(11))

        critic = Weighing()
        outcome = self.refine(Counting(), critic, until="rounds(1)")
        self.assertEqual(outcome.score.percent, 25)
        self.assertTrue(outcome.score.satisfied)
        self.assertEqual(outcome.transcript.spent_micros, 18)
        self.assertEqual(critic.goal, SHEET)
        self.assertEqual(critic.checklist.find("b").weight, 3.0)
        self.assertEqual(outcome.best.critique.verdict("b"), "unknown")
        self.assertEqual(outcome.best.critique.suggested_prompt, "try this")

    def test_init_image_of_a_request(self):
        class Editing(Counting):
            image_to_image = True

            def generate(self, request):
                if request.init_image is not None:
                    self.base = bytes(request.init_image.data)
                return super().generate(request)

        class Local(Strict):
            def critique(self, candidate, checklist):
                wide = candidate.image.width >= self.width
                return [ptm.Finding("wide", wide, observed="narrow", wanted="wide", where="0,0 4x4", local=True)]

        generator = Editing()
        outcome = self.refine(generator, Local(9), until="satisfied || rounds(4)")
        actions = [round.revision["action"] for round in outcome.transcript.rounds]
        if "edit" in actions:
            self.assertEqual(generator.base, png(8, 8))

    def test_compares_in_both_orders(self):
        class Comparing(Strict):
            asked = 0

            def critique(self, candidate, checklist):
                return [ptm.Finding("wide", False)]

            async def compare(self, first, second, checklist):
                self.asked += 1
                return "first" if first.image.width > second.image.width else "second"

        critic = Comparing()
        outcome = self.refine(Counting(), critic, until="rounds(2)")
        self.assertEqual(critic.asked, 2)
        self.assertEqual(outcome.best.id, "1a")
        self.assertEqual(outcome.best.json["decision"]["reason"], "preferred")

    def test_names(self):
        class OwnCritic(Strict):
            pass

        first, second, named = OwnCritic(), OwnCritic(), OwnCritic()
        named.name = "measure"  # the name of a built-in one, which is not replaced
        names = []
        for critic in (first, second, first, named):
            run = self.engine.refine(SHEET, generator=Counting(), critic=critic, until="rounds(1)")
            names.append(next(run)["settings"]["critic"])
            run.wait()
        self.assertEqual(names, ["own-critic", "own-critic-2", "own-critic", "measure-2"])
        self.assertEqual(self.engine.add_generator(Counting(), "house"), "house")
        self.assertTrue(self.refine("house", "own-critic", until="rounds(1)").has_best)
        with self.assertRaises(ptm.PentimentoError):
            self.engine.add_generator(Counting(), "not a name")

    def test_replaces_a_backend_of_the_same_name(self):
        self.engine.add_generator(Counting(), "house")
        wide = Counting()
        wide.generate = lambda request: png(77, 8)
        self.engine.add_generator(wide, "house")
        self.assertEqual(self.refine("house", Strict(77), until="rounds(1)").best.image.width, 77)

    def test_base_classes_are_abstract(self):
        for kind in (ptm.Generator, ptm.Critic):
            with self.assertRaises(TypeError):
                kind()

    def test_current_call_outside_a_call(self):
        with self.assertRaises(RuntimeError):
            ptm.current_call()

    def test_more_calls_than_threads(self):
        engine = ptm.Engine(workers=2)
        self.addCleanup(engine.close)

        class Slow(Counting):
            most = now = 0
            lock = threading.Lock()

            def generate(self, request):
                with self.lock:
                    self.now += 1
                    self.most = max(self.most, self.now)
                time.sleep(0.02)
                with self.lock:
                    self.now -= 1
                return png()

        slow = Slow()
        run = engine.refine(SHEET, generator=slow, critic=Strict(99), drafts=6, until="rounds(1)")
        self.assertEqual(run.wait(support.PATIENCE).reason.kind, "rounds")
        self.assertEqual(slow.most, 2)


class Adding(Case):
    """The attributes of a backend are validated when it is added."""

    def refuse(self, base, kind, message, **attributes):
        attributes = {"generate": lambda self, request: png(), "critique": lambda self, *two: [], **attributes}
        backend = type("Grey", (base,), attributes)()
        add, role = (
            (self.engine.add_generator, "generator") if base is ptm.Generator else (self.engine.add_critic, "critic"))
        for attempt in (lambda: add(backend), lambda: self.engine.refine(SHEET, **{role: backend})):
            with self.assertRaises(kind) as caught:
                attempt()
            self.assertEqual(str(caught.exception), message)

    def test_invalid_estimates(self):
        wanted = "Grey.estimate_micros is whole micro-dollars, ptm.usd(0.04), not "
        for value in (0.04, 1.0, "10", True, None):
            self.refuse(ptm.Generator, TypeError, wanted + repr(value), estimate_micros=value)
        self.refuse(ptm.Generator, ValueError, "Grey.estimate_micros is -1; 0 or more", estimate_micros=-1)
        whose = "Grey.estimates_micros"
        wanted = f"{whose}['plan'] is whole micro-dollars, ptm.usd(0.04), not 0.04"
        self.refuse(ptm.Critic, TypeError, wanted, estimates_micros={"plan": 0.04})
        self.refuse(ptm.Critic, ValueError, f"{whose}['plan'] is -1; 0 or more", estimates_micros={"plan": -1})
        wanted = f'{whose} is a dict, {{"critique": ptm.usd(0.01)}}, not 10'
        self.refuse(ptm.Critic, TypeError, wanted, estimates_micros=10)

    def test_misspelt_estimates(self):
        for base, wrong, right, value in (
            (ptm.Generator, "estimate", "estimate_micros", 40_000),
            (ptm.Generator, "estimates_micros", "estimate_micros", {"generate": 40_000}),
            (ptm.Critic, "estimates", "estimates_micros", {"critique": 40_000}),
            (ptm.Critic, "estimate_micros", "estimates_micros", 40_000),
        ):
            self.refuse(base, TypeError, f"Grey.{wrong} is not read; did you mean {right}?", **{wrong: value})
        # A method of that name is accepted.
        generator = type("Grey", (Counting,), {"estimate": lambda self: 3})()
        self.assertEqual(self.engine.add_generator(generator), "grey")

    def test_invalid_capabilities(self):
        for value in ("512", 1.5, True):
            wanted = f"Grey.max_side is a whole number of pixels, or None, not {value!r}"
            self.refuse(ptm.Generator, TypeError, wanted, max_side=value)
        self.refuse(ptm.Generator, ValueError, "Grey.min_side is -1; 0 or more", min_side=-1)
        wanted = "Grey.max_prompt_characters is a whole number of characters, or None, not '9'"
        self.refuse(ptm.Generator, TypeError, wanted, max_prompt_characters="9")
        for flag in ("image_to_image", "mask", "seed", "negative_prompt"):
            self.refuse(ptm.Generator, TypeError, f"Grey.{flag} is True or False, not 'no'", **{flag: "no"})
        for base in (ptm.Generator, ptm.Critic):
            self.refuse(base, TypeError, "Grey.name is a text, not 3", name=3)

    def test_rejects_a_class(self):
        for role, kind in (("generator", Counting), ("critic", Strict)):
            with self.assertRaises(TypeError) as caught:
                self.engine.refine(SHEET, **{role: kind})
            words = f"the {role} {kind.__name__} is a class; give an instance, {kind.__name__}()"
            self.assertEqual(str(caught.exception), words)
        with self.assertRaises(TypeError):
            self.engine.add_generator(Counting)
        with self.assertRaises(TypeError):
            self.engine.add_generator(Strict())
        with self.assertRaises(TypeError):
            self.engine.add_critic(Counting())

    def test_invalid_workers(self):
        for value, kind, message in (
            (0, ValueError, "workers is 0; 1 or more"),
            (-1, ValueError, "workers is -1; 1 or more"),
            ("3", TypeError, "workers is a whole number, not '3'"),
            (1.5, TypeError, "workers is a whole number, not 1.5"),
            (True, TypeError, "workers is a whole number, not True"),
        ):
            with self.assertRaises(kind) as caught:
                ptm.Engine(workers=value)
            self.assertEqual(str(caught.exception), message)


class Planning(Case):
    def test_plan_of_texts(self):
        for plan in (["a thing", ptm.Requirement("", "bright")], ptm.Plan(["a thing", ptm.Requirement("", "bright")])):
            critic = Told([ptm.Finding("a thing", True), ptm.Finding("bright", True)], plan)
            outcome = self.refine(Counting(), critic, until="satisfied || rounds(1)")
            self.assertEqual(outcome.reason.kind, "satisfied", outcome.error)
            self.assertEqual([(item.id, item.text, item.importance) for item in outcome.transcript.checklist],
                             [("a thing", "a thing", "must"), ("bright", "bright", "must")])

    def test_unjudged(self):
        plan = ptm.Plan(["a thing"], unjudged=["a floral pattern"])
        outcome = self.refine(Counting(), Told([ptm.Finding("a thing", True)], plan))
        self.assertEqual(str(outcome.reason), "satisfied: 1 of 1 judged; not judged: a floral pattern")
        self.assertEqual(outcome.unjudged, ["a floral pattern"])
        self.assertEqual(outcome.transcript.unjudged, ["a floral pattern"])
        self.assertFalse(outcome.fully_judged)
        outcome = self.refine(Counting(), Told([ptm.Finding("a thing", True)], ["a thing"]))
        self.assertEqual((outcome.unjudged, outcome.fully_judged), ([], True))

    def test_critic_without_a_plan(self):
        class Easy(ptm.Critic):
            def critique(self, candidate, checklist):
                return [ptm.Finding(item.id, True) for item in checklist]

        brief = ptm.Brief(SHEET, ["it is red"], size=(999, 998))
        run = self.engine.refine(brief, generator=Counting(), critic=Easy(), until="satisfied || rounds(2)")
        outcome = run.wait(support.PATIENCE)
        self.assertEqual(outcome.reason.kind, "satisfied", outcome.error)
        self.assertIn("999x998", outcome.best.warning)
        outcome = self.engine.refine(SHEET, generator=Counting(), critic=Easy()).wait(support.PATIENCE)
        self.assertEqual((outcome.reason.kind, outcome.transcript.images_requested), ("failed", 0))
        self.assertIn("the checklist is empty", outcome.error.message)

    def test_reads_an_empty_plan(self):
        plan = {"requirements": [{"id": "a", "text": "", "importance": "must"}]}
        outcome = self.refine(Counting(), Told([ptm.Finding("a", True)], plan), until="satisfied || rounds(1)")
        self.assertEqual(outcome.reason.kind, "satisfied", outcome.error)
        self.assertEqual([item.text for item in outcome.transcript.checklist], [""])

    def test_results_as_json(self):
        plan = {"requirements": [{"id": "a", "text": "a thing", "importance": "must"}]}
        for planned in (plan, plan["requirements"]):
            finding = {"requirement": "a", "verdict": "pass"}
            for said in ([finding], [{**finding, "verdict": True}], {"findings": [finding]}):
                outcome = self.refine(Counting(), Told(said, planned), until="satisfied || rounds(1)")
                self.assertEqual(outcome.reason.kind, "satisfied", outcome.error)


class Failing(Case):
    def error_of(self, generator, critic=None, **settings):
        """The error of a run whose first call fails."""
        run = self.engine.refine(SHEET, generator=generator, critic=critic or Strict(), on_error="stop", **settings)
        outcome = run.wait(support.PATIENCE)
        self.assertEqual(outcome.reason.kind, "failed")
        self.assertIn("call_failed", [event.type for event in run])
        return outcome.error

    def test_exception_is_the_error_of_the_call(self):
        class Raising(ptm.Generator):
            def generate(self, request):
                raise KeyError("no such\ncolour")

        error = self.error_of(Raising())
        self.assertEqual(error.code, ptm.Code.BACKEND_FAILED)
        self.assertEqual(error.message, "Raising.generate raised KeyError: 'no such\\ncolour'")
        self.assertFalse(error.maybe_billed)

    def test_failed_call_may_be_billed(self):
        class Dear(ptm.Generator):
            estimate_micros = ptm.usd(0.05)

            async def generate(self, request):
                raise ValueError("lost")

        error = self.error_of(Dear())
        self.assertTrue(error.maybe_billed)
        self.assertEqual(error.charge.micros, ptm.usd(0.05))

    def test_library_error_is_passed_on(self):
        class Refusing(ptm.Generator):
            async def generate(self, request):
                raise ptm.errors.Refused("no people", provider_message="policy 7", request_id="r-7",
                                         charge=ptm.Charge.paid(ptm.usd(0.01)))

        error = self.error_of(Refusing())
        self.assertIsInstance(error, ptm.errors.Refused)
        self.assertEqual((error.message, error.provider_message, error.request_id), ("no people", "policy 7", "r-7"))
        self.assertEqual(error.charge, ptm.Charge.paid(10_000))

    def test_critic_raises(self):
        class Planning(Strict):
            def plan(self, brief):
                raise ZeroDivisionError("in the plan")

        class Judging(AsyncStrict):
            async def critique(self, candidate, checklist):
                raise ZeroDivisionError("in the critique")

        error = self.error_of(Counting(), Planning())
        self.assertEqual(error.message, "Planning.plan raised ZeroDivisionError: in the plan")
        error = self.error_of(Counting(), Judging())
        self.assertEqual(error.message, "Judging.critique raised ZeroDivisionError: in the critique")

    def test_invalid_results_of_generators(self):
        class Wrong(ptm.Generator):
            def __init__(self, result):
                self.result = result

            def generate(self, request):
                return self.result

        for result in (None, 3, b"no picture", [], "text", object(), [png(), None]):
            error = self.error_of(Wrong(result))
            self.assertTrue(error.message, result)

        for result in ([ptm.Finding("none of them", True)], [ptm.Finding("wide", True)] * 2):
            error = self.error_of(Counting(), Told(result))
            self.assertTrue(error.message, result)

    def test_invalid_results_of_critics(self):
        critique = "critique gives back a list of findings, each a Finding(id, verdict), or a Critique, not "
        finding = 'a finding is a Finding(id, verdict) or a dict {"requirement": id, "verdict": ...}, not '
        findings = "the findings of a critique are a list, each a Finding(id, verdict), not "
        plan = "plan gives back a list of requirements, each a Requirement or a text, or a Plan, not "
        a_charge = "a charge is a Charge, Charge.paid(ptm.usd(0.04)), not "
        for critic, message in (
            (Told(True), critique + "True"),
            (Told({"a": True}), critique + "{'a': True}"),
            (Told({"findinks": []}), critique + "{'findinks': []}"),
            (Told("pass"), critique + "'pass'"),
            (Told(), None),
            (Told([3]), finding + "3"),
            (Told([{"a": True}]), finding + "{'a': True}"),
            (Told(ptm.Critique([{"requirement": "wide", "verdict": "pass", "wy": 1}])),
             finding + "{'requirement': 'wide', 'verdict': 'pass', 'wy': 1}"),
            (Told([("wide", True)]), finding + "('wide', True)"),
            (Told(ptm.Critique("pass")), findings + "'pass'"),
            (Told(ptm.Critique(True)), findings + "True"),
            (Told(ptm.Critique(charge=0.04)), a_charge + "0.04"),
            (Told(plan=True), plan + "True"),
            (Told(plan="a thing"), plan + "'a thing'"),
            (Told(plan=[3]), "a requirement is a Requirement or a text, not 3"),
            (Told(plan=ptm.Plan("a thing")),
             "the requirements of a plan are a list, of Requirement or texts, not 'a thing'"),
        ):
            run = self.engine.refine(SHEET, generator=Counting(), critic=critic, on_error="stop", until="rounds(1)")
            error = run.wait(support.PATIENCE).error
            if message is None:
                self.assertIsNone(error)
            else:
                self.assertEqual(error.message.partition("Error: ")[2], message)
        fail = [ptm.Finding("wide", False)]
        for compared, message in (
            (True, 'compare gives back "first", "second" or "neither", or a Comparison, not True'),
            ("both", "a preference is \"first\", \"second\" or \"neither\", not 'both'"),
        ):
            error = self.error_of(Counting(), Told(fail, compared=compared), until="rounds(2)")
            self.assertEqual(error.message.partition("Error: ")[2], message)

    def test_estimate_of_a_failed_call(self):
        class Changing(ptm.Generator):
            estimate_micros = ptm.usd(0.05)

            def generate(self, request):
                self.estimate_micros = None
                raise ValueError("lost")

        self.assertEqual(self.error_of(Changing()).charge, ptm.Charge.maybe_billed(ptm.usd(0.05)))

    def test_system_exit_in_a_method(self):
        class Exiting(ptm.Generator):
            def generate(self, request):
                raise SystemExit(3)

        self.assertIn("SystemExit: 3", self.error_of(Exiting()).message)

    def test_traceback_is_logged(self):
        class Raising(ptm.Generator):
            def generate(self, request):
                raise KeyError("colour")

        with self.assertLogs("pentimento", "WARNING") as logs:
            self.error_of(Raising())
        self.assertIn("Raising.generate raised", logs.output[0])
        self.assertIn("Traceback", logs.output[0])

    def test_failed_draft(self):
        class Sometimes(Counting):
            calls = itertools.count()

            def generate(self, request):
                if next(self.calls) == 0:
                    raise ValueError("the first")
                return super().generate(request)

        outcome = self.refine(Sometimes(), Strict(8), drafts=2, on_satisfied="keep", until="satisfied || rounds(3)")
        self.assertEqual(outcome.reason.kind, "satisfied")
        self.assertEqual(len(outcome.transcript.failures), 1)


class Cancelling(Case):
    def test_async_method_is_cancelled(self):
        generator = Sleeping(60)
        run = self.engine.refine(SHEET, generator=generator, critic=Strict())
        self.assertTrue(eventually(lambda: generator.begun))
        run.cancel()
        outcome = run.wait(support.PATIENCE)
        self.assertEqual(outcome.reason.kind, "cancelled")
        self.assertFalse(outcome.has_best)
        with self.assertRaises(ptm.PentimentoError):
            outcome.best
        self.assertTrue(eventually(lambda: generator.cancelled))

    def test_plain_method_sees_cancellation(self):
        class Looking(ptm.Generator):
            begun = seen = False

            def generate(self, request):
                self.begun = True
                call = ptm.current_call()
                self.seen = eventually(lambda: call.cancelled)
                return png()

        generator = Looking()
        run = self.engine.refine(SHEET, generator=generator, critic=Strict())
        self.assertTrue(eventually(lambda: generator.begun))
        run.cancel()
        self.assertEqual(run.wait(support.PATIENCE).reason.kind, "cancelled")
        self.assertTrue(eventually(lambda: generator.seen))

    def test_run_does_not_wait_for_a_busy_method(self):
        release = threading.Event()
        self.addCleanup(release.set)

        class Deaf(ptm.Generator):
            begun = False

            def generate(self, request):
                self.begun = True
                release.wait(support.PATIENCE)
                return png()

        generator = Deaf()
        run = self.engine.refine(SHEET, generator=generator, critic=Strict())
        self.assertTrue(eventually(lambda: generator.begun))
        begun = time.monotonic()
        run.cancel()
        run.wait(support.PATIENCE)
        self.engine.close()
        self.assertLess(time.monotonic() - begun, support.PATIENCE / 2)


class Asking(Case):
    def asked(self, ask, **settings):
        run = self.engine.refine(SHEET, generator=Counting(), critic=Strict(9), ask=ask, **settings)
        return run, run.wait(support.PATIENCE)

    def test_answer_drops_the_init_image(self):
        class Editing(Counting):
            image_to_image = True

        def started_from_image(ask):
            generator = Editing()
            brief = ptm.Brief(SHEET, init_image=png(4, 8))
            run = self.engine.refine(brief, generator=generator, critic=Strict(99), ask=ask, until="rounds(2)")
            self.assertEqual(run.wait(support.PATIENCE).reason.kind, "rounds")
            return generator.requests[0].init_image is not None

        self.assertTrue(started_from_image(lambda event: "on white paper"))
        self.assertFalse(started_from_image(lambda event: {"action": "reprompt", "request": {"init_image": None}}))

    def test_answer_accepts(self):
        seen = []
        run, outcome = self.asked(lambda event: seen.append(event))
        self.assertEqual(outcome.reason.kind, "satisfied")
        self.assertEqual([event.type for event in seen], ["revision_proposed"])
        self.assertIn("proposed: ", str(seen[0]))
        self.assertIsNone(seen[0].sequence)
        # The events that were skipped can still be read.
        types = [event.type for event in run]
        self.assertIn("revision_proposed", types)
        self.assertEqual(types[-1], "run_stopped")

    def test_answer_with_a_prompt(self):
        outcome = self.asked(lambda event: "a wide red sheet")[1]
        self.assertEqual(outcome.best.request.prompt, "a wide red sheet")
        self.assertEqual(outcome.transcript.rounds[1].revision["author"], "person")

    def test_empty_answer_accepts(self):
        for text in ("", " \n"):
            seen = []

            def ask(event):
                seen.append(event.revision["request"]["prompt"])
                return text

            self.assertEqual(self.asked(ask)[1].best.request.prompt, seen[0])
        run = self.engine.refine(SHEET, generator=Counting(), critic=Strict(9), reviser="ask")
        for event in run:
            if event.type == "revision_proposed":
                run.answer(event.question, "")
                proposed = event.revision["request"]["prompt"]
        self.assertEqual(run.outcome.best.request.prompt, proposed)

    def test_rejects_answers_to_other_events(self):
        run = self.engine.refine(SHEET, generator=Counting(), critic=Strict(9), reviser="ask")
        for event in run:
            if event.type == "revision_proposed":
                self.assertEqual(event.question, event["question"])
                self.assertEqual(event.revision, event["revision"])
                event.answer()
                continue
            self.assertIsNone(event.question)
            has_revision = event.type in ("round_started", "revision_finished")
            self.assertEqual(event.revision is not None, has_revision, event.type)
            for answer in (None, "words"):
                with self.assertRaises(ptm.errors.BadState) as caught:
                    event.answer(answer)
                words = f"only revision_proposed can be answered; this is {event.type}"
                self.assertEqual(str(caught.exception), words)

    def test_answer_overrides_members(self):
        outcome = self.asked(lambda event: {"request": {"seed": 11, "prompt": "a sheet"}})[1]
        self.assertEqual(outcome.best.request.seed, 11)

    def test_answer_stops(self):
        outcome = self.asked(lambda event: {"action": "stop"})[1]
        self.assertEqual(outcome.reason.kind, "reviser")

    def test_async_ask(self):
        async def ask(event):
            await asyncio.sleep(0)
            return "a wide red sheet"

        self.assertEqual(self.asked(ask)[1].best.request.prompt, "a wide red sheet")

    def test_ask_on_the_waiting_thread(self):
        threads = []
        self.asked(lambda event: threads.append(threading.current_thread()))
        self.assertEqual(threads, [threading.current_thread()])

    def test_ask_raises(self):
        def ask(event):
            raise KeyError("hands off")

        run = self.engine.refine(SHEET, generator=Counting(), critic=Strict(99), ask=ask)
        with self.assertRaises(KeyError):
            for _ in run:
                pass
        self.assertEqual(run.wait(support.PATIENCE).reason.kind, "cancelled")

    def test_invalid_answer(self):
        run = self.engine.refine(SHEET, generator=Counting(), critic=Strict(99), ask=lambda event: {"action": "dance"})
        with self.assertRaises(ptm.errors.ParseFailed):
            run.wait(support.PATIENCE)

    def test_answer_of_an_event(self):
        run = self.engine.refine(SHEET, generator=Counting(), critic=Strict(9), reviser="ask")
        for event in run:
            if event.type == "revision_proposed":
                with self.assertRaises(ptm.errors.ParseFailed):
                    event.answer({"action": "dance"})
                event.answer("a very wide sheet")
                with self.assertRaises(ptm.errors.BadState):
                    event.answer()
                with self.assertRaises(ptm.errors.BadState):
                    run.answer(event["question"] + 1)
        self.assertEqual(run.outcome.best.request.prompt, "a very wide sheet")

    def test_other_proposer(self):
        class Suggesting(Strict):
            def critique(self, candidate, checklist):
                return ptm.Critique([ptm.Finding("wide", candidate.image.width >= 9)], "suggested words")

        proposed = []
        run = self.engine.refine(SHEET, generator=Counting(), critic=Suggesting(), reviser="suggested",
                                 ask=lambda event: proposed.append(event["revision"]["request"]["prompt"]))
        run.wait(support.PATIENCE)
        self.assertEqual(proposed, ["suggested words"])


class Stopping(Case):
    def stopped(self, stop, critic=None, **settings):
        return self.refine(Counting(), critic or Strict(99), stop=stop, **{"until": "never", **settings})

    def test_stop_policy_sees_the_transcript(self):
        seen = []

        def stop(transcript):
            seen.append(transcript)
            return len(transcript.rounds) >= 3 and len(list(transcript.candidates)) >= 3

        outcome = self.stopped(stop)
        self.assertEqual(outcome.reason.kind, "custom")
        self.assertEqual(len(outcome.transcript.rounds), 3)
        self.assertEqual(seen[-1].brief.goal, SHEET)

    def test_stop_policy_with_a_reason(self):
        outcome = self.stopped(lambda transcript: "enough, said Ána" if transcript.rounds else None)
        self.assertEqual(outcome.reason.detail, "enough, said Ána")

    def test_long_reason_is_cut_between_characters(self):
        outcome = self.stopped(lambda transcript: "é" * 10_000 if transcript.rounds else None)
        self.assertGreater(len(outcome.reason.detail), 10)
        self.assertEqual(set(outcome.reason.detail), {"é"})

    def test_stop_policy_sees_unfinished_rounds(self):
        seen = []

        def stop(transcript):
            seen.append((len(transcript.rounds), sum(round.finished for round in transcript.rounds)))
            return seen[-1][1] == 2

        outcome = self.stopped(stop)
        self.assertIn((2, 1), seen)
        self.assertEqual([bool(candidate.critique) for candidate in outcome.transcript.candidates], [True, True])

    def test_both_policies_hold(self):
        self.assertEqual(self.stopped(lambda transcript: False, until="rounds(2)").reason.kind, "rounds")

    def test_stop_policy_raises(self):
        def stop(transcript):
            if transcript.rounds:
                raise LookupError("no budget")

        outcome = self.stopped(stop)
        self.assertEqual(outcome.reason.kind, "failed")
        words = "the stop policy raised LookupError: no budget"
        self.assertEqual(outcome.error.message, words)
        self.assertIsInstance(outcome.error.__cause__, LookupError)
        # The message has them once, whatever the library puts before them.
        self.assertTrue(outcome.reason.detail in ("", words) or outcome.reason.detail.count(words) == 1)
        for text in (str(outcome.reason), str(outcome.error)):
            self.assertLessEqual(text.count("no budget"), 1)
            self.assertNotIn("\n", text)

    def test_async_stop_policy(self):
        async def stop(transcript):
            return True

        outcome = self.stopped(stop)
        self.assertEqual(outcome.reason.kind, "failed")
        self.assertIn("plain function", outcome.error.message)

    def test_stop_policy_sees_images(self):
        sizes = []

        def stop(transcript):
            sizes.extend(len(candidate.image.data) for candidate in transcript.candidates)
            return bool(sizes)

        outcome = self.stopped(stop)
        self.assertEqual(outcome.reason.kind, "custom", outcome.error)
        self.assertEqual(sizes[0], len(png(8, 8)))

    def test_rejects_waiting_within_a_stop_policy(self):
        other = self.engine.refine(SHEET, generator=Sleeping(30), critic=Strict())
        outcome = self.stopped(lambda transcript: other.wait())
        self.assertEqual(outcome.reason.kind, "failed")
        self.assertIsInstance(outcome.error.__cause__, ptm.errors.Busy)

    def test_closes_the_engine_within_a_stop_policy(self):
        closed = threading.Event()

        def stop(transcript):
            self.engine.close()
            closed.set()

        run = self.engine.refine(SHEET, generator=Counting(), critic=Strict(), stop=stop)
        self.assertTrue(closed.wait(support.PATIENCE))
        with self.assertRaises(ptm.errors.BadHandle):
            for _ in run:
                pass
        self.engine.close()


if __name__ == "__main__":
    unittest.main()
