// A round: its prompt, and its candidates side by side with their verdicts.

import { html } from "./html.mjs";
import { wordDiff } from "./diff.mjs";
import {
  byId, costOfCandidate, costOfRound, draftOf, fileOf, findCandidate, findingOf, verdictOf,
} from "./transcript.mjs";
import {
  altText, counted, decisionWords, duration, findingWords, money, percentOf, revisionWords, sizeOf,
} from "./words.mjs";
import { ErrorText, VerdictSign } from "./verdict.mjs";

const LinkTo = ({ id }) => html`<a href="#c-${id}">${id}</a>`;

/** A text with the words that were added and removed since another. */
function Difference({ before, after }) {
  return wordDiff(before, after).map(({ kind, text }) => {
    // The space after a change stands outside it, so that no underline is too long.
    const words = text.trimEnd();
    const spaces = text.slice(words.length);
    if (kind === "same") return text;
    return kind === "added" ? html`<ins>${words}</ins>${spaces}` : html`<del>${words}</del>${spaces || " "}`;
  });
}

function Prompt({ run, round }) {
  const { revision } = round;
  const { prompt, negative_prompt: negative } = revision.request;
  const parent = revision.parent && findCandidate(run, revision.parent);
  const before = parent?.request.prompt;
  const author = !revision.author || round.index === 0 ? ""
    : revision.author === "person" ? ", in your words"
    : `, written by ${revision.author}`;
  const relation = before === prompt ? ", the same as that of " : ", and how it differs from that of ";
  const origin = parent && html`${relation}<${LinkTo} id=${parent.id}/>`;
  return html`<p class="prompt" dir="auto">
    <span class="by">The prompt${origin}${author}</span>
    ${parent ? html`<${Difference} before=${before} after=${prompt}/>` : prompt}
    ${negative && html`<span class="by">Not to be shown: ${negative}</span>`}
  </p>`;
}

/** What fails first, then what is not known, then what passes. */
function Items({ run, candidate }) {
  const sorted = ["fail", "unknown", "pass"].flatMap((verdict) =>
    run.checklist.filter((requirement) => verdictOf(candidate, requirement) === verdict));
  return html`<ul class="items">${sorted.map((requirement) => {
    const verdict = verdictOf(candidate, requirement);
    const finding = findingOf(candidate, requirement);
    const why = finding ? findingWords(finding) : "not judged";
    return html`<li class=${verdict}>
      <${VerdictSign} verdict=${verdict}/><span dir="auto">${requirement.text}</span>
      ${requirement.importance !== "must" && html` <span class="should">should</span>`}
      ${why && html`<span class="why" dir="auto">${why}</span>`}
    </li>`;
  })}</ul>`;
}

const Meter = ({ percent }) => html`
  <svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" width="100" height="4"/><rect class="fill" width=${percent} height="4"/>
  </svg>`;

const Term = ({ name, children }) => html`<dt>${name}</dt><dd>${children}</dd>`;

const FileLink = ({ file }) => html`<a href=${file}>${file}</a>`;

