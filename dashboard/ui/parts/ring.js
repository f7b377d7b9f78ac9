// Asks for news when the shell has heard of a revision that is not shown yet.
const RING_MS = 1500; // a trigger can get lost between two runs: what is still not shown then is asked for again
const PATIENCE = 5;
const APART_MS = 50; // triggers of two fragments in one moment reach the server as one
const HIDDEN_MS = 10_000; // where nobody looks, news come in bundles
const NEWS = ["frontdesk:rev", "frontdesk:progress"];

function inTurn(send) {
  const now = Date.now();
  const at = Math.max(now, window.frontdesk.turn ?? 0);
  window.frontdesk.turn = at + APART_MS;
  setTimeout(send, at - now);
}

// `part` keeps what was asked for. Of `shown`, `rev` is what the page shows; `progress` hears of that as well, `hidden`
// asks while nobody looks too, `rest` is how many milliseconds of news make one bundle, and `awaits` says whether an
// answer is under way, which has the news and begins anew. Returns how to stop.
function listen(part, shown, ask) {
  const bell = (part.bell ??= { progress: null, asked: null, rings: 0, next: 0 });
  const rest = () => (document.hidden ? HIDDEN_MS : shown.rest ?? 0);

  const ring = () => {
    clearTimeout(bell.timer);
    const { rev = 0, progress = null } = window.frontdesk ?? {};
    bell.progress ??= progress; // what was so when the part was first shown
    const moved = shown.progress && progress !== bell.progress;
    if ((rev <= shown.rev && !moved) || shown.awaits?.()) return;
    const asking = shown.progress ? `${rev}/${progress}` : `${rev}`;
    const bundled = bell.rings === 0 && bell.next > Date.now();
    if (bell.asked !== asking) Object.assign(bell, { asked: asking, rings: 0, next: bundled ? bell.next : Date.now() + rest() });
    if (document.hidden && !shown.hidden) return;
    const wait = bell.next - Date.now();
    if (wait > 0) bell.timer = setTimeout(ring, wait);
    else if (bell.rings < PATIENCE) {
      bell.rings += 1;
      bell.next = Date.now() + RING_MS * bell.rings;
      inTurn(() => ask(asking));
      if (rev > shown.rev) bell.timer = setTimeout(ring, RING_MS * bell.rings);
      else bell.progress = progress; // not worth asking twice: the next step of it comes soon
    }
  };
  const looked = () => {
    if (!document.hidden) bell.next = 0;
    ring();
  };

  for (const name of NEWS) window.addEventListener(name, ring);
  document.addEventListener("visibilitychange", looked);
  ring();
  return () => {
    clearTimeout(bell.timer);
    for (const name of NEWS) window.removeEventListener(name, ring);
    document.removeEventListener("visibilitychange", looked);
  };
}
