// The images of a run as a tree: each hangs from the one that it was made from.

import { html, label } from "./html.mjs";
import { candidatesOf, partsOf } from "./transcript.mjs";
import { altText, percentOf } from "./words.mjs";

// In CSS pixels.
const side = 128;
const gap = 26;
const rowHeight = 214;
const firstRow = 64;
const gutter = 84;

/** From one point to another, starting and arriving straight down. */
const curve = ([x1, y1], [x2, y2]) => ` C${x1} ${(y1 + y2) / 2} ${x2} ${(y1 + y2) / 2} ${x2} ${y2}`;

export function Tree({ run, images }) {
  if (run.rounds.length === 0) return html`<p>There are no images.</p>`;
  const widest = Math.max(1, ...run.rounds.map((round) => round.candidates.length));
  const width = 2 * gutter + widest * (side + gap) - gap;
  const height = firstRow + run.rounds.length * rowHeight - 14;
  const root = [width / 2, 14];
  // In columns, so that there is always room for a line between two images.
  const places = new Map();
  for (const round of run.rounds) {
    candidatesOf(round).forEach(({ id }, column) =>
      places.set(id, [gutter + column * (side + gap), firstRow + round.index * rowHeight]));
  }

  const edge = ({ id, parent, decision }) => {
    const [x, y] = places.get(id);
    const to = [x + side / 2, y];
    const above = places.get(parent);
    const round = partsOf(id).round;
    const fresh = !above && round > 0; // a restart hangs from nothing
    const from = above ? [above[0] + side / 2, above[1] + side + 44] : fresh ? [to[0], y - 26] : root;
    let line = `M${from[0]} ${from[1]}`;
    if (above && round - partsOf(parent).round > 1) {
      // Past the rounds between, not through their images.
      const lane = from[0] + (side + gap) / 2;
      const [enter, leave] = [[lane, from[1] + rowHeight / 4], [lane, y - rowHeight / 5]];
      line += `${curve(from, enter)} L${leave[0]} ${leave[1]}${curve(leave, to)}`;
    } else {
      line += curve(from, to);
    }
    return html`<path class="edge ${decision?.accepted ? "kept" : ""}" d=${line}/>
      ${fresh && html`<circle class="root" cx=${from[0]} cy=${from[1]} r="4"/>`}
      ${fresh && label(from[0] + 10, from[1] + 4, "afresh", "start")}`;
  };

  const node = (candidate) => {
    const [x, y] = places.get(candidate.id);
    const best = run.incumbent === candidate.id;
    const kept = candidate.decision?.accepted;
    const state = best ? "kept, the best" : kept ? "kept" : candidate.decision ? "rejected" : "not decided";
    const source = images[candidate.image.sha256];
    const kind = best ? "kept best" : kept ? "kept" : "rejected";
    return html`<a href="#c-${candidate.id}" class=${kind} aria-label=${altText(run, candidate)}>
      <rect class="frame" x=${x} y=${y} width=${side} height=${side} rx="8"/>
      ${source && html`<image x=${x + 5} y=${y + 5} width=${side - 10} height=${side - 10} href=${source}/>`}
      ${label(x + 2, y + side + 18, candidate.id, "start", "id")}
      ${label(x + side - 2, y + side + 18, candidate.score ? percentOf(candidate.score) : "not judged", "end", "score")}
      ${label(x + 2, y + side + 35, state, "start")}
    </a>`;
  };

  const candidates = run.rounds.flatMap(candidatesOf);
  return html`<svg class="tree" width=${width} height=${height} viewBox="0 0 ${width} ${height}" role="group"
      aria-label="The images as a tree">
    <g aria-hidden="true">
      ${candidates.map(edge)}
      <circle class="root" cx=${root[0]} cy=${root[1]} r="6"/>${label(root[0] + 14, root[1] + 4, "the brief", "start")}
    </g>
    ${run.rounds.map((round) => html`
      ${label(0, firstRow + round.index * rowHeight + side / 2, `Round ${round.index}`, "start")}
      ${candidatesOf(round).map(node)}`)}
  </svg>`;
}
