// The words of a chart, and the name of its picture. The picture itself is drawn by bqplot beside this widget; here it
// only gets a role and a name, so that a screen reader meets one image instead of hundreds of loose marks.

const QUIET_MS = 250;

/** Name the picture as soon as it is there; it may be drawn before or after these words. */
function namePicture(el, name) {
  const look = () => {
    const picture = el.closest(".fs-chart")?.querySelector(".bqplot");
    if (!picture) return false;
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", name);
    return true;
  };
  const watch = new MutationObserver(() => look() && watch.disconnect());
  if (!look()) watch.observe(document.body, { childList: true, subtree: true });
  return () => watch.disconnect();
}

function renderWords({ model, el }) {
  const sentence = h("p", { class: "fs-chart-sentence", "aria-live": "polite", text: model.get("sentence") });
  const numbers = h("div", {});
  const showTable = () => numbers.replaceChildren(table({ columns: model.get("columns"), rows: model.get("rows"),
    caption: "The numbers behind the picture" }));
  // Said only when the dial rests: a sentence for every step of a slider would talk over itself.
  let timer = 0;
  const tell = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (sentence.textContent !== model.get("sentence")) sentence.textContent = model.get("sentence");
    }, QUIET_MS);
  };
  el.append(h("div", { class: "fs-chart-words" }, sentence,
    h("details", { class: "fs-details" }, h("summary", { text: "Show the numbers as a table" }), numbers)));
  showTable();
  const stopNaming = namePicture(el, model.get("name"));
  model.on("change:sentence", tell);
  model.on("change:rows", showTable);
  model.on("change:columns", showTable);
  return () => {
    clearTimeout(timer);
    stopNaming();
    model.off("change:sentence", tell);
    model.off("change:rows", showTable);
    model.off("change:columns", showTable);
  };
}

export default { render: renderWords };
