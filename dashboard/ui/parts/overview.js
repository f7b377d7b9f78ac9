// The lines above the list: a sum that leads to its lists, how fresh it is, and the filters.
function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

const AGAIN_MS = 1200;
const alike = (one, other) => new URLSearchParams(Object.entries(one).sort()).toString() === new URLSearchParams(Object.entries(other).sort()).toString();

function address(look) {
  const query = new URLSearchParams(look).toString();
  return location.pathname + (query ? "?" + query : "");
}

const LOOK = ["list", "kind", "source", "channel"];
const here = () => Object.fromEntries([...new URLSearchParams(location.search)].filter(([name]) => LOOK.includes(name)));

class Overview {
  constructor(root) {
    this.root = root;
    this.sources = root.querySelector(".sources");
    root.querySelector(".fresh").addEventListener("click", (event) => this.open(event.currentTarget));
    root.querySelector(".undo").addEventListener("click", () => window.dispatchEvent(new Event("frontdesk:undo")));
    root.querySelector(".help").addEventListener("click", () => window.dispatchEvent(new Event("frontdesk:help")));
  }

  update(data, setTriggerValue) {
    this.data = data;
    this.trigger = (look) => setTriggerValue("look", look);
    if (this.wanted && alike(this.wanted, data.look)) this.set(null);
    else if (this.wanted) this.again();
    else this.follow();
    const seen = JSON.stringify(data);
    if (seen !== this.seen) this.paint();
    this.seen = seen;
  }

  // A trigger can get lost between two runs: what is not shown soon is asked for again.
  set(look, tries = 5) {
    clearTimeout(this.timer);
    this.wanted = tries ? look : null;
    this.tries = tries;
    if (!this.wanted) return;
    this.trigger(look);
    this.again();
  }

