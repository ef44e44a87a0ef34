// The signal on a canvas: RMS strip, one lane a channel, time axis, and the cues under it.

export const MOST_LANES = 16, LANE_PX = 40, LABEL_PX = 64;
const LEVEL_PX = 14, AXIS_PX = 20, CUES_PX = 16, ERASED_PX = 12, MARK_PX = 40, MOST_RATIO = 2;
const DARK = [
  "#6db3f8", "#7fd1ae", "#e6c26a", "#c9a3e8",
  "#f0a58a", "#8fd0d6", "#b9cc7a", "#e59ac0",
];
const LIGHT = [
  "#0b5cad", "#0f6b4b", "#7a5900", "#6b3fa0",
  "#a1421f", "#0f6970", "#55660f", "#a02c6b",
];

// `shown` is what the page shows: ring, base, scale, mode, info, selected, top, name(lane).
export class Drawing {
  constructor(canvas, root) {
    Object.assign(this, { canvas, root, width: 0, height: 0, drawn: 0, colours: {} });
    this.context = canvas.getContext("2d", { alpha: false });
  }

  // Returns whether the size is another one. Points are CSS pixels, whatever the screen has.
  resize() {
    const box = this.canvas.getBoundingClientRect();
    const ratio = Math.min(MOST_RATIO, window.devicePixelRatio || 1);
    const width = Math.round(box.width), height = Math.round(box.height);
    if (width === this.width && height === this.height && ratio === this.ratio) return false;
    Object.assign(this, { width, height, ratio });
    Object.assign(this.canvas, { width: width * ratio, height: height * ratio });
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return true;
  }

  get plotWidth() { return Math.max(1, this.width - LABEL_PX); }
  get bottom() { return this.height - AXIS_PX - CUES_PX; }
  // Kept until all is drawn anew: to look it up makes the browser lay out its page.
  colour(name) {
    return this.colours[name] ||= getComputedStyle(this.root).getPropertyValue(name).trim();
  }

  lane(shown, lane) {
    const height = (this.bottom - LEVEL_PX) / Math.max(1, lanesOf(shown));
    return [LEVEL_PX + lane * height, height];
  }

  x({ ring, mode }, column) {
    const place = mode === "scan" ? column % ring.total : column - (this.drawn - ring.total);
    return LABEL_PX + place * this.plotWidth / ring.total;
  }

  // How many columns take so many pixels.
  columnsIn(pixels, { ring }) { return Math.ceil(pixels * ring.total / this.plotWidth); }

  isBehind({ ring }) { return ring !== null && this.drawn < ring.next; }

  // Whether what was drawn is still right, where it is or further to the left.
  isRight({ ring, mode }) {
    if (!ring || this.drawn < ring.first) return false;
    const column = this.plotWidth / ring.total;
    return mode === "scan" || (Number.isInteger(column) && Number.isInteger(this.ratio));
  }

  // Draws all of it where something else than the signal changed, else only what came.
  draw(shown, isDirty) {
    const { ring, base, mode, info } = shown, isWhole = isDirty || !this.isRight(shown);
    if (isWhole) this.begin(shown);
    if (!ring || !base) return;
    const from = this.drawn;
    // Half of what waits: it comes in bursts, and goes on evenly one frame later.
    this.drawn = isWhole ? ring.next : from + Math.ceil((ring.next - from) / 2);
    if (!isWhole && mode === "scan") this.erase(shown, from);
    if (!isWhole && mode === "scroll") this.shift(shown, from);
    this.columns(shown, from);
    const isTold = info !== this.info;
    this.info = info;
    this.marks(shown, isTold ? ring.first : from - this.columnsIn(MARK_PX, shown));
    if (isTold) this.levels(shown);
    if (isTold) this.axis(shown);
    if (isTold || mode === "scroll") this.cues(shown);
  }

  begin(shown) {
    Object.assign(this, { colours: {}, info: null, drawn: shown.ring?.first ?? 0 });
    this.clear(0, 0, this.width, this.height);
    if (shown.ring) this.names(shown);
  }

  clear(left, top, width, height) {
    this.context.fillStyle = this.colour("--em-surface");
    this.context.fillRect(left, top, width, height);
  }

  text(words, left, top, size, colour = "--em-dim") {
    this.context.font = `${size}px ${this.colour("--em-mono")}`;
    this.context.fillStyle = this.colour(colour);
    this.context.fillText(words, left, top);
  }

  // The place of the columns of a scan that came, and the gap before them.
  erase({ ring }, from) {
    const unit = this.plotWidth / ring.total, height = this.bottom - LEVEL_PX;
    const left = (from % ring.total) * unit, width = (this.drawn - from) * unit + ERASED_PX;
    this.clear(LABEL_PX + left, LEVEL_PX, Math.min(width, this.plotWidth - left), height);
    const over = left + width - this.plotWidth;
    if (over > 0) this.clear(LABEL_PX, LEVEL_PX, over, height);
  }

  // Moves a scroll to the left, for the columns that came.
  shift({ ring }, from) {
    const left = (this.drawn - from) * this.plotWidth / ring.total, width = this.plotWidth - left;
    const height = this.bottom - LEVEL_PX;
    const part = [LABEL_PX + left, LEVEL_PX, width, height].map((v) => v * this.ratio);
    this.context.drawImage(this.canvas, ...part, LABEL_PX, LEVEL_PX, width, height);
    this.clear(LABEL_PX + width, LEVEL_PX, left, height);
  }

  // The first column that is shown: of a scan the oldest ones make room for the gap.
  oldest(shown) {
    const gap = shown.mode === "scan" ? this.columnsIn(ERASED_PX, shown) : 0;
    return Math.max(shown.ring.first, this.drawn - shown.ring.total + gap);
  }

