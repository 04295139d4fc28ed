// A question with its Save. Nothing leaves the page before Save is pressed, and an empty Save is only spoken about.

/** Saved value in one shape, whoever wrote it: nothing at all is null. */
function tidy(value) {
  if (value === undefined || value === "" || (Array.isArray(value) && !value.length)) return null;
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  const parts = Object.entries(value).map(([name, one]) => [name, tidy(one)]);
  return parts.some(([, one]) => one !== null) ? Object.fromEntries(parts) : null;
}

function savedValue(block) {
  if (block.kind !== "fields" || block.value) return tidy(block.value);
  return tidy(Object.fromEntries((block.fields || []).map((sub) => [sub.id, sub.value])));
}

function sameValue(a, b) {
  return JSON.stringify(tidy(a)) === JSON.stringify(tidy(b));
}

/** Words in hand win over what was saved, unless they were on their way and something new is saved now. */
function startingValue(block, panel, saved) {
  const draft = panel.drafts.get(block);
  // A browser may forbid the store; what was sent and doubted then comes back from the course.
  if (!draft) return block.doubt ? block.typed ?? saved : saved;
  const arrived = panel.line.busyWith("save", block.id) && !sameValue(draft.base, saved);
  return arrived ? saved : draft.value;
}

function checkAll(parts) {
  let first = null;
  for (const part of parts) {
    const problem = part.problem();
    part.say(problem);
    if (problem && !first) first = { part, problem };
  }
  return first;
}

function questionBlock(block, panel) {
  const saved = savedValue(block);
  // The store of this moment: the answer to a Save may already show another case.
  const { drafts } = panel;
  const start = startingValue(block, panel, saved);
  const unsaved = h("span", { class: "fs-unsaved", hidden: true, text: "Not saved yet" });
  const form = h("form", { class: "fs-question fs-card", novalidate: true });
  const guardId = uid("guard");
  const look = () => {
    const value = whole.read();
    const dirty = !sameValue(value, saved);
    unsaved.hidden = !dirty;
    // The draft outlives a reload, so the page must not argue against the very reload it advises.
    markUnsaved(guardId, dirty && !form.dataset.lost);
    if (dirty) drafts.set(block, value, saved);
    else drafts.drop(block.id);
  };
  const changed = () => {
    look();
    for (const part of parts) if (!part.problem()) part.say("");
  };
  const whole = block.kind === "fields" ? fieldGroup(block, start, changed) : field(block, start, changed);
  const parts = whole.parts || [whole];
  const save = button(block.save_label || "Save", { type: "submit", key: `${block.id}:save` });
  const { note, sure } = doubtNodes(block);
  form.append(whole.node, note || "", h("div", { class: "fs-actions" }, save, sure, unsaved));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const first = checkAll(parts);
    if (first) {
      panel.say(first.problem);
      focusOn(first.part.control);
      return;
    }
    const certain = sure !== null && event.submitter === sure;
    panel.line.send({ do: "save", id: block.id, value: whole.read(), ...(certain ? { sure: true } : {}) }, {
      from: certain ? sure : save,
      // A question that is still here as it was has not been saved, whatever the kernel said in words.
      done: (ok) => {
        delete form.dataset.lost;
        if (form.isConnected) look();
        else if (ok) drafts.drop(block.id);
      },
      lost: () => {
        form.dataset.lost = "1";
        look();
      },
    });
  });
  if (!sameValue(start, saved)) {
    unsaved.hidden = false;
    markUnsaved(guardId, true);
  }
  return { node: form, gone: () => markUnsaved(guardId, false) };
}
