// The live signal on a canvas: one lane a channel, columns of min/max from /ws/signal (viewer/frames.py has the format).
"use strict";

(() => {
  const HEADER_BYTES = 16, STRIDE = 3, MOST_LANES = 16, LABEL_PX = 64, AXIS_PX = 20, STRIP_PX = 16, LEVEL_PX = 10;
  const COLOURS = ["#6db3f8", "#7fd1ae", "#e6c26a", "#c9a3e8", "#f0a58a", "#8fd0d6", "#b9cc7a", "#e59ac0"];
  const LIGHT_COLOURS = ["#0b5cad", "#0f6b4b", "#7a5900", "#6b3fa0", "#a1421f", "#0f6970", "#55660f", "#a02c6b"];
  const state = {
    view: { track: "raw", span_s: 5, columns: 800, channels: null },
    mode: "scan", gain: 0, paused: false, hover: null,
    info: null, infoAt: 0, generation: -1, size: 1, first: 0, next: 0, ring: null, channels: 0,
    scale: 1, base: null, drawn: 0, isDirty: true, socket: null, retryMs: 250, frames: [], bytes: [], lostAt: performance.now(),
    heardTo: -1, heardAt: -Infinity,
  };
  let canvas, status, words, root;

  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const lanes = () => Math.min(state.channels, MOST_LANES);
  const laneTop = () => parseInt(root.querySelector(".em-lanes").scrollTop / 40) || 0;

  function connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws/signal`);
    socket.binaryType = "arraybuffer";
    state.socket = socket;
    socket.onopen = () => { state.retryMs = 250; ask(); };
    socket.onmessage = (event) => typeof event.data === "string" ? takeInfo(JSON.parse(event.data)) : takeColumns(event.data);
    socket.onclose = () => {
      state.lostAt = performance.now();
      setTimeout(connect, state.retryMs);
      state.retryMs = Math.min(5000, state.retryMs * 2);
    };
  }

  function ask() {
    if (state.socket.readyState === WebSocket.OPEN) state.socket.send(JSON.stringify(state.view));
  }

  function reset(generation, size, channels) {
    Object.assign(state, { generation, size, channels, first: -1, next: 0, drawn: 0, isDirty: true, base: null });
    state.ring = new Float32Array(state.view.columns * channels * STRIDE);
    root.querySelector(".em-lane-heights").style.height = channels > MOST_LANES ? `${channels * 40}px` : "0";
  }

  function takeInfo(info) {
    state.info = info;
    state.infoAt = performance.now();
    fillChannels(info);
    show();
  }

  function takeColumns(buffer) {
    const header = new DataView(buffer);
    const generation = header.getUint32(0, true), first = header.getUint32(4, true);
    const n = header.getUint16(8, true), channels = header.getUint16(10, true), size = header.getUint32(12, true);
    note(state.bytes, buffer.byteLength);
    // What goes on where the last message ended has just come; the first one after a change of view holds old samples.
    if (first === state.heardTo) state.heardAt = performance.now();
    state.heardTo = first + n;
    if (state.paused) return;
    if (generation !== state.generation || size !== state.size || channels !== state.channels
        || state.ring.length !== state.view.columns * channels * STRIDE) reset(generation, size, channels);
    if (first > state.next && state.first >= 0) { state.first = -1; state.isDirty = true; }
    const values = new Float32Array(buffer, HEADER_BYTES), row = channels * STRIDE, total = state.view.columns;
    for (let k = Math.max(0, n - total); k < n; k++) state.ring.set(values.subarray(k * row, (k + 1) * row), ((first + k) % total) * row);
    if (state.first < 0) { state.first = first; state.drawn = first; }
    state.next = first + n;
    state.first = Math.max(state.first, state.next - total);
    state.hasNews = true;
  }

  function note(list, value) {
    const now = performance.now();
    list.push([now, value]);
    while (list.length && list[0][0] < now - 2000) list.shift();
  }

  const rate = (list) => list.length < 2 ? 0 : (list.length - 1) * 1000 / (list[list.length - 1][0] - list[0][0]);

  // One scale for all lanes: differences between channels are what one looks for.
  function rescale() {
    const { ring, channels, first, next } = state, total = state.view.columns;
    if (!ring || next <= first) return;
    const low = new Float32Array(channels).fill(Infinity), high = new Float32Array(channels).fill(-Infinity);
    for (let column = first; column < next; column++) {
      const at = (column % total) * channels * STRIDE;
      for (let c = 0; c < channels; c++) {
        low[c] = Math.min(low[c], ring[at + c * STRIDE]);
        high[c] = Math.max(high[c], ring[at + c * STRIDE + 1]);
      }
    }
    const base = low.map((v, c) => (v + high[c]) / 2);
    const spans = Array.from(high, (v, c) => v - low[c]).filter(Number.isFinite).sort((a, b) => a - b);
    const scale = state.gain || Math.max(1e-12, spans[Math.floor((spans.length - 1) * 0.9)] || 1) * 1.1;
    const moved = state.base === null || base.some((v, c) => Math.abs(v - state.base[c]) > 0.1 * scale);
    if (moved || Math.abs(scale / state.scale - 1) > 0.15) { Object.assign(state, { scale, base, isDirty: true }); }
  }

  function frame() {
    requestAnimationFrame(frame);
    if (!canvas.isConnected) return;
    const box = canvas.getBoundingClientRect(), ratio = 1;
    const width = Math.round(box.width * ratio), height = Math.round(box.height * ratio);
    if (width !== canvas.width || height !== canvas.height) {
      canvas.width = width; canvas.height = height;
      state.view.columns = Math.max(50, Math.min(4000, width - LABEL_PX));
      ask();
      state.isDirty = true;
    }
    if (state.isDirty || state.hasNews) { draw(); note(state.frames, 1); }
    state.hasNews = false;
  }

  function draw() {
    const context = canvas.getContext("2d", { alpha: false });
    if (state.isDirty || state.mode === "scroll") {
      context.fillStyle = colour("--em-surface");
      context.fillRect(0, 0, canvas.width, canvas.height);
      state.drawn = state.first;
      drawNames(context);
    }
    if (state.ring && state.base) drawColumns(context);
    drawStrips(context);
    state.isDirty = false;
  }

  function laneBox(lane) {
    const height = (canvas.height - AXIS_PX - STRIP_PX - LEVEL_PX) / Math.max(1, lanes());
    return [LEVEL_PX + lane * height, height];
  }

  const x = (column) => LABEL_PX + (state.mode === "scan" ? column % state.view.columns : column - (state.next - state.view.columns));

  function drawColumns(context) {
    const { ring, channels, base, scale, next } = state, total = state.view.columns, palette = isDark() ? COLOURS : LIGHT_COLOURS;
    const from = Math.max(state.drawn, state.first), bottom = canvas.height - AXIS_PX - STRIP_PX;
    if (state.mode === "scan" && !state.isDirty) {
      context.fillStyle = colour("--em-surface");
      const left = from % total, width = next - from + 12;
      context.fillRect(LABEL_PX + left, LEVEL_PX, Math.min(width, total - left), bottom - LEVEL_PX);
      if (left + width > total) context.fillRect(LABEL_PX, LEVEL_PX, left + width - total, bottom - LEVEL_PX);
    }
    for (let lane = 0; lane < lanes(); lane++) {
      const channel = lane + laneTop(), [top, height] = laneBox(lane);
      if (channel >= channels) break;
      context.fillStyle = palette[channel % palette.length];
      const middle = top + height / 2, unit = height / scale, floor = top, roof = top + height;
      for (let column = from; column < next; column++) {
        const at = ((column % total) * channels + channel) * STRIDE;
        const high = Math.max(floor, middle - (ring[at + 1] - base[channel]) * unit);
        const low = Math.min(roof, middle - (ring[at] - base[channel]) * unit);
        context.fillRect(x(column), high, 1, Math.max(1, low - high));
      }
    }
    state.drawn = next;
    drawMarks(context);
  }

  function drawMarks(context) {
    context.font = "11px " + colour("--em-mono");
    for (const [column, kind, channel] of state.info?.marks ?? []) {
      if (column < state.first || column > state.next) continue;
      context.fillStyle = colour(kind === "gap" ? "--em-danger" : "--em-warn");
      const [top, height] = kind === "gap" ? [LEVEL_PX, canvas.height - AXIS_PX - STRIP_PX - LEVEL_PX] : laneBox(channel - laneTop());
      if (kind === "clip" && (channel < laneTop() || channel >= laneTop() + lanes())) continue;
      context.fillRect(x(Math.floor(column)), top, 1, height);
      context.fillText(kind === "gap" ? "gap" : "clip", x(Math.floor(column)) + 3, top + 10);
    }
  }

  function drawNames(context) {
    context.font = "12px " + colour("--em-mono");
    context.textBaseline = "middle";
    context.fillStyle = colour("--em-dim");
    for (let lane = 0; lane < lanes(); lane++) {
      const [top, height] = laneBox(lane), channel = lane + laneTop();
      if (channel < state.channels) context.fillText(channelName(channel).slice(0, 8), 4, top + height / 2);
    }
    context.textBaseline = "alphabetic";
  }

  // The overview of every channel: RMS of the last tenth of a second, one cell a channel.
  function drawLevels(context) {
    const { ring, channels, next, scale } = state;
    if (!ring || next <= state.first) return;
    const recent = Math.max(1, Math.round(0.1 * (state.info?.fs ?? 1000) / state.size)), width = (canvas.width - LABEL_PX) / channels;
    context.fillStyle = colour("--em-surface");
    context.fillRect(0, 0, canvas.width, LEVEL_PX);
    context.fillStyle = colour("--em-dim");
    context.font = "10px " + colour("--em-mono");
    context.fillText("RMS", 4, LEVEL_PX - 1);
    context.fillStyle = colour("--em-accent");
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let column = Math.max(state.first, next - recent); column < next; column++) {
        sum += ring[((column % state.view.columns) * channels + c) * STRIDE + 2] ** 2;
      }
      context.globalAlpha = Math.min(1, 0.06 + 3 * Math.sqrt(sum / recent) / scale);
      context.fillRect(LABEL_PX + c * width, 0, Math.max(1, width - 1), LEVEL_PX - 2);
    }
    context.globalAlpha = 1;
  }

  function drawStrips(context) {
    drawLevels(context);
    const top = canvas.height - AXIS_PX - STRIP_PX, fs = state.info?.fs ?? 1;
    context.fillStyle = colour("--em-surface");
    context.fillRect(0, top, canvas.width, AXIS_PX + STRIP_PX);
    context.font = "12px " + colour("--em-mono");
    context.fillStyle = colour("--em-dim");
    context.fillText("cue", 4, top + 12);
    for (const [column, name] of state.info?.cues ?? []) {
      if (column < state.first || column > state.next) continue;
      context.fillStyle = colour("--em-accent");
      context.fillRect(x(Math.floor(column)), top, 2, STRIP_PX);
      context.fillText(name, x(Math.floor(column)) + 5, top + 12);
    }
    context.fillStyle = colour("--em-dim");
    for (let second = 0; second < state.view.span_s; second++) {
      const at = LABEL_PX + second * state.view.columns / state.view.span_s;
      context.fillRect(at, top + STRIP_PX, 1, 5);
      context.fillText(state.mode === "scan" ? `${second} s` : `-${state.view.span_s - second} s`, at + 3, top + STRIP_PX + 14);
    }
  }

  const isDark = () => document.body.classList.contains("body--dark");
  function channelName(k) {
    const channel = state.view.channels ? state.view.channels[k] : k;
    return state.info?.names?.[channel] || `ch ${channel + 1}`;
  }

  function ageMs() {
    if (state.socket?.readyState !== WebSocket.OPEN) return performance.now() - state.lostAt;
    if (state.info === null || state.info.age_s === null) return Infinity;
    const now = performance.now();
    return Math.min(state.info.age_s * 1000 + now - state.infoAt, now - state.heardAt);
  }

  function show() {
    const age = ageMs(), isStale = !(age < 1500), isOpen = state.socket?.readyState === WebSocket.OPEN;
    root.classList.toggle("em-signal-stale", isStale);
    const since = new Date(Date.now() - (Number.isFinite(age) ? age : 0)).toLocaleTimeString();
    let text;
    if (!isOpen) text = `! no connection to the console since ${since}; trying again`;
    else if (!Number.isFinite(age)) text = "No EMG yet. Start the amplifier's LSL stream, or the emg-generator; then look at Streams.";
    else if (isStale) text = `! no new sample for ${(age / 1000).toFixed(0)} s, since ${since}`;
    else text = `${state.info.n_channels} ch  ${state.info.fs.toFixed(1)} Hz  lane ${amplitude(state.scale)}` + (state.paused ? "  PAUSED" : "");
    if (status.textContent !== text) status.textContent = text;
    words.textContent = state.hover ?? "";
    if (!state.paused) rescale();
  }

  // LSL EMG streams are usually in microvolts, some in volts: the number is shown as the stream has it.
  const amplitude = (v) => v >= 100 ? v.toFixed(0) : v.toPrecision(3);

  function inspect(event) {
    const box = canvas.getBoundingClientRect(), px = Math.floor(event.clientX - box.left - LABEL_PX);
    if (px < 0 || !state.ring || !lanes()) { state.hover = null; return; }
    const total = state.view.columns;
    let column = state.mode === "scan" ? state.next - 1 - ((((state.next - 1) % total) - px + total) % total) : state.next - total + px;
    const lane = Math.max(0, Math.min(lanes() - 1, Math.floor((event.clientY - box.top - LEVEL_PX) / laneBox(0)[1]))), channel = lane + laneTop();
    if (column < state.first || column >= state.next) { state.hover = null; return; }
    const at = ((column % total) * state.channels + channel) * STRIDE, ago = (state.next - column) * state.size / (state.info?.fs ?? 1);
    state.hover = `${channelName(channel)}  ${ago.toFixed(2)} s ago  ${state.ring[at].toPrecision(4)} to ${state.ring[at + 1].toPrecision(4)}`;
    show();
  }

  function fillChannels(info) {
    const box = root.querySelector(".em-channels"), n = info.n_channels ?? 0;
    if (box.dataset.n === String(n)) return;
    box.dataset.n = String(n);
    box.replaceChildren(...Array.from({ length: Math.min(n, 64) }, (_, k) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", textContent: String(k + 1), className: "em-chip" });
      button.setAttribute("aria-label", `Channel ${info.names?.[k] || k + 1}`);
      button.setAttribute("aria-pressed", "true");
      button.onclick = () => {
        button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
        toggleChannel(box);
      };
      return button;
    }));
  }

  function toggleChannel(box) {
    const buttons = [...box.children], on = buttons.flatMap((b, k) => b.getAttribute("aria-pressed") === "true" ? [k] : []);
    state.view.channels = on.length === buttons.length && buttons.length === state.info.n_channels ? null : on;
    ask();
    state.isDirty = true;
  }

  function set(name, value) {
    if (name === "mode") state.mode = value;
    else if (name === "gain") { state.gain = Number(value); state.scale = 0; }
    else if (name === "paused") state.paused = value;
    else { state.view[name] = name === "span_s" ? Number(value) : value; ask(); }
    state.base = null;
    rescale();
    state.isDirty = true;
    show();
  }

  function begin(element) {
    root = element;
    canvas = root.querySelector("canvas");
    status = root.querySelector(".em-signal-status");
    words = root.querySelector(".em-signal-words");
    canvas.addEventListener("mousemove", inspect);
    canvas.addEventListener("mouseleave", () => { state.hover = null; show(); });
    root.querySelector(".em-lanes").addEventListener("scroll", () => { state.isDirty = true; });
    new MutationObserver(() => { state.isDirty = true; }).observe(document.body, { attributes: true, attributeFilter: ["class"] });
    for (const control of root.querySelectorAll("[data-set]")) {
      const name = control.dataset.set;
      if (control.tagName === "SELECT") control.onchange = () => set(name, control.value);
      else control.onclick = () => {
        const on = control.getAttribute("aria-pressed") !== "true";
        control.setAttribute("aria-pressed", String(on));
        set(name, on);
      };
    }
    connect();
    setInterval(show, 250);
    requestAnimationFrame(frame);
  }

  window.emgrigViewer = {
    begin,
    stats: () => ({
      fps: rate(state.frames), age_ms: ageMs(), channels: state.channels, paused: state.paused, columns: state.next - state.first,
      bytes_per_s: state.bytes.reduce((sum, [, n]) => sum + n, 0) / 2, track: state.view.track, generation: state.generation,
    }),
  };
})();
