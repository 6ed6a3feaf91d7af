// A run as its JSON form has it (transcript.json), and what the parts of a page ask of it.

// Control characters but the line feed, and what turns the direction of text or breaks a line.
const unsafe = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Reads a transcript. Characters that could mislead a reader become U+FFFD; seeds become text, to keep all digits. */
export function parseTranscript(json) {
  const exact = json.replace(/"seed":\s*(\d+)/g, '"seed":"$1"');
  return JSON.parse(exact, (_, value) => (typeof value === "string" ? value.replace(unsafe, "\ufffd") : value));
}

/** The parts of an id: "3b.2" is the second image of the second draft of round 3. */
export function partsOf(id) {
  const [, round, draft, image] = /^(\d+)([a-z]+)(?:\.(\d+))?$/.exec(id);
  return { round: Number(round), draft, image: Number(image ?? 1) };
}

/** The draft that a candidate came from: "3b" for "3b.2". */
export const draftOf = (id) => id.split(".")[0];

/** Sorts by id: 1a, 1b, 1b.2, 1z, 1aa, 2a. */
export function byId(a, b) {
  const [x, y] = [partsOf(a.id), partsOf(b.id)];
  return x.round - y.round || x.draft.length - y.draft.length || (x.draft < y.draft ? -1 : x.draft > y.draft ? 1 : 0) ||
    x.image - y.image;
}

export const candidatesOf = (round) => [...round.candidates].sort(byId);

export const findCandidate = (run, id) =>
  run.rounds.flatMap((round) => round.candidates).find((each) => each.id === id);

/** The best candidate after a round: the accepted one of the latest round that has one. */
export function bestAfter(run, index) {
  const round = run.rounds.findLast((each) => each.index <= index && each.accepted);
  return round && findCandidate(run, round.accepted);
}

export const bestOf = (run) => (run.incumbent ? findCandidate(run, run.incumbent) : undefined);

/** Where the run began: the best of round 0, else its first candidate. */
export const beginningOf = (run) => bestAfter(run, 0) ?? run.rounds.slice(0, 1).flatMap(candidatesOf)[0];

export const findingOf = (candidate, requirement) =>
  candidate?.critique?.findings.find((finding) => finding.requirement === requirement.id);

export const verdictOf = (candidate, requirement) => findingOf(candidate, requirement)?.verdict ?? "unknown";

/** True for a must that no critic owns and none has judged: it can never pass. */
export const isNeverJudged = (run, requirement) =>
  requirement.importance === "must" && !requirement.owner &&
  run.rounds.every((round) => round.candidates.every((candidate) => verdictOf(candidate, requirement) === "unknown"));

/** What nobody judged in the best image: the parts of the brief that no critic judges, then the items without a verdict. */
export function unjudgedOf(run) {
  const unowned = run.checklist.filter((item) => !item.owner).map((item) => item.text);
  return [
    ...(run.unjudged ?? []).filter((part) => !unowned.includes(part)),
    ...run.checklist.filter((item) => verdictOf(bestOf(run), item) === "unknown").map((item) => item.text),
  ];
}

const costOf = (run, concerns) =>
  run.ledger.entries
    .filter((entry) => entry.charge.billing !== "unpaid" && entry.call.candidate && concerns(entry.call.candidate))
    .reduce((sum, entry) => sum + entry.charge.micros, 0);

/** In micro-dollars. The images of one generation share its cost: the first has it. */
export const costOfCandidate = (run, id) => costOf(run, (each) => each === id);
export const costOfRound = (run, index) => costOf(run, (each) => partsOf(each).round === index);

/** How much of what was spent is of this kind: "estimated", "maybe_billed". */
export const spentAs = (run, billing) =>
  run.ledger.entries
    .filter((entry) => entry.charge.billing === billing)
    .reduce((sum, entry) => sum + entry.charge.micros, 0);

/** The file of an image in the folder of a run: images/5ac5....png. */
export function fileOf(image) {
  return `images/${image.sha256}.${image.media_type.slice("image/".length).replace("jpeg", "jpg")}`;
}
