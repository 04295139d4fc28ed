// Words typed but not yet saved. They live in the browser's session store, so that a reload, the advice given when the
// page has lost touch with the course, never costs anybody their words. A save removes them.

/** What makes two questions the same question: a draft never slips into another one that shares its id. */
function shapeOf(block) {
  const { legend, kind, options, fields } = block;
  return JSON.stringify([legend, kind, options, fields]);
}

class Drafts {
  constructor(scope) {
    this.prefix = `flysolo-draft:${location.pathname}:${scope}:`;
  }

  get(block) {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.prefix + block.id));
      return kept && kept.shape === shapeOf(block) ? kept : undefined;
    } catch {
      return undefined;
    }
  }

  /** `base` is what was saved when these words were typed. */
  set(block, value, base = null) {
    try {
      sessionStorage.setItem(this.prefix + block.id, JSON.stringify({ shape: shapeOf(block), value, base }));
    } catch {
      // A full or forbidden store only costs the draft; the words are still on the page.
    }
  }

  drop(id) {
    try {
      sessionStorage.removeItem(this.prefix + id);
    } catch {
      // Nothing was kept, so nothing has to go.
    }
  }
}

/** Pages ask once before closing while any of these is set; the page template asks on behalf of all widgets. */
function markUnsaved(id, unsaved) {
  window.flysoloUnsaved = window.flysoloUnsaved || new Set();
  if (unsaved) window.flysoloUnsaved.add(id);
  else window.flysoloUnsaved.delete(id);
}
