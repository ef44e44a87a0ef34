// The WebSocket of the live signal: it comes back by itself, and knows when it last heard a sample.

const FIRST_RETRY_MS = 250, LONGEST_RETRY_MS = 5000, HEADER_BYTES = 16;

export class Connection {
  constructor(path, { onOpen, onInfo, onColumns }) {
    Object.assign(this, { path, onOpen, onInfo, onColumns });
    this.retryMs = FIRST_RETRY_MS;
    this.lostAt = performance.now();
    this.heardTo = -1;
    this.heardAt = -Infinity;
    this.open();
  }

  get isOpen() {
    return this.socket.readyState === WebSocket.OPEN;
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}${this.path}`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => { this.retryMs = FIRST_RETRY_MS; this.onOpen(); };
    this.socket.onmessage = ({ data }) => this.take(data);
    this.socket.onclose = () => {
      window.emgrigWatchdog?.lost("signal");
      this.lostAt = performance.now();
      setTimeout(() => this.open(), this.retryMs);
      this.retryMs = Math.min(LONGEST_RETRY_MS, this.retryMs * 2);
    };
  }

  take(data) {
    window.emgrigWatchdog?.heard("signal");
    if (typeof data === "string") return this.onInfo(JSON.parse(data));
    const columns = parseColumns(data);
    // What goes on where the last message ended has just come; the first one after a change of
    // view holds old samples.
    if (columns.first === this.heardTo) this.heardAt = performance.now();
    this.heardTo = columns.first + columns.n;
    this.onColumns(columns);
  }

  ask(view) {
    if (this.isOpen) this.socket.send(JSON.stringify(view));
  }
}

// viewer/frames.py has the format.
function parseColumns(buffer) {
  const header = new DataView(buffer);
  return {
    generation: header.getUint32(0, true), first: header.getUint32(4, true),
    n: header.getUint16(8, true), channels: header.getUint16(10, true),
    size: header.getUint32(12, true), values: new Float32Array(buffer, HEADER_BYTES),
    n_bytes: buffer.byteLength,
  };
}
