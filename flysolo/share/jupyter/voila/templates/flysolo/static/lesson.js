// What the page itself does around its widgets: says when it is open, remembers the place, and leaves without loss.
(() => {
  const main = document.getElementById("fs-main");
  const opening = document.getElementById("fs-opening");
  const base = document.body.dataset.baseUrl.replace(/voila\/$/, "");

  // ---- what Voilà and the template call ------------------------------------------------------------------------
  window.voila_heartbeat = window.voila_finish = () => {};

  /** Move what was just sent, in a template element, to its place in the text. */
  window.flysoloPlace = (place) => {
    const sent = document.currentScript.previousElementSibling;
    document.querySelector(place).append(sent.content);
    sent.remove();
  };

  // ---- leaving -------------------------------------------------------------------------------------------------
  // Voilà ends the kernel as soon as leaving is proposed, even if the mentee then chooses to stay. So its own listener
  // is kept from running (this one is registered earlier), and the kernel ends when the page is really left.
  //
  // Ending a kernel takes the server's double-submit cookie. A page that nothing else preceded has none yet, and without
  // one the request would be refused and the kernel would run on; so the page brings its own.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const made = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const token = () => document.cookie.match("\\b_xsrf=([^;]*)\\b")?.[1];
  if (!token()) document.cookie = `_xsrf=${made}; path=${base}; SameSite=Lax`;

  window.addEventListener("beforeunload", (event) => {
    event.stopImmediatePropagation();
    if (window.flysoloUnsaved?.size) event.preventDefault();
  });
  window.addEventListener("pagehide", () => {
    const config = document.getElementById("jupyter-config-data");
    if (!config) return;
    const form = new FormData();
    form.append("_xsrf", token() || made);
    navigator.sendBeacon(`${base}voila/api/shutdown/${JSON.parse(config.textContent).kernelId}`, form);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  // ---- opening -------------------------------------------------------------------------------------------------
  const SLOW_MS = 20000;
  const drawn = (output) =>
    !output.querySelector('script[type$="cell-output+json"]') && !output.textContent.startsWith("Loading widget");
  let started = false;
  const open = () => {
    if (!started || ![...main.querySelectorAll(".fs-output")].every(drawn)) return;
    watch.disconnect();
    clearTimeout(slow);
    opening.remove();
    document.documentElement.dataset.flysolo = "open";
    offerPlace();
  };
  const watch = new MutationObserver(open);
  watch.observe(main, { childList: true, subtree: true, characterData: true });
  const slow = setTimeout(() => {
    opening.lastChild.textContent = "Still opening. If nothing changes within a minute, reload this page; what you saved is kept.";
  }, SLOW_MS);
  window.addEventListener("load", () => {
    started = true;
    open();
  });

  // ---- the place -----------------------------------------------------------------------------------------------
  const KEY = `flysolo-place:${location.pathname}`;
  const headings = () => [...main.querySelectorAll("h2, h3")].filter((heading) => heading.getClientRects().length);
  const words = (heading) => {
    const copy = heading.cloneNode(true);
    copy.querySelectorAll(".anchor-link").forEach((link) => link.remove());
    return copy.textContent.trim();
  };
  let waiting = false;
  const remember = () => {
    waiting = false;
    const above = headings().filter((heading) => heading.getBoundingClientRect().top < innerHeight * 0.4);
    const place = above.length ? words(above.at(-1)) : "";
    try {
      if (place) localStorage.setItem(KEY, place);
      else localStorage.removeItem(KEY);
    } catch {
      // A browser that keeps nothing only costs the link.
    }
  };
  const startRemembering = () =>
    window.addEventListener("scroll", () => {
      if (!waiting) setTimeout(remember, 400);
      waiting = true;
    }, { passive: true });

  function offerPlace() {
    let place = null;
    try {
      place = localStorage.getItem(KEY);
    } catch {
      // The same browser: no link.
    }
    const target = place && headings().find((heading) => words(heading) === place);
    if (target) {
      const link = document.createElement("a");
      link.href = "#";
      link.textContent = `Continue where you were: ${place}`;
      link.addEventListener("click", (event) => {
        event.preventDefault();
        target.setAttribute("tabindex", "-1");
        target.focus({ preventScroll: true });
        target.scrollIntoView({ block: "start" });
      });
      const line = document.createElement("p");
      line.className = "fs-continue";
      line.append(link);
      main.prepend(line);
    }
    startRemembering();
  }
})();
