// A strip of a night: channels one under the other, on which events can be marked by mouse or keyboard.
// Python sends the samples of one window; the page moves the cursor, draws marks, and says in words where it stands.

const STRIP_KEYS = { ArrowLeft: -1, ArrowRight: 1 };

class StripView {
  constructor(model, el) {
    this.model = model;
    this.cursor = null;
    this.begun = null;
    this.help = uid("strip-help");
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.board = h("div", { class: "fs-strip-board", tabindex: "0", role: "application", "aria-label": "Strip of the night",
      "aria-describedby": this.help, onkeydown: (event) => this.key(event), onpointerdown: (event) => this.down(event),
      onpointermove: (event) => this.move(event), onpointerup: (event) => this.up(event), onpointercancel: () => this.cancel() }, this.canvas);
    this.say = h("p", { class: "fs-strip-say", "aria-live": "polite" });
    this.tools = h("div", { class: "fs-actions fs-strip-tools" });
    this.form = h("div", { class: "fs-strip-form" });
    this.list = h("div", {});
    this.root = h("div", { class: "fs-strip" }, this.tools, this.board, this.say,
      h("p", { id: this.help, class: "fs-help" }), this.form, this.list);
    el.append(this.root);
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.board);
    this.heard = { "change:page": () => this.turned(), "change:marks": () => this.marked(), "change:scored": () => this.draw(),
      "change:marking": () => this.build() };
    for (const [what, react] of Object.entries(this.heard)) model.on(what, react);
    this.build();
  }

  close() {
    this.watch.disconnect();
    for (const [what, react] of Object.entries(this.heard)) this.model.off(what, react);
  }

  get page() { return this.model.get("page"); }

  get first() { return this.page.start_s; }

  get last() { return this.page.start_s + this.page.seconds; }

  build() {
    const marking = this.model.get("marking");
    const turn = (by, words) => button(words, { quiet: true, onclick: () => this.turn(by) });
    this.tools.replaceChildren(turn(-1, "Earlier"), turn(1, "Later"));
    this.root.querySelector(`#${this.help}`).textContent = marking
      ? "With the strip in focus: arrows move the cursor by a second, with Shift by ten; Enter begins a mark and Enter again ends it; Delete removes the mark under the cursor; Page Up and Page Down turn the page. Or draw over the event with the mouse. Or fill in the numbers below."
      : "With the strip in focus: arrows move the cursor by a second, with Shift by ten; Page Up and Page Down turn the page.";
    this.board.classList.toggle("fs-strip-marking", marking);
    this.form.replaceChildren(...(marking ? this.fields() : []));
    this.marked();
    this.draw();
  }

  /** Marking by numbers, for whoever would rather type, and the kind of the next mark. */
  fields() {
    const ids = { kind: uid("kind"), start: uid("start"), length: uid("length") };
    this.kind = h("select", { id: ids.kind, class: "fs-input" },
      this.model.get("kinds").map((kind) => h("option", { value: kind, text: kind })));
    const start = h("input", { id: ids.start, type: "number", class: "fs-input fs-number", min: 0, max: this.page.high_s - this.page.low_s, step: 1 });
    const length = h("input", { id: ids.length, type: "number", class: "fs-input fs-number", min: 1, max: 180, step: 1, value: 12 });
    const add = button("Add mark", { quiet: true, onclick: () => {
      const from = start.valueAsNumber + this.page.zero_s;
      const longest = this.page.high_s - this.page.low_s;
      if (!(length.valueAsNumber > 0) || !(start.valueAsNumber >= 0 && start.valueAsNumber < longest)) {
        this.tell(`A mark needs a start from 0 to ${Math.round(longest)} and a length, both in seconds.`);
      }
      else this.add(from, from + length.valueAsNumber);
    } });
    const field = (id, words, control) => h("div", { class: "fs-strip-field" }, h("label", { for: id, class: "fs-dial-label", text: words }), control);
    return [field(ids.kind, "Kind of the next mark", this.kind), field(ids.start, "Starts at, s into the stretch", start),
      field(ids.length, "Lasts, s", length), add];
  }

  tell(words) { this.say.textContent = words; }

  turn(by) {
    const { low_s: low, high_s: high, seconds } = this.page;
    const start = Math.min(Math.max(this.first + by * seconds, low), high - seconds);
    if (start !== this.first) this.model.send({ start_s: start });
    else this.tell(by < 0 ? "This is the first page." : "This is the last page.");
  }

  turned() {
    this.cancel();
    if (this.cursor === null || this.cursor < this.first || this.cursor > this.last) this.cursor = null;
    this.tell(`${clock(this.first)} to ${clock(this.last)} after lights out.`);
  }

  marked() {
    const marks = this.model.get("marks");
    this.list.replaceChildren();
    if (this.model.get("marking") && marks.length) {
      this.list.append(h("p", { class: "fs-dial-label", text: "Your marks" }), h("ul", { class: "fs-strip-list" }, marks.map((each, i) =>
        h("li", {}, `${each.kind}, ${clock(each.start_s)}, ${Math.round(each.duration_s)} s `,
          button("Remove", { quiet: true, key: `remove-${i}`, onclick: () => this.remove(i) })))));
    }
    this.draw();
  }

  add(from, to) {
    const [start, end] = from < to ? [from, to] : [to, from];
    const marks = [...this.model.get("marks"), { start_s: start, duration_s: Math.max(end - start, 1), kind: this.kind.value }];
    marks.sort((a, b) => a.start_s - b.start_s);
    this.model.set("marks", marks);
    this.model.save_changes();
    this.tell(`Marked: ${this.kind.value}, ${clock(start)}, ${Math.round(Math.max(end - start, 1))} seconds.`);
  }

  remove(i) {
    const marks = this.model.get("marks").filter((_each, n) => n !== i);
    this.model.set("marks", marks);
    this.model.save_changes();
    this.tell("The mark is removed.");
    this.board.focus();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const marking = this.model.get("marking");
    if (event.key in STRIP_KEYS) this.step(STRIP_KEYS[event.key] * (event.shiftKey ? 10 : 1));
    else if (event.key === "PageUp") this.turn(-1);
    else if (event.key === "PageDown") this.turn(1);
    else if (event.key === "Home") this.step(this.first - (this.cursor ?? this.first));
    else if (event.key === "End") this.step(this.last - (this.cursor ?? this.first));
    else if (marking && (event.key === "Enter" || event.key === " ")) this.beginOrEnd();
    else if (marking && (event.key === "Delete" || event.key === "Backspace")) this.removeHere();
    else if (event.key === "Escape" && this.begun !== null) this.cancel();
    else return;
    event.preventDefault();
  }

  step(by) {
    const before = this.cursor ?? this.first;
    this.cursor = Math.min(Math.max(before + by, this.first), this.last);
    this.tell(`${clock(this.cursor)}${this.begun === null ? "" : `, mark of ${Math.abs(Math.round(this.cursor - this.begun))} seconds`}. ${this.reading(this.cursor)}`);
    this.draw();
  }

  /** What the numbered channels say at one time, for ears. */
  reading(at) {
    return this.page.lanes.filter((lane) => lane.spoken).map((lane) => {
      const samples = samplesOf(lane);
      const i = Math.min(samples.length - 1, Math.max(0, Math.round((at - this.first) * lane.rate)));
      const value = lane.low + ((samples[i] + 32767) / 65534) * (lane.high - lane.low);
      return `${lane.label} ${lane.words ? lane.words[Math.round(value)] : `${value.toFixed(lane.digits ?? 0)} ${lane.unit}`}`;
    }).join(", ");
  }

  beginOrEnd() {
    this.cursor ??= this.first;
    if (this.begun === null) {
      this.begun = this.cursor;
      this.tell(`Mark begun at ${clock(this.cursor)}. Move to its end and press Enter.`);
    } else {
      const from = this.begun;
      this.begun = null;
      this.add(from, this.cursor);
    }
    this.draw();
  }

  cancel() {
    this.begun = null;
    this.dragging = false;
    this.draw();
  }

  removeHere() {
    const at = this.cursor ?? this.first;
    const i = this.model.get("marks").findIndex((each) => at >= each.start_s - 0.5 && at <= each.start_s + each.duration_s + 0.5);
    if (i >= 0) this.remove(i);
    else this.tell("No mark stands here.");
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const share = (event.clientX - box.left - this.left) / (box.width - this.left);
    return this.first + Math.min(Math.max(share, 0), 1) * this.page.seconds;
  }

  down(event) {
    if (event.button !== 0) return;
    this.cursor = this.at(event);
    if (this.model.get("marking")) {
      this.begun = this.cursor;
      this.dragging = true;
      this.board.setPointerCapture(event.pointerId);
    } else this.step(0);
    this.draw();
  }

  move(event) {
    if (!this.dragging) return;
    this.cursor = this.at(event);
    this.draw();
  }

  up(event) {
    if (!this.dragging) return;
    this.dragging = false;
    const [from, to] = [this.begun, this.at(event)];
    this.begun = null;
    if (Math.abs(to - from) >= 2) this.add(from, to);
    else this.step(0); // a click, not a stretch
    this.draw();
  }
}

Object.assign(StripView.prototype, stripDrawing);

export default {
  render({ model, el }) {
    const view = new StripView(model, el);
    return () => view.close();
  },
};
