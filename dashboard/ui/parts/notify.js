// Asks the browser for its permission at the click on "only for what comes first" and at no other moment.
const SWITCH = ".st-key-notify";

export default function ({ data: [data], parentElement }) {
  const said = parentElement.querySelector("p");
  const say = () => {
    const refused = !window.Notification || !window.isSecureContext ? "insecure" : Notification.permission === "denied" && "blocked";
    said.textContent = data.wanted && refused ? data.texts[refused] : "";
    said.hidden = !said.textContent;
  };
  const ask = ({ target }) => {
    const chosen = target.closest?.(SWITCH)?.querySelectorAll("input")[1];
    if (chosen?.checked && window.Notification?.permission === "default") Notification.requestPermission().then(say);
  };
  say();
  document.addEventListener("change", ask);
  return () => document.removeEventListener("change", ask);
}