  again() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.set(this.wanted, this.tries - 1), AGAIN_MS);
  }

  // A message that was under way while the address changed still asks for the former one: the address is right.
  follow() {
    clearTimeout(this.timer);
    const asked = here();
    if (!alike(asked, this.data.look)) this.timer = setTimeout(() => alike(asked, here()) && this.set(asked), AGAIN_MS);
  }

  paint() {
    const { data } = this;
    const { texts } = data;
    this.root.querySelector("h1").textContent = data.title;
    for (const name of ["undo", "help"]) {
      const tool = this.root.querySelector("." + name);
      tool.title = texts["overview." + name];
      tool.setAttribute("aria-label", texts["overview." + name]);
    }
    this.root.querySelector(".undo").textContent = "\u21b6";
    this.sum();
    this.fresh();
    this.filters();
    if (this.sources.matches(":popover-open")) this.list();
  }

  // Real links: they can be opened in a new tab, and the keyboard and screen readers know them.
  sum() {
    const nav = this.root.querySelector(".sum");
    const told = JSON.stringify([this.data.arrived, this.data.sums]);
    if (told === this.told) return; // a link that is replaced while it is pressed is never clicked
    this.told = told;
    const focused = nav.contains(nav.getRootNode().activeElement) ? nav.getRootNode().activeElement.dataset.at : null;
    nav.setAttribute("aria-label", this.data.texts["overview.sum"]);
    const parts = [fill(this.data.texts["overview.arrived"], { number: this.data.arrived }), " = "];
    this.data.sums.forEach((part, at) => {
      const link = make("a", "", `${part.count} ${part.text}`);
      link.href = address(part.look);
      link.dataset.at = at;
      if (part.on) link.setAttribute("aria-current", "true");
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        this.set(part.look);
      });
      parts.push(...(at ? [" + ", link] : [link]));
    });
    nav.replaceChildren(...parts);
    if (focused !== null) nav.querySelector(`a[data-at="${focused}"]`)?.focus();
  }

  fresh() {
    const { texts, sources } = this.data;
    const button = this.root.querySelector(".fresh");
    const heard = sources.filter((source) => !source.muted);
    const ill = heard.filter((source) => ["paused", "failing"].includes(source.health));
    const read = heard.map((source) => source.read);
    button.classList.toggle("ill", ill.length > 0);
    if (ill.length) button.textContent = this.trouble(ill);
    else if (!read.length || read.includes(null)) button.textContent = texts["overview.reading"];
    else button.textContent = this.well(heard, Math.min(...read));
    button.setAttribute("aria-expanded", String(this.sources.matches(":popover-open")));
  }

  well(heard, oldest) {
    const { texts } = this.data;
    const newest = Math.max(...heard.map((source) => source.newest ?? 0));
    const minutes = Math.max(1, Math.ceil((Date.now() / 1000 - oldest) / 60));
    const span = minutes < 120 ? counted(texts, "overview.within_minutes", minutes) : counted(texts, "overview.within_hours", Math.round(minutes / 60));
    const all = fill(counted(texts, "overview.all_read", heard.length), { span });
    return newest ? `${fill(texts["overview.newest"], { ago: ago(newest, texts) })} · ${all}` : all;
  }

  trouble(ill) {
    const { texts, language } = this.data;
    const [first] = ill;
    const key = ill.length > 1 ? "overview.trouble_more" : first.health === "paused" ? "overview.stopped" : "overview.trouble";
    return fill(texts[key], { title: first.title, number: ill.length - 1, since: this.moment(first.since, language) });
  }

  moment(at, language) {
    if (!at) return "";
    const day = Date.now() / 1000 - at > 64_800 ? { day: "numeric", month: "short" } : {};
    return new Intl.DateTimeFormat(tongue(language), { ...day, hour: "2-digit", minute: "2-digit" }).format(at * 1000);
  }

  open(button) {
    this.list();
    this.sources.showPopover();
    const at = button.getBoundingClientRect();
    const size = this.sources.getBoundingClientRect();
    this.sources.style.left = `${Math.max(8, Math.min(at.left, innerWidth - size.width - 8))}px`;
    this.sources.style.top = `${at.bottom + 4}px`;
    this.sources.querySelector("a").focus();
  }

  list() {
    const { texts, sources, language } = this.data;
    const lines = make("ul");
    for (const source of sources) {
      const line = make("li");
      const said = [source.muted ? texts["overview.muted_source"] : source.state];
      if (source.since && source.health !== "ok") said.push(fill(texts["overview.since"], { since: this.moment(source.since, language) }));
      said.push(source.read ? fill(texts["overview.read"], { ago: ago(source.read, texts) }) : texts["overview.never"]);
      if (source.newest) said.push(fill(texts["overview.newest_of"], { ago: ago(source.newest, texts) }));
      line.append(make("strong", "", source.title), make("p", "", said.join(" · ")));
      if (source.cause) line.append(make("p", "", source.cause));
      lines.append(line);
    }
    const link = make("a", "", texts["overview.to_sources"]);
    link.href = "sources";
    link.addEventListener("click", (event) => {
      const own = [...document.querySelectorAll("a[href]")].find((one) => new URL(one.href).pathname.endsWith("/sources"));
      if (own) (event.preventDefault(), own.click());
    });
    this.sources.setAttribute("aria-label", texts["overview.freshness"]);
    this.sources.replaceChildren(lines, link);
  }

  filters() {
    const { choices, look, texts } = this.data;
    const box = this.root.querySelector(".filters");
    const active = box.contains(box.getRootNode().activeElement) ? box.getRootNode().activeElement.dataset.name : null;
    const scrolled = box.scrollLeft;
    const parts = [this.chip("", texts["overview.all"], choices.all)];
    for (const [kind, name, count] of choices.kinds) parts.push(this.chip(kind, name, count));
    parts.push(this.select("source", texts["overview.all_sources"], choices.sources, look.source));
    if (choices.channels.length) parts.push(this.select("channel", texts["overview.all_channels"], choices.channels, look.channel));
    if (look.kind || look.source || look.channel) {
      const reset = make("button", "reset", texts["overview.reset"]);
      reset.type = "button";
      reset.dataset.name = "reset";
      reset.addEventListener("click", () => this.set(look.list ? { list: look.list } : {}));
      parts.push(reset);
    }
    box.setAttribute("aria-label", texts["overview.filters"]);
    box.hidden = choices.kinds.length < 2 && choices.sources.length < 2 && !look.kind && !look.source;
    box.replaceChildren(...parts);
    box.scrollLeft = scrolled;
    if (active) (box.querySelector(`[data-name="${CSS.escape(active)}"]`) ?? box.firstElementChild).focus({ preventScroll: true });
  }

  chip(kind, name, count) {
    const { look } = this.data;
    const chip = make("button", "chip", name);
    chip.type = "button";
    chip.dataset.name = "kind-" + kind;
    chip.append(" ", make("span", "number", String(count)));
    chip.setAttribute("aria-pressed", String((look.kind ?? "") === kind));
    chip.addEventListener("click", () => {
      const { kind: _, ...rest } = look;
      this.set(kind ? { ...rest, kind } : rest);
    });
    return chip;
  }

  select(name, all, options, chosen) {
    const select = make("select", chosen === undefined ? "" : "on");
    select.dataset.name = name;
    select.setAttribute("aria-label", all);
    select.append(new Option(all, ""));
    for (const [value, text, count] of options) select.append(new Option(`${text} (${count})`, "=" + value));
    select.value = chosen === undefined ? "" : "=" + chosen;
    select.addEventListener("change", () => {
      const rest = { ...this.data.look };
      for (const one of [name, "channel"]) delete rest[one]; // another source has other channels
      this.set(select.value ? { ...rest, [name]: select.value.slice(1) } : rest);
    });
    return select;
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const overview = (parentElement.overview ??= new Overview(parentElement));
  overview.update(data, setTriggerValue);
  clearInterval(parentElement.fresh);
  parentElement.fresh = setInterval(() => overview.fresh(), AGES_MS);
  return () => {
    clearInterval(parentElement.fresh);
    clearTimeout(overview.timer);
  };
}
