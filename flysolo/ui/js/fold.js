// Something for the curious, folded away: the browser's own <details>, which the keyboard opens like any other.

function renderFold({ model, el }) {
  const body = h("div", { class: "fs-text", html: model.get("value") });
  el.append(h("details", { class: "fs-details" }, h("summary", { text: model.get("summary") }), body));
  // Only the content is renewed, so what was opened stays open while a dial moves.
  const renew = () => { body.innerHTML = model.get("value"); };
  model.on("change:value", renew);
  return () => model.off("change:value", renew);
}

export default { render: renderFold };
