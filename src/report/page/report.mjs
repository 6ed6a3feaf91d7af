// The report of a run: renders the transcript that is embedded in the page.

import { render } from "preact";
import { html } from "./html.mjs";
import { parseTranscript } from "./transcript.mjs";
import { Chart, RoundTable } from "./chart.mjs";
import { Checklist, Failures, Gain, Head, Settings, Unjudged } from "./summary.mjs";
import { Round } from "./round.mjs";
import { ThemeButton } from "./theme.mjs";
import { Tree } from "./tree.mjs";

/** Left and right lead from card to card, Home and End to the first and the last. Up and down scroll. */
function walk(event) {
  if (!event.target.matches(".candidate") || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const cards = [...document.querySelectorAll(".candidate")];
  const at = cards.indexOf(event.target);
  const next = cards[{ ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: cards.length - 1 }[event.key]];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/** A link to a card takes the focus there. */
function follow(event) {
  const link = event.target.closest('a[href^="#c-"]');
  if (link) document.getElementById(link.getAttribute("href").slice(1))?.focus();
}

export function Report({ run, images, version }) {
  const cards = run.rounds.reduce((sum, round) => sum + Math.max(round.candidates.length, round.drafts.length), 0);
  return html`<div onKeyDown=${walk} onClick=${follow}>
    <a class="skip" href="#rounds">Skip to the rounds</a>
    <header class="page-head">
      <div class="bar">
        <p class="brand">Pentimento</p>
        <nav aria-label="On this page">
          <a href="#gain">Gain</a><a href="#checklist">Checklist</a><a href="#tree">Tree</a><a href="#rounds">Rounds</a>
        </nav>
        <${ThemeButton}/>
      </div>
      <${Head} run=${run}/>
    </header>
    <main>
      <section id="gain" aria-labelledby="gain-title">
        <h2 id="gain-title">What the iteration gained</h2>
        <${Gain} run=${run} images=${images}/>
        ${run.rounds.length > 0 && html`<div class="figures">
          <${Chart} run=${run}/>
          <div class="table-scroll" role="region" aria-label="Score, cost and time of each round" tabindex="0">
            <${RoundTable} run=${run}/></div>
        </div>`}
      </section>
      <section id="checklist" aria-labelledby="checklist-title">
        <h2 id="checklist-title">The brief and its checklist</h2>
        <p class="lead">The checklist is made once, before the first image; every image is judged against it.
          The columns show the best image so far after each round.</p>
        <div class="table-scroll" role="region" aria-label="Checklist" tabindex="0"><${Checklist} run=${run}/></div>
        <${Unjudged} run=${run}/>
        <${Settings} run=${run}/>
      </section>
      <section id="tree" aria-labelledby="tree-title">
        <h2 id="tree-title">The rounds as a tree</h2>
        <p class="lead">Each image hangs from the one that it was made from. Solid lines lead to images that were
          kept.</p>
        <div class="tree-scroll" role="region" aria-label="Tree of the images" tabindex="0">
          <${Tree} run=${run} images=${images}/></div>
      </section>
      <section id="rounds" aria-labelledby="rounds-title" tabindex="-1">
        <h2 id="rounds-title">Round by round</h2>
        ${cards > 1 && html`<p class="lead keys">Go to an image with <kbd>Tab</kbd>; then <kbd>←</kbd> and
          <kbd>→</kbd> lead to the one before and the one after it, <kbd>Home</kbd> and <kbd>End</kbd> to the first and the last.</p>`}
        ${run.rounds.length > 0 ? run.rounds.map((round) => html`
          <${Round} key=${round.index} run=${run} round=${round} images=${images}/>`)
          : html`<p>The run ended before its first round.</p>`}
      </section>
      ${run.failures && html`<${Failures} failures=${run.failures}/>`}
    </main>
    <footer>
      <p>Written by Pentimento ${version} from the record of the run. The scores are computed from the findings.
        This page loads nothing from anywhere.</p>
    </footer>
  </div>`;
}

if (globalThis.document) {
  const text = (id) => document.getElementById(id).textContent;
  const run = parseTranscript(text("transcript"));
  document.title = `${run.brief.goal} · Pentimento`;
  const page = document.getElementById("page");
  render(html`<${Report} run=${run} images=${JSON.parse(text("images"))} version=${page.dataset.version}/>`, page);
}
