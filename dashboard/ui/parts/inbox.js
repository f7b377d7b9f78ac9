// The list as one component: keyed rows, roving focus, and an order in which nothing jumps.
const LEAVES = new Set(["done", "snooze", "mute", "back"]);
const GO = { t: "", s: "search", q: "sources", p: "profile" };
const STILL_MS = 8_000;
const PREFIX_MS = 1_500;
const DRAWER_MS = 1_000;
const TRIES_OF_DRAWER = 3;
const RESTING = "[data-testid='stApp'][data-test-script-state='notRunning']";
const drawer = () => Boolean(document.querySelector("[role='dialog'][aria-modal='true'], [data-testid='stDialog']"));

class Inbox {
  constructor(root, data) {
    this.root = root;
    this.list = root.querySelector("ul.rows");
    this.news = root.querySelector(".news");
    this.live = root.querySelector(".live");
    this.help = root.querySelector(".help");
    this.rows = new Map();
    this.left = new Set();
    this.known = new Set();
    this.waiting = [];
    this.heads = {};
    this.moved = 0;
    this.data = data;
    this.post = new Post(data);
    this.bar = new Bar(root.querySelector(".bar"), this.live, () => this.undo());
    this.menu = new Menu(root.querySelector(".menu"), data.texts, (...all) => this.act(...all));
    this.list.addEventListener("focusin", (event) => this.choose(event.target.closest("li.row")));
    this.list.addEventListener("pointermove", () => this.stir());
    this.news.addEventListener("click", () => this.showNews());
    this.onKey = (event) => this.key(event);
    this.onUndo = () => this.undo();
    this.onHelp = () => showHelp(this.help, this.data.texts);
    this.onCalm = () => this.settle();
  }

  connect() {
    document.addEventListener("keydown", this.onKey, true);
    window.addEventListener("frontdesk:undo", this.onUndo);
    window.addEventListener("frontdesk:help", this.onHelp);
    window.addEventListener("blur", this.onCalm);
    clearInterval(this.ages);
    this.ages = setInterval(() => age(this.list, this.data.texts), AGES_MS);
  }

  disconnect() {
    document.removeEventListener("keydown", this.onKey, true);
    window.removeEventListener("frontdesk:undo", this.onUndo);
    window.removeEventListener("frontdesk:help", this.onHelp);
    window.removeEventListener("blur", this.onCalm);
    this.post.stop();
    clearTimeout(this.calm);
    clearInterval(this.ages);
  }

  // --- what a person does ---------------------------------------------------------------------------------------

  act(verb, id, choice = "") {
    const row = this.rows.get(id);
    if (!row) return;
    const texts = this.data.texts;
    if (verb === "pin" && row.item.pinned) verb = "unpin";
    this.post.push(verb, [id], choice); // first of all: what takes longest is on its way while this page is painted
    if (LEAVES.has(verb)) this.leave(row);
    if (verb === "pin" || verb === "unpin") paint(row, { ...row.item, pinned: verb === "pin" }, texts, this.moment);
    if (verb === "open" || verb === "why") this.awaitDrawer(row, verb);
    else this.bar.say(this.said(verb, row.item, choice), texts["inbox.undo"]);
  }

  said(verb, item, choice) {
    const name = verb === "mute" && choice !== "thread" ? item.names?.[choice] ?? "" : bare(item.title ?? "");
    return fill(this.data.texts["inbox.said_" + verb], { title: name });
  }

  leave(row) {
    const focused = this.holdsFocus();
    const next = this.beside(row, 1) ?? this.beside(row, -1);
    this.left.add(row.dataset.id);
    this.rows.delete(row.dataset.id);
    row.remove();
    this.current = null;
    if (next && (focused || document.activeElement === document.body)) this.go(next);
    else this.choose(next ?? null);
    this.list.hidden = !this.rows.size;
    if (!next && focused) this.bar.hold();
  }

  undo() {
    this.post.push("undo", []);
  }

  tellUndone({ verb, title, ids, count }) {
    const texts = this.data.texts;
    if (!verb) return this.bar.say(texts["inbox.nothing_to_undo"]);
    const what = fill(texts["inbox.said_" + verb] ?? texts["inbox.said_profile"], { title });
    this.bar.say(fill(texts[count > 1 && verb !== "mute" ? "inbox.undone_more" : "inbox.undone"], { what, number: count - 1 }));
    const row = ids.map((id) => this.rows.get(id)).find(Boolean);
    if (row && (this.holdsFocus() || document.activeElement === document.body)) this.go(row);
  }

  // --- focus ----------------------------------------------------------------------------------------------------

  holdsFocus() {
    return this.list.contains(this.list.getRootNode().activeElement);
  }

  beside(row, step) {
    const [first, next] = step < 0 ? ["lastElementChild", "previousElementSibling"] : ["firstElementChild", "nextElementSibling"];
    let one = row ? row[next] : this.list[first];
    while (one && !one.matches("li.row")) one = one[next];
    return one ?? undefined;
  }

