// Nothing looks live when the console hangs or is gone, or when one of its voices is: the socket of
// the signal speaks twice a second, NiceGUI's, which brings every word of the page, once.
"use strict";

window.emgrigWatchdog = (() => {
  const SILENT_MS = 3000, LOOK_MS = 500;
  const heardAt = { signal: Date.now(), words: Date.now() }, closed = new Set();
  let lookedAt = Date.now(), banner = null;

  function look() {
    const now = Date.now(), wasBusy = now - lookedAt > 2 * LOOK_MS;
    lookedAt = now;
    // What came while the page itself was busy is heard before the next look.
    if (wasBusy) return;
    const oldest = Math.min(...Object.values(heardAt));
    const isSilent = closed.size > 0 || now - oldest > SILENT_MS;
    document.body.classList.toggle("em-no-word", isSilent);
    if (!banner) {
      banner = document.createElement("div");
      Object.assign(banner, { className: "em-no-word-banner", hidden: true });
      banner.setAttribute("role", "alert");
      banner.dataset.testid = "watchdog";
      document.body.append(banner);
    }
    if (banner.hidden === !isSilent) return;
    banner.hidden = !isSilent;
    const since = new Date(oldest).toLocaleTimeString("en-GB");
    banner.textContent = isSilent ? `! no word from the console since ${since}` : "";
  }

  setInterval(look, LOOK_MS);
  return {
    heard: (voice, toldAt) => {
      heardAt[voice] = Date.now();
      closed.delete(voice);
      // What is clicked from now on is no older than this: lateness.py.
      if (toldAt !== undefined) emitEvent("em-heard", toldAt);
    },
    lost: (voice) => { closed.add(voice); },
  };
})();
