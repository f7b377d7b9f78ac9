// Says what has changed on the page to whoever hears it rather than sees it, once for each text.
export default function ({ data, parentElement }) {
  const live = parentElement.querySelector("[role=status]");
  if (live.textContent === data.text) return;
  live.textContent = ""; // a region that comes with its text is not read: it is filled once it is there
  const timer = setTimeout(() => (live.textContent = data.text), 100);
  return () => clearTimeout(timer);
}
