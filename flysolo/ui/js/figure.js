// A picture made of few kinds of marks in the units of its axes. Python says what is where, the page how large: text keeps
// its size at every width, and a moved dial sends numbers only.

const FIGURE_SVG = "http://www.w3.org/2000/svg";

function mark(tag, attributes, text) {
  const node = document.createElementNS(FIGURE_SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

/** Units -> pixels for one drawing. */
function scales(view, width, height) {
  const room = { left: view.y.label ? 64 : 52, right: 14, top: 12, bottom: view.x.label ? 46 : 26, ...(view.room || {}) };
  const along = (axis, from, to) => (value) => from + ((value - axis.low) / (axis.high - axis.low)) * (to - from);
  return { room, x: along(view.x, room.left, width - room.right), y: along(view.y, height - room.bottom, room.top) };
}

function axes(view, { room, x, y }, width, height) {
  const parts = [];
  const bottom = height - room.bottom;
  for (const [value, label] of view.y.ticks || []) {
    parts.push(mark("line", { class: "fs-fig-grid", x1: room.left, x2: width - room.right, y1: y(value), y2: y(value) }));
    parts.push(mark("text", { class: "fs-fig-tick", x: room.left - 8, y: y(value), dy: "0.35em", "text-anchor": "end" }, label));
  }
  let free = -Infinity;
  for (const [value, label] of view.x.ticks || []) {
    const half = (String(label).length * 7.2) / 2;
    const at = Math.min(Math.max(x(value), half + 2), width - half - 2);
    if (at - half < free) continue; // no room for this number on a narrow page
    free = at + half + 6;
    parts.push(mark("text", { class: "fs-fig-tick", x: at, y: bottom + 18, "text-anchor": "middle" }, label));
  }
  if (view.x.label) parts.push(mark("text", { class: "fs-fig-axis", x: (room.left + width - room.right) / 2, y: height - 8, "text-anchor": "middle" }, view.x.label));
  if (view.y.label) parts.push(mark("text", { class: "fs-fig-axis", transform: `translate(14 ${(room.top + bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, view.y.label));
  return parts;
}

function path(xs, ys, { x, y }) {
  let d = "";
  for (let i = 0; i < xs.length; i += 1) d += `${i ? "L" : "M"}${x(xs[i]).toFixed(1)} ${y(ys[i]).toFixed(1)}`;
  return d;
}

const FIGURE_MARKS = {
  line: (m, at) => [mark("path", { class: `fs-fig-line fs-fig-${m.look}`, d: path(m.x, m.y, at) })],
  lines: (m, at) => [mark("path", { class: `fs-fig-line fs-fig-${m.look}`, d: m.y.map((ys) => path(m.x, ys, at)).join("") })],
  band: (m, at) => [mark("path", { class: `fs-fig-band fs-fig-${m.look}`,
    d: `${path(m.x, m.high, at)}L${path([...m.x].reverse(), [...m.low].reverse(), at).slice(1)}Z` })],
  dots: (m, at) => m.x.map((value, i) => mark("circle", { class: `fs-fig-dot fs-fig-${m.look}`, cx: at.x(value), cy: at.y(m.y[i]), r: m.size || 4 })),
  boxes: (m, at) => [mark("path", { class: `fs-fig-box fs-fig-${m.look}`, d: m.from.map((from, i) => {
    const left = at.x(from);
    const wide = Math.max(at.x(m.to[i]) - left, m.least || 1.2);
    return `M${left.toFixed(1)} ${at.y(m.top)}h${wide.toFixed(1)}V${at.y(m.bottom)}h${(-wide).toFixed(1)}Z`;
  }).join("") })],
  across: (m, at, width) => [mark("line", { class: `fs-fig-line fs-fig-${m.look}`, x1: at.x(m.from ?? 0), x2: m.to === undefined ? width - at.room.right : at.x(m.to), y1: at.y(m.y), y2: at.y(m.y) })],
  upright: (m, at, _width, height) => [mark("line", { class: `fs-fig-line fs-fig-${m.look}`, x1: at.x(m.x), x2: at.x(m.x), y1: at.room.top, y2: height - at.room.bottom })],
  text: (m, at) => [mark("text", { class: `fs-fig-text fs-fig-${m.look || "ink"}`, x: at.x(m.x) + (m.dx || 0), y: at.y(m.y) + (m.dy || 0), "text-anchor": m.anchor || "start" }, m.text)],
};

function renderFigure({ model, el }) {
  const svg = mark("svg", { "aria-hidden": "true" });
  el.append(svg);
  const draw = () => {
    const view = model.get("view");
    const width = svg.clientWidth || el.clientWidth;
    const height = svg.clientHeight || el.clientHeight;
    if (!view.x || width < 40 || height < 40) return;
    const at = scales(view, width, height);
    const marks = view.marks.flatMap((each) => FIGURE_MARKS[each.kind](each, at, width, height));
    svg.style.cursor = view.pick ? "pointer" : "";
    svg.replaceChildren(...axes(view, at, width, height), ...marks);
  };
  // Where in the picture somebody clicked, in the units of x; a dial offers the same to the keyboard.
  svg.addEventListener("click", (event) => {
    const view = model.get("view");
    if (!view.pick) return;
    const box = svg.getBoundingClientRect();
    const { room } = scales(view, box.width, box.height);
    const share = (event.clientX - box.left - room.left) / (box.width - room.left - room.right);
    if (share >= 0 && share <= 1) model.send({ pick: view.x.low + share * (view.x.high - view.x.low) });
  });
  const watch = new ResizeObserver(draw);
  watch.observe(svg);
  draw();
  model.on("change:view", draw);
  return () => {
    watch.disconnect();
    model.off("change:view", draw);
  };
}

export default { render: renderFigure };
