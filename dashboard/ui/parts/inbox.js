// The list as one component: keyed rows, roving focus, actions that are sent until the server has acknowledged them.
// Everything that came from outside is set as textContent; no markup of an item ever reaches this page.
const SHAPES = {
  mail: "M3 5h18v14H3zM3 6l9 7 9-7",
  news: "M5 18h.01M5 11a8 8 0 0 1 8 8M5 5a14 14 0 0 1 14 14",
  chat: "M4 5h16v11H9l-5 4z",
  task: "M4 4h16v16H4zM8 12l3 3 5-6",
  file: "M6 3h9l4 4v14H6zM14 3v5h5",
  note: "M5 3h14v18H5zM8 8h8M8 12h8M8 16h5",
  event: "M4 6h16v15H4zM4 10h16M8 3v5M16 3v5",
  call: "M6 3l4 5-2 3c1 2 3 4 5 5l3-2 5 4-2 3C10 21 3 13 3 5z",
  social: "M8 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 21c0-4 3-7 6-7s6 3 6 7M17 12a3 3 0 1 0 0-6M22 20c0-3-2-5-4-6",
  done: "M4 12l5 5L20 6",
  snooze: "M12 7v6l4 2M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18z",
  pin: "M12 17v5M7 3h10l-2 6 3 5H6l3-5z",
};
const LEAVES = new Set(["done", "snooze"]);
const KEYS = { e: "done", s: "snooze", p: "pin", o: "open" };
const STEPS = { j: "nextElementSibling", ArrowDown: "nextElementSibling", k: "previousElementSibling", ArrowUp: "previousElementSibling" };
const RESEND_AFTER_MS = 400;

function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", SHAPES[name] || SHAPES.file);
  svg.append(path);
  return svg;
}

function marked(node, snippet) {
  snippet.split("\u0002").forEach((part, index) => {
    const [hit, rest] = index ? part.split("\u0003") : ["", part];
    if (hit) node.append(make("mark", "", hit));
    node.append(rest ?? "");
  });
}

function makeRow(item, texts, act) {
  const row = make("li", "row");
  row.dataset.id = item.id;
  const article = make("article");
  article.setAttribute("aria-labelledby", "title-" + item.id);
  const kind = make("span", "kind");
  kind.append(icon(item.kind));
  kind.title = item.kind_name;
  const body = make("div", "body");
  const top = make("div", "top");
  top.append(make("span", "who"), make("time", "when"));
  const title = make("button", "title");
  title.type = "button";
  title.id = "title-" + item.id;
  title.addEventListener("click", () => act("open", item.id));
  body.append(top, title, make("p", "snippet"), make("ul", "why"));
  const acts = make("div", "acts");
  for (const verb of ["done", "snooze", "pin"]) {
    const button = make("button", "act " + verb);
    button.type = "button";
    button.append(icon(verb));
    button.title = texts[verb];
    button.setAttribute("aria-label", texts[verb] + ": " + item.title.replace(/[\u0002\u0003]/g, ""));
    button.addEventListener("click", () => act(verb, item.id));
    acts.append(button);
  }
  article.append(kind, body, acts);
  row.append(article);
  return row;
}

