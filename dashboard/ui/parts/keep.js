// What a reload would lose: the place on the page, and an answer that was begun. It stays in this tab alone.
const BOX = '[class*="st-key-draft-"]'; // the box for an answer, whose key names the item
const SETTLE_MS = 4000; // a page is built in many steps: until then the place is sought again
const AGAIN_MS = 3000; // a trigger can get lost while the page is still being built
const TRIES = 4;
const CLOSED_MS = 1000; // what is away for longer was closed; a server that lost the session draws it away as well

class Keep {
  constructor() {
    this.since = Date.now();
    this.path = location.pathname;
    document.addEventListener("scroll", (event) => this.scrolled(event.target), { capture: true, passive: true });
    document.addEventListener("input", (event) => this.typed(event.target), true);
    for (const name of ["wheel", "touchmove", "keydown"])
      document.addEventListener(name, () => (this.since = 0), { capture: true, passive: true });
    new MutationObserver(() => this.restore()).observe(document.body, { childList: true, subtree: true });
    this.seek();
  }

  // The rows of a list come in a shadow tree, whose changes nobody outside is told of.
  seek() {
    this.restore();
    if (Date.now() - this.since < SETTLE_MS) setTimeout(() => this.seek(), 100);
  }

  place() {
    return `frontdesk.place:${location.pathname}`;
  }

  draft(area) {
    return "frontdesk.draft:" + [...area.closest(BOX).classList].find((name) => name.startsWith("st-key-draft-"));
  }

  scrolled(target) {
    if (target.dataset?.testid === "stMain" && Date.now() - this.since > SETTLE_MS)
      sessionStorage.setItem(this.place(), Math.round(target.scrollTop));
  }

  typed(area) {
    if (!area.matches?.(`${BOX} textarea`)) return;
    if (area.value) sessionStorage.setItem(this.draft(area), area.value);
    else sessionStorage.removeItem(this.draft(area));
    this.follow(area);
  }

  begun() {
    return `frontdesk.begun:${location.pathname}`;
  }

  // In a new session nothing is open: the answer that was being written in the one before is asked for.
  resume(session, ask) {
    if (!session || this.session === session) return;
    this.session = session;
    this.ask(ask, sessionStorage.getItem(this.begun()), TRIES);
  }

  ask(ask, entry, tries) {
    clearTimeout(this.asking);
    if (!entry) return;
    ask(entry);
    this.asking = setTimeout(() => {
      this.asking = null;
      if (tries && !document.querySelector("[role='dialog']")) this.ask(ask, entry, tries - 1);
    }, AGAIN_MS);
  }

  // Only what was begun and is still open is opened again.
  follow(area) {
    if (!area) {
      if (this.open) this.closing = setTimeout((key) => sessionStorage.removeItem(key), CLOSED_MS, this.open);
      this.open = null;
      return;
    }
    clearTimeout(this.closing);
    this.open ??= this.begun();
    if (area.value) sessionStorage.setItem(this.open, this.draft(area).match(/\d+$/)[0]);
    else sessionStorage.removeItem(this.open);
  }

  restore() {
    if (this.path !== location.pathname) [this.path, this.since] = [location.pathname, 0];
    const main = document.querySelector('[data-testid="stMain"]');
    const place = Number(sessionStorage.getItem(this.place()) ?? 0);
    if (main && place && Date.now() - this.since < SETTLE_MS && main.scrollTop !== place) main.scrollTop = place;
    const area = document.querySelector(`${BOX} textarea`);
    if (area) this.fill(area);
    this.follow(area);
  }

  // React owns the box: only its own setter followed by an input event reaches it.
  fill(area) {
    if (area.frontdesk) {
      if (!area.value) sessionStorage.removeItem(this.draft(area)); // emptied by the page: it was sent
      return;
    }
    area.frontdesk = true;
    const text = sessionStorage.getItem(this.draft(area));
    if (!text || area.value) return;
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(area, text);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