  names(shown) {
    this.context.textBaseline = "middle";
    for (let lane = 0; lane < lanesOf(shown); lane++) {
      const [top, height] = this.lane(shown, lane);
      this.text(shown.name(lane + shown.top).slice(0, 8), 4, top + height / 2, 12);
    }
    this.context.textBaseline = "alphabetic";
  }

  columns(shown, from) {
    const palette = document.body.classList.contains("body--dark") ? DARK : LIGHT;
    const first = Math.max(from, this.oldest(shown));
    for (let lane = 0; lane < lanesOf(shown); lane++) {
      this.context.fillStyle = palette[(lane + shown.top) % palette.length];
      this.trace(shown, lane, first);
    }
  }

  trace(shown, lane, from) {
    const { ring, base, scale, top: firstChannel } = shown, channel = lane + firstChannel;
    const [roof, height] = this.lane(shown, lane), unit = height / scale;
    const middle = roof + height / 2, width = Math.max(1, this.plotWidth / ring.total);
    for (let column = from; column < this.drawn; column++) {
      const high = middle - (ring.high(column, channel) - base[channel]) * unit;
      const low = middle - (ring.low(column, channel) - base[channel]) * unit;
      const top = Math.max(roof, high), bottom = Math.min(roof + height, low);
      this.context.fillRect(this.x(shown, column), top, width, Math.max(1, bottom - top));
    }
  }

  // Those from a column on: what comes is drawn over the words of those just before it.
  marks(shown, from) {
    const least = Math.max(from, this.oldest(shown));
    for (const [column, kind, channel] of shown.info?.marks ?? []) {
      if (column < least || column >= this.drawn) continue;
      const isGap = kind === "gap";
      const place = laneOf(shown, channel);
      if (!isGap && place < 0) continue;
      const all = [LEVEL_PX, this.bottom - LEVEL_PX];
      const [top, height] = isGap ? all : this.lane(shown, place);
      const left = this.x(shown, Math.floor(column)), colour = isGap ? "--em-danger" : "--em-warn";
      this.context.fillStyle = this.colour(colour);
      this.context.fillRect(left, top, 1, height);
      this.text(kind === "nan" ? "NaN" : kind, left + 3, top + 10, 12, colour);
    }
  }

  // The overview: a cell for every channel of the stream, the louder the fuller; what has a lane
  // below is underlined.
  levels(shown) {
    const levels = shown.info?.levels ?? [], width = this.plotWidth / Math.max(1, levels.length);
    this.clear(0, 0, this.width, LEVEL_PX);
    this.text("RMS", 4, LEVEL_PX - 2, 12);
    this.context.fillStyle = this.colour("--em-accent");
    levels.forEach((level, channel) => {
      const left = LABEL_PX + channel * width, cell = Math.max(1, width - 1);
      const share = Math.min(1, 3 * level / shown.scale), full = LEVEL_PX - 2;
      const filled = Math.max(1, Math.round(share * full));
      this.context.fillRect(left, full - filled, cell, filled);
      if (laneOf(shown, channel) >= 0) this.context.fillRect(left, LEVEL_PX - 1, cell, 1);
    });
  }

  axis({ ring, mode, info }) {
    this.clear(0, this.bottom, this.width, AXIS_PX);
    const span = ring.total * ring.size / (info?.fs ?? 1);
    for (let second = 0; second < Math.round(span); second++) {
      const left = LABEL_PX + second * this.plotWidth / span;
      this.context.fillStyle = this.colour("--em-dim");
      this.context.fillRect(left, this.bottom, 1, 5);
      const words = mode === "scan" ? `${second} s` : `-${Math.round(span) - second} s`;
      this.text(words, left + 3, this.bottom + 14, 12);
    }
  }

  cues(shown) {
    const top = this.height - CUES_PX;
    this.clear(0, top, this.width, CUES_PX);
    this.text("cue", 4, top + 12, 12);
    for (const [column, name] of shown.info?.cues ?? []) {
      if (column < shown.ring.first || column > shown.ring.next) continue;
      const left = this.x(shown, Math.floor(column));
      this.context.fillStyle = this.colour("--em-accent");
      this.context.fillRect(left, top, 2, CUES_PX);
      this.text(name, left + 5, top + 12, 12, "--em-accent");
    }
  }

  // What column and channel a point of the canvas shows; null beside the plot.
  under(shown, left, top) {
    const { ring, mode } = shown;
    const place = Math.floor((left - LABEL_PX) * (ring?.total ?? 0) / this.plotWidth);
    if (!ring || place < 0 || !lanesOf(shown)) return null;
    const newest = ring.next - 1, back = (newest % ring.total - place + ring.total) % ring.total;
    const column = mode === "scan" ? newest - back : this.drawn - ring.total + place;
    if (column < ring.first || column >= ring.next) return null;
    const lane = Math.floor((top - LEVEL_PX) / this.lane(shown, 0)[1]);
    const channel = Math.max(0, Math.min(lanesOf(shown) - 1, lane)) + shown.top;
    return { column, channel };
  }
}

// Where a channel of the stream is drawn, from the top; -1 where it is not.
function laneOf(shown, channel) {
  const place = (shown.selected ? shown.selected.indexOf(channel) : channel) - shown.top;
  const isShown = !shown.selected || shown.selected.includes(channel);
  return isShown && place >= 0 && place < lanesOf(shown) ? place : -1;
}

export const lanesOf = ({ ring }) => Math.min(ring?.channels ?? 0, MOST_LANES);
