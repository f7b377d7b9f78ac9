// Asks the browser for its permission once the person wants notifications, and at no other moment.
export default function ({ data, parentElement }) {
  const said = parentElement.querySelector("p");
  const allow = parentElement.querySelector("button");
  const permission = () => (window.Notification && window.isSecureContext ? Notification.permission : "insecure");
  const texts = { denied: data.texts.blocked, insecure: data.texts.insecure };
  const say = () => {
    said.textContent = data.wanted ? (texts[permission()] ?? "") : "";
    said.hidden = !said.textContent;
    allow.hidden = !data.wanted || permission() !== "default";
  };
  const ask = () => Notification.requestPermission().then(say);
  allow.textContent = data.texts.allow;
  allow.onclick = ask;
  say();
  // Just chosen here: the click is still fresh enough for a browser. Chosen elsewhere, another click is needed.
  if (data.wanted && parentElement.wanted === false && permission() === "default") ask();
  parentElement.wanted = data.wanted;
}
