// How long ago something was, in the words of the page: it ages by itself, without asking the server.
const UNITS = [["days", 86400], ["hours", 3600], ["minutes", 60]];
const AGES_MS = 20_000;

// The page's language as the person writes it: 24 hours in Britain, 12 in America.
function tongue(language) {
  return navigator.languages.find((one) => one.split("-")[0] === language) ?? language;
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

function counted(texts, key, count) {
  return fill(texts[`${key}.${count === 1 ? "one" : "other"}`] ?? texts[key] ?? "", { count });
}

function ago(at, texts, now = Date.now() / 1000) {
  const length = Math.abs(now - at);
  const found = UNITS.find(([, seconds]) => length >= seconds);
  if (!found) return texts["ago.now"];
  return counted(texts, `${at <= now ? "ago" : "in"}.${found[0]}`, Math.floor(length / found[1]));
}

function age(root, texts) {
  for (const node of root.querySelectorAll("time[data-at]")) {
    const said = ago(Number(node.dataset.at), texts);
    if (node.textContent !== said) node.textContent = said;
  }
}
