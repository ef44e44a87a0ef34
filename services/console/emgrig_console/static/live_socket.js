// A WebSocket of live data: it comes back by itself, also when the network lets it live unheard.

const FIRST_RETRY_MS = 250, LONGEST_RETRY_MS = 5000, LOOK_MS = 1000;
// The console speaks twice a second: viewer/sockets.py.
const SILENT_MS = 5000;

export class LiveSocket {
  constructor(path, { onOpen, onMessage, onLost }) {
    Object.assign(this, { path, onOpen, onMessage, onLost });
    this.retryMs = FIRST_RETRY_MS;
    this.lookedAt = performance.now();
    this.open();
    setInterval(() => this.look(), LOOK_MS);
  }

  get isOpen() {
    return this.socket.readyState === WebSocket.OPEN;
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${this.path}`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => { this.retryMs = FIRST_RETRY_MS; this.onOpen(); };
    socket.onmessage = ({ data }) => { this.heardAt = performance.now(); this.onMessage(data); };
    socket.onclose = () => this.lose();
    Object.assign(this, { socket, heardAt: performance.now(), isWaiting: false });
  }

  lose() {
    this.onLost();
    this.isWaiting = true;
    setTimeout(() => this.open(), this.retryMs);
    this.retryMs = Math.min(LONGEST_RETRY_MS, this.retryMs * 2);
  }

  look() {
    const now = performance.now(), wasBusy = now - this.lookedAt > 2 * LOOK_MS;
    this.lookedAt = now;
    // What came while the page itself was busy is heard before the next look.
    if (wasBusy || this.isWaiting || now - this.heardAt < SILENT_MS) return;
    // The network would tell its end minutes later.
    Object.assign(this.socket, { onopen: null, onmessage: null, onclose: null });
    this.socket.close();
    this.lose();
  }

  send(data) {
    if (this.isOpen) this.socket.send(data);
  }
}
