// Every other kind of block. Text that people wrote (answers, questions, replies) is set as text, never as markup.

const TONE_WORDS = { seen: "", missing: "", contested: "Contested", plain: "" };
const STEP_WORDS = { done: "done", now: "now", later: "later" };

function htmlBlock(block) {
  return { node: h("div", { class: "fs-text", html: block.html }) };
}

function tableBlock(block) {
  return { node: table(block) };
}

function answeredBlock(block, panel) {
  const revise = button("Revise", { quiet: true, key: `${block.id}:revise`, onclick: () =>
    panel.line.send({ do: "revise", id: block.id, value: null }, { from: revise }) });
  const legend = h("p", { class: "fs-answered-legend", id: uid("legend"), html: block.legend });
  revise.setAttribute("aria-describedby", legend.id);
  return { node: h("section", { class: "fs-answered fs-card", "aria-labelledby": legend.id }, legend,
    h("p", { class: "fs-answered-text", text: block.text }),
    h("div", { class: "fs-actions" }, h("span", { class: "fs-saved", text: block.saved || "" }),
      block.can_revise ? revise : null)) };
}

function detailsBlock(block) {
  return { node: h("details", { class: "fs-details" }, h("summary", { text: block.summary }),
    h("div", { class: "fs-text", html: block.html })) };
}

function feedbackBlock(block, panel) {
  const tone = block.tone in TONE_WORDS ? block.tone : "plain";
  const word = TONE_WORDS[tone] ? h("p", { class: "fs-tone-word", text: TONE_WORDS[tone] }) : null;
  const heading = block.heading ? h(`h${panel.level + 1}`, { id: uid("feedback"), text: block.heading, "data-fs-focus": true }) : null;
  return { node: h("section", { class: `fs-feedback fs-tone-${tone}`, "aria-labelledby": heading?.id }, word, heading,
    h("div", { class: "fs-text", html: block.html || "" }), (block.more || []).map((more) => detailsBlock(more).node)) };
}

function hintsBlock(block, panel) {
  const shown = block.shown || [];
  const left = block.remaining || 0;
  const next = button(shown.length ? "Show the next hint" : "Show a hint", { quiet: true, key: `${block.id}:hint`, onclick: () =>
    panel.line.send({ do: "hint", id: block.id, value: null }, { from: next }) });
  const list = h("ol", { class: "fs-hints-list" }, shown.map((html, i) =>
    h("li", {}, h("p", { class: "fs-tone-word", text: `Hint ${i + 1}` }), h("div", { class: "fs-text", html }))));
  const count = h("span", { class: "fs-count", text: left ? `${left} hint${left === 1 ? "" : "s"} left` : "No further hints here" });
  return { node: h("div", { class: "fs-hints" }, shown.length ? list : null, h("div", { class: "fs-actions" }, left ? next : null, count)) };
}

function threadItem(thread) {
  const reply = thread.reply;
  return h("li", { class: "fs-thread-item" },
    h("p", { class: "fs-thread-who", text: `You asked${thread.at ? `, ${thread.at}` : ""}` }), h("p", { class: "fs-thread-text", text: thread.text }),
    reply ? h("div", { class: "fs-thread-reply" },
      h("p", { class: "fs-thread-who", text: `${reply.from || "Your mentor"} replied${reply.at ? `, ${reply.at}` : ""}` }),
      h("p", { class: "fs-thread-text", text: reply.text })) : h("p", { class: "fs-count", text: "Waiting for a reply" }));
}

