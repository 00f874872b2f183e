// Keeps an order's page true while it is open: asks for it again every few seconds and puts in what has changed.
"use strict";
(() => {
  const EVERY_MS = 5000;
  const shown = document.getElementById("suivi");

  async function refresh() {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.href, { cache: "no-store", credentials: "same-origin" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("suivi");
      if (fresh && fresh.innerHTML !== shown.innerHTML) {
        shown.replaceChildren(...fresh.childNodes);
        document.title = page.title;
      }
    } catch {
      // off line: the codes on the page stay good, and the next round asks again
    }
  }

  setInterval(refresh, EVERY_MS);
  document.addEventListener("visibilitychange", refresh);
})();
