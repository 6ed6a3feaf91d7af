#!/usr/bin/env python3
"""Tests the command line with the providers' backends against the emulator, and the handling of keys.

usage: providers_test.py PROGRAM [unittest arguments]
"""

import base64
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import unittest
from pathlib import Path
from urllib.parse import quote

import cli_test
from cli_test import BRIEF, events_of, png

# Keys that no output may contain, in any encoding.
STABILITY_KEY = "sk-canary/stability+0123456789abcdef"
OPENAI_KEY = "sk-proj-canary=openai&0123456789abcdef"
ANTHROPIC_KEY = "sk-ant-canary+anthropic/0123456789abcdef"
ROLES = ("--generator", "stability", "--critic", "openai")


def spellings(key):
    yield key
    yield quote(key, safe="")
    plain = base64.b64encode(key.encode()).decode()
    yield plain.rstrip("=")[:-1]  # the last letter depends on what follows


class Emulator:
    """`pentimento emulate` on a free port."""

    def __init__(self, case, *arguments, scenario=None):
        if scenario is not None:
            file = case.folder / "scenario.json"
            file.write_text(json.dumps(scenario))
            arguments += ("--scenario", str(file))
        self.process = subprocess.Popen([cli_test.PROGRAM, "emulate", "--port", "0", "--json", *arguments],
                                        cwd=case.folder, env=case.environment(), stdout=subprocess.PIPE, text=True)
        case.addCleanup(self.process.stdout.close)
        case.addCleanup(self.process.wait)
        case.addCleanup(self.process.kill)
        self.url = json.loads(self.process.stdout.readline())["listening"]

    def requests(self):
        """Ends it. Returns the log of requests."""
        self.process.send_signal(signal.SIGINT)
        lines = self.process.stdout.read().splitlines()
        return [json.loads(line) for line in lines]


class Case(cli_test.Case):
    def with_keys(self, emulator, **changes):
        return {"STABILITY_BASE_URL": emulator.url, "STABILITY_API_KEY": STABILITY_KEY,
                "OPENAI_BASE_URL": emulator.url + "/v1", "OPENAI_API_KEY": OPENAI_KEY,
                "ANTHROPIC_BASE_URL": emulator.url, "ANTHROPIC_API_KEY": ANTHROPIC_KEY, **changes}

    def refine(self, emulator, *arguments, **environment):
        result = self.run_program("refine", BRIEF, "--out", "run", *arguments, **self.with_keys(emulator, **environment))
        self.assert_no_key(result.stdout + result.stderr)
        for file in filter(Path.is_file, (self.folder / "run").rglob("*")):
            self.assert_no_key(file.read_bytes().decode("latin-1"))
        return result

    def assert_no_key(self, text):
        for key in (STABILITY_KEY, OPENAI_KEY, ANTHROPIC_KEY):
            for spelling in spellings(key):
                self.assertNotIn(spelling, text)

    def events(self):
        return events_of(self.folder / "run")

    def outcome(self):
        return self.events()[-1]

    def verdicts(self):
        return {finding["verdict"] for event in self.events() if event["type"] == "critique_finished"
                for finding in event["critique"]["findings"]}


