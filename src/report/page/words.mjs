// What a run has to say, in words.

import { spentAs } from "./transcript.mjs";

export const counted = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;

export const percentOf = (score) => `${score.percent} %`;

export const sizeOf = ({ width, height }) => `${width}x${height}`;

/** $0.12, $0.0025: at least cents, and as much more as it takes to be exact. */
export const money = (micros) => `$${(micros / 1e6).toFixed(6).replace(/0{1,4}$/, "")}`;

/** 0.2 s, 12 s, 3 min 20 s */
export function duration(from, to) {
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 99.5) return `${seconds.toFixed(0)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** What a run cost, and how sure that is. */
export function costWords(run) {
  const spent = money(run.ledger.spent_micros);
  const unsure = spentAs(run, "maybe_billed");
  if (unsure > 0) return `${spent}, of which ${money(unsure)} may not have been billed`;
  return spentAs(run, "estimated") > 0 ? `${spent} by the price list` : spent;
}

export const stopWords = ({ clause, detail }) => (detail ? `${clause}: ${detail}` : clause);

export const callWords = ({ kind, candidate, swapped }) =>
  [kind, candidate, swapped && "swapped"].filter(Boolean).join(" ");

/** The texts of requirements, which a decision or revision names by their ids. */
export const requirementTexts = (run, ids = []) =>
  ids.map((id) => run.checklist.find((requirement) => requirement.id === id)?.text ?? id);

/** Why a candidate was kept or rejected. */
export function decisionWords(run, { reason, against = "the incumbent", gained, lost }) {
  const quoted = (ids) => requirementTexts(run, ids).map((text) => `"${text}"`).join(", ") || "nothing";
  switch (reason) {
    case "first": return "kept: the first to be judged";
    case "more_musts": return `kept: gained ${quoted(gained)}, lost ${quoted(lost)}`;
    case "better_score": return `kept: a better score than ${against}, gained ${quoted(gained)}`;
    case "preferred": return `kept: preferred to ${against} in both orders`;
    case "lost_must": return `rejected: lost ${quoted(lost)} that ${against} has`;
    case "worse_score": return `rejected: a worse score than ${against}, lost ${quoted(lost)}`;
    case "within_dead_band": return `rejected: no clear gain over ${against}`;
    case "tie": return `rejected: a tie with ${against}`;
    case "not_preferred": return `rejected: not preferred to ${against} in both orders`;
    default: return "not judged, so it cannot be kept";
  }
}

/** What a finding says besides its verdict. */
export function findingWords({ verdict, observed, wanted, reason, where }) {
  // A place in words helps a reader; one in pixels ("141,372 426x51") does not.
  const place = where && !/^\d/.test(where) ? where : "";
  return [observed, verdict !== "pass" && wanted ? `wanted: ${wanted}` : "", reason, place].filter(Boolean).join("; ");
}

/** What a round tried, and why. */
export function revisionWords(run, { author, why, action, parent, downgraded_from: wanted, targets }) {
  const tried = author === "brief"
    ? why
    : action + (parent ? ` from ${parent}` : "") + (author === "person" ? ", by you" : "") + (why ? `: ${why}` : "") +
      (wanted ? ` (instead of ${wanted})` : "");
  return targets ? `${tried}, to improve ${requirementTexts(run, targets).join("; ")}` : tried;
}

/** A candidate in words, for those who cannot see it. */
export function altText(run, candidate) {
  const { score } = candidate;
  const judged = score ? `${percentOf(score)}, ${score.passed} of ${counted(score.items, "item")} pass` : "not judged";
  const end = run.incumbent === candidate.id ? "; the best"
    : !candidate.decision ? ""
    : candidate.decision.accepted ? "; kept"
    : "; rejected";
  return `Image ${candidate.id}: ${judged}${end}.`;
}
