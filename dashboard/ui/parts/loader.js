// All that Streamlit is given of a part's script: it loads the rest, once, and the texts that the part asks for.
const AGAIN_MS = 500; // a server that is just being started anew answers soon
const TRIES = 6;

async function load(address, tries = 0) {
  try {
    return await import(new URL(address + (tries ? "?" + tries : ""), location.origin));
  } catch (error) {
    if (tries >= TRIES) throw error;
    await new Promise((done) => setTimeout(done, AGAIN_MS * 2 ** tries));
    return load(address, tries + 1);
  }
}

const loading = load("{address}");

export default async function (given) {
  const { data: [data, address], parentElement: root } = given;
  root.newest = data;
  const [part, texts] = await Promise.all([loading, address && load(address)]);
  if (root.newest !== data) return;
  if (part.sheet) root.adoptedStyleSheets = [part.sheet];
  root.leave?.(); // Streamlit asks for that only when a part goes, and would let each update listen beside the last one
  root.leave = part.default({ ...given, data: texts ? { ...data, texts: texts.default } : data });
  return () => root.leave = root.leave?.();
}
