// Rings when the shell has heard of a revision that the fragment around it does not show yet.
const AGAIN_MS = 1500; // a trigger can get lost between two runs: what is still not shown then is asked for again
const PATIENCE = 4;
const HIDDEN_MS = 10_000; // where nobody looks, news come in bundles

export default function ({ data, parentElement, setTriggerValue }) {
  const bell = (parentElement.bell ||= { progress: null, rings: 0 });
  const heard = () => window.frontdesk ?? {};
  if (bell.rev !== data.rev) bell.rings = 0;
  bell.rev = data.rev;
  clearTimeout(bell.timer);

  const ring = ({ late } = {}) => {
    clearTimeout(bell.timer);
    const { rev = 0, progress = null } = heard();
    bell.progress ??= progress; // what was so when the fragment was first shown
    const moved = data.progress && progress !== bell.progress;
    if (rev <= bell.rev && !moved) return;
    if (document.hidden && !late) {
      if (data.hidden) bell.timer = setTimeout(() => ring({ late: true }), HIDDEN_MS);
      return;
    }
    if (rev > bell.rev && bell.asked === rev && bell.rings >= PATIENCE) return;
    bell.rings = bell.asked === rev ? bell.rings + 1 : 1;
    bell.asked = rev;
    bell.progress = progress;
    setTriggerValue("rung", `${rev}/${progress}`);
    if (rev > bell.rev) bell.timer = setTimeout(() => ring({ late: true }), AGAIN_MS * bell.rings);
  };
  for (const name of ["frontdesk:rev", "frontdesk:progress"]) window.addEventListener(name, ring);
  document.addEventListener("visibilitychange", ring);
  ring();
  return () => {
    clearTimeout(bell.timer);
    for (const name of ["frontdesk:rev", "frontdesk:progress"]) window.removeEventListener(name, ring);
    document.removeEventListener("visibilitychange", ring);
  };
}
