R"---("use strict";
(() => {
  // The theme: that of the system, or the reader's choice, kept where the browser lets a page keep something.
  const themes = ["automatic", "light", "dark"];
  const button = document.getElementById("theme");
  const recall = () => { try { return localStorage.getItem("pentimento-theme"); } catch { return null; } };
  const keep = (theme) => { try { localStorage.setItem("pentimento-theme", theme); } catch { /* then it lasts as long as the page */ } };
  let theme = themes.includes(recall()) ? recall() : "automatic";
  const show = () => {
    if (theme === "automatic") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = "Theme: " + theme;
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    keep(theme);
    show();
  });
  show();

  // Round 0 against the best: side by side, or one over the other with a line between them to be moved.
  const compare = document.querySelector(".compare.pair");
  if (compare) {
    const toggle = document.getElementById("compare-toggle");
    const range = compare.querySelector("input");
    const frames = compare.querySelector(".frames");
    const move = () => {
      frames.style.setProperty("--at", range.value + "%");
      range.setAttribute("aria-valuetext", range.value + " % of round 0, " + (100 - range.value) + " % of the best");
    };
    const slides = () => compare.classList.contains("slider");
    toggle.hidden = false;
    toggle.addEventListener("click", () => {
      const on = compare.classList.toggle("slider");
      toggle.textContent = on ? "Show side by side" : "Compare with a slider";
      if (on) { move(); range.focus(); }
    });
    range.addEventListener("input", move);
    // The line also follows a finger or the mouse on the picture itself.
    const follow = (event) => {
      const box = frames.getBoundingClientRect();
      range.value = 100 * (event.clientX - box.left) / box.width;
      move();
    };
    frames.addEventListener("pointerdown", (event) => {
      if (!slides() || event.button !== 0) return;
      frames.setPointerCapture(event.pointerId);
      follow(event);
    });
    frames.addEventListener("pointermove", (event) => { if (frames.hasPointerCapture(event.pointerId)) follow(event); });
    frames.addEventListener("dragstart", (event) => { if (slides()) event.preventDefault(); });
  }

  // Left and right lead from picture to picture, Home and End to the first and the last. Up and down scroll.
  const cards = [...document.querySelectorAll(".candidate")];
  document.querySelector(".keys").hidden = cards.length < 2;
  document.addEventListener("keydown", (event) => {
    const card = event.target instanceof Element ? event.target.closest(".candidate") : null;
    if (!card || event.target !== card || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const at = cards.indexOf(card);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: cards.length - 1 }[event.key];
    if (next === undefined || !cards[next]) return;
    event.preventDefault();
    cards[next].focus();
  });

  // A picture of the tree leads to its card, and takes the focus there.
  for (const link of document.querySelectorAll('a[href^="#c-"]')) {
    link.addEventListener("click", () => {
      const card = document.getElementById(link.getAttribute("href").slice(1));
      if (card) card.focus();
    });
  }
})();
)---"
