// usage: node page_test.mjs
//
// The modules of the report's page that need no browser.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { suite, test } from "node:test";

const folder = new URL("../../src/report/page/", import.meta.url);
const { wordDiff } = await import(new URL("diff.mjs", folder));
const { bestAfter, byId, costOfRound, fileOf, isNeverJudged, parseTranscript, unjudgedOf } = await import(
  new URL("transcript.mjs", folder)
);
const { decisionWords, duration, findingWords, money, revisionWords } = await import(new URL("words.mjs", folder));

suite("Diff", () => {
  const changes = (before, after) => wordDiff(before, after).map(({ kind, text }) => [kind, text]);

  test("finds added and removed words", () => {
    assert.deepEqual(changes("three red mugs", "three red mugs"), [["same", "three red mugs"]]);
    assert.deepEqual(changes("", ""), []);
    assert.deepEqual(changes("two red mugs", "two bright red mugs"), [
      ["same", "two "],
      ["added", "bright "],
      ["same", "red mugs"],
    ]);
    assert.deepEqual(changes("two red mugs", "three red mugs"), [
      ["removed", "two "],
      ["added", "three "],
      ["same", "red mugs"],
    ]);
    assert.deepEqual(changes("", "a mug"), [["added", "a mug"]]);
    assert.deepEqual(changes("a mug", ""), [["removed", "a mug"]]);
  });

  test("counts punctuation at the ends of a word for itself", () => {
    assert.deepEqual(changes("mugs, bright", "mugs, bright. Important: white"), [
      ["same", "mugs, bright"],
      ["added", ". Important: white"],
    ]);
    assert.deepEqual(changes("a 4:3 mug", "a 16:9 mug"), [
      ["same", "a "],
      ["removed", "4:3 "],
      ["added", "16:9 "],
      ["same", "mug"],
    ]);
  });

  test("finds a longest common subsequence", () => {
    const same = changes("a b c d e f g", "x b c y e f z").filter(([kind]) => kind === "same");
    assert.equal(same.map(([, text]) => text).join(""), "b c e f ");
  });

  test("keeps every word", () => {
    const after = "zero one two: three four five six seven.";
    const parts = changes('one (two) three, four; five "six"', after).filter(([kind]) => kind !== "removed");
    assert.equal(parts.map(([, text]) => text).join(""), after);
  });

  test("takes long texts without much memory or time", () => {
    const long = (letter) => `same ${Array.from({ length: 20_000 }, (_, i) => letter + i).join(" ")}`;
    assert.deepEqual(
      changes(long("a"), long("b")).map(([kind]) => kind),
      ["same", "removed", "added"],
    );
    changes(`${"a! ".repeat(5_000)}x`, `${"b ".repeat(1_000)}y`);
    changes(`a${"'".repeat(200_000)}x ${" ".repeat(200_000)}y`, "z");
  });
});

suite("Transcript", () => {
  test("keeps all digits of a seed", () => {
    const run = parseTranscript('{"settings":{"seed": 18446744073709551615},"goal":"\\"seed\\": 12"}');
    assert.equal(run.settings.seed, "18446744073709551615");
    assert.equal(run.goal, '"seed": 12');
  });

  test("replaces what could mislead a reader", () => {
    const { goal } = parseTranscript('{"goal":"a\\u001b\\u202eb\\u2028\\u0000\\u009bc\\nd"}');
    assert.equal(goal, "a\ufffd\ufffdb\ufffd\ufffd\ufffdc\nd");
  });

  test("sorts by id", () => {
    const ids = ["10a", "1aa", "1z", "1b.2", "1b", "0c", "1b.10"].map((id) => ({ id }));
    assert.deepEqual(
      ids.sort(byId).map(({ id }) => id),
      ["0c", "1b", "1b.2", "1b.10", "1z", "1aa", "10a"],
    );
  });

  test("names the files of a run folder", () => {
    assert.equal(fileOf({ sha256: "5ac5", media_type: "image/png" }), "images/5ac5.png");
    assert.equal(fileOf({ sha256: "5ac5", media_type: "image/jpeg" }), "images/5ac5.jpg");
  });

  const candidate = (id, verdict) => ({ id, critique: { findings: [{ requirement: "r", verdict }] } });
  const run = {
    rounds: [
      { index: 0, candidates: [candidate("0a", "unknown")], accepted: "0a" },
      { index: 1, candidates: [candidate("1a", "unknown")] },
      { index: 2, candidates: [candidate("2a", "unknown")], accepted: "2a" },
    ],
    ledger: {
      entries: [
        { call: { kind: "plan" }, charge: { billing: "paid", micros: 1 } },
        { call: { kind: "generate", candidate: "1a" }, charge: { billing: "paid", micros: 20 } },
        { call: { kind: "critique", candidate: "1a.2" }, charge: { billing: "estimated", micros: 3 } },
        { call: { kind: "generate", candidate: "1b" }, charge: { billing: "unpaid", micros: 900 } },
      ],
    },
  };

  test("knows the best after each round", () => {
    assert.deepEqual(
      [0, 1, 2].map((index) => bestAfter(run, index).id),
      ["0a", "0a", "2a"],
    );
  });

  test("adds up what a round cost", () => {
    assert.deepEqual(
      [0, 1].map((index) => costOfRound(run, index)),
      [0, 23],
    );
  });

  test("tells which must nobody judges", () => {
    assert.equal(isNeverJudged(run, { id: "r", importance: "must" }), true);
    assert.equal(isNeverJudged(run, { id: "r", importance: "must", owner: "measure" }), false);
    assert.equal(isNeverJudged(run, { id: "r", importance: "should" }), false);
    assert.equal(
      isNeverJudged({ rounds: [{ candidates: [candidate("0a", "pass")] }] }, { id: "r", importance: "must" }),
      false,
    );
  });
});

