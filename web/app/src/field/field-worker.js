/* Keeps the files of the phone's page, and nothing else: answers of /v1 are never kept here, so no account sees
   another's. The page itself comes from the network while there is one. Built from vite.config.ts. */
const RELEASE = '__RELEASE__';
const SHELL = __SHELL__;
const PREFIX = 'pianqu-field-';
const NAME = PREFIX + RELEASE;
const PATIENCE_MS = 4000;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(SHELL.map((url) => new Request(url, { cache: 'reload' })))));
});
self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== NAME);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});
self.addEventListener('message', (event) => {
  if (event.data === 'take over') self.skipWaiting();
});

async function page(request) {
  const kept = await caches.match('/field', { cacheName: NAME });
  try {
    const answer = await fetch(request, kept ? { signal: AbortSignal.timeout(PATIENCE_MS) } : {});
    return answer.ok || !kept ? answer : kept;
  } catch (cause) {
    if (kept) return kept;
    throw cause;
  }
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (url.pathname.replace(/\/+$/, '') === '/field') event.respondWith(page(request));
    return;
  }
  if (!SHELL.includes(url.pathname)) return;
  event.respondWith(caches.match(url.pathname, { cacheName: NAME }).then((kept) => kept || fetch(request)));
});