function askBlock(block, panel) {
  const question = { id: block.id, legend: "Your question to your mentor", kind: "text", rows: 3, maxlength: 2000 };
  const box = h("form", { class: "fs-ask-box fs-card", novalidate: true, id: uid("ask") });
  const { drafts } = panel;
  const doubted = typeof block.typed === "object" ? block.typed?.text : block.typed;
  const kept = panel.line.busyWith("ask", block.id) ? undefined : drafts.get(question)?.value;
  const draft = block.doubt ? kept ?? doubted : kept;
  const guardId = uid("guard");
  const part = field(question, draft, () => {
    const words = part.read();
    markUnsaved(guardId, words !== null && !box.dataset.lost);
    if (words === null) drafts.drop(block.id);
    else drafts.set(question, words);
    part.say("");
  });
  const show = (open) => {
    box.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
  };
  const opener = button("Ask my mentor about this", { quiet: true, key: `${block.id}:ask`, onclick: () => {
    show(box.hidden);
    if (!box.hidden) focusOn(part.control);
  } });
  opener.setAttribute("aria-controls", box.id);
  const send = button("Send", { type: "submit", key: `${block.id}:send` });
  const differ = block.disputable ? button("Send: I see this case differently", { type: "submit", quiet: true, key: `${block.id}:differ` }) : null;
  const close = button("Close", { quiet: true, onclick: () => { show(false); opener.focus(); } });
  const { note, sure } = doubtNodes(block);
  if (sure) sure.textContent = "It is invented, or nobody's: send it as it is";
  box.append(part.node, note || "", block.delivery ? h("p", { class: "fs-help", text: block.delivery }) : "",
    h("div", { class: "fs-actions" }, send, differ, sure, close));
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    const problem = part.problem() && "Write your question here first; one sentence is enough.";
    part.say(problem || "");
    if (problem) { panel.say(problem); focusOn(part.control); return; }
    const certain = sure !== null && event.submitter === sure;
    const disputes = certain ? Boolean(block.typed?.disputes) : differ !== null && event.submitter === differ;
    const value = disputes ? { text: part.read(), disputes } : part.read();
    panel.line.send({ do: "ask", id: block.id, value, ...(certain ? { sure: true } : {}) }, { from: event.submitter || send,
      done: (ok) => {
        delete box.dataset.lost;
        if (!ok) return;
        drafts.drop(block.id);
        markUnsaved(guardId, false);
        const hadFocus = box.contains(document.activeElement);
        part.control.value = "";
        show(false);
        if (hadFocus) opener.focus();
      },
      lost: () => { box.dataset.lost = "1"; markUnsaved(guardId, false); } });
  });
  if (block.doubt) markUnsaved(guardId, true);
  show(Boolean(block.open) || draft !== undefined);
  const threads = block.threads || [];
  const list = threads.length ? h("ol", { class: "fs-thread" }, threads.map(threadItem)) : null;
  return { node: h("div", { class: "fs-ask" }, list, opener, box), gone: () => markUnsaved(guardId, false) };
}

function buttonBlock(block, panel) {
  const press = button(block.label, { quiet: !block.primary, key: `${block.id}:press`, onclick: () =>
    panel.line.send({ do: "press", id: block.id, value: null }, { from: press }) });
  const help = block.help ? h("p", { class: "fs-help", id: uid("help"), text: block.help }) : null;
  if (help) press.setAttribute("aria-describedby", help.id);
  return { node: h("div", { class: "fs-actions" }, press, help) };
}

function linkBlock(block) {
  return { node: h("p", {}, h("a", { class: "fs-link", href: block.href, text: block.label })) };
}

function progressBlock(block) {
  const label = h("span", { id: uid("progress"), text: block.label || `${block.now} of ${block.of}` });
  return { node: h("div", { class: "fs-progress" }, label,
    h("progress", { value: block.now, max: block.of, "aria-labelledby": label.id })) };
}

function stepsBlock(block, panel) {
  const step = (item) => {
    const open = h("button", { class: `fs-step fs-step-${item.state}`, type: "button", "data-fs-key": `step:${item.id}`,
      "aria-current": item.state === "now" ? "step" : null }, h("span", { class: "fs-step-label", text: item.label }),
      h("span", { class: "fs-step-state", text: STEP_WORDS[item.state] || "" }));
    open.addEventListener("click", () => panel.line.send({ do: "open", id: item.id, value: null }, { from: open }));
    return h("li", {}, open);
  };
  return { node: h("ol", { class: "fs-steps" }, (block.items || []).map(step)) };
}

const BLOCKS = { html: htmlBlock, table: tableBlock, answered: answeredBlock, question: questionBlock, feedback: feedbackBlock,
  hints: hintsBlock, ask: askBlock, button: buttonBlock, link: linkBlock, progress: progressBlock, details: detailsBlock,
  steps: stepsBlock };
