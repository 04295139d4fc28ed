// A thousand children as marks: shape says who has the disease, fill says what the form said. Four paths hold them all,
// so that a moved dial redraws four attributes and a screen reader meets one picture.

const SVG = "http://www.w3.org/2000/svg";
const CELL = 10;
const COLUMNS = 40;
const ROWS = 25;

const circle = (x, y) => `M${x - 2.9} ${y}a2.9 2.9 0 1 0 5.8 0a2.9 2.9 0 1 0 -5.8 0z`;
const diamond = (x, y) => `M${x} ${y - 4.2}l4.2 4.2l-4.2 4.2l-4.2 -4.2z`;

/** Left to right: positive with it, positive without, negative without, negative with it. */
const GROUPS = [
  { name: "marked_with", mark: diamond, fill: "#5b4275", stroke: "#5b4275" },
  { name: "marked_without", mark: circle, fill: "#0d5c63", stroke: "#0d5c63" },
  { name: "unmarked_without", mark: circle, fill: "none", stroke: "#857c70" },
  { name: "unmarked_with", mark: diamond, fill: "none", stroke: "#5b4275" },
];

function svg(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

/** The line between those the form marks and the rest: down one column, with a step where a column is shared. */
function border(marked) {
  const x = Math.floor(marked / ROWS) * CELL;
  const y = (marked % ROWS) * CELL;
  return y ? `M${x + CELL} 0V${y}H${x}V${ROWS * CELL}` : `M${x} 0V${ROWS * CELL}`;
}

function renderChildren({ model, el }) {
  const margin = 4;
  const box = `${-margin} ${-margin} ${COLUMNS * CELL + 2 * margin} ${ROWS * CELL + 2 * margin}`;
  const picture = svg("svg", { viewBox: box, preserveAspectRatio: "xMidYMid meet", "aria-hidden": "true" });
  const paths = GROUPS.map((group) => svg("path", { fill: group.fill, stroke: group.stroke, "stroke-width": 1.2 }));
  const line = svg("path", { fill: "none", stroke: "#23282c", "stroke-width": 1.6 });
  picture.append(...paths, line);
  el.append(picture);
  const draw = () => {
    const counts = model.get("counts");
    let n = 0;
    GROUPS.forEach((group, i) => {
      let d = "";
      for (const end = n + (counts[group.name] || 0); n < end; n += 1) {
        d += group.mark((Math.floor(n / ROWS) + 0.5) * CELL, ((n % ROWS) + 0.5) * CELL);
      }
      paths[i].setAttribute("d", d);
    });
    line.setAttribute("d", border((counts.marked_with || 0) + (counts.marked_without || 0)));
  };
  draw();
  model.on("change:counts", draw);
  return () => model.off("change:counts", draw);
}

export default { render: renderChildren };