function paint(row, item, texts) {
  const seen = JSON.stringify(item);
  if (row.seen === seen) return;
  row.seen = seen;
  row.classList.toggle("unread", item.unread);
  row.classList.toggle("pinned", item.pinned);
  row.querySelector(".pin").setAttribute("aria-pressed", String(item.pinned));
  row.querySelector(".who").textContent = item.who;
  const when = row.querySelector(".when");
  when.textContent = item.ago;
  when.dateTime = item.at;
  when.title = item.date;
  const title = row.querySelector(".title");
  title.replaceChildren();
  marked(title, item.title);
  if (item.count > 1) title.append(make("span", "count", ` (${item.count})`));
  const snippet = row.querySelector(".snippet");
  snippet.replaceChildren();
  marked(snippet, item.snippet);
  snippet.hidden = !item.snippet;
  const why = row.querySelector(".why");
  why.setAttribute("aria-label", texts.why);
  why.replaceChildren(...item.why.map((reason) => make("li", "chip", reason)));
}

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const list = parentElement.querySelector("ul.rows");
  const live = parentElement.querySelector(".live");
  const state = (parentElement.inbox ||= { rows: new Map(), left: new Set(), pending: [], last: data.acknowledged, current: null });

  // A trigger set twice in one moment reaches Python once, so every message carries all that is not acknowledged yet.
  state.pending = state.pending.filter((action) => action.n > data.acknowledged);
  const send = () => state.pending.length && setTriggerValue("actions", state.pending.slice());
  clearTimeout(state.timer);
  if (state.pending.length) state.timer = setTimeout(send, RESEND_AFTER_MS);

  const focusable = (row, on) => row.querySelectorAll("button").forEach((node) => (node.tabIndex = on ? 0 : -1));
  const go = (row) => {
    if (!row) return;
    if (state.current && state.current !== row) focusable(state.current, false);
    state.current = row;
    focusable(row, true);
    row.querySelector(".title").focus();
  };
  const act = (verb, id) => {
    const row = state.rows.get(id);
    if (row && LEAVES.has(verb)) {
      const next = row.nextElementSibling || row.previousElementSibling;
      state.left.add(id);
      state.rows.delete(id);
      row.remove();
      go(next);
      live.textContent = data.texts[verb + "_said"];
    } else if (row && verb === "pin") {
      row.classList.toggle("pinned");
    }
    state.pending.push({ n: (state.last = Math.max(state.last, data.acknowledged) + 1), verb, id });
    send();
  };
  state.act = act;

  const wanted = new Set(data.items.map((item) => item.id));
  for (const id of state.left) if (!wanted.has(id)) state.left.delete(id);
  for (const [id, row] of state.rows) if (!wanted.has(id)) (row.remove(), state.rows.delete(id));
  let before = null;
  for (const item of data.items) {
    // a row that left and was brought back by an undo is in the list again once its action is acknowledged
    if (state.left.has(item.id)) {
      if (state.pending.some((action) => action.id === item.id)) continue;
      state.left.delete(item.id);
    }
    let row = state.rows.get(item.id);
    if (!row) state.rows.set(item.id, (row = makeRow(item, data.texts, (verb, id) => state.act(verb, id))));
    paint(row, item, data.texts);
    const place = before ? before.nextElementSibling : list.firstElementChild;
    if (place !== row) list.insertBefore(row, place);
    before = row;
  }
  for (const row of state.rows.values()) focusable(row, row === state.current);
  if (!state.current?.isConnected) {
    state.current = list.firstElementChild;
    if (state.current) focusable(state.current, true);
  }
  list.hidden = !list.childElementCount;
  list.onfocusin = (event) => {
    const row = event.target.closest("li.row");
    if (!row || row === state.current) return;
    if (state.current) focusable(state.current, false);
    state.current = row;
    focusable(row, true);
  };

  // Keys also work when nothing has the focus: Streamlit may blur the list for a moment while it renders.
  const onKey = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const inside = event.composedPath().some((node) => node === list);
    if (!inside && document.activeElement !== document.body) return;
    const row = state.current;
    if (!row?.isConnected) return;
    if (STEPS[event.key] && (inside || !event.key.startsWith("Arrow"))) go(inside ? row[STEPS[event.key]] : row);
    else if (KEYS[event.key]) act(KEYS[event.key], row.dataset.id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  if (state.onKey) document.removeEventListener("keydown", state.onKey, true);
  document.addEventListener("keydown", (state.onKey = onKey), true);
  return () => {
    document.removeEventListener("keydown", state.onKey, true);
    clearTimeout(state.timer);
  };
}
