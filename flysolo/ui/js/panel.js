// A form that the kernel describes and the page draws. Blocks that did not change keep their element, and with it the
// words in it, the focus and the place on the screen.

/** The case that is open, so that two cases with the same question ids do not share words that are not saved yet. */
function openStep(view) {
  const steps = (view.blocks || []).find((block) => block.type === "steps");
  return steps?.items.find((item) => item.state === "now")?.id;
}

class PanelView {
  constructor(model, el) {
    this.model = model;
    this.line = new Line(model);
    this.kept = new Map();
    this.first = true;
    this.heading = h("div", {});
    this.list = h("div", { class: "fs-blocks" });
    this.status = h("p", { class: "fs-status", role: "status", "aria-live": "polite" });
    this.root = h("div", { class: "fs-panel" }, this.heading, this.list, this.status);
    el.append(this.root);
    this.changed = () => this.draw();
    model.on("change:view", this.changed);
    this.draw();
  }

  close() {
    this.model.off("change:view", this.changed);
    this.line.close();
    for (const { gone } of this.kept.values()) gone?.();
  }

  say(text) {
    // Emptying first makes the same words be read out again.
    this.status.textContent = "";
    clearTimeout(this.telling);
    this.telling = setTimeout(() => { this.status.textContent = text || ""; }, 60);
  }

  draw() {
    const view = this.model.get("view") || {};
    this.level = view.level || 2;
    this.drafts = new Drafts(view.scope || view.title || openStep(view) || "");
    this.drawTitle(view.title);
    const back = this.whereFocusIs();
    this.drawBlocks(view.blocks || []);
    this.placeFocus(view.focus, back);
    if (view.status !== this.lastStatus || this.line.busy) this.say(view.status);
    this.lastStatus = view.status;
    this.lastFocus = view.focus;
    this.first = false;
  }

  drawTitle(title) {
    if (title === this.lastTitle && this.level === this.lastLevel) return;
    this.lastTitle = title;
    this.lastLevel = this.level;
    this.heading.replaceChildren(...(title ? [h(`h${this.level}`, { class: "fs-panel-title", text: title })] : []));
  }

  keyOf(block, seen) {
    const name = block.id ? `${block.type}:${block.id}` : JSON.stringify(block);
    const nth = (seen.get(name) || 0) + 1;
    seen.set(name, nth);
    return `${name}#${nth}`;
  }

  drawBlocks(blocks) {
    const seen = new Map();
    const scope = this.drafts.prefix;
    const next = new Map();
    for (const block of blocks) {
      const key = this.keyOf(block, seen);
      const json = JSON.stringify([scope, this.level, block]);
      const old = this.kept.get(key);
      next.set(key, old?.json === json ? old : { ...this.build(block), json });
    }
    for (const [key, old] of this.kept) {
      if (next.get(key) === old) continue;
      old.gone?.();
      old.node.remove();
    }
    // What stays is never moved, because an element that is moved loses the focus.
    let cursor = this.list.firstChild;
    for (const { node } of next.values()) {
      if (node === cursor) cursor = cursor.nextSibling;
      else this.list.insertBefore(node, cursor);
    }
    this.kept = next;
  }

  build(block) {
    const made = (BLOCKS[block.type] || (() => ({ node: h("div") })))(block, this);
    if (block.id) made.node.dataset.fsBlock = block.id;
    return made;
  }

  whereFocusIs() {
    const active = document.activeElement;
    if (!active || !this.root.contains(active)) return null;
    return { active, key: active.dataset.fsKey, block: active.closest("[data-fs-block]")?.dataset.fsBlock };
  }

  find(attribute, value) {
    const found = value ? this.list.querySelector(`[${attribute}="${CSS.escape(value)}"]`) : null;
    return found?.getClientRects().length ? found : null;
  }

  /** Go where the course says after an event; otherwise put the focus back when its element was redrawn. */
  placeFocus(wanted, back) {
    if (this.first) return;
    if (wanted && (wanted !== this.lastFocus || this.line.busy)) {
      const target = this.find("data-fs-block", wanted);
      if (target) return focusOn(target.querySelector("[data-fs-focus], h2, h3, h4, h5, button.fs-button") || target);
    }
    if (!back || this.root.contains(back.active)) return;
    focusOn(this.find("data-fs-key", back.key) || this.find("data-fs-block", back.block) || this.status);
  }
}

// Outside the course's own pages nobody else asks before the words are lost.
window.addEventListener("beforeunload", (event) => {
  if (window.flysoloUnsaved?.size) event.preventDefault();
});

export default {
  render({ model, el }) {
    const view = new PanelView(model, el);
    return () => view.close();
  },
};
