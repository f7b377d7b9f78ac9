// Streamlit draws anew what has changed. Who stood on a part that is gone would stand nowhere, and begin at the top of
// the page again: the focus goes to what took its place.
const REACHABLE = "a[href], button, input, select, textarea, summary";
const BLOCKS = "[data-testid='stVerticalBlock'], [data-testid='stHorizontalBlock'], [data-testid='stMain']";
const OVER = "[role='dialog'], [role='alertdialog']";
const DRAWN_MS = 150;

const usable = (node) => node.isConnected && !node.disabled && node.checkVisibility({ visibilityProperty: true });
const reachable = (block) => [...block.querySelectorAll(REACHABLE)].filter((node) => node.tabIndex >= 0);

class Focus {
  constructor() {
    document.addEventListener("focusin", ({ target }) => this.remember(target));
    document.addEventListener("pointerdown", () => setTimeout(() => this.leave()));
    const changes = { childList: true, subtree: true, attributeFilter: ["disabled", "data-test-script-state"] };
    new MutationObserver(() => this.look()).observe(document.body, changes);
  }

  // A part is found again by its key, or by its number in the nearest block that is still there.
  remember(node) {
    const blocks = [];
    for (let block = node.closest(BLOCKS); block; block = block.parentElement.closest(BLOCKS))
      blocks.push([block, reachable(block).indexOf(node)]);
    this.at = { node, blocks, key: [...(node.closest("[class*='st-key-']")?.classList ?? [])].find((name) => name.startsWith("st-key-")) };
    if (!node.closest(OVER)) this.below = this.at;
  }

  // Who clicks beside everything wants to stand nowhere.
  leave() {
    if (document.activeElement === document.body && this.at && usable(this.at.node)) this.at = null;
  }

  look() {
    clearTimeout(this.timer);
    if (this.at && document.activeElement === document.body) this.timer = setTimeout(() => this.mend(), DRAWN_MS);
  }

  mend() {
    const running = document.querySelector("[data-testid='stApp']")?.dataset.testScriptState !== "notRunning";
    if (running || !this.at || document.activeElement !== document.body || usable(this.at.node)) return;
    (this.found(this.at) ?? this.found(this.below))?.focus();
  }

  found({ node, blocks, key }) {
    if (usable(node)) return node;
    const anew = key && document.querySelector("." + CSS.escape(key));
    if (anew && reachable(anew).some(usable)) return reachable(anew).find(usable);
    for (const [block, number] of blocks) {
      const all = block.isConnected ? reachable(block) : [];
      const near = all.slice(0, number + 1).findLast(usable) ?? all.find(usable);
      if (near) return near;
    }
    return null;
  }
}