class Refine(Case):
    def test_stability_and_openai(self):
        emulator = Emulator(self)
        result = self.refine(emulator, *ROLES, "--until", "satisfied || rounds(5) || usd(2)")
        self.assertIn(result.returncode, (0, 1), result.stderr)
        self.assertTrue((self.folder / "run/best.png").read_bytes().startswith(b"\x89PNG"))
        requests = emulator.requests()
        self.assertTrue(all(each["status"] == 200 and each["complete"] for each in requests), requests)
        paths = [each["path"] for each in requests]
        self.assertEqual(paths[0], "/v1/chat/completions")  # the plan
        self.assertEqual(paths[1], "/v2beta/stable-image/generate/sd3")
        self.assertEqual(set(paths), {"/v1/chat/completions", "/v2beta/stable-image/generate/sd3"})
        # The questions reach the critic behind the emulator, and its answers come back.
        self.assertIn("pass", self.verdicts())
        # Each call of the run was one request, and is in the ledger with its cost.
        kinds = [event["type"] for event in self.events()]
        calls = sum(kinds.count(kind) for kind in ("plan_finished", "generation_finished", "critique_finished", "comparison_finished"))
        self.assertEqual(len(requests), calls)
        pictures = [event for event in self.events() if event["type"] == "generation_finished"]
        for picture in pictures:
            self.assertEqual(picture["generation"]["charge"], {"billing": "estimated", "micros": 65000})

    def test_waits_are_shown(self):
        scenario = {"requests": [
            {"when": {"path": "/v2beta/", "nth": 1}, "then": {"error": {"status": 429}, "headers": {"retry-after": "2"}}},
            {"when": {"path": "/v1/chat/", "nth": 2}, "then": {"error": {"status": 503}}}]}
        waiting = r"waiting \d\.\d s, until \d\d:\d\d:\d\d, for http://127.0.0.1:\d+"
        limited = r"the rate of requests is limited \(HTTP 429\)"
        arguments = ("refine", BRIEF, *ROLES, "--until", "rounds(1)")
        emulator = Emulator(self, scenario=scenario)
        process, ours = self.start_on_terminal(*arguments, "--out", "live", COLUMNS="80", **self.with_keys(emulator))
        shown = self.read_terminal(process, ours)
        self.assertIn(process.returncode, (0, 1), shown)
        self.assertRegex(shown, "waiting for the server")
        self.assertRegex(shown, waiting)
        self.assertRegex(shown, limited)
        self.assertRegex(shown, r"waiting 0\.\d s before judging again")
        # Without live lines, each wait is one line.
        emulator = Emulator(self, scenario=scenario)
        result = self.run_program(*arguments, "--out", "plain", **self.with_keys(emulator))
        self.assertEqual(len(re.findall(waiting + ": " + limited, " ".join(result.stdout.split()))), 1, result.stdout)
        self.assertIn("waiting 1.0 s before judging again", result.stdout)

    @unittest.skipUnless("EXAMPLE" in os.environ, "the examples were not built")
    def test_example_in_cpp(self):
        emulator = Emulator(self)
        result = subprocess.run([os.environ["EXAMPLE"], BRIEF], cwd=self.folder, capture_output=True, text=True, timeout=120,
                                env=self.environment(**self.with_keys(emulator)))
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("; it cost $0.", result.stdout)
        self.assertTrue((self.folder / "picture.png").read_bytes().startswith(b"\x89PNG"))
        self.assert_no_key(result.stdout + result.stderr)
        self.assertEqual({each["path"] for each in emulator.requests()},
                         {"/v1/chat/completions", "/v2beta/stable-image/generate/sd3"})

    def test_openai_images(self):
        for settings in ("openai", {"name": "openai", "stream": True, "partial_images": 2}):
            emulator = Emulator(self)
            wanted = settings if isinstance(settings, str) else json.dumps(settings)
            result = self.refine(emulator, "--generator", wanted, "--until", "rounds(1)", "--yes")
            self.assertIn(result.returncode, (0, 1), result.stderr)
            self.assertEqual([each["path"] for each in emulator.requests()], ["/v1/images/generations"])

    def test_anthropic_critic(self):
        emulator = Emulator(self)
        result = self.refine(emulator, "--generator", "stability", "--critic", "anthropic", "--until", "rounds(2)")
        self.assertIn(result.returncode, (0, 1), result.stderr)
        self.assertIn("pass", self.verdicts())
        requests = emulator.requests()
        self.assertTrue(all(each["status"] == 200 for each in requests), requests)
        self.assertEqual({each["path"] for each in requests}, {"/v1/messages", "/v2beta/stable-image/generate/sd3"})
        charges = [event["critique"]["charge"] for event in self.events() if event["type"] == "critique_finished"]
        self.assertEqual({charge["billing"] for charge in charges}, {"paid"})

    def test_anthropic_overloaded(self):
        emulator = Emulator(self, scenario={"requests": [
            {"when": {"path": "/v1/messages", "nth": 2}, "then": {"error": {"status": 529}}}]})
        result = self.refine(emulator, "--generator", "stability", "--critic", "anthropic", "--until", "rounds(1)")
        self.assertIn(result.returncode, (0, 1), result.stderr)
        # A critique is repeated within its allowance.
        statuses = [each["status"] for each in emulator.requests() if each["path"] == "/v1/messages"]
        self.assertEqual(statuses, [200, 529, 200])

    def test_tls_with_own_ca(self):
        emulator = Emulator(self, "--tls", "--write-ca", "ca.pem")
        self.assertTrue(emulator.url.startswith("https://"))
        result = self.refine(emulator, *ROLES, "--until", "rounds(1)", "--ca-file", "ca.pem")
        self.assertIn(result.returncode, (0, 1), result.stderr)
        # Without it the certificate is not trusted, and nothing is sent.
        result = self.refine(emulator, *ROLES, "--until", "rounds(1)", "--yes")
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("certificate", result.stdout + result.stderr)
        self.assertEqual(len(emulator.requests()), 3)

    def test_refusal(self):
        emulator = Emulator(self, scenario={"requests": [{"when": {"path": "/v2beta/"}, "then": {"refuse": True}}]})
        result = self.refine(emulator, *ROLES, "--until", "rounds(2)")
        self.assertEqual(result.returncode, 3)
        failed = [event for event in self.events() if event["type"] == "call_failed"]
        self.assertEqual(failed[0]["error"]["code"], "refused")
        self.assertEqual(sum(each["path"].startswith("/v2beta/") for each in emulator.requests()), 1)

    def test_refusal_rephrased_by_a_person(self):
        emulator = Emulator(self, scenario={"requests": [{"when": {"path": "/v2beta/", "nth": 1}, "then": {"refuse": True}}]})
        result = self.refine(emulator, *ROLES, "--until", "rounds(2)", "--on-refusal", "rephrase", "--reviser", "ask",
                             stdin="a red mug on a white table\n")
        self.assertIn(result.returncode, (0, 1), result.stdout + result.stderr)
        self.assertIn("Enter or q ends the run", result.stdout)
        rounds = [event["revision"] for event in self.events() if event["type"] == "round_started"]
        self.assertEqual(rounds[1]["author"], "person")
        self.assertEqual(rounds[1]["request"]["prompt"], "a red mug on a white table")
        self.assertTrue((self.folder / "run/best.png").exists())

    def test_refusal_rephrased_by_a_model(self):
        emulator = Emulator(self)
        result = self.run_program("refine", "a forbidden red mug on a white table", "--out", "run", "--generator", "stability",
                                  "--until", "rounds(2)", "--on-refusal", "rephrase", "--reviser", "openai", **self.with_keys(emulator))
        self.assertIn(result.returncode, (0, 1), result.stdout + result.stderr)
        rounds = [event["revision"] for event in self.events() if event["type"] == "round_started"]
        self.assertNotIn("forbidden", rounds[1]["request"]["prompt"])
        self.assertIn("left out: forbidden", rounds[1]["why"])
        self.assertTrue((self.folder / "run/best.png").exists())

    def test_refusal_without_other_words(self):
        emulator = Emulator(self, scenario={"requests": [{"when": {"path": "/v2beta/"}, "then": {"refuse": True}}]})
        result = self.refine(emulator, *ROLES, "--until", "rounds(5)", "--on-refusal", "rephrase")
        self.assertEqual(result.returncode, 3)
        self.assertEqual(self.outcome()["error"]["code"], "refused")
        self.assertIn("the brief's prompt was refused", result.stdout + result.stderr)

    def test_retry_after(self):
        emulator = Emulator(self, scenario={"requests": [
            {"name": "pause", "when": {"path": "/v2beta/", "nth": 1},
             "then": {"error": {"status": 429, "code": "rate_limit_exceeded"}, "headers": {"retry-after": "1"}}}]})
        result = self.refine(emulator, *ROLES, "--until", "rounds(1)")
        self.assertIn(result.returncode, (0, 1), result.stderr)
        statuses = [each["status"] for each in emulator.requests() if each["path"].startswith("/v2beta/")]
        self.assertEqual(statuses, [429, 200])

    def test_critic_overloaded_once(self):
        emulator = Emulator(self, scenario={"requests": [
            {"when": {"path": "/v1/chat/completions", "nth": 3}, "then": {"error": {"status": 503, "code": "overloaded"}}}]})
        result = self.refine(emulator, *ROLES, "--until", "rounds(2)")
        self.assertIn(result.returncode, (0, 1), result.stderr)
        self.assertEqual(self.outcome()["reason"]["kind"], "rounds")
        kinds = [event["type"] for event in self.events()]
        self.assertEqual(kinds.count("call_failed"), 1)
        self.assertEqual((kinds.count("critique_started"), kinds.count("critique_finished")), (3, 2))

    def test_critic_away_for_a_round(self):
        away = [{"when": {"path": "/v1/chat/completions", "nth": nth}, "then": {"error": {"status": 503, "code": "overloaded"}}}
                for nth in (2, 3)]
        emulator = Emulator(self, scenario={"requests": away})
        result = self.refine(emulator, *ROLES, "--until", "rounds(2)", "--critique-retries", "1")
        self.assertIn(result.returncode, (0, 1), result.stderr)
        judged = [event["id"] for event in self.events() if event["type"] == "critique_finished"]
        self.assertEqual(judged, ["0a", "1a"])

    def test_more_images_than_requested(self):
        pictures = [{"b64_json": base64.b64encode(png(64, 64, (i, 0, 0))).decode()} for i in range(100)]
        emulator = Emulator(self, scenario={"requests": [
            {"when": {"path": "/v1/images/"}, "then": {"status": 200, "json": {"created": 1, "data": pictures}}}]})
        result = self.refine(emulator, "--generator", "openai", "--critic", "openai", "--until", "images(2)")
        self.assertIn("99 images more than requested dropped", result.stdout)
        self.assertEqual(self.outcome()["reason"]["kind"], "images")
        paths = [each["path"] for each in emulator.requests()]
        self.assertEqual(paths.count("/v1/images/generations"), 2)
        self.assertEqual([event["type"] for event in self.events()].count("critique_started"), 2)
        made = [event["generation"] for event in self.events() if event["type"] == "generation_finished"]
        self.assertEqual([(len(each["images"]), each["dropped_images"]) for each in made], [(1, 99)] * 2)

    def test_unknown_outcome(self):
        emulator = Emulator(self, scenario={"requests": [{"when": {"path": "/v2beta/"}, "then": {"no_reply": True}}]})
        result = self.refine(emulator, *ROLES, "--until", "rounds(3)")
        self.assertEqual(result.returncode, 3)
        self.assertEqual(sum(each["path"].startswith("/v2beta/") for each in emulator.requests()), 1)
        error = next(event["error"] for event in self.events() if event["type"] == "call_failed")
        self.assertEqual(error["code"], "outcome_unknown")
        self.assertEqual(error["charge"], {"billing": "maybe_billed", "micros": 65000})

    def test_server_dies(self):
        emulator = Emulator(self, scenario={"requests": [{"when": {"path": "/v2beta/"}, "then": {"delay_ms": 60000}}]})
        environment = self.environment(**self.with_keys(emulator))
        process = subprocess.Popen([cli_test.PROGRAM, "refine", BRIEF, *ROLES, "--out", "run", "--json"], cwd=self.folder,
                                   env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for line in process.stdout:
            if json.loads(line)["type"] == "generation_started":
                break
        emulator.process.stdout.readline()  # the plan; the image request follows or has been sent
        emulator.process.kill()
        _, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 3, said)
        self.assertEqual(self.outcome()["reason"]["kind"], "failed")
        error = next(event["error"] for event in self.events() if event["type"] == "call_failed")
        self.assertIn(error["code"], ("connect_failed", "outcome_unknown"))
        self.assertTrue((self.folder / "run/report.html").is_file())

    def test_resumes_a_killed_run(self):
        emulator = Emulator(self, scenario={"requests": [
            {"when": {"path": "/v2beta/", "nth": 1}, "then": {"delay_ms": 60000}}]})
        arguments = [BRIEF, *ROLES, "--until", "rounds(1)", "--out", "run", "--json"]
        process = subprocess.Popen([cli_test.PROGRAM, "refine", *arguments], cwd=self.folder, stdout=subprocess.PIPE,
                                   env=self.environment(**self.with_keys(emulator)), stderr=subprocess.DEVNULL, text=True)
        for line in process.stdout:
            if json.loads(line)["type"] == "generation_started":
                break
        process.kill()
        process.communicate(timeout=60)
        before = self.events()
        keys = self.with_keys(emulator)
        rejected = self.run_program("resume", "./run", **keys)
        self.assertEqual(rejected.returncode, 2, rejected.stderr)
        for text in ("may have been billed", "$0.065", "--repeat", "--abandon"):
            self.assertIn(text, rejected.stderr)
        self.assertEqual(self.events(), before)
        resumed = self.run_program("resume", "./run", "--abandon", **keys)
        self.assertIn(resumed.returncode, (1, 3), resumed.stderr)
        self.assertEqual(self.events()[:len(before)], before)
        self.assertEqual(self.outcome()["type"], "run_stopped")
        self.assertTrue((self.folder / "run/report.html").is_file())
        again = self.run_program("resume", "./run", **keys)
        self.assertEqual(again.returncode, 2)
        self.assertIn("has stopped already", again.stderr)

    def test_report_counts_what_a_killed_program_may_have_paid(self):
        emulator = Emulator(self, scenario={"requests": [{"when": {"path": "/v2beta/"}, "then": {"delay_ms": 60000}}]})
        process = subprocess.Popen([cli_test.PROGRAM, "refine", BRIEF, *ROLES, "--out", "run", "--json"], cwd=self.folder,
                                   env=self.environment(**self.with_keys(emulator)), stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True)
        for line in process.stdout:
            if json.loads(line)["type"] == "generation_started":
                break
        process.kill()
        process.communicate(timeout=60)
        self.assertEqual(self.run_program("report", "run").returncode, 0)
        ledger = json.loads((self.folder / "run/transcript.json").read_text())["ledger"]
        unsure = [entry for entry in ledger["entries"] if entry["charge"]["billing"] == "maybe_billed"]
        self.assertEqual([entry["charge"]["micros"] for entry in unsure], [65000])
        self.assertEqual(ledger["reserved_micros"], 0)

    def test_a_key_file_that_others_can_read_is_warned_about(self):
        emulator = Emulator(self)
        (self.folder / ".env").write_text(f"STABILITY_API_KEY={STABILITY_KEY}\n")
        (self.folder / ".env").chmod(0o644)
        environment = {name: value for name, value in self.with_keys(emulator).items() if name != "STABILITY_API_KEY"}
        result = self.run_program("refine", BRIEF, *ROLES, "--until", "rounds(1)", "--out", "run", "--quiet", **environment)
        self.assertIn(result.returncode, (0, 1), result.stderr)
        self.assertEqual(result.stderr.count("chmod 600"), 1, result.stderr)

    def test_deadline(self):
        emulator = Emulator(self, scenario={"requests": [{"when": {"path": "/v2beta/"}, "then": {"delay_ms": 60000}}]})
        started = time.monotonic()
        result = self.refine(emulator, *ROLES, "--until", "satisfied || seconds(2)")
        self.assertLess(time.monotonic() - started, 20)
        self.assertIn(result.returncode, (1, 3), result.stderr)
        self.assertEqual(self.outcome()["reason"]["kind"], "time")


