#!/usr/bin/env python3
"""Gives the command line program what it does not expect: odd arguments, streams and files.

usage: cli_input_test.py PROGRAM [unittest arguments]
"""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import unittest
from pathlib import Path

import cli_test
from cli_test import BRIEF, ESCAPE, png

SMALL = ("--until", "rounds(1)", "--size", "128x128")
# What steers a terminal or turns its text: C0 but the line break, DEL, C1, bidirectional controls.
STEERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class Case(cli_test.Case):
    def run_bytes(self, *arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, **keywords):
        """The same as run_program for arguments and output that need not be text; soon over."""
        return subprocess.run([cli_test.PROGRAM, *arguments], cwd=self.folder, env=self.environment(), stdin=stdin,
                              stdout=stdout, stderr=subprocess.PIPE, timeout=60, **keywords)

    def refuses_bytes(self, *arguments, says, code=2):
        """Refused, with a text that a terminal can be given."""
        result = self.run_bytes(*arguments)
        self.assertEqual(result.returncode, code, result.stderr)
        said = result.stderr.decode("utf-8")
        self.assertTrue(said.startswith("pentimento: "), said)
        self.assertIsNone(STEERS.search(said), said)
        self.assertIn(says, said)
        return said

    def picture(self, name="white.png", rgb=(255, 255, 255)):
        (self.folder / name).write_bytes(png(200, 200, rgb))
        return name


