// The line to the kernel: every event carries a number, the kernel answers with the same number, and silence is told.

const PATIENCE_MS = 4000;
const LOST =
  "This was not saved: the page lost touch with the course. Your words are still here. Reload the page, then press Save again.";
const LOST_OTHER = "Nothing happened: the page lost touch with the course. What you saved is kept. Reload the page, then try again.";

class Line {
  constructor(model) {
    this.model = model;
    this.count = 0;
    this.waiting = new Map();
    this.hear = (message) => {
      const event = this.waiting.get(message?.ack);
      if (event) this.settle(event, message.ok !== false);
    };
    model.on("msg:custom", this.hear);
  }

  close() {
    this.model.off("msg:custom", this.hear);
    for (const event of this.waiting.values()) clearTimeout(event.timer);
  }

  busyWith(what, id) {
    return [...this.waiting.values()].some((event) => event.content.do === what && event.content.id === id);
  }

  get busy() {
    return this.waiting.size > 0;
  }

  /** Send once; a second press while the first is on its way does nothing. */
  send(content, { from, done = () => {}, lost = () => {} }) {
    if (from.getAttribute("aria-disabled") === "true") return;
    from.setAttribute("aria-disabled", "true");
    this.note(from, "");
    const event = { n: ++this.count, content, from, done, lost };
    this.waiting.set(event.n, event);
    event.timer = setTimeout(() => this.giveUp(event), PATIENCE_MS);
    try {
      this.model.send({ ...content, n: event.n });
    } catch {
      clearTimeout(event.timer);
      this.giveUp(event);
    }
  }

  giveUp({ from, content, lost }) {
    from.removeAttribute("aria-disabled");
    this.note(from, content.do === "save" || content.do === "ask" ? LOST : LOST_OTHER);
    lost();
  }

  /** A late answer still counts: it takes the warning away. */
  settle(event, ok) {
    clearTimeout(event.timer);
    this.waiting.delete(event.n);
    event.from.removeAttribute("aria-disabled");
    this.note(event.from, "");
    event.done(ok);
  }

  note(from, text) {
    let note = from.parentElement?.querySelector(":scope > .fs-lost");
    if (!note && text) {
      note = h("p", { class: "fs-lost", role: "alert" });
      from.after(note);
    }
    if (note) {
      note.textContent = text;
      note.hidden = !text;
    }
  }
}
