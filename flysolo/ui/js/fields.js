// The ways to answer. Each returns {nodes, read, problem, control}: read() gives the value or null while it is empty,
// problem() a kind sentence when it cannot be saved yet, control the element that takes the focus then.

const PATIENT_WARNING = "Please leave out anything that could point to a real patient: names, dates, places, record numbers.";

function options(question, type, ids, chosen, onchange) {
  const inputs = (question.options || []).map((option) =>
    h("input", { type, id: uid("option"), name: ids.name, value: option.id, "data-fs-key": `${ids.key}:${option.id}`,
      "aria-describedby": ids.describedBy, onchange }));
  const rows = inputs.map((input, i) => {
    input.checked = chosen.includes(input.value);
    return h("label", { class: "fs-option", for: input.id }, input, h("span", { text: question.options[i].text }));
  });
  return { inputs, list: h("div", { class: "fs-options" }, rows) };
}

function oneField(question, ids, value, onchange) {
  const { inputs, list } = options(question, "radio", ids, value === null ? [] : [String(value)], onchange);
  const read = () => inputs.find((input) => input.checked)?.value ?? null;
  return { nodes: [list], read, control: inputs[0],
    problem: () => (read() === null ? "Choose the one that fits best, then press Save." : "") };
}

function manyField(question, ids, value, onchange) {
  const limit = question.limit || null;
  const count = h("p", { class: "fs-count", "aria-live": "polite" });
  const say = () => {
    const n = inputs.filter((input) => input.checked).length;
    if (limit === null) count.textContent = n ? `${n} chosen` : "Choose all that apply";
    else if (n > limit) count.textContent = `${n} chosen, and the limit is ${limit}. Take ${n - limit} away before you save.`;
    else count.textContent = `Choose up to ${limit}: ${n} chosen`;
  };
  const { inputs, list } = options(question, "checkbox", ids, (value || []).map(String), () => { say(); onchange(); });
  const read = () => {
    const chosen = inputs.filter((input) => input.checked).map((input) => input.value);
    return chosen.length ? chosen : null;
  };
  say();
  return { nodes: [count, list], read, control: inputs[0],
    problem: () => {
      const n = read()?.length || 0;
      if (!n) return "Choose at least one, then press Save.";
      return limit !== null && n > limit ? `You chose ${n}; the limit here is ${limit}. Take ${n - limit} away, then press Save.` : "";
    } };
}

function textField(question, ids, value, oninput) {
  const control = h("textarea", { id: ids.control, class: "fs-input", rows: question.rows || 4, maxlength: question.maxlength,
    "aria-describedby": ids.describedBy, "data-fs-key": ids.key, oninput: () => { say(); oninput(); } });
  control.value = value ?? "";
  const count = h("p", { class: "fs-count" });
  const say = () => {
    const left = question.maxlength ? question.maxlength - control.value.length : null;
    count.textContent = left === null ? "" : left <= 100 ? `${left} characters left` : `Up to ${question.maxlength} characters`;
  };
  say();
  const read = () => control.value.trim() || null;
  return { nodes: [control, ...(question.maxlength ? [count] : [])], read, control,
    problem: () => (read() === null ? "Nothing is written here yet. A few words are enough; then press Save." : "") };
}

function numberField(question, ids, value, oninput) {
  const unit = question.unit || "";
  const control = h("input", { type: "number", id: ids.control, class: "fs-input fs-number", min: question.min, max: question.max,
    step: question.step ?? "any", "aria-describedby": [ids.describedBy, ids.unit].filter(Boolean).join(" ") || null,
    "data-fs-key": ids.key, oninput });
  control.value = value ?? "";
  // The wheel changes a focused number without being asked to.
  control.addEventListener("wheel", () => control.blur(), { passive: true });
  const read = () => (Number.isNaN(control.valueAsNumber) ? null : control.valueAsNumber);
  const { min = null, max = null } = question;
  const range = min !== null && max !== null ? `between ${min} and ${max}` : min !== null ? `of ${min} or more` : `of ${max} or less`;
  return { nodes: [h("div", { class: "fs-number-row" }, control, unit ? h("span", { id: ids.unit, text: unit }) : null)], read, control,
    problem: () => {
      if (read() === null) return "Write a number here, then press Save.";
      const outside = (min !== null && read() < min) || (max !== null && read() > max);
      return outside ? `${read()} is outside what this question can use: a number ${range}${unit ? ` ${unit}` : ""}.` : "";
    } };
}

const FIELD_KINDS = { one: oneField, many: manyField, text: textField, number: numberField };

/** Words that may point to a real patient: what was noticed, and a second button for whoever knows better. */
function doubtNodes(block) {
  if (!block.doubt) return { note: null, sure: null };
  const note = h("p", { class: "fs-problem fs-doubt", id: uid("doubt"), text: block.doubt });
  const sure = button("It is invented, or nobody's: save it as it is", { type: "submit", quiet: true, key: `${block.id}:sure` });
  sure.setAttribute("aria-describedby", note.id);
  return { note, sure };
}

/** One question with its legend, help, warning and the place where a kind word about it appears. */
function field(question, value, onchange, { within = "" } = {}) {
  const ids = { name: uid("name"), control: uid("control"), help: uid("help"), problem: uid("problem"), unit: uid("unit"),
    key: `${within}${question.id}` };
  const warning = question.kind === "text" ? (question.warning ?? PATIENT_WARNING) : question.warning;
  const help = [question.help, warning].filter(Boolean);
  ids.describedBy = [help.length ? ids.help : null, ids.problem].filter(Boolean).join(" ");
  const part = FIELD_KINDS[question.kind](question, ids, value ?? null, onchange);
  const grouped = question.kind === "one" || question.kind === "many";
  const legend = h(grouped ? "legend" : "label",
    { class: within ? "fs-legend fs-legend-part" : "fs-legend", for: grouped ? null : ids.control, html: question.legend,
      "data-fs-focus": !within });
  const guide = help.length ? h("div", { id: ids.help, class: "fs-guide" },
    question.help ? h("p", { class: "fs-help", text: question.help }) : null,
    warning ? h("p", { class: "fs-warning", text: warning }) : null) : null;
  const note = h("p", { id: ids.problem, class: "fs-problem", hidden: true });
  const say = (text) => { note.textContent = text; note.hidden = !text; };
  const node = h(grouped ? "fieldset" : "div", { class: "fs-field" }, legend, guide, part.nodes, note);
  return { node, read: part.read, control: part.control, say,
    problem: () => (question.optional && part.read() === null ? "" : part.problem()) };
}

/** Several sub-questions in one form; the value is a dictionary by their ids. */
function fieldGroup(question, value, onchange) {
  const parts = (question.fields || []).map((sub) => ({ sub, ...field(sub, value?.[sub.id], onchange, { within: `${question.id}:` }) }));
  const help = question.help ? h("p", { class: "fs-help", text: question.help }) : null;
  const warning = question.warning ? h("p", { class: "fs-warning", text: question.warning }) : null;
  const legend = question.legend ? h("legend", { class: "fs-legend", html: question.legend, "data-fs-focus": true }) : null;
  const node = h(legend ? "fieldset" : "div", { class: "fs-field fs-field-group" },
    legend, help, warning, parts.map((part) => part.node));
  const read = () => {
    const all = Object.fromEntries(parts.map((part) => [part.sub.id, part.read()]));
    return Object.values(all).every((one) => one === null) ? null : all;
  };
  return { node, read, parts };
}
