// What lies over the list for a moment: the menu of a row, the help about keys, and the bar that offers to take back.
const BAR_MS = 12_000;
const HELP = [
  ["j k", "move"], ["o Enter", "open"], ["e", "done"], ["s", "snooze"], ["S", "later"], ["p", "pin"], ["m", "mute"],
  ["w", "why"], ["v", "source"], ["u", "undo"], ["n", "news"], ["/", "search"], ["g t", "go"], ["?", "help"],
];

class Menu {
  constructor(node, texts, act) {
    Object.assign(this, { node, texts, act });
    node.addEventListener("beforetoggle", (event) => event.newState === "closed" && this.closing());
    node.addEventListener("keydown", (event) => this.key(event));
  }

  get open() {
    return this.node.matches(":popover-open");
  }

  // `parts` are the groups to show: "general" for what other keys do, "snooze", "mute".
  show(row, anchor, parts, focus) {
    this.row = row;
    this.anchor = anchor;
    this.back = focus ?? anchor;
    const item = row.item;
    const groups = parts.map((part) => this[part](item)).filter((group) => group.length);
    this.node.replaceChildren(make("p", "subject", bare(item.title ?? "")));
    for (const group of groups) {
      const box = make("div", "group");
      box.append(...group);
      this.node.append(box);
    }
    this.node.setAttribute("aria-label", `${this.texts["inbox.more"]}: ${bare(item.title ?? "")}`);
    this.node.showPopover();
    this.place();
    this.node.querySelector("button").focus();
  }

  place() {
    if (innerWidth < 640) return this.node.removeAttribute("style");
    const from = this.anchor.getBoundingClientRect();
    const size = this.node.getBoundingClientRect();
    const below = from.bottom + size.height < innerHeight - 8;
    this.node.style.left = `${Math.max(8, Math.min(from.right - size.width, innerWidth - size.width - 8))}px`;
    this.node.style.top = `${below ? from.bottom + 4 : Math.max(8, Math.min(from.top - size.height - 4, innerHeight - size.height - 8))}px`;
  }

  hide() {
    if (this.open) this.node.hidePopover();
  }

  // Who leaves the menu is where they came from, unless they went on to something else.
  closing() {
    const at = this.node.getRootNode().activeElement;
    if (this.back?.isConnected && (!at || this.node.contains(at))) this.back.focus();
    this.back = null;
  }

  key(event) {
    const stops = [...this.node.querySelectorAll("button, input")];
    const at = stops.indexOf(this.node.getRootNode().activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
    if (event.target.tagName === "INPUT" || !step) return;
    event.preventDefault();
    stops[(at + step + stops.length) % stops.length].focus();
  }

  line(text, keys, run) {
    const button = make("button", "line", text);
    button.type = "button";
    if (keys) button.append(make("kbd", "", keys));
    button.addEventListener("click", () => {
      this.hide();
      run();
    });
    return button;
  }

  does(text, keys, verb, choice) {
    return this.line(text, keys, () => this.act(verb, this.row.item.id, choice));
  }

  general(item) {
    const t = this.texts;
    const lines = [this.does(t["inbox.open"], "o", "open"), this.does(t["inbox.why"], "w", "why")];
    if (item.url) lines.push(this.line(t["inbox.source"], "v", () => visit(item)));
    if (!item.left) lines.push(this.does(t[item.pinned ? "inbox.unpin" : "inbox.pin"], "p", "pin"));
    return lines;
  }

  snooze(item) {
    if (item.left) return [];
    const t = this.texts;
    const named = [["tomorrow", "s"], ["later", ""], ["monday", ""], ["week", ""]];
    return [...named.map(([choice, keys]) => this.does(t["inbox.to_" + choice], keys, "snooze", choice)), this.date()];
  }

  date() {
    const form = make("form", "date");
    const label = make("label", "", this.texts["inbox.to_date"]);
    const input = make("input");
    input.type = "datetime-local";
    input.required = true;
    const local = (ms) => new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
    input.min = local(Date.now() + 60_000);
    input.max = local(Date.now() + 365 * 86_400_000);
    label.append(input);
    form.append(label, make("button", "ok", this.texts["inbox.to_date_do"]));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.hide();
      this.act("snooze", this.row.item.id, input.value);
    });
    return form;
  }

  mute(item) {
    if (item.left) return [];
    const t = this.texts;
    const lines = [this.does(t["inbox.mute_thread"], "", "mute", "thread")];
    for (const what of ["person", "channel", "source"]) {
      const name = item.names?.[what];
      if (name) lines.push(this.does(fill(t["inbox.mute_" + what], { name }), "", "mute", what));
    }
    return lines;
  }
}

function visit(item) {
  if (item?.url) window.open(item.url, "_blank", "noopener,noreferrer");
}

function showHelp(dialog, texts) {
  const list = make("dl");
  for (const [keys, name] of HELP) {
    const term = make("dt");
    keys.split(" ").forEach((key) => term.append(make("kbd", "", key), " "));
    list.append(term, make("dd", "", texts["inbox.help_" + name]));
  }
  const close = make("button", "ok", texts["inbox.close"]);
  close.type = "button";
  close.addEventListener("click", () => dialog.close());
  const title = make("h2", "", texts["inbox.help_title"]);
  title.id = "help-title";
  dialog.replaceChildren(title, list, close);
  dialog.showModal();
}

// The bar stays for twelve seconds, longer while the pointer or the focus is on it, and moves nothing.
class Bar {
  constructor(node, live, undo) {
    Object.assign(this, { node, live });
    this.button = node.querySelector(".undo");
    this.button.addEventListener("click", undo);
    for (const name of ["pointerleave", "focusout"]) node.addEventListener(name, () => this.later());
  }

  say(text, undo) {
    this.node.querySelector(".said").textContent = text;
    this.button.textContent = undo ?? "";
    this.button.hidden = !undo;
    this.node.hidden = false;
    this.live.textContent = text;
    this.later();
  }

  // Where no row is left, the way back is where the focus goes.
  hold() {
    this.node.hidden = this.button.hidden = false;
    this.button.focus();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.node.matches(":hover, :focus-within") ? 0 : (this.node.hidden = true)), BAR_MS);
  }
}
