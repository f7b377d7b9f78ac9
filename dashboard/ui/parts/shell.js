const NARROW = 768; // as wide as Streamlit lets its menu lie beside the page

// What a page needs once and Streamlit has no place for: its head, its title, its banner and its notifications.
const IDLE_MS = 1000;
const REST_MS = 500; // the list that somebody acts in goes first, and of many actions the frame needs the last

function head(tag, attributes) {
  const known = Object.entries(attributes).slice(0, 2).map(([name, value]) => `[${name}="${value}"]`).join("");
  if (document.head.querySelector(tag + known)) return;
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  document.head.append(node);
}

function equip({ light, dark }, language) {
  head("link", { rel: "manifest", href: "/manifest.webmanifest" });
  head("link", { rel: "apple-touch-icon", href: "/icons/apple-180.png" });
  for (const [scheme, content] of Object.entries({ light, dark }))
    head("meta", { name: "theme-color", media: `(prefers-color-scheme: ${scheme})`, content });
  for (const name of ["apple-mobile-web-app-capable", "mobile-web-app-capable"]) head("meta", { name, content: "yes" });
  head("meta", { name: "apple-mobile-web-app-title", content: "Frontdesk" });
  const worker = `/service-worker.js?language=${language}`; // it has to speak when nobody can be asked any more
  navigator.serviceWorker?.register(worker).catch(() => {}); // refused over plain http: then without
}

// Streamlit writes the title anew with every view.
function count(number) {
  window.frontdesk.count = number;
  const bare = document.title.replace(/^\(\d+\) /, "");
  const wanted = number ? `(${number}) ${bare}` : bare;
  if (document.title !== wanted) document.title = wanted;
  window.frontdesk.titles ??= new MutationObserver(() => count(window.frontdesk.count));
  window.frontdesk.titles.observe(document.querySelector("title"), { childList: true });
}

function moment(when, language) {
  const today = when.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(language, { dateStyle: today ? undefined : "medium", timeStyle: "short" }).format(when);
}

function banner(node, texts, language) {
  const [what, since] = (window.frontdesk.trouble || "").split(" ");
  const text = what ? texts[what].replace("{since}", moment(new Date(since), language)) : "";
  if (node.textContent !== text) node.textContent = text;
  node.hidden = !text;
}

// Not twice for one item: one tab at a time, and the last few that were shown are remembered.
function notify(alerts, told) {
  if (!alerts.length || !document.hidden || window.Notification?.permission !== "granted") return;
  navigator.locks?.request("frontdesk-notify", async () => {
    const shown = JSON.parse(localStorage.getItem("frontdesk.shown") || "[]");
    const fresh = alerts.filter((alert) => !shown.includes(alert.id));
    if (!fresh.length) return;
    const { active } = await navigator.serviceWorker.ready;
    const channel = new MessageChannel();
    const answered = new Promise((done) => (channel.port1.onmessage = ({ data }) => done(data)));
    active.postMessage(fresh, [channel.port2]);
    if (!(await answered)) return;
    const ids = fresh.map((alert) => alert.id);
    localStorage.setItem("frontdesk.shown", JSON.stringify([...shown, ...ids].slice(-100)));
    told(ids);
  });
}

// On a narrow desk the menu lies over the page, and stays there when a view was chosen in it.
function fold({ target }) {
  if (innerWidth >= NARROW || !target.closest?.("[data-testid='stSidebarNavLink']")) return;
  document.querySelector("[data-testid='stSidebar'][data-collapsed='false'] [data-testid='stSidebarCollapseButton'] button")?.click();
}

// What the page shows first does not wait for it.
function begin(data) {
  equip(data.colours, data.language);
  window.frontdesk.ear ??= new Ear();
  window.frontdesk.focus ??= new Focus();
  if (!window.frontdesk.fold) document.addEventListener("click", (window.frontdesk.fold = fold));
  (window.frontdesk.words ??= new Words()).use(data.words, data.away);
  count(data.count);
}

export default function ({ data, parentElement, setTriggerValue }) {
  window.frontdesk ??= {};
  if (document.documentElement.lang !== data.language) document.documentElement.lang = data.language;
  const idle = window.requestIdleCallback ?? setTimeout; // which Safari has not
  idle(() => begin(data), { timeout: IDLE_MS });
  (window.frontdesk.keep ??= new Keep()).resume(data.session, (entry) => setTriggerValue("open", entry));
  const node = parentElement.querySelector(".banner");
  const show = () => banner(node, data.texts, data.language);
  const live = parentElement.querySelector(".live");
  const say = ({ detail }) => (live.textContent = detail);
  const alert = () => notify(data.alerts, (ids) => setTriggerValue("told", ids));
  show();
  alert();
  window.addEventListener("frontdesk:trouble", show);
  window.addEventListener("frontdesk:say", say);
  document.addEventListener("visibilitychange", alert);
  const ring = { rev: data.rev, hidden: true, rest: REST_MS };
  const deaf = data.rev === null ? null : listen(parentElement, ring, (asking) => setTriggerValue("rung", asking));
  return () => {
    deaf?.();
    window.removeEventListener("frontdesk:trouble", show);
    window.removeEventListener("frontdesk:say", say);
    document.removeEventListener("visibilitychange", alert);
  };
}