  choose(row) {
    if (row === this.current) return;
    const reach = (one, on) => one.querySelectorAll("button").forEach((node) => (node.tabIndex = on ? 0 : -1));
    if (this.current) reach(this.current, false);
    if (row) reach(row, true);
    this.current = row;
  }

  go(row) {
    if (!row) return;
    this.choose(row);
    row.querySelector(".title").focus();
  }

  // Streamlit leaves the focus nowhere when its drawer closes. A drawer can get lost between two runs: one that is not
  // there although the server has answered and rests is asked for again.
  awaitDrawer(row, verb) {
    this.watching?.disconnect();
    clearTimeout(this.asking);
    const id = row.dataset.id;
    const asked = this.post.last;
    let open = false;
    this.watching = new MutationObserver(() => {
      const now = drawer();
      if (now) clearTimeout(this.asking);
      if (open && !now) {
        this.watching.disconnect();
        setTimeout(() => document.activeElement === document.body && this.go(this.rows.get(id) ?? this.current), 60);
      }
      open = now;
    });
    this.watching.observe(document.body, { childList: true, subtree: true });
    const again = (tries) => {
      const meanwhile = this.post.last !== asked + TRIES_OF_DRAWER - tries;
      if (open || tries === 0 || meanwhile || !this.list.isConnected) return;
      const lost = !this.post.pending.length && document.querySelector(RESTING);
      if (lost) this.post.push(verb, [id]);
      this.asking = setTimeout(() => again(lost ? tries - 1 : tries), DRAWER_MS);
    };
    this.asking = setTimeout(() => again(TRIES_OF_DRAWER), DRAWER_MS);
  }

  // --- keys -----------------------------------------------------------------------------------------------------

