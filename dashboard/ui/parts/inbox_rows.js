// How one row is made and painted. Everything that came from outside is set as textContent; no markup of an item
// ever reaches this page.
const SHAPES = {
  mail: "M3 5h18v14H3zM3 6l9 7 9-7",
  news: "M5 18h.01M5 11a8 8 0 0 1 8 8M5 5a14 14 0 0 1 14 14",
  chat: "M4 5h16v11H9l-5 4z",
  task: "M9 6h11M9 12h11M9 18h11M4 6h.01M4 12h.01M4 18h.01",
  file: "M6 3h9l4 4v14H6zM14 3v5h5",
  note: "M5 3h14v18H5zM8 8h8M8 12h8M8 16h5",
  event: "M4 6h16v15H4zM4 10h16M8 3v5M16 3v5",
  call: "M6 3l4 5-2 3c1 2 3 4 5 5l3-2 5 4-2 3C10 21 3 13 3 5z",
  social: "M8 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 21c0-4 3-7 6-7s6 3 6 7M17 12a3 3 0 1 0 0-6M22 20c0-3-2-5-4-6",
  done: "M4 12l5 5L20 6",
  back: "M9 14l-5-5 5-5M4 9h10a6 6 0 0 1 0 12h-3",
  snooze: "M12 7v6l4 2M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18z",
  pin: "M12 17v5M7 3h10l-2 6 3 5H6l3-5z",
  more: "M5 12h.01M12 12h.01M19 12h.01",
};

function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

const icons = {};

function icon(name) {
  return (icons[name] ??= drawn(name)).cloneNode(true);
}

function drawn(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", SHAPES[name] || SHAPES.file);
  svg.append(path);
  return svg;
}

function marked(node, text) {
  node.replaceChildren();
  text.split("\u0002").forEach((part, index) => {
    const [hit, rest] = index ? part.split("\u0003") : ["", part];
    if (hit) node.append(make("mark", "", hit));
    node.append(rest ?? "");
  });
}

const bare = (text) => text.replace(/[\u0002\u0003]/g, "");

function control(verb, keys, run) {
  const button = make("button", "act " + verb);
  button.type = "button";
  button.append(icon(verb));
  button.setAttribute("aria-keyshortcuts", keys);
  button.addEventListener("click", run);
  return button;
}

// `on` is what a click does: on.act(verb, id), on.menu(row, button).
function makeRow(item, on) {
  const row = make("li", "row");
  row.dataset.id = item.id;
  const article = make("article");
  article.setAttribute("aria-labelledby", "title-" + item.id);
  const kind = make("span", "kind");
  kind.setAttribute("role", "img");
  kind.append(icon(item.kind));
  const top = make("div", "top");
  top.append(make("span", "who"), make("time", "when"));
  const title = make("button", "title");
  title.type = "button";
  title.id = "title-" + item.id;
  title.setAttribute("aria-keyshortcuts", "o Enter");
  title.addEventListener("click", () => on.act("open", item.id));
  const rest = make("div", "rest");
  rest.append(title, make("p", "snippet"), make("ul", "why"));
  const acts = make("div", "acts");
  const leave = item.left ? "back" : "done";
  if (!item.left || item.back) acts.append(control(leave, "e", () => on.act(leave, item.id)));
  if (!item.left) {
    acts.append(control("snooze", "s", () => on.act("snooze", item.id)));
    acts.append(control("pin", "p", () => on.act("pin", item.id)));
  }
  const more = control("more", "m", () => on.menu(row, more));
  more.setAttribute("aria-haspopup", "dialog");
  acts.append(more);
  article.append(kind, top, rest, acts);
  row.append(article);
  return row;
}

function paint(row, item, texts, moment) {
  if (row.item === item && row.texts === texts) return;
  Object.assign(row, { item, texts });
  row.classList.toggle("unread", Boolean(item.unread));
  row.classList.toggle("pinned", Boolean(item.pinned));
  const title = item.title ?? "";
  for (const button of row.querySelectorAll(".act")) {
    const verb = button.classList[1];
    const named = verb === "pin" && item.pinned ? "unpin" : verb;
    button.title = texts["inbox." + named];
    button.setAttribute("aria-label", `${texts["inbox." + named]}: ${bare(title)}`);
  }
  row.querySelector(".kind").setAttribute("aria-label", texts["kind." + item.kind] ?? item.kind);
  row.querySelector(".kind").title = texts["kind." + item.kind] ?? item.kind;
  row.querySelector(".who").textContent = item.who;
  const when = row.querySelector(".when");
  when.dataset.at = item.at;
  when.dateTime = new Date(item.at * 1000).toISOString();
  when.title = moment.format(item.at * 1000);
  when.textContent = ago(item.at, texts);
  const heading = row.querySelector(".title");
  marked(heading, title);
  const told = [item.unread && texts["inbox.unread"], item.pinned && texts["inbox.pinned"]].filter(Boolean);
  if (item.count > 1) {
    const count = make("span", "count", String(item.count));
    count.title = counted(texts, "inbox.count", item.count);
    count.setAttribute("aria-hidden", "true");
    heading.append(" ", count);
    told.push(count.title);
  }
  heading.setAttribute("aria-description", told.join(", "));
  const snippet = row.querySelector(".snippet");
  marked(snippet, item.snippet ?? "");
  snippet.hidden = !item.snippet;
  const why = row.querySelector(".why");
  why.setAttribute("aria-label", texts["inbox.why"]);
  why.hidden = !item.why;
  why.replaceChildren(...(item.why ?? []).map((reason) => make("li", "chip", reason)));
}
