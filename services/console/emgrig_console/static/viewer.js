// The live signal: what the page shows of it, and what it asks the console for.

import { Connection } from "./viewer_connection.js";
import { fillChannels, wireControls, wireCursor } from "./viewer_controls.js";
import { Drawing, LANE_PX, LABEL_PX, MOST_LANES, lanesOf } from "./viewer_drawing.js";
import { Ring } from "./viewer_ring.js";

const STALE_MS = 1500, SHOW_MS = 250, RATE_MS = 2000, LEAST_COLUMNS = 50, MOST_COLUMNS = 4000;
const SCALE_CHANGE = 0.15, BASE_CHANGE = 0.1;
const NO_EMG = "No EMG yet. Start the amplifier's LSL stream, or the emg-generator; "
  + "then look at Streams.";

const view = { track: "raw", span_s: 5, columns: 800, channels: null };
const shown = {
  ring: null, base: null, scale: 1, mode: "scan", info: null, selected: null, top: 0,
  name: (k) => {
    const channel = shown.selected ? shown.selected[k] : k;
    return shown.info?.names?.[channel] || `ch ${channel + 1}`;
  },
};
const page = { gain: 0, paused: false, cursor: null, age_s: null, infoAt: 0 };
const frames = [], bytes = [];
let isDirty = true, root, status, news, words, lanes, connection, drawing;

function takeInfo(info) {
  Object.assign(page, { age_s: info.age_s, infoAt: performance.now() });
  if (page.paused) return;
  shown.info = info;
  const box = root.querySelector(".em-channels");
  // Other channels than before: a choice among those that were there means nothing now.
  if (fillChannels(box, info.names, info.n_channels ?? 0, choose) && view.channels) choose(null);
  show();
}

function takeColumns(columns) {
  note(bytes, columns.n_bytes);
  if (page.paused) return;
  if (!shown.ring?.fits(columns, view.columns)) beginRing(columns);
  if (!shown.ring.put(columns)) {
    isDirty = true;
    shown.selected = view.channels;
  }
  if (!shown.base) rescale();
}

function beginRing(columns) {
  const spare = Math.max(0, columns.channels - MOST_LANES);
  Object.assign(shown, { ring: new Ring(columns, view.columns), base: null });
  shown.selected = view.channels;
  root.querySelector(".em-lane-heights").style.height = `${spare * LANE_PX}px`;
  scrolled();
}

function scrolled() {
  const last = Math.max(0, (shown.ring?.channels ?? 0) - MOST_LANES);
  shown.top = Math.min(last, Math.round(lanes.scrollTop / LANE_PX));
  isDirty = true;
}

function rescale() {
  if (!shown.ring || shown.ring.next <= shown.ring.first) return;
  const { base, scale: fitting } = shown.ring.fitting(), scale = page.gain || fitting;
  const hasMoved = !shown.base
    || base.some((v, c) => Math.abs(v - shown.base[c]) > BASE_CHANGE * scale);
  if (!hasMoved && Math.abs(scale / shown.scale - 1) <= SCALE_CHANGE) return;
  Object.assign(shown, { base, scale });
  isDirty = true;
}

function choose(channels) {
  view.channels = channels;
  connection.ask(view);
}

function set(name, value) {
  if (name === "mode") shown.mode = value;
  else if (name === "gain") { page.gain = Number(value); shown.base = null; rescale(); }
  else if (name === "paused") {
    Object.assign(page, { paused: value, cursor: null });
    // What came meanwhile was not taken, and perhaps another view was chosen.
    if (!value) connection.ask(view);
  }
  else {
    view[name] = name === "span_s" ? Number(value) : value;
    connection.ask(view);
  }
  isDirty = true;
  show();
}

function frame() {
  requestAnimationFrame(frame);
  if (!drawing.canvas.isConnected) return;
  if (drawing.resize()) {
    view.columns = Math.max(LEAST_COLUMNS, Math.min(MOST_COLUMNS, drawing.width - LABEL_PX));
    connection.ask(view);
    isDirty = true;
  }
  if (!isDirty && !drawing.isBehind(shown)) return;
  drawing.draw(shown, isDirty);
  note(frames, 1);
  isDirty = false;
}

function ageMs() {
  const now = performance.now();
  if (!connection.isOpen) return now - connection.lostAt;
  if (page.age_s === null) return Infinity;
  return Math.min(page.age_s * 1000 + now - page.infoAt, now - connection.heardAt);
}

