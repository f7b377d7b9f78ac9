// Streamlit's own few words come in English only, and no setting translates them: the page says them in its language.
const SPOKEN = ["aria-label", "placeholder"];
const WRITTEN = "[data-testid='stSkipToContent'], [data-testid='InputInstructions'], [data-testid='InputInstructions'] span";

const UNANSWERED = "Connection error";

class Words {
  constructor() {
    this.words = {};
    const changes = { childList: true, subtree: true, characterData: true, attributeFilter: SPOKEN };
    new MutationObserver(() => (this.drawn ??= requestAnimationFrame(() => this.put()))).observe(document.body, changes);
  }

  // `words` has ours for each of Streamlit's; one that ends in a space is the beginning of a name.
  use(words, away) {
    Object.assign(this, { words, away });
    this.put();
  }

  // A label is written as Markdown, in which a sign of a name is kept from meaning something; a name is read as it is.
  ours(text) {
    const begins = Object.keys(this.words).find((one) => one.endsWith(" ") && text.startsWith(one));
    return this.words[text] ?? (begins ? this.words[begins] + text.slice(begins.length) : text.replace(/\\([^\w\s])/g, "$1"));
  }

  put() {
    this.drawn = null;
    for (const name of SPOKEN)
      for (const node of document.querySelectorAll(`[${name}]`)) {
        const text = this.ours(node.getAttribute(name));
        if (text && text !== node.getAttribute(name)) node.setAttribute(name, text);
      }
    for (const { firstChild } of document.querySelectorAll(WRITTEN)) {
      const text = firstChild && this.ours(firstChild.nodeValue ?? "");
      if (text && text !== firstChild.nodeValue) firstChild.nodeValue = text;
    }
    this.name();
    this.silence();
  }

  // That nobody answers Streamlit says of itself, and asks after the internet.
  silence() {
    for (const title of document.querySelectorAll("section[role='dialog'] > h2")) {
      const text = title.nextElementSibling?.firstElementChild;
      if (title.textContent !== UNANSWERED || !text || text.childElementCount) continue; // an item may be called so
      title.firstChild.nodeValue = this.away.title;
      text.firstChild.nodeValue = this.away.text;
    }
  }

  // A notice is named by a part it does not have, and read by nobody; an icon is read as the name of its file.
  name() {
    for (const notice of document.querySelectorAll("[data-testid='stToast'][aria-labelledby]")) {
      const text = notice.querySelector("[data-testid='stToastText']")?.textContent ?? "";
      notice.setAttribute("aria-label", text);
      notice.removeAttribute("aria-labelledby");
      window.dispatchEvent(new CustomEvent("frontdesk:say", { detail: text }));
    }
    for (const icon of document.querySelectorAll("[role='img'][aria-label$=' icon']")) icon.setAttribute("aria-hidden", "true");
  }
}
