// The tag that components are written with: html`<p>${text}</p>`. What is put in becomes text, never markup.

import { h } from "preact";
import htm from "htm";

export const html = htm.bind(h);

/** A text in a drawing. */
export const label = (x, y, words, anchor, name) => html`
  <text class=${name} x=${x} y=${y} text-anchor=${anchor}>${words}</text>`;