class Streams(Case):
    def test_what_is_printed_does_not_end_up_in_a_file_when_a_stream_is_closed(self):
        for number, closed in enumerate((">&-", "2>&-", "<&-", "<&- >&- 2>&-")):
            folder = self.folder / f"run{number}"
            command = ["sh", "-c", f'exec "$0" "$@" {closed}', cli_test.PROGRAM, "refine", BRIEF, *SMALL]
            result = subprocess.run([*command, "--out", folder.name], cwd=self.folder, env=self.environment(),
                                    stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
            self.assertIn(result.returncode, (0, 1), result.stderr)
            lines = (folder / "events.jsonl").read_text().splitlines()
            events = [json.loads(line) for line in lines]
            self.assertEqual(events[0]["type"], "run_started", closed)
            self.assertEqual(events[-1]["type"], "run_stopped", closed)
            self.assertTrue((folder / "best.png").read_bytes().startswith(b"\x89PNG"))

    def test_output_that_cannot_be_written_is_an_error(self):
        self.picture()
        self.run_bytes("refine", BRIEF, *SMALL, "--out", "run")
        white = ("critique", "white.png", "--brief", "a plain white background")
        for arguments in (["list"], ["list", "critics"], ["--help"], ["--version"], ["refine", "--help"], white,
                          [*white, "--json"], ["report", "run"], ["refine", BRIEF, *SMALL, "--out", "again", "--quiet"],
                          ["refine", BRIEF, *SMALL, "--out", "third"], ["refine", BRIEF, *SMALL, "--json"]):
            with open("/dev/full", "wb") as full:
                result = self.run_bytes(*arguments, stdout=full)
            self.assertEqual(result.returncode, 4, arguments)
            said = result.stderr.decode()
            self.assertIn("cannot write to the standard output", said, arguments)
            self.assertEqual(said.count("\n"), 1, said)
        self.assertTrue((self.folder / "third/report.html").is_file())  # the run is kept all the same
        # What prints nothing has nothing to complain of, and what was wrong before goes first.
        with open("/dev/full", "wb") as full:
            self.assertEqual(self.run_bytes(*white, "--quiet", stdout=full).returncode, 0)
        with open("/dev/full", "wb") as full:
            self.assertEqual(self.run_bytes("list", "nothing", stdout=full).returncode, 2)

    def test_a_reader_that_has_gone_away_is_no_error(self):
        for restore in (True, False):  # SIGPIPE ends the program, or is ignored as under nohup
            reader, writer = os.pipe()
            os.close(reader)
            result = self.run_bytes("list", stdout=writer, restore_signals=restore)
            os.close(writer)
            self.assertEqual(result.returncode, -signal.SIGPIPE if restore else 0)
            self.assertEqual(result.stderr, b"")


class Hostile(Case):
    def test_names_of_files_do_not_steer_the_terminal(self):
        self.refuses_bytes("refine", BRIEF, "--image", b"no\x1b[31mfile.png", says="there is no such file")
        self.refuses_bytes("refine", BRIEF, "--image", b"no\x9b31mfile.png", says="there is no such file")
        self.refuses_bytes("critique", b"no\xc2\x9b31mfile.png", "--brief", BRIEF, says="there is no such file")
        self.refuses_bytes("report", "no\u202efolder", says="there is no such file")
        (self.folder / "a\x1b[31mfile").write_text("")
        self.refuses_bytes("refine", BRIEF, "--out", "a\x1b[31mfile", says="it is a file", code=4)
        self.refuses_bytes("refine", BRIEF, "--on-error", "\x1b[31m", says="go-on or stop")
        self.refuses_bytes("\x1b[31m", says="unknown command")
        self.refuses_bytes("refine", b"--\xc2\x9b31m", says="unknown option")
        self.refuses_bytes("refine", BRIEF, "--profile", "\u2066\x07", says="there is no profile")

    def test_a_line_break_in_a_name_begins_no_line(self):
        said = self.refuses_bytes("critique", "a\npentimento: all is well", "--brief", BRIEF, says="no such file")
        self.assertEqual(said.count("\n"), 1)

    def test_the_policy_is_shown_with_the_mark_below_its_fault(self):
        for text in (b"\x9b31m", b"\xc2\x9b31m", "\u202e31m".encode(), b"\x1b[31m"):
            said = self.refuses_bytes("refine", BRIEF, "--until", b"satisfied ||\t" + text, says="stop policy")
            lines = said.splitlines()
            self.assertEqual(len(lines), 3, said)
            self.assertEqual(lines[2], "  " + " " * 13 + "^")
            self.assertTrue(lines[1].startswith("  satisfied || "), said)
            self.assertTrue(lines[1].endswith("31m"), said)

    def test_a_path_is_printed_as_it_is_to_programs_only(self):
        name = "esc\x1b[31mdir"
        self.run_bytes("refine", BRIEF, *SMALL, "--out", name)
        self.assertEqual(self.run_bytes("report", name).stdout.decode(), name + "/report.html\n")
        process, ours = self.start_on_terminal("report", name)
        text = self.read_terminal(process, ours)
        self.assertEqual(process.returncode, 0, text)
        self.assertNotIn(ESCAPE, text)
        self.assertIn("esc\ufffd[31mdir/report.html", text)


class Files(Case):
    def test_pictures_are_not_read_from_pipes_and_devices(self):
        os.mkfifo(self.folder / "pipe")
        for path in ("pipe", "/dev/zero", "/dev/null", "/dev/tty"):
            self.refuses_bytes("critique", path, "--brief", BRIEF, says="regular file")
            self.refuses_bytes("refine", BRIEF, "--image", path, says="regular file")

    def test_the_record_of_a_run_is_no_pipe_and_no_device(self):
        for make in (os.mkfifo, lambda path: path.symlink_to("/dev/zero")):
            folder = self.folder / f"run{len(list(self.folder.iterdir()))}"
            folder.mkdir()
            make(folder / "events.jsonl")
            self.refuses_bytes("report", folder.name, says="a regular file is needed")
            self.refuses_bytes("refine", BRIEF, "--out", folder.name, says="no run of Pentimento's")
            self.refuses_bytes("refine", BRIEF, "--out", folder.name, "--yes", says="no regular file", code=4)
            self.assertEqual(len(list(folder.iterdir())), 1)

    def test_a_run_that_could_not_begin_is_not_in_the_way(self):
        run = self.folder / "run"
        run.mkdir()
        (run / "events.jsonl").write_text("")
        (run / "report.html.part").write_text("half of")
        result = self.run_bytes("refine", BRIEF, *SMALL, "--out", "run")
        self.assertIn(result.returncode, (0, 1), result.stderr)
        self.assertTrue((run / "report.html").is_file())
        self.assertEqual(list(run.glob("*.part")), [])


class Arguments(Case):
    def test_empty_values_are_refused(self):
        for option in ("--image", "--size", "--aspect", "--out", "--profile", "--until", "--drafts", "--seed",
                       "--on-error", "--max-edit-depth", "--must", "--should", "--avoid", "--generator", "--critic", "--reviser"):
            self.refuses("refine", BRIEF, option, "", says=option + " is empty")
            self.refuses("refine", BRIEF, option + "=", "--quiet", says=option + " is empty")
            self.refuses("refine", BRIEF, option + "=", says=option)
        self.refuses("refine", BRIEF, "-s", "", says="--seed is empty")
        self.picture()
        for option in ("--brief", "--must", "--should", "--profile", "--critic"):
            self.refuses("critique", "white.png", "--must", "white", option, "", says=option + " is empty")
        self.refuses("critique", "", "--must", "white", says="no picture is named")
        self.refuses("list", "", says="the kind is empty")
        self.refuses("report", "", says="no folder is named")

    def test_what_is_not_utf8_is_refused_with_its_place(self):
        said = self.refuses_bytes("refine", b"three K\xe4se", says="the brief is not valid UTF-8")
        self.assertIn("from byte offset 7 on, where 0xE4 stands", said)
        self.refuses_bytes("refine", "drei Käse".encode() + b"\xc3", says="byte offset 10")
        self.picture()
        for option in ("--must", "--should", "--avoid"):
            self.refuses_bytes("refine", BRIEF, option, b"\xff", says=option + " is not valid UTF-8 from byte offset 0")
        for option in ("--brief", "--must", "--should"):
            said = self.refuses_bytes("critique", "white.png", option, b"red\xed\xa0\x80", says="byte offset 3")
            self.assertIn(option + " is not valid UTF-8", said)
        self.assertEqual(list(self.folder.iterdir()), [self.folder / "white.png"])

    def test_an_option_that_is_given_twice_is_said_to_be(self):
        self.refuses("refine", BRIEF, "--drafts", "2", "--drafts", "3", says="--drafts is given twice; give it once")
        self.refuses("refine", BRIEF, "-n2", "-n", "3", "--drafts=4", says="--drafts is given 3 times")
        self.refuses("critique", "a.png", "--brief", "a", "--brief", "b", says="--brief is given twice")
        self.refuses("refine", BRIEF, "--drafts", says="--drafts needs a value")

    def test_what_stands_after_two_dashes_is_no_option(self):
        for arguments in (["--", BRIEF, "--out", "d"], [BRIEF, "--", "--out", "d"]):
            said = self.refuses("refine", *arguments, says='"--out" stands after "--"')
            self.assertNotIn("unknown", said)
        self.refuses("refine", "--", "three", "red", "mugs", says='unexpected word "red"')
        result = self.run_program("refine", *SMALL, "--out", "run", "--", "--three red mugs")
        self.assertIn(result.returncode, (0, 1), result.stderr)
        brief = json.loads((self.folder / "run/events.jsonl").read_text().splitlines()[0])["brief"]
        self.assertEqual(brief["goal"], "--three red mugs")


class Judged(Case):
    def test_every_example_of_the_help_can_be_judged(self):
        for name in ("mug.jpg", "photo.jpg", "mugs.png", "shoe.jpg", "car.webp"):
            self.picture(name)
        helps = [self.run_program(*arguments, "--help").stdout for arguments in ([], ["refine"], ["critique"])]
        examples = {line.strip() for text in helps for line in text.splitlines() if line.startswith("  pentimento ")}
        commands = [shlex.split(example.partition(" | ")[0])[1:] for example in sorted(examples)]
        commands = [command for command in commands if command[0] in ("refine", "critique")]
        self.assertGreater(len(commands), 8)
        for command in commands:
            if command[0] == "refine":  # by the same critic, without the drawing
                command = ["critique", "mugs.png", "--brief", command[1]]
            result = self.run_program(*command, *([] if "--json" in command else ["--json"]))
            self.assertNotEqual(json.loads(result.stdout)["checklist"], [], command)

    def test_nothing_to_judge_is_no_score_of_nothing(self):
        result = self.run_program("refine", "hello", "--until", "rounds(1)", "--out", "run")
        line = next(line for line in result.stdout.splitlines() if line.startswith("  0a"))
        self.assertIn("–", line)
        self.assertNotIn("%", line)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    cli_test.PROGRAM = str(Path(sys.argv.pop(1)).resolve())
    unittest.main()
