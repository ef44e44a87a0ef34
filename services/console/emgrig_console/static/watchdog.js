// Nothing looks live when the console hangs or is gone: its signal socket speaks twice a second.
"use strict";

window.emgrigWatchdog = (() => {
  const SILENT_MS = 3000, LOOK_MS = 500;
  let heardAt = Date.now(), banner = null;

  function look() {
    const isSilent = Date.now() - heardAt > SILENT_MS;
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
    const since = new Date(heardAt).toLocaleTimeString("en-GB");
    banner.textContent = isSilent ? `! no word from the console since ${since}` : "";
  }

  setInterval(look, LOOK_MS);
  return { heard: () => { heardAt = Date.now(); } };
})();
