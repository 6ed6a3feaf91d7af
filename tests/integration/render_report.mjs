// usage: node render_report.mjs REPORT
//
// Runs the script of a report on a small stand-in for a browser's document, and prints the page that it makes as HTML.

import { readFileSync } from "node:fs";

const escaped = (text) =>
  String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
const empty = new Set(["img", "input"]);

class Node {
  childNodes = [];
  attributes = new Map();
  parentNode = null;
  style = { setProperty: (name, value) => this.setAttribute(`style:${name}`, value) };

  constructor(localName, data) {
    Object.assign(this, { localName, data, nodeType: localName ? 1 : 3 });
  }
  get firstChild() {
    return this.childNodes[0] ?? null;
  }
  get nextSibling() {
    return this.parentNode?.childNodes[this.parentNode.childNodes.indexOf(this) + 1] ?? null;
  }
  insertBefore(node, before) {
    node.remove();
    node.parentNode = this;
    this.childNodes.splice(before ? this.childNodes.indexOf(before) : this.childNodes.length, 0, node);
  }
  appendChild(node) {
    this.insertBefore(node, null);
  }
  remove() {
    this.parentNode?.childNodes.splice(this.parentNode.childNodes.indexOf(this), 1);
    this.parentNode = null;
  }
  setAttribute(name, value) {
    this.attributes.set(name, value);
  }
  removeAttribute(name) {
    this.attributes.delete(name);
  }
  addEventListener() {}

  toString() {
    if (this.nodeType === 3) return escaped(this.data);
    const attributes = [...this.attributes].map(([name, value]) => ` ${name}="${escaped(value)}"`).join("");
    const inner = this.childNodes.join("");
    return `<${this.localName}${attributes}>${empty.has(this.localName) ? "" : `${inner}</${this.localName}>`}`;
  }
}

const html = readFileSync(process.argv[2], "utf-8");
const part = (beginning) => html.slice(html.indexOf(beginning) + beginning.length).split("</script>")[0];
const page = new Node("div");
page.dataset = { version: /data-version="([^"]*)"/.exec(html)[1] };
const elements = {
  page,
  transcript: { textContent: part('<script type="application/json" id="transcript">') },
  images: { textContent: part('<script type="application/json" id="images">') },
};
globalThis.document = {
  documentElement: { dataset: {} },
  getElementById: (id) => elements[id],
  createElementNS: (_, name) => new Node(name),
  createTextNode: (data) => new Node(null, data),
};
new Function(part('<script type="module">'))();
console.log(escaped(document.title));
console.log(page.childNodes.join(""));
