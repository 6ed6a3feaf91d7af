// The theme: the system's, or the reader's choice, which is kept where the browser lets a page keep something.

import { Component } from "preact";
import { html } from "./html.mjs";

const themes = ["automatic", "light", "dark"];
const key = "pentimento-theme";

function recall() {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function choose(theme) {
  if (theme === "automatic") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(key, theme);
  } catch {
    // Then it lasts as long as the page.
  }
}

export class ThemeButton extends Component {
  state = { theme: themes.includes(recall()) ? recall() : "automatic" };

  componentDidMount() {
    choose(this.state.theme);
  }

  render(_, { theme }) {
    const next = themes[(themes.indexOf(theme) + 1) % themes.length];
    const change = () => {
      choose(next);
      this.setState({ theme: next });
    };
    return html`<button type="button" id="theme" onClick=${change}>Theme: ${theme}</button>`;
  }
}