class BadInput(Case):
    def test_nothing_is_paid_for_what_cannot_work(self):
        (self.folder / "own.png").write_bytes(png(128, 128, (200, 30, 30)))
        (self.folder / "tiny.png").write_bytes(png(32, 32, (200, 30, 30)))
        gif = b"GIF89a\x80\x00\x80\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x80\x00\x80\x00\x00"
        (self.folder / "own.gif").write_bytes(gif + b"\x02\x02D\x01\x00;")
        emulator = Emulator(self)
        critic = ("--critic", "openai")
        for says, arguments in [
                ("max_question_bytes", ("--generator", "openai", *critic, "long " * 2500)),
                ("init image", (BRIEF, "--generator", "stability:core", *critic, "--image", "own.png")),
                ("64", (BRIEF, "--generator", "stability", *critic, "--image", "tiny.png")),
                ("moderation", (BRIEF, "--generator", '{"name": "openai", "options": {"moderation": "low"}}', *critic,
                                "--image", "own.png")),
                ("image/png", (BRIEF, "--generator", "openai", *critic, "--image", "own.gif"))]:
            result = self.run_program("refine", *arguments, "--out", "run", **self.with_keys(emulator))
            self.assertEqual(result.returncode, 2, result.stdout + result.stderr)
            self.assertIn(says, result.stderr)
        result = self.refine(emulator, "--generator", "stability:sd9-huge", *critic, "--until", "usd(5)")
        self.assertEqual(self.outcome()["reason"]["kind"], "money", result.stderr)
        self.assertEqual(emulator.requests(), [])

    def test_question_limit_can_be_set(self):
        emulator = Emulator(self)
        critic = json.dumps({"name": "openai", "max_question_bytes": 60000})
        result = self.run_program("refine", "a red mug, " * 1200, "--generator", "openai", "--critic", critic, "--until",
                                  "rounds(1)", "--out", "run", **self.with_keys(emulator))
        self.assertIn(result.returncode, (0, 1), result.stderr)

    def test_missing_key(self):
        said = self.rejects("refine", BRIEF, "--generator", "stability", says=["STABILITY_API_KEY", "pentimento keys set"])
        self.assertEqual(said.count("\n"), 1)
        self.rejects("refine", BRIEF, "--critic", "openai", says="OPENAI_API_KEY")

    def test_wrong_key(self):
        emulator = Emulator(self, scenario={"requests": [
            {"when": {"path": "/v2beta/"}, "then": {"error": {"status": 401, "code": "unauthorized",
                                                              "message": "the key " + STABILITY_KEY + " is wrong"}}}]})
        result = self.refine(emulator, *ROLES, "--until", "rounds(2)")
        self.assertEqual(result.returncode, 3)
        self.assertIn("STABILITY_API_KEY", result.stdout + result.stderr)
        self.assertEqual(sum(each["path"].startswith("/v2beta/") for each in emulator.requests()), 1)

    def test_no_server(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            result = self.run_program("refine", BRIEF, "--generator", "stability", "--out", "run", "--quiet",
                                      STABILITY_BASE_URL=f"http://127.0.0.1:{closed.getsockname()[1]}",
                                      STABILITY_API_KEY=STABILITY_KEY)
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn("127.0.0.1", result.stderr)

    def test_failing_plan(self):
        emulator = Emulator(self, scenario={"requests": [
            {"when": {"path": "/v1/chat/"},
             "then": {"status": 400, "headers": {"x-request-id": "req_9"},
                      "body": json.dumps({"error": {"message": "the moon is full", "code": "odd"}})}}]})
        result = self.refine(emulator, *ROLES, "--quiet")
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn("the moon is full", result.stderr)
        self.assertIn("req_9", result.stderr)
        self.assertTrue((self.folder / "run/report.html").exists())

    def test_critique_with_a_provider(self):
        (self.folder / "mug.png").write_bytes(png(64, 64, (200, 30, 30)))
        emulator = Emulator(self)
        result = self.run_program("critique", "mug.png", "--brief", BRIEF, "--critic", "openai", **self.with_keys(emulator))
        self.assertIn(result.returncode, (0, 1), result.stderr)
        self.assertRegex(result.stdout, r"cost +\$0\.")
        result = self.run_program("critique", "mug.png", "--brief", BRIEF, "--critic", "openai", "--json",
                                  **self.with_keys(emulator))
        self.assertEqual(json.loads(result.stdout)["planning"]["billing"], "paid")

    def test_bounds_of_an_estimate(self):
        result = self.run_program("refine", BRIEF, "--dry-run", "--drafts", "64", "--until", "rounds(100)")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("would bound it", result.stdout)
        both = self.run_program("refine", BRIEF, *ROLES, "--dry-run", "--json", "--until", "(usd(0.20) && usd(0.50)) || rounds(4)",
                                STABILITY_API_KEY=STABILITY_KEY, OPENAI_API_KEY=OPENAI_KEY)
        self.assertNotEqual(json.loads(both.stdout)["usd"], 0.2, both.stderr)

    def test_unknown_settings(self):
        self.rejects("refine", BRIEF, "--generator", '{"name": "stability", "modle": "sd3.5-large"}', says='did you mean "model"?')
        self.rejects("refine", BRIEF, "--generator", '{"name": "stability"', says="--generator")
        # A key where its name is expected is not repeated. The name of a missing key is.
        for key in ("sk-secret-0123456789abcdef", "MY_MISSING_KEY"):
            wanted = json.dumps({"name": "vllm", "model": "m", "base_url": "http://127.0.0.1:9", "key": key})
            said = self.rejects("refine", BRIEF, "--critic", wanted, says="key")
            self.assertEqual("MY_MISSING_KEY" in said, key == "MY_MISSING_KEY")
            self.assertNotIn("sk-secret", said)
        self.rejects("refine", BRIEF, "--generator", "stability", says=["--generator", "stability", "the URL is invalid"],
                     STABILITY_BASE_URL="127.0.0.1:8080", STABILITY_API_KEY=STABILITY_KEY)
        self.rejects("refine", BRIEF, "--critic", "openai", "--profile", "marketplace-main", says="has no profiles")
        self.rejects("refine", BRIEF, "--prices", "nowhere.json", says="--prices")
        (self.folder / "prices.json").write_text('{"date": "2026-11-01", "prices": 3}')
        self.rejects("refine", BRIEF, "--prices", "prices.json", says=["--prices", "$.prices"])

    def test_plain_http_to_another_machine(self):
        result = self.run_program("refine", BRIEF, "--generator", "stability", "--out", "run", "--quiet",
                                  STABILITY_BASE_URL="http://203.0.113.1", STABILITY_API_KEY=STABILITY_KEY)
        self.assertIn(result.returncode, (2, 3))
        self.assertIn("https", result.stderr)

    def test_emulate(self):
        self.rejects("emulate", "--port", "99999", says="65535")
        self.rejects("emulate", "--tls", says="--write-ca")
        self.rejects("emulate", "--write-ca", "ca.pem", says="--tls")
        # Only regular files are replaced.
        os.mkfifo(self.folder / "pipe")
        self.rejects("emulate", "--tls", "--write-ca", "pipe", says="regular file", code=4)
        self.assertTrue((self.folder / "pipe").is_fifo())
        self.rejects("emulate", "--scenario", "nowhere.json", says=["--scenario", "nowhere.json"])
        (self.folder / "scenario.json").write_text('{"requests": [{"then": {"end": "stop"}}]}')
        said = self.run_program("emulate", "--scenario", "scenario.json")
        self.assertEqual(said.returncode, 2)
        self.assertIn("$.requests[0].then.end", said.stderr)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            self.rejects("emulate", "--port", str(taken.getsockname()[1]), says="port", code=4)


class DryRun(Case):
    def dry(self, *arguments, **environment):
        emulator = Emulator(self)
        result = self.run_program("refine", BRIEF, "--dry-run", *arguments, **self.with_keys(emulator, **environment))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(emulator.requests(), [], "nobody is called")
        self.assertFalse((self.folder / "run").exists())
        return result.stdout

    def test_worst_case(self):
        # Stability's published price of sd3.5-large is 6.5 cents. The measuring critic is free.
        worst = json.loads(self.dry("--generator", "stability", "--drafts", "2", "--until", "satisfied || rounds(3)", "--json"))
        self.assertEqual(worst["rounds"], 3)
        self.assertEqual(worst["images"], 6)
        self.assertAlmostEqual(worst["usd"], 6 * 0.065)
        self.assertEqual(worst["calls"]["generate"]["count"], 6)

    def test_retries_of_the_critic(self):
        def critiques(*arguments):
            said = self.dry(*ROLES, "--until", "rounds(2)", "--json", *arguments)
            return json.loads(said)["calls"]["critique"]
        once, thrice = critiques("--critique-retries", "0"), critiques()
        self.assertEqual((once["count"], thrice["count"]), (2, 6))
        self.assertAlmostEqual(thrice["usd"], 3 * once["usd"])

    def test_budget(self):
        worst = json.loads(self.dry("--generator", "stability", "--until", "satisfied || usd(0.20)", "--json"))
        self.assertAlmostEqual(worst["usd"], 0.20)
        self.assertIsNone(worst["rounds"], "a call may turn out cheaper than its price")
        worst = json.loads(self.dry("--generator", "stability", "--until", "rounds(5) || usd(0.20)", "--json"))
        self.assertAlmostEqual(worst["usd"], 0.20)
        self.assertEqual(worst["rounds"], 5)

    def test_unbounded_policies(self):
        for policy in ("satisfied", "satisfied || plateau(2)", "score(90) || repeats(2)", "minutes(5)"):
            worst = json.loads(self.dry("--generator", "stability", "--until", policy, "--json"))
            self.assertIsNone(worst["usd"], policy)
            self.assertIsNone(worst["rounds"], policy)
        self.assertIn("rounds(6)", self.dry("--generator", "stability", "--until", "satisfied"))

    def test_unknown_price(self):
        said = self.dry("--generator", "stability:sd9-huge", "--until", "rounds(2) || usd(1)")
        self.assertIn("no bound is known", said)
        self.assertIn("before the first image", said)
        worst = json.loads(self.dry("--generator", '{"name": "stability", "model": "sd9-huge", "worst_case_usd": 0.5}',
                                    "--until", "rounds(2)", "--json"))
        self.assertAlmostEqual(worst["usd"], 1.0)

    def test_own_prices(self):
        (self.folder / "prices.json").write_text(json.dumps({"date": "2026-11-01", "sources": ["a contract"], "prices": [
            {"provider": "stability", "model": "sd3.5-large", "usd_per_call": 0.01}]}))
        worst = json.loads(self.dry("--generator", "stability", "--until", "rounds(2)", "--prices", "prices.json", "--json"))
        self.assertAlmostEqual(worst["usd"], 0.02)


class Keys(Case):
    def key_file(self):
        return self.folder / ".config/pentimento/keys"

    def test_set_list_use_remove(self):
        result = self.run_program("keys", "set", "stability", stdin=STABILITY_KEY + "\n")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(stat.S_IMODE(self.key_file().stat().st_mode), 0o600)
        listed = self.run_program("keys")
        self.assertRegex(listed.stdout, r"STABILITY_API_KEY for stability, from .*/keys")
        self.assertRegex(listed.stdout, r"OPENAI_API_KEY for openai.*: not set")
        self.assert_no_key(result.stdout + result.stderr + listed.stdout + listed.stderr)
        emulator = Emulator(self)
        used = self.run_program("refine", BRIEF, "--generator", "stability", "--until", "rounds(1)", "--quiet",
                                STABILITY_BASE_URL=emulator.url)
        self.assertIn(used.returncode, (0, 1), used.stderr)
        self.assertEqual(self.run_program("keys", "remove", "STABILITY_API_KEY").returncode, 0)
        self.assertIn("STABILITY_API_KEY for stability: not set", self.run_program("keys").stdout)

    def test_no_echo(self):
        process, ours = self.start_on_terminal("keys", "set", "openai")
        shown = self.read_terminal(process, ours, until="not shown")
        os.write(ours, (OPENAI_KEY + "\n").encode())
        shown += self.read_terminal(process, ours)
        self.assertEqual(process.returncode, 0, shown)
        self.assertIn(OPENAI_KEY, self.key_file().read_text())
        self.assert_no_key(shown)

    def test_ctrl_c(self):
        process, ours = self.start_on_terminal("keys", "set", "openai")
        self.read_terminal(process, ours, until="not shown")
        os.killpg(process.pid, signal.SIGINT)
        shown = self.read_terminal(process, ours)
        self.assertEqual(process.returncode, 130, shown)
        self.assertFalse(self.key_file().exists())

    def test_usage(self):
        self.rejects("keys", "lits", says=["lits", "list"])
        # What may be a key is not repeated.
        for arguments in (("sk-proj-0123456789abcdef",), ("set", "sk-proj-0123456789abcdef"), ("set", "AKIAIOSFODNN7EXAMPLE")):
            result = self.run_program("keys", *arguments, stdin="")
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertNotIn(arguments[-1], result.stdout + result.stderr)
        self.rejects("keys", "set", says="no key was given")
        self.rejects("keys", "set", "opanai", says='did you mean "openai"?')
        self.rejects("keys", "set", "openai", says="the key is empty")
        self.assertNotIn("sk-typed", self.rejects("keys", "set", "openai", "sk-typed-0123456789", says="the program asks for it"))

    def test_readable_file_is_rejected(self):
        self.run_program("keys", "set", "stability", stdin=STABILITY_KEY + "\n")
        self.key_file().chmod(0o644)
        self.rejects("refine", BRIEF, "--generator", "stability", says="chmod 600")


class Doctor(Case):
    def test_good(self):
        emulator = Emulator(self)
        result = self.run_program("doctor", "stability", "openai", **self.with_keys(emulator))
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("STABILITY_API_KEY for stability, from the environment", result.stdout)
        self.assertIn("for stability: answers and accepts STABILITY_API_KEY", result.stdout)
        self.assertIn("/v1 for openai: answers and accepts OPENAI_API_KEY", result.stdout)
        self.assert_no_key(result.stdout + result.stderr)
        # Only pages that exist, each once.
        requests = [(each["method"], each["path"], each["status"]) for each in emulator.requests()]
        self.assertEqual(sorted(requests), [("GET", "/v1/models", 200), ("GET", "/v1/user/balance", 200)])

    def doctor(self, *arguments, scenario=None, emulate=(), **environment):
        """Returns the exit code and the text, in which every run of white space is one space."""
        emulator = Emulator(self, *emulate, scenario=scenario)
        result = self.run_program("doctor", *arguments, **self.with_keys(emulator, **environment))
        self.assert_no_key(result.stdout + result.stderr)
        return result.returncode, " ".join(result.stdout.split())

    def test_wrong_key(self):
        code, said = self.doctor("openai", scenario={"requests": [
            {"when": {"path": "/v1/models"}, "then": {"error": {"status": 401, "code": "invalid_api_key"}}}]})
        self.assertEqual(code, 1, said)
        self.assertIn("does not accept the key in OPENAI_API_KEY (HTTP 401, invalid_api_key)", said)

    def test_key_without_permission(self):
        code, said = self.doctor("openai", scenario={"requests": [
            {"when": {"path": "/v1/models"},
             "then": {"error": {"status": 403, "message": "Missing scopes: api.model.read."}}}]})
        self.assertEqual(code, 0, said)
        self.assertIn("answers, but does not let this key see /models (HTTP 403)", said)

    def test_missing_version(self):
        emulator = Emulator(self)
        result = self.run_program("doctor", "openai", **self.with_keys(emulator, OPENAI_BASE_URL=emulator.url))
        self.assertEqual(result.returncode, 1, result.stdout)
        said = " ".join(result.stdout.split())
        self.assertIn(f"there is no {emulator.url}/models (HTTP 404)", said)
        self.assertIn('"/v1" is missing', said)

    def test_something_else_answers(self):
        code, said = self.doctor("openai", scenario={"requests": [
            {"when": {"path": "/v1/models"},
             "then": {"status": 200, "headers": {"content-type": "text/html"}, "body": "<title>Welcome</title>"}}]})
        self.assertEqual(code, 1, said)
        self.assertIn("answers with text/html", said)

    def test_untrusted_certificate(self):
        code, said = self.doctor("stability", emulate=("--tls", "--write-ca", "ca.pem"))
        self.assertEqual(code, 1, said)
        self.assertIn("the certificate is rejected", said)
        self.assertIn("trust the authority", said)
        self.assertNotIn("is not running", said)

    def test_missing(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            result = self.run_program("doctor", "stability", STABILITY_BASE_URL=f"http://127.0.0.1:{closed.getsockname()[1]}")
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertIn("STABILITY_API_KEY for stability: not set", result.stdout)
        self.assertIn("pentimento keys set STABILITY_API_KEY", result.stdout)
        self.assertIn("is not running", result.stdout)

    def test_unknown_backends(self):
        self.rejects("doctor", "stabilty", says='did you mean "stability"?')

    def test_unusable_addresses(self):
        for address, says in (("127.0.0.1:8080", "http://"), ("http://192.0.2.1", "use https")):
            result = self.run_program("doctor", "stability", STABILITY_BASE_URL=address, STABILITY_API_KEY=STABILITY_KEY)
            self.assertEqual(result.returncode, 1, result.stdout)
            self.assertIn("addresses that cannot be used", result.stdout)
            self.assertIn(says, " ".join(result.stdout.split()))
        result = self.run_program("doctor", "azure", AZURE_OPENAI_API_KEY="a-key-of-a-test")
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertIn("base_url", result.stdout)


class Critique(Case):
    def test_waits_are_shown(self):
        emulator = Emulator(self, scenario={"requests": [
            {"when": {"nth": 1}, "then": {"error": {"status": 429}, "headers": {"retry-after": "1"}}}]})
        (self.folder / "image.png").write_bytes(png(64, 64))
        arguments = ("critique", "image.png", "--brief", BRIEF, "--critic", "openai")
        result = self.run_program(*arguments, **self.with_keys(emulator))
        self.assertIn(result.returncode, (0, 1), result.stderr)
        self.assertRegex(result.stderr, r"waiting 1\.0 s, until .* \(HTTP 429\)")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    cli_test.PROGRAM = str(Path(sys.argv.pop(1)).resolve())
    unittest.main()