suite("Unjudged", () => {
  const checklist = [{ id: "r", text: "three mugs" }, { id: "s", text: "soft light" }];
  const rounds = (findings) => [{ candidates: [{ id: "0a", critique: { findings } }], accepted: "0a" }];

  test("lists the uncovered parts of the brief, then the items without a verdict", () => {
    const run = {
      checklist,
      unjudged: ["floral pattern"],
      incumbent: "0a",
      rounds: rounds([{ requirement: "r", verdict: "fail" }, { requirement: "s", verdict: "unknown" }]),
    };
    assert.deepEqual(unjudgedOf(run), ["floral pattern", "soft light"]);
  });

  test("is empty if everything has a verdict", () => {
    const findings = checklist.map(({ id }) => ({ requirement: id, verdict: "pass" }));
    assert.deepEqual(unjudgedOf({ checklist, incumbent: "0a", rounds: rounds(findings) }), []);
  });

  test("lists an item that no critic owns once", () => {
    const run = { checklist, unjudged: ["soft light"], incumbent: "0a", rounds: rounds([]) };
    assert.deepEqual(unjudgedOf(run), ["three mugs", "soft light"]);
  });

  test("lists every item if there is no judged image", () => {
    assert.deepEqual(unjudgedOf({ checklist, rounds: [] }), ["three mugs", "soft light"]);
  });
});

suite("Words", () => {
  test("money", () => {
    assert.deepEqual([0, 120_000, 2_500, 1, 12_345_678].map(money), [
      "$0.00",
      "$0.12",
      "$0.0025",
      "$0.000001",
      "$12.345678",
    ]);
  });

  test("lengths of time", () => {
    const from = "2026-11-22T10:00:00.000000Z";
    assert.equal(duration(from, "2026-11-22T10:00:00.230000Z"), "0.2 s");
    assert.equal(duration(from, "2026-11-22T10:00:12.000000Z"), "12 s");
    assert.equal(duration(from, "2026-11-22T10:03:20.000000Z"), "3 min 20 s");
  });

  test("decisions, findings and revisions", () => {
    const run = { checklist: [{ id: "r", text: "three mugs" }] };
    assert.equal(
      decisionWords(run, { reason: "more_musts", gained: ["r"] }),
      'kept: gained "three mugs", lost nothing',
    );
    assert.equal(
      decisionWords(run, { reason: "lost_must", lost: ["r"], against: "0a" }),
      'rejected: lost "three mugs" that 0a has',
    );
    assert.equal(
      findingWords({ verdict: "fail", observed: "two", wanted: "three", where: "10,10 20x20" }),
      "two; wanted: three",
    );
    assert.equal(findingWords({ verdict: "pass", observed: "three", wanted: "three", where: "left" }), "three; left");
    assert.equal(
      revisionWords(run, { action: "edit", parent: "0a", why: "near", downgraded_from: "reseed", targets: ["r"] }),
      "edit from 0a: near (instead of reseed), to improve three mugs",
    );
    assert.equal(
      revisionWords(run, { author: "brief", action: "restart", why: "the brief as it stands" }),
      "the brief as it stands",
    );
  });
});

test("no module sets markup, runs text or loads anything", () => {
  for (const name of readdirSync(folder).filter((each) => each.endsWith(".mjs"))) {
    const text = readFileSync(new URL(name, folder), "utf-8");
    assert.doesNotMatch(
      text,
      /innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function|\bfetch\b|import\(|https?:/,
      name,
    );
  }
});
