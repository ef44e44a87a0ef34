// The newest columns of the signal: min and max of each channel.

const STRIDE = 2, LOUD_SHARE = 0.9, HEADROOM = 1.1, LEAST_SCALE = 1e-12;

export class Ring {
  constructor({ generation, size, channels }, total) {
    Object.assign(this, { generation, size, channels, total, first: -1, next: 0 });
    this.values = new Float32Array(total * channels * STRIDE);
  }

  fits({ generation, size, channels }, total) {
    return generation === this.generation && size === this.size && channels === this.channels
      && total === this.total;
  }

  // Returns whether it goes on where it ended: what was drawn is still right.
  put({ first, n, values }) {
    // What begins before the end is the span of another view: nothing that was drawn is right.
    const row = this.channels * STRIDE, goesOn = this.first >= 0 && first === this.next;
    for (let k = Math.max(0, n - this.total); k < n; k++) {
      const at = ((first + k) % this.total) * row;
      this.values.set(values.subarray(k * row, (k + 1) * row), at);
    }
    if (!goesOn) this.first = first;
    this.next = first + n;
    this.first = Math.max(this.first, this.next - this.total);
    return goesOn;
  }

  at(column, channel) {
    return ((column % this.total) * this.channels + channel) * STRIDE;
  }

  low(column, channel) { return this.values[this.at(column, channel)]; }
  high(column, channel) { return this.values[this.at(column, channel) + 1]; }

  // Every comparison with NaN is false: a column without numbers changes nothing.
  extents() {
    const { channels, values } = this;
    const low = new Float32Array(channels).fill(Infinity);
    const high = new Float32Array(channels).fill(-Infinity);
    for (let column = this.first; column < this.next; column++) {
      for (let c = 0, at = this.at(column, 0); c < channels; c++, at += STRIDE) {
        if (values[at] < low[c]) low[c] = values[at];
        if (values[at + 1] > high[c]) high[c] = values[at + 1];
      }
    }
    return { low, high };
  }

  // One scale for all lanes: differences between channels are what one looks for.
  fitting() {
    const { low, high } = this.extents();
    const base = low.map((v, c) => (v <= high[c] ? (v + high[c]) / 2 : 0));
    const spans = Array.from(high, (v, c) => v - low[c]).filter(Number.isFinite);
    spans.sort((a, b) => a - b);
    const loud = spans[Math.floor((spans.length - 1) * LOUD_SHARE)] || 1;
    return { base, scale: Math.max(LEAST_SCALE, loud) * HEADROOM };
  }
}
