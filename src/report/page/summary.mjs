// What a run came to: its end, what was gained, its checklist and settings.

import { html } from "./html.mjs";
import { Compare } from "./compare.mjs";
import { beginningOf, bestAfter, bestOf, isNeverJudged, unjudgedOf, verdictOf } from "./transcript.mjs";
import { callWords, costWords, duration, altText, percentOf, sizeOf, stopWords } from "./words.mjs";
import { ErrorText, VerdictSign } from "./verdict.mjs";

const Fact = ({ name, children }) => html`<div><dt>${name}</dt><dd>${children}</dd></div>`;

const percentOrDash = (candidate) => (candidate.score ? percentOf(candidate.score) : "not judged");

/** How the run ended: [a word, its class, a sentence]. */
function endOf(run) {
  if (!run.stop_reason) return ["Not ended", "doubt", "the record of the run ends here"];
  const reason = stopWords(run.stop_reason);
  if (run.stop_reason.kind === "failed") return ["Failed", "bad", reason];
  const satisfied = bestOf(run)?.score?.satisfied;
  if (run.stop_reason.kind === "cancelled") return ["Cancelled", satisfied ? "good" : "doubt", reason];
  return satisfied ? ["Satisfied", "good", reason] : ["Not satisfied", "doubt", reason];
}

export function Head({ run }) {
  const [word, kind, reason] = endOf(run);
  const [first, best] = [beginningOf(run), bestOf(run)];
  const [from, to] = [first, best].map((candidate) => candidate && percentOrDash(candidate));
  return html`
    <h1 class=${run.brief.goal.length > 90 ? "long" : ""} dir="auto">${run.brief.goal}</h1>
    <p class="outcome ${kind}"><strong>${word}</strong> <span>${reason}</span></p>
    ${run.error && html`<${ErrorText} error=${run.error}/>`}
    <dl class="facts">
      ${best && html`<${Fact} name="Score">${from === to ? to
        : html`${from} <span aria-hidden="true">→</span><span class="vh"> to </span> ${to}`}<//>`}
      <${Fact} name="Rounds">${run.rounds.length}<//>
      <${Fact} name="Images">${run.rounds.reduce((sum, round) => sum + round.candidates.length, 0)}<//>
      <${Fact} name="Time">${duration(run.started, run.updated)}<//>
      <${Fact} name="Cost">${costWords(run)}<//>
    </dl>`;
}

function Frame({ run, candidate, images, name, kind }) {
  const { id, image } = candidate;
  return html`<figure class=${kind}>
    ${images[image.sha256] && html`
      <img src=${images[image.sha256]} alt=${altText(run, candidate)} width=${image.width} height=${image.height}/>`}
    <figcaption><strong>${name}</strong>, <a href="#c-${id}">${id}</a>, ${percentOrDash(candidate)}</figcaption>
  </figure>`;
}

/** Round 0 and the best: what was gained, what was lost, and both images. */
export function Gain({ run, images }) {
  const [first, best] = [beginningOf(run), bestOf(run)];
  if (!first) return html`<p class="lead">There is no image to show.</p>`;
  if (!best || best === first) {
    return html`
      <p class="lead">${best ? "The best image is one of the first round; nothing later was better."
        : "No image could be judged; this is the first."}</p>
      <div class="compare one">
        <${Frame} run=${run} candidate=${first} images=${images} name=${best ? "The best" : "The first"}/>
      </div>`;
  }
  const passedOnlyBy = (one, other) => run.checklist
    .filter((item) => verdictOf(one, item) === "pass" && verdictOf(other, item) !== "pass")
    .map((item, i) => html`${i > 0 && " · "}<b>${item.text}</b>`);
  const [gained, lost] = [passedOnlyBy(best, first), passedOnlyBy(first, best)];
  return html`
    <p class="gained">Gained: ${gained.length > 0 ? gained : "nothing"}.
      Lost: ${lost.length > 0 ? lost : "nothing"}.</p>
    <${Compare} names=${["round 0", "the best"]}
      before=${html`<${Frame} run=${run} candidate=${first} images=${images} name="Round 0" kind="before"/>`}
      after=${html`<${Frame} run=${run} candidate=${best} images=${images} name="The best" kind="after"/>`}/>`;
}

/** What "satisfied" does not say. */
export function Unjudged({ run }) {
  const parts = unjudgedOf(run);
  return parts.length > 0 && html`<p class="unjudged" dir="auto"><strong>Not judged:</strong> ${parts.join(" · ")}</p>`;
}

export function Checklist({ run }) {
  if (run.checklist.length === 0) {
    return html`<p>The checklist is empty: the critic could judge nothing of the brief.</p>`;
  }
  const row = (item) => {
    const never = isNeverJudged(run, item);
    return html`<tr>
      <th scope="row"><span dir="auto">${item.text}</span>
        ${never && html`<span class="never">nobody judges it: with this must the run cannot be satisfied</span>`}</th>
      <td class=${item.importance}>${item.importance}</td>
      <td class="must">${never ? "nobody" : item.owner || "–"}</td>
      ${run.rounds.map((round) => {
        const verdict = verdictOf(bestAfter(run, round.index), item);
        return html`<td class="verdict ${verdict}"><${VerdictSign} verdict=${verdict}/></td>`;
      })}
    </tr>`;
  };
  return html`<table>
    <thead><tr>
      <th scope="col">Item</th><th scope="col">Kind</th><th scope="col">Judged by</th>
      ${run.rounds.map(({ index }) => html`<th scope="col" class="verdict"><span class="vh">After round </span><span
        aria-hidden="true">R</span>${index}</th>`)}
    </tr></thead>
    <tbody>${run.checklist.map(row)}</tbody>
  </table>`;
}

export function Settings({ run: { brief, settings, rounds } }) {
  const size = rounds[0]?.revision.request.size ?? brief.size;
  const facts = [
    ["To be avoided", brief.avoid?.join(", ")],
    ["Size", size && `${sizeOf(size)} pixels`],
    ["Started from", brief.init_image && `an image of ${sizeOf(brief.init_image)} pixels`],
    ["Generator", settings.generator],
    ["Critic", settings.critic],
    ["Reviser", settings.reviser],
    ["Until", html`<code>${settings.policy}</code>`],
    ["Drafts a round", settings.drafts],
    ["Seed", settings.seed],
  ];
  return html`<dl class="settings">
    ${facts.filter(([, value]) => value).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
  </dl>`;
}

export function Failures({ failures }) {
  return html`<section aria-labelledby="failures-title">
    <h2 id="failures-title">What failed</h2>
    <ul>${failures.map(({ call, error }) => html`<li>${callWords(call)}: ${error.message}
      ${error.provider_message && html` <q>${error.provider_message}</q>`}</li>`)}</ul>
  </section>`;
}
