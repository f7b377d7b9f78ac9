// What goes between the list and the server: actions until they are acknowledged, and each row once.
const RESEND_MS = 400;
const SPARE = 1_000; // rows that are kept beside those of the list: what an undo brings back need not come again

class Post {
  constructor(data) {
    this.page = [...crypto.getRandomValues(new Uint32Array(2))].map((n) => n.toString(36)).join("");
    this.last = 0;
    this.name = "frontdesk." + data.key;
    this.boot = data.boot;
    const { boot, pending = [] } = JSON.parse(sessionStorage.getItem(this.name) ?? "{}");
    this.pending = this.sure(pending, boot); // what the page before this one could not see acknowledged
  }

  // Another process does not know whether an undo was carried out, and a second one would take back too much.
  sure(pending, boot) {
    return boot === this.boot ? pending : pending.filter((action) => action.verb !== "undo");
  }

  keep() {
    if (!this.pending.length) return sessionStorage.removeItem(this.name);
    sessionStorage.setItem(this.name, JSON.stringify({ boot: this.boot, pending: this.pending }));
  }

  push(verb, ids, choice = "") {
    this.pending.push({ page: this.page, n: ++this.last, verb, ids, choice });
    this.keep();
    this.send();
  }

  // A trigger set twice in one moment reaches Python once, so every message carries all that is not acknowledged yet.
  send(anyway) {
    this.stop();
    if (!this.pending.length && !this.lost && !anyway) return;
    const { of, seen, lost } = this;
    this.trigger({ actions: this.pending.slice(), of, seen, lost });
    this.again();
  }

  again() {
    if (this.pending.length || this.lost) this.timer = setTimeout(() => this.send(), RESEND_MS);
  }

  stop() {
    clearTimeout(this.timer);
  }

  // Returns the rows of the list, null where one of them is missing and has to be asked for.
  receive(data, trigger) {
    this.trigger = trigger;
    this.acknowledge(data);
    const items = this.unfold(data.list);
    this.stop();
    if (this.lost) this.send();
    else this.again();
    return items;
  }

  acknowledge({ boot, acknowledged }) {
    const before = this.boot;
    this.boot = boot;
    this.pending = this.sure(this.pending, before).filter((one) => one.n > (acknowledged[one.page] ?? 0));
    this.keep();
  }

  // A row comes once, and then only its number.
  unfold({ of, message, order, rows }) {
    if (of !== this.of) Object.assign(this, { of, seen: 0, sheet: new Map() });
    for (const [number, row] of rows) this.sheet.set(number, row);
    this.lost = !order.every((number) => this.sheet.has(number));
    if (this.lost) return null;
    this.seen = message;
    const items = order.map((number) => this.sheet.get(number));
    if (this.sheet.size > 4 * order.length + SPARE) this.sheet = new Map(order.map((number, at) => [number, items[at]]));
    return items;
  }
}
