// One ear for what the server tells by itself: it sets window.frontdesk and dispatches frontdesk:<name>.
const SILENCE_MS = 50_000; // the server says something every 20 s: after two and a half times that nobody is there
const LONGEST_MS = 30_000;
const USE_MS = 30_000; // how often the server is told at most that somebody is here
const HANDS = ["pointerdown", "keydown", "wheel", "touchmove"];
const EVENTS = ["rev", "progress", "trouble", "signed-out"];
const NUMBERS = new Set(["rev", "progress"]);

// To a page that says so, not straight into a new login, which a provider may grant unasked. What was typed comes back.
function leave() {
  location.replace(`/auth/login?back=${encodeURIComponent(location.pathname + location.search)}`);
}

// One open tab listens and tells the others: a browser opens no more than six connections to one address.
class Ear {
  constructor() {
    this.failures = 0;
    this.others = "BroadcastChannel" in window ? new BroadcastChannel("frontdesk") : null;
    if (this.others) this.others.onmessage = ({ data }) => (data.ask ? this.repeat() : this.heard(data.name, data.value));
    for (const name of ["online", "pageshow"]) window.addEventListener(name, () => this.look());
    document.addEventListener("visibilitychange", () => this.look());
    for (const name of HANDS) document.addEventListener(name, (event) => this.used(event), { capture: true, passive: true });
    if (navigator.locks) {
      navigator.locks.request("frontdesk-events", () => new Promise(() => this.listen()));
      this.others?.postMessage({ ask: true });
    } else {
      this.look();
    }
  }

  // A login lasts while it is used: only what a person does counts, not what the page does by itself.
  used(event) {
    if (!event.isTrusted || Date.now() - (this.told ?? 0) < USE_MS) return;
    this.told = Date.now();
    fetch("/auth/used", { method: "POST", keepalive: true, redirect: "manual" }).catch(() => {});
  }

  // Without locks (plain http) every tab has its own ear, open while it is looked at.
  look() {
    if (navigator.locks) {
      if (this.mine && Date.now() - this.last > SILENCE_MS) this.listen();
    } else if (document.hidden) {
      this.source?.close();
      this.source = null;
    } else if (!this.source) {
      this.listen();
    }
  }

  listen() {
    this.mine = true;
    this.source?.close();
    clearTimeout(this.timer);
    this.last = Date.now();
    this.source = new EventSource("/events");
    for (const name of EVENTS)
      this.source.addEventListener(name, ({ data }) => {
        this.alive();
        this.heard(name, data);
        this.others?.postMessage({ name, value: data });
      });
    this.source.addEventListener("alive", () => this.alive());
    this.source.onerror = () => {
      const refused = this.source.readyState === EventSource.CLOSED;
      this.again(refused);
      if (refused) this.ask();
    };
    this.again(false);
  }

  alive() {
    this.failures = 0;
    this.last = Date.now();
    this.again(false);
  }

  // The browser opens a broken stream anew by itself, but not one that was refused, and not one that died unheard.
  again(refused) {
    clearTimeout(this.timer);
    const wait = refused ? Math.min(LONGEST_MS, 1000 * 2 ** this.failures++) : SILENCE_MS;
    this.timer = setTimeout(() => this.source && this.listen(), wait);
  }

  // Why a stream was refused only another request can say.
  async ask() {
    const quick = new AbortController();
    const reply = await fetch("/events", { signal: quick.signal, redirect: "manual" }).catch(() => null);
    quick.abort();
    if (reply?.status === 401) leave();
  }

  repeat() {
    if (!this.mine) return;
    for (const name of EVENTS)
      if (window.frontdesk[name] !== undefined) this.others.postMessage({ name, value: window.frontdesk[name] });
  }

  heard(name, value) {
    if (name === "signed-out") return leave();
    const said = NUMBERS.has(name) ? Number(value) : value;
    if (window.frontdesk[name] === said) return;
    window.frontdesk[name] = said;
    window.dispatchEvent(new Event(`frontdesk:${name}`));
  }
}
