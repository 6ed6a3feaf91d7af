// Verdicts, by a sign and, for those who cannot see it, a word.

import { html } from "./html.mjs";

const signs = { pass: ["✓", "passes"], fail: ["✗", "fails"], unknown: ["?", "unknown"] };

export function VerdictSign({ verdict }) {
  const [sign, word] = signs[verdict];
  return html`<span class="mark" aria-hidden="true">${sign}</span><span class="vh">${word}: </span>`;
}

export function ErrorText({ error }) {
  const { message, provider_message: words } = error;
  return html`<p class="error">${message}${words && html` <q>${words}</q>`}</p>`;
}