function sentence(age) {
  const since = new Date(Date.now() - (Number.isFinite(age) ? age : 0)).toLocaleTimeString();
  if (!connection.isOpen) return `! no connection to the console since ${since}; trying again`;
  if (!Number.isFinite(age)) return NO_EMG;
  const late = age < STALE_MS ? ""
    : `! no new sample for ${(age / 1000).toFixed(0)} s, since ${since}`;
  const held = page.paused ? "  PAUSED" : "";
  if (late || !shown.info?.fs) return late + held;
  const { n_channels, fs } = shown.info;
  const lane = `lane ${amplitude(shown.scale)} stream units`;
  return `${n_channels} ch  ${fs.toFixed(1)} Hz  ${lane}${held}`;
}

// What is read out: no number that counts up.
function spoken(age) {
  if (!connection.isOpen) return "no connection to the console";
  if (!Number.isFinite(age)) return NO_EMG;
  return (age < STALE_MS ? "live signal" : "no new sample") + (page.paused ? ", paused" : "");
}

function show() {
  const age = ageMs(), text = sentence(age), said = spoken(age);
  root.classList.toggle("em-signal-stale", !(age < STALE_MS));
  if (status.textContent !== text) status.textContent = text;
  if (news.textContent !== said) news.textContent = said;
  const about = page.cursor ? inspected(page.cursor) : "";
  if (words.textContent !== about) words.textContent = about;
  if (!page.paused) rescale();
}

const amplitude = (v) => (v >= 100 ? v.toFixed(0) : v.toPrecision(3));

function inspected({ column, channel }) {
  const { ring } = shown;
  if (!ring || column < ring.first || channel >= ring.channels) return "";
  const ago = (ring.next - column) * ring.size / (shown.info?.fs ?? 1);
  const from = ring.low(column, channel), to = ring.high(column, channel);
  const range = `${from.toPrecision(4)} to ${to.toPrecision(4)} stream units`;
  return `${shown.name(channel)}  ${ago.toFixed(2)} s ago  ${range}`;
}

function point(event) {
  const box = drawing.canvas.getBoundingClientRect();
  page.cursor = drawing.under(shown, event.clientX - box.left, event.clientY - box.top);
  show();
}

function move(columns, channels) {
  const { ring } = shown;
  if (!ring || ring.next <= ring.first) return;
  const at = page.cursor ?? { column: ring.next - 1, channel: shown.top };
  const within = (v, least, most) => Math.max(least, Math.min(most, v));
  page.cursor = {
    column: within(at.column + columns, ring.first, ring.next - 1),
    channel: within(at.channel + channels, 0, ring.channels - 1),
  };
  if (channels) reveal(page.cursor.channel);
  show();
}

function reveal(channel) {
  const least = channel - lanesOf(shown) + 1;
  const top = Math.max(least, Math.min(channel, shown.top));
  if (top !== shown.top) lanes.scrollTop = top * LANE_PX;
}

function note(list, value) {
  const now = performance.now();
  list.push([now, value]);
  while (list.length && list[0][0] < now - RATE_MS) list.shift();
}

function rate(list) {
  return list.length < 2 ? 0 : (list.length - 1) * 1000 / (list.at(-1)[0] - list[0][0]);
}

export function begin(element) {
  root = element;
  status = root.querySelector(".em-signal-status");
  news = root.querySelector("[role=status]");
  words = root.querySelector(".em-signal-words");
  lanes = root.querySelector(".em-lanes");
  drawing = new Drawing(root.querySelector("canvas"), root);
  drawing.canvas.addEventListener("mousemove", point);
  drawing.canvas.addEventListener("mouseleave", () => { page.cursor = null; show(); });
  lanes.addEventListener("scroll", scrolled);
  wireCursor(lanes, move);
  wireControls(root, set);
  const repaint = new MutationObserver(() => { isDirty = true; });
  repaint.observe(document.body, { attributes: true, attributeFilter: ["class"] });
  const onOpen = () => connection.ask(view);
  connection = new Connection("/ws/signal", { onOpen, onInfo: takeInfo, onColumns: takeColumns });
  setInterval(show, SHOW_MS);
  requestAnimationFrame(frame);
  window.emgrigViewer = { stats };
}

const stats = () => ({
  fps: rate(frames), age_ms: ageMs(), channels: shown.ring?.channels ?? 0, paused: page.paused,
  columns: shown.ring ? shown.ring.next - shown.ring.first : 0, top: shown.top,
  bytes_per_s: bytes.reduce((sum, [, n]) => sum + n, 0) * 1000 / RATE_MS,
  scale: shown.scale, generation: shown.ring?.generation ?? -1, track: shown.info?.track,
  span_s: shown.ring ? shown.ring.total * shown.ring.size / (shown.info?.fs ?? 1) : 0,
  marks: (shown.info?.marks ?? []).map(([, kind]) => kind), levels: shown.info?.levels?.length ?? 0,
});
