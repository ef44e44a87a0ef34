// The live signal as it comes; it knows when it last heard a sample.

import { LiveSocket } from "./live_socket.js";

const HEADER_BYTES = 16;

export class Connection {
  constructor(path, { onOpen, onInfo, onColumns }) {
    Object.assign(this, { onInfo, onColumns });
    this.lostAt = performance.now();
    this.heardTo = -1;
    this.heardAt = -Infinity;
    this.socket = new LiveSocket(path, {
      onOpen,
      onMessage: (data) => this.take(data),
      onLost: () => {
        window.emgrigWatchdog?.lost("signal");
        this.lostAt = performance.now();
      },
    });
  }

  get isOpen() {
    return this.socket.isOpen;
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
    this.socket.send(JSON.stringify(view));
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
