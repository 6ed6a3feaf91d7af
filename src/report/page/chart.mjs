// The scores and costs of a run, round by round: a chart and a table.

import { html, label } from "./html.mjs";
import { bestAfter, bestOf, candidatesOf, costOfRound } from "./transcript.mjs";
import { duration, money, percentOf } from "./words.mjs";

// In the units of the drawing.
const width = 460;
const left = 44;
const right = 16;
const top = 28; // room for the score above a line at 100 %
const plot = 174;

export function Chart({ run }) {
  const { rounds } = run;
  const costs = rounds.map((round) => costOfRound(run, round.index));
  const most = Math.max(...costs);
  const height = top + plot + 30 + (most > 0 ? 34 : 0);
  const room = width - left - right - 40;
  const x = (index) => Math.round(left + 20 + (rounds.length < 2 ? room / 2 : (room * index) / (rounds.length - 1)));
  const tall = (cost) => (24 * cost) / most;
  const y = (fraction) => Math.round(top + plot * (1 - fraction));

  const scores = rounds.map((round) => bestAfter(run, round.index)?.score);
  const summary = scores.map((score) => (score ? percentOf(score) : "none")).join(", ");
  const points = scores.flatMap((score, index) => (score ? [[x(index), y(score.fraction)]] : []));
  const line = points.map(([px, py], i) => `${i === 0 ? "M" : "L"}${px} ${py}`).join(" ");
  const last = points.at(-1);

  const judged = rounds.flatMap(candidatesOf).filter((candidate) => candidate.score);
  // A kept candidate is drawn over rejected ones with its score.
  const dots = judged.sort((a, b) => (a.decision?.accepted ?? false) - (b.decision?.accepted ?? false));
  const step = Math.max(1, Math.floor((rounds.length + 11) / 12));

  return html`<figure class="chart">
    <svg viewBox="0 0 ${width} ${height}" role="img"
      aria-label="The best score after each round: ${summary}. The table beside it has the figures.">
      ${[0, 50, 100].map((percent) => html`
        <line class="grid" x1=${left} y1=${y(percent / 100)} x2=${width - right} y2=${y(percent / 100)}/>
        ${label(left - 8, y(percent / 100) + 4, percent, "end")}`)}
      ${rounds.filter((round) => round.index % step === 0).map((round) =>
        label(x(round.index), top + plot + 20, `${round.index === 0 ? "round " : ""}${round.index}`, "middle"))}
      ${most > 0 && label(left - 8, height - 8, "cost", "end")}
      ${most > 0 && costs.map((cost, index) => html`
        <rect class="cost" x=${x(index) - 7} y=${height - 4 - tall(cost)} width="14" height=${tall(cost)}/>`)}
      ${last && html`
        <path class="area" d="${line} L${last[0]} ${y(0)} L${points[0][0]} ${y(0)} Z"/>
        <path class="step" d=${line}/>
        ${label(last[0], last[1] - 10, percentOf(bestOf(run).score), "middle", "value")}`}
      ${dots.map((candidate) => html`
        <circle class="dot ${candidate.decision?.accepted ? "kept" : ""}" r="4"
          cx=${x(Number.parseInt(candidate.id))} cy=${y(candidate.score.fraction)}/>`)}
    </svg>
    <figcaption>
      The line is the best score so far, a dot is an image${most > 0 && "; the bars are what a round cost"}.
    </figcaption>
  </figure>`;
}

export function RoundTable({ run }) {
  const tried = ({ index, revision }) =>
    index > 0 ? revision.action : run.brief.init_image ? "your image" : "the brief";
  return html`<table>
    <thead><tr>
      <th scope="col">Round</th><th scope="col">Tried</th><th scope="col" class="number">Images</th>
      <th scope="col" class="number">Best so far</th><th scope="col" class="number">Time</th>
      <th scope="col" class="number">Cost</th>
    </tr></thead>
    <tbody>${run.rounds.map((round) => html`<tr>
      <th scope="row"><a href="#round-${round.index}">${round.index}</a></th>
      <td>${tried(round)}</td>
      <td class="number">${round.candidates.length}</td>
      <td class="number">${bestAfter(run, round.index) ? percentOf(bestAfter(run, round.index).score) : "–"}</td>
      <td class="number">${round.finished ? duration(round.started, round.finished) : "–"}</td>
      <td class="number">${money(costOfRound(run, round.index))}</td>
    </tr>`)}</tbody>
  </table>`;
}
