// A part that is not seen and does nothing but ask for news.
export default function ({ data, parentElement, setTriggerValue }) {
  return listen(parentElement, data, (asking) => setTriggerValue("rung", asking));
}