function Facts({ run, round, candidate }) {
  const { id, request, image, parent, critique } = candidate;
  const seed = candidate.seed ?? request.seed;
  const draft = round.drafts.find((each) => each.id === draftOf(id));
  return html`<dl class="meta">
    ${parent && html`<${Term} name="From"><${LinkTo} id=${parent}/><//>`}
    ${seed !== undefined && html`<${Term} name="Seed">${seed}<//>`}
    ${request.init_image && html`<${Term} name="Edit">of an image, strength ${request.strength ?? 0.6}<//>`}
    <${Term} name="Image">${sizeOf(image)} ${image.media_type.slice(6)}<//>
    ${draft?.ended && html`<${Term} name="Made in">${duration(draft.started, draft.ended)}<//>`}
    <${Term} name="Cost">${money(costOfCandidate(run, id))}<//>
    <${Term} name="File"><${FileLink} file=${fileOf(image)}/><//>
    ${critique?.judged && html`
      <${Term} name="As judged"><${FileLink} file=${fileOf(critique.judged)}/><//>`}
    ${candidate.request_id && html`<${Term} name="Request"><code>${candidate.request_id}</code><//>`}
    ${candidate.revised_prompt && html`
      <${Term} name="Prompt as revised by the provider"><span dir="auto">${candidate.revised_prompt}</span><//>`}
  </dl>`;
}

/** The image as it was judged: a verdict is about what the critic looked at. */
function Picture({ run, candidate, images }) {
  const copy = candidate.critique?.judged;
  const shown = copy && images[copy.sha256] ? copy : candidate.image;
  if (!images[shown.sha256]) return html`<p>The bytes of this image are kept elsewhere.</p>`;
  return html`<img src=${images[shown.sha256]} alt=${altText(run, candidate)}
      width=${shown.width} height=${shown.height} loading="lazy"/>
    ${shown === copy && html`
      <figcaption>As it was judged: a copy of ${sizeOf(copy)}, made from ${sizeOf(candidate.image)}</figcaption>`}`;
}

function Candidate({ run, round, candidate, images }) {
  const { id, score, critique, decision, error } = candidate;
  const best = run.incumbent === id;
  return html`<article class="candidate ${decision?.accepted ? "kept" : "rejected"} ${best ? "best" : ""}"
      id="c-${id}" tabindex="0" aria-labelledby="t-${id}">
    <figure><${Picture} run=${run} candidate=${candidate} images=${images}/></figure>
    <div class="findings">
      <h4 id="t-${id}"><span class="id">${id}</span>${" "}
        <span class="score">${score ? percentOf(score) : "not judged"}</span>
        ${best && html`<span class="badge">the best</span>`}</h4>
      <p class="decision">${decision ? decisionWords(run, decision) : "not decided: the run ended before"}</p>
      ${score && html`<${Meter} percent=${score.percent}/><${Items} run=${run} candidate=${candidate}/>`}
      ${candidate.warning && html`<p class="warning">${candidate.warning}</p>`}
      ${error && error.code !== "cancelled" && html`<${ErrorText} error=${error}/>`}
      ${critique?.remark && html`<p class="remark" dir="auto">${critique.remark}</p>`}
      <${Facts} run=${run} round=${round} candidate=${candidate}/>
    </div>
  </article>`;
}

/** A draft that produced no image. */
function FailedDraft({ draft: { id, request, error, ended } }) {
  const cancelled = error?.code === "cancelled";
  return html`<article class="candidate failed" id="c-${id}" tabindex="0" aria-labelledby="t-${id}">
    <div class="findings">
      <h4 id="t-${id}"><span class="id">${id}</span>${" "}
        <span class="score">${cancelled ? "cancelled" : ended ? "failed" : "not finished"}</span></h4>
      <p class="decision">${cancelled ? "It was no longer needed, or the run was ending." : "It produced no image."}</p>
      ${error && !cancelled && html`<${ErrorText} error=${error}/>`}
      ${request.seed !== undefined && html`<dl class="meta"><${Term} name="Seed">${request.seed}<//></dl>`}
    </div>
  </article>`;
}

export function Round({ run, round, images }) {
  const { index, candidates, drafts, started, finished } = round;
  const failed = drafts.filter((draft) => !candidates.some((candidate) => draftOf(candidate.id) === draft.id));
  const cards = [...candidates, ...failed].sort(byId);
  const time = finished && duration(started, finished);
  const facts = [counted(candidates.length, "image"), time, money(costOfRound(run, index))];
  return html`<section class="round" aria-labelledby="round-${index}">
    <header>
      <h3 id="round-${index}">Round ${index}</h3>
      <p class="action">${revisionWords(run, round.revision)}</p>
      <p class="facts-line">${facts.filter(Boolean).join(" · ")}</p>
    </header>
    <${Prompt} run=${run} round=${round}/>
    <div class="candidates">${cards.map((card) => card.image
      ? html`<${Candidate} key=${card.id} run=${run} round=${round} candidate=${card} images=${images}/>`
      : html`<${FailedDraft} key=${card.id} draft=${card}/>`)}</div>
  </section>`;
}