  // Keys also work when nothing has the focus: Streamlit may blur the list for a moment while it renders.
  key(event) {
    const path = event.composedPath();
    if (event.defaultPrevented || event.altKey || event.isComposing || this.elsewhere(path)) return;
    const inside = path.includes(this.list);
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() === "z" && !event.shiftKey) this.caught(event, () => this.undo());
      return;
    }
    const run = this.prefixed(event.key) ?? this.runs(event.key, inside);
    if (run) this.caught(event, run);
  }

  caught(event, run) {
    event.preventDefault();
    event.stopPropagation();
    this.stir();
    run();
  }

  // Whoever types, or is in a drawer or a menu, means that.
  elsewhere(path) {
    const typing = path[0]?.matches?.("input, textarea, select, [contenteditable], [contenteditable] *");
    const over = drawer();
    return typing || over || this.help.open || this.menu.open;
  }

  prefixed(key) {
    const after = this.prefix && Date.now() - this.prefix < PREFIX_MS;
    this.prefix = 0;
    return after && key in GO ? () => visitView(GO[key]) : null;
  }

  runs(key, inside) {
    const row = this.current?.isConnected ? this.current : null;
    const steps = { j: 1, k: -1, ...(inside && { ArrowDown: 1, ArrowUp: -1 }) };
    if (key in steps) return () => this.go(inside && row ? this.beside(row, steps[key]) : row ?? this.beside(null, 0));
    const always = {
      u: () => this.undo(),
      "/": () => visitView("search", "input[type='search'], input[type='text']"),
      "?": () => showHelp(this.help, this.data.texts),
      g: () => (this.prefix = Date.now()),
      n: () => this.showNews(),
    };
    if (always[key]) return always[key];
    if (!row) return null;
    const id = row.dataset.id;
    const open = (...parts) => () => this.menu.show(row, row.querySelector(".more"), parts, row.querySelector(".title"));
    const kept = !row.item.left;
    return {
      o: () => this.act("open", id),
      w: () => this.act("why", id),
      v: () => visit(row.item),
      e: kept ? () => this.act("done", id) : row.item.back ? () => this.act("back", id) : null,
      s: kept ? () => this.act("snooze", id) : null,
      p: kept ? () => this.act("pin", id) : null,
      S: kept ? open("snooze") : null,
      m: kept ? open("mute") : null,
    }[key];
  }

  // --- order ----------------------------------------------------------------------------------------------------

  stir() {
    this.moved = Date.now();
  }

  // Nothing jumps while somebody reads or acts here; it is put in order when they look away.
  busy() {
    if (!document.hasFocus() || document.hidden) return false;
    return this.holdsFocus() || this.menu.open || Date.now() - this.moved < STILL_MS;
  }

  settle() {
    if (this.items) this.merge(this.items, true);
  }

  showNews() {
    const [first] = this.waiting;
    this.merge(this.items, true);
    if (first) this.go(this.rows.get(first));
  }

  // Returns the order to paint and what is kept back until somebody asks for it.
  order(items, atOnce) {
    const all = items.map((item) => item.id);
    const place = new Map(all.map((id, at) => [id, at]));
    const painted = [...this.list.querySelectorAll("li.row")].map((row) => row.dataset.id).filter((id) => place.has(id));
    if (atOnce || !painted.length) return [all, []];
    const standing = new Set(painted);
    const end = Math.max(...painted.map((id) => place.get(id)));
    const [order, waiting] = [[...painted], []];
    all.forEach((id, at) => {
      if (standing.has(id)) return;
      if (at > end) order.push(id);
      else if (!this.known.has(id) && !this.returning) waiting.push(id);
      else order.splice(order.indexOf(all.slice(0, at).findLast((one) => order.includes(one))) + 1, 0, id);
    });
    return [order, waiting];
  }

  merge(items, atOnce = !this.busy()) {
    const by = new Map(items.map((item) => [item.id, item]));
    for (const id of this.left) if (!by.has(id)) this.left.delete(id);
    for (const id of this.left) if (!this.post.pending.some((one) => one.ids.includes(id))) this.left.delete(id);
    const focused = this.holdsFocus();
    const successor = this.current && !by.has(this.current.dataset.id) ? this.beside(this.current, 1) : null;
    for (const [id, row] of this.rows) if (!by.has(id)) (row.remove(), this.rows.delete(id));
    const [order, waiting] = this.order(items.filter((item) => !this.left.has(item.id)), atOnce);
    this.paintAll(order.map((id) => by.get(id)));
    this.tellNews(waiting);
    if (!this.current?.isConnected) {
      const next = successor?.isConnected ? successor : this.beside(null, 0);
      if (focused && next) this.go(next);
      else this.choose(next ?? null);
    }
    clearTimeout(this.calm);
    if (!atOnce) this.calm = setTimeout(() => this.busy() || this.settle(), STILL_MS + 100);
  }

  paintAll(items) {
    const nodes = items.map((item) => this.row(item));
    const split = items.findIndex((item) => !item.first);
    if (split > 0) nodes.splice(0, split, this.head("first"), ...nodes.slice(0, split), this.head("rest"));
    let place = this.list.firstElementChild;
    for (const node of nodes) {
      if (place === node) place = node.nextElementSibling;
      else this.list.insertBefore(node, place);
    }
    while (place) {
      const next = place.nextElementSibling;
      place.remove();
      place = next;
    }
    this.list.hidden = !items.length;
  }

  row(item) {
    let row = this.rows.get(item.id);
    if (!row) {
      row = makeRow(item, { act: (...all) => this.act(...all), menu: (...all) => this.more(...all) });
      row.querySelectorAll("button").forEach((node) => (node.tabIndex = -1));
      this.rows.set(item.id, row);
    }
    paint(row, item, this.data.texts, this.moment);
    this.known.add(item.id);
    return row;
  }

  head(name) {
    const head = (this.heads[name] ??= make("li", "head"));
    const text = this.data.texts["inbox.group_" + name];
    if (head.textContent !== text) head.replaceChildren(make("h2", "", text));
    return head;
  }

  more(row, button) {
    this.menu.show(row, button, ["general", "snooze", "mute"]);
  }

  tellNews(waiting) {
    const more = waiting.length > this.waiting.length;
    this.waiting = waiting;
    this.news.hidden = !waiting.length;
    this.news.textContent = counted(this.data.texts, "inbox.news", waiting.length);
    if (more) this.live.textContent = this.news.textContent;
  }

  update(data, setTriggerValue) {
    const first = this.view === undefined;
    const other = data.view !== this.view;
    this.data = data;
    this.moment = new Intl.DateTimeFormat(tongue(data.language), { dateStyle: "full", timeStyle: "short" });
    this.menu.texts = data.texts;
    const items = this.post.receive(data, (message) => setTriggerValue("actions", message));
    if (!items) return;
    this.items = items;
    if (other) this.known.clear();
    this.view = data.view;
    const undone = data.undone && `${data.undone.page}/${data.undone.n}`;
    this.returning = !first && undone && undone !== this.undone; // what an undo brings back is not news
    this.undone = undone;
    this.merge(this.items, first || other || !this.busy());
    if (other && !first) this.live.textContent = counted(data.texts, "inbox.shown", this.items.length);
    if (this.returning) this.tellUndone(data.undone);
    this.returning = false;
    if (data.failed) this.bar.say(data.texts["inbox.failed"]);
    else if (first && data.last) this.bar.say(this.said(data.last.verb, data.last, "thread"), data.texts["inbox.undo"]);
    if (first) this.post.send();
  }
}

// Views are reached by Streamlit's own links, so that the page is not loaded anew.
function visitView(name, field) {
  const link = [...document.querySelectorAll("a[href]")].find((one) => new URL(one.href).pathname.split("/").pop() === name);
  if (link) link.click();
  else location.assign(name || "./");
  if (!field) return;
  const until = Date.now() + 4000;
  const look = () => {
    const found = document.querySelector(`[data-testid='stMain'] ${field.split(", ").join(", [data-testid='stMain'] ")}`);
    if (found) found.focus();
    else if (Date.now() < until) setTimeout(look, 50);
  };
  look();
}

export default function ({ data, parentElement, setTriggerValue }) {
  const inbox = (parentElement.inbox ??= new Inbox(parentElement, data));
  inbox.connect();
  inbox.update(data, setTriggerValue);
  const shown = { rev: data.rev, awaits: () => inbox.post.pending.length > 0 };
  const deaf = data.rev === null ? null : listen(parentElement, shown, () => inbox.post.send(true));
  return () => {
    deaf?.();
    inbox.disconnect();
  };
}
