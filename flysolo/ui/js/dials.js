// Dials of a model: each a slider with a number box, or a choice. The kernel redraws; the page only says what was moved.
// The widget layer keeps at most one change on its way and merges later ones, so the newest value always wins.

/** Time from the first movement not yet drawn to the redraw, for whoever measures: window.flysoloLatency, in ms. */
class Stopwatch {
  start() {
    this.from ??= performance.now();
  }

  stop() {
    if (this.from === undefined) return;
    (window.flysoloLatency ||= []).push(performance.now() - this.from);
    this.from = undefined;
  }
}

function decimals(step) {
  return (String(step ?? 1).split(".")[1] || "").length;
}

function sliderDial(spec, moved) {
  const ids = { slider: uid("dial"), help: uid("help") };
  const slider = h("input", { type: "range", id: ids.slider, class: "fs-range", min: spec.low, max: spec.high, step: spec.step ?? "any",
    "aria-describedby": spec.help ? ids.help : null, oninput: () => take(slider.valueAsNumber) });
  const box = h("input", { type: "number", class: "fs-input fs-number", min: spec.low, max: spec.high, step: spec.step ?? "any",
    "aria-label": `${spec.label}${spec.unit ? `, in ${spec.unit}` : ""}, as a number`,
    onchange: () => take(Number.isNaN(box.valueAsNumber) ? slider.valueAsNumber : box.valueAsNumber) });
  box.addEventListener("wheel", () => box.blur(), { passive: true });
  const show = (value) => {
    const text = Number(value).toFixed(decimals(spec.step));
    slider.value = value;
    box.value = text;
    slider.setAttribute("aria-valuetext", `${text}${spec.unit ? ` ${spec.unit}` : ""}`);
  };
  const take = (value) => {
    const inside = Math.min(spec.high, Math.max(spec.low, value));
    show(inside);
    moved(inside);
  };
  const label = h("label", { for: ids.slider, class: "fs-dial-label" }, `${spec.label} `,
    spec.unit ? h("span", { class: "fs-unit", text: spec.unit }) : null);
  const node = h("div", { class: "fs-dial" }, h("div", { class: "fs-dial-head" }, label, box), slider,
    spec.help ? h("p", { id: ids.help, class: "fs-help", text: spec.help }) : null);
  return { node, show, controls: [slider, box] };
}

/** Options may be plain words or {id, text}. */
function choiceDial(spec, moved) {
  const name = uid("choice");
  const choices = (spec.options || []).map((option) => (typeof option === "object" ? option : { id: option, text: option }));
  const inputs = choices.map((choice) =>
    h("input", { type: "radio", name, id: uid("option"), value: choice.id, onchange: () => moved(choice.id) }));
  const node = h("fieldset", { class: "fs-dial fs-dial-choice" }, h("legend", { class: "fs-dial-label", text: spec.label }),
    h("div", { class: "fs-segments" }, inputs.map((input, i) =>
      h("label", { class: "fs-segment", for: input.id }, input, h("span", { text: choices[i].text })))),
    spec.help ? h("p", { class: "fs-help", text: spec.help }) : null);
  const show = (value) => inputs.forEach((input, i) => { input.checked = choices[i].id === value; });
  return { node, show, controls: inputs };
}

class DialsView {
  constructor(model, el) {
    this.model = model;
    this.watch = new Stopwatch();
    this.root = h("div", { class: "fs-dials fs-card" });
    el.append(this.root);
    this.heard = { "change:specs": () => this.build(), "change:values": () => this.show(),
      "change:locked": () => this.lock(), "change:locked_note": () => this.lock(), "change:echo": () => this.watch.stop() };
    for (const [what, react] of Object.entries(this.heard)) model.on(what, react);
    this.build();
  }

  close() {
    for (const [what, react] of Object.entries(this.heard)) this.model.off(what, react);
  }

  build() {
    this.specs = this.model.get("specs") || [];
    this.dials = this.specs.map((spec) => {
      const make = spec.kind === "choice" ? choiceDial : sliderDial;
      return make(spec, (value) => this.move({ ...this.model.get("values"), [spec.name]: value }));
    });
    this.note = h("p", { class: "fs-note fs-locked-note", role: "note" });
    this.reset = button("Reset", { quiet: true, onclick: () =>
      this.move(Object.fromEntries(this.specs.map((spec) => [spec.name, spec.value]))) });
    this.root.replaceChildren(this.note, ...this.dials.map((dial) => dial.node), h("div", { class: "fs-actions" }, this.reset));
    this.lock();
    this.show();
  }

  move(values) {
    // A slider between two steps, or Reset at the start, moves nothing; then no redraw comes that could be waited for.
    if (JSON.stringify(values) === JSON.stringify(this.model.get("values"))) return;
    this.watch.start();
    this.model.set("values", values);
    this.model.save_changes();
    this.show();
  }

  show() {
    const values = this.model.get("values") || {};
    this.specs.forEach((spec, i) => {
      // A box that is being typed in is left alone until its owner is done.
      if (this.dials[i].controls[1] !== document.activeElement || spec.kind === "choice") this.dials[i].show(values[spec.name] ?? spec.value);
    });
  }

  lock() {
    const locked = Boolean(this.model.get("locked"));
    this.note.textContent = this.model.get("locked_note") || "";
    this.note.hidden = !locked || !this.note.textContent;
    this.root.classList.toggle("fs-locked", locked);
    for (const control of [...this.dials.flatMap((dial) => dial.controls), this.reset]) control.disabled = locked;
  }
}

export default {
  render({ model, el }) {
    const view = new DialsView(model, el);
    return () => view.close();
  },
};
