// Lets the page be installed, says so when the server cannot be reached, and shows notifications. It keeps no page.
const OFFLINE = "{offline}";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  if (event.request.mode !== "navigate") return;
  const headers = { "content-type": "text/html; charset=utf-8", refresh: "10" }; // it looks again by itself
  const sorry = () => new Response(OFFLINE, { status: 503, headers });
  event.respondWith(fetch(event.request).catch(sorry));
});

// A page sends what is worth a notification; nothing is shown while a page of ours is looked at.
self.addEventListener("message", (event) => event.waitUntil(notify(event.data, event.ports[0])));

async function notify(alerts, answer) {
  const pages = await self.clients.matchAll({ type: "window" });
  const looking = pages.some((page) => page.visibilityState === "visible");
  for (const { id, title, body } of looking ? [] : alerts)
    await self.registration.showNotification(title, {
      body,
      tag: `item-${id}`, // the same item twice is one notification
      icon: "/icons/icon-192.png",
      data: `/?item=${id}`,
    });
  answer.postMessage(!looking);
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

async function open(address) {
  const [page] = await self.clients.matchAll({ type: "window" });
  if (!page) return self.clients.openWindow(address);
  await page.focus();
  return page.navigate(address);
}
