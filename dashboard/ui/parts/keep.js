// What a reload would lose: the place on the page, and text that was typed and not sent. It stays in this tab alone.
const BOX = '[class*="st-key-draft-"]'; // the box for an answer, whose key names the item
const SETTLE_MS = 4000; // a page is built in many steps: until then the place is sought again

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
  }

  restore() {
    if (this.path !== location.pathname) [this.path, this.since] = [location.pathname, 0];
    const main = document.querySelector('[data-testid="stMain"]');
    const place = Number(sessionStorage.getItem(this.place()) ?? 0);
    if (main && place && Date.now() - this.since < SETTLE_MS && main.scrollTop !== place) main.scrollTop = place;
    for (const area of document.querySelectorAll(`${BOX} textarea`)) this.fill(area);
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
