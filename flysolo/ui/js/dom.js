// Small helpers shared by the widgets. The files of this folder are joined into one module by assets.py, because a
// widget's script reaches the browser as a single text and cannot import its neighbors.

/** One id that no other widget on the page has. */
function uid(hint) {
  window.flysoloIds = (window.flysoloIds || 0) + 1;
  return `fs-${hint}-${window.flysoloIds}`;
}

/** An element; `text` is set as text, `html` only ever holds our own content. */
function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") node.textContent = value;
    else if (name === "html") node.innerHTML = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

function button(label, { id = null, quiet = false, key = null, type = "button", onclick = null } = {}) {
  const look = quiet ? "fs-button fs-button-quiet" : "fs-button";
  return h("button", { class: look, id, type, "data-fs-key": key, onclick, text: label });
}

/** A table that can be scrolled sideways by keyboard, but only becomes a stop when there is something to scroll. */
function table(block) {
  const head = h("tr", {}, (block.columns || []).map((name) => (name ? h("th", { scope: "col", text: name }) : h("td"))));
  const rows = (block.rows || []).map((row) =>
    h("tr", {}, row.map((cell, i) => h(i ? "td" : "th", { scope: i ? null : "row", text: String(cell ?? "") }))));
  const caption = block.caption ? h("caption", { text: block.caption }) : null;
  const wrap = h("div", { class: "fs-table-wrap" },
    h("table", { class: "fs-table" }, caption, h("thead", {}, head), h("tbody", {}, rows)));
  const watch = new ResizeObserver(() => {
    const scrolls = wrap.scrollWidth > wrap.clientWidth + 1;
    for (const [name, value] of [["tabindex", "0"], ["role", "region"], ["aria-label", block.caption || "Table"]]) {
      if (scrolls) wrap.setAttribute(name, value);
      else wrap.removeAttribute(name);
    }
  });
  watch.observe(wrap);
  return wrap;
}

/** Move focus so that what has it is also read out and in view, without smooth scrolling for those who asked for none. */
function focusOn(node) {
  if (!node) return;
  if (!node.matches("a[href], button, input, select, textarea, [tabindex]")) node.setAttribute("tabindex", "-1");
  node.focus();
  node.scrollIntoView({ block: "nearest" });
}
