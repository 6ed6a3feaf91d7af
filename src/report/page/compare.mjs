// Two images: side by side, or one over the other with a line between them that can be moved.

import { Component, createRef } from "preact";
import { html } from "./html.mjs";

/** `before` and `after` are figures; `names` is what to call them. */
export class Compare extends Component {
  state = { slides: false, at: 50 };
  range = createRef();

  componentDidUpdate(_, before) {
    if (this.state.slides && !before.slides) this.range.current.focus();
  }

  render({ before, after, names: [left, right] }, { slides, at }) {
    const move = (value) => this.setState({ at: Math.min(100, Math.max(0, Number(value))) });
    // The line also follows a finger or the mouse on the image itself.
    const follow = (event) => {
      const box = event.currentTarget.getBoundingClientRect();
      move((100 * (event.clientX - box.left)) / box.width);
    };
    const pointer = slides && {
      onPointerDown: (event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        follow(event);
      },
      onPointerMove: (event) => event.currentTarget.hasPointerCapture(event.pointerId) && follow(event),
      onDragStart: (event) => event.preventDefault(),
    };
    return html`
      <p><button type="button" onClick=${() => this.setState({ slides: !slides })}>
        ${slides ? "Show side by side" : "Compare with a slider"}</button></p>
      <div class="compare pair ${slides ? "slider" : ""}">
        <div class="frames" style=${{ "--at": `${at}%` }} ...${pointer}>${before}${after}</div>
        ${slides && html`<div class="slide">
          <p class="ends"><span>left of the line: ${left}</span><span>right of it: ${right}</span></p>
          <input type="range" min="0" max="100" value=${at} ref=${this.range}
            aria-label="Where the line between ${left} and ${right} is"
            aria-valuetext="${Math.round(at)} % of ${left}, ${100 - Math.round(at)} % of ${right}"
            onInput=${(event) => move(event.currentTarget.value)}/>
        </div>`}
      </div>`;
  }
}
