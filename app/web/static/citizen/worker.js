/* The service worker of the citizen's pages: what was opened once opens again without network. The queue stands in
   front of it, and before both SHELL, which the service writes: the addresses of this release. */
(function () {
  'use strict';

  const CACHE = 'eskm-1', PAGES_MAX = 40, PATIENCE = 4000;

  self.addEventListener('install', function (event) {
    event.waitUntil(prepare().then(function () { return self.skipWaiting(); }));
  });

  self.addEventListener('activate', function (event) {
    const preload = self.registration.navigationPreload;
    event.waitUntil(Promise.all([tidy(), preload && preload.enable()]));
  });

  self.addEventListener('message', function (event) {
    event.waitUntil(keepAsked(event.data || {}));
  });

  self.addEventListener('sync', function (event) {
    if (event.tag !== self.eskmQueue.TAG) return;
    event.waitUntil(self.eskmQueue.flush(true).then(function (left) {
      if (left.length) throw new Error('not all was sent: the browser tries again');
    }));
  });

  self.addEventListener('fetch', function (event) {
    const request = event.request, url = new URL(request.url);
    if (request.method !== 'GET' || url.origin !== self.location.origin) return;
    if (request.mode === 'navigate') {
      event.respondWith(open(event, url));
    } else if (url.pathname.indexOf('/static/') === 0) {
      event.respondWith(found(url.pathname).then(function (kept) { return kept || fetch(request); }));
    }
  });

  // A new release brings its own queue page, in the languages that are in use here.
  async function prepare() {
    await Promise.all(SHELL.map(hold));
    const cache = await caches.open(CACHE);
    const pages = (await cache.keys()).map(function (request) { return request.url; }).filter(function (address) {
      return new URL(address).pathname === '/s/';
    });
    await Promise.all(pages.map(function (address) {
      return fetch(address, { cache: 'no-cache' }).then(function (response) { return keep(address, response); });
    }));
  }

  // The page that asks was fetched by the browser a moment ago and need not be fetched again. Its other language
  // costs a visit's bytes: only for somebody who comes back.
  async function keepAsked(asked) {
    const isKnown = asked.keep && await found(keyOf(at(asked.keep)));
    if (asked.shell) await keepMissing(at(asked.shell), 'no-cache');
    if (asked.keep) await keepMissing(at(asked.keep), 'force-cache');
    if (isKnown && asked.other) await keepMissing(at(asked.other), 'no-cache');
  }

  function at(address) { return new URL(address, self.location.href); }

  function found(address) {
    return caches.open(CACHE).then(function (cache) { return cache.match(address, { ignoreVary: true }); });
  }

  // Static files are named after their content: what is here is right for ever.
  async function hold(address) {
    if (await found(address)) return;
    const response = await fetch(address);
    if (!response.ok) throw new Error(address + ': ' + response.status);
    await (await caches.open(CACHE)).put(address, response);
  }

  // Forms and choices, under one name however their address was written; a one-time link is a page of its own.
  function keyOf(url) {
    if (!/^\/s\/[^/]*$/.test(url.pathname)) return null;
    const kept = ['service', 't', 'lang'].filter(function (name) { return url.searchParams.has(name); });
    return url.pathname + '?' + kept.map(function (name) {
      return name + '=' + encodeURIComponent(url.searchParams.get(name));
    }).join('&');
  }

  function withoutLanguage(key) { return key.replace(/[?&]lang=\w*/, ''); }

  function references(html) { return html.match(/\/static\/[\w./-]+/g) || []; }

  function isPage(response) {
    return response.ok && !response.redirected && /^text\/html/.test(response.headers.get('Content-Type') || '');
  }

  // First all that the page needs, then the page: a kept page is always whole.
  async function keep(key, response) {
    if (!isPage(response)) return;
    const html = await response.clone().text();
    await Promise.all(references(html).map(hold));
    await (await caches.open(CACHE)).put(key, response);
  }

  async function keepMissing(url, mode) {
    const key = url.origin === self.location.origin && keyOf(url);
    if (key && !await found(key)) {
      await keep(key, await fetch(url.href, { cache: mode, credentials: 'same-origin' }));
    }
  }

  // From the network; what is kept where there is none, or where it takes long.
  function open(event, url) {
    const key = keyOf(url);
    const live = Promise.resolve(event.preloadResponse).then(function (early) {
      return early || fetch(event.request);
    }).then(function (response) {
      if (key && isPage(response)) event.waitUntil(keep(key, response.clone()).catch(function () {}));
      if (key && (response.status === 404 || response.status === 410)) event.waitUntil(forget(key));
      return response;
    });
    event.waitUntil(live.catch(function () {}));
    return kept(key).then(function (held) {
      const soon = held ? Promise.race([live, new Promise(function (_, reject) {
        setTimeout(reject, PATIENCE, new Error('too slow'));
      })]) : live;
      return soon.then(function (response) {
        if (held && response.status >= 502 && response.status <= 504) throw new Error('nobody behind the proxy');
        return response;
      }).catch(function (error) { return held ? afresh(held) : shell(url, error); });
    });
  }

  // The page in this language, else in the other.
  async function kept(key) {
    if (!key) return null;
    const exact = await found(key);
    if (exact) return exact;
    const cache = await caches.open(CACHE);
    for (const request of await cache.keys()) {
      const url = new URL(request.url), other = keyOf(url);
      if (other && url.pathname !== '/s/' && withoutLanguage(other) === withoutLanguage(key)) {
        return cache.match(request, { ignoreVary: true });
      }
    }
    return null;
  }

  // A kept form is a new form: whoever fills it in gets an id of their own. A ticket is its own id.
  async function afresh(response) {
    const html = await response.text();
    const renewed = html.indexOf('data-ticket') >= 0 ? html
      : html.replace(/(name="id" value=")[^"]*/, '$1' + self.eskmQueue.uuid());
    return new Response(renewed, { headers: response.headers });
  }

  async function shell(url, error) {
    const asked = url.searchParams.get('lang') || self.navigator.language || '';
    const page = await found('/s/?lang=' + (asked.slice(0, 2) === 'en' ? 'en' : 'id'));
    if (!page) throw error;
    return page;
  }

  async function forget(key) { await (await caches.open(CACHE)).delete(key, { ignoreVary: true }); }

  // Files that no kept page needs, and the oldest pages when there are very many.
  async function tidy() {
    const cache = await caches.open(CACHE), needed = new Set(SHELL), files = [], pages = [];
    for (const request of await cache.keys()) {
      const path = new URL(request.url).pathname;
      if (path.indexOf('/static/') === 0) files.push(path);
      else if (path !== '/s/') pages.push(request);
    }
    const old = pages.splice(0, Math.max(0, pages.length - PAGES_MAX));
    await Promise.all(old.map(function (request) { return cache.delete(request, { ignoreVary: true }); }));
    for (const request of pages) {
      const page = await cache.match(request, { ignoreVary: true });
      if (page) references(await page.text()).forEach(function (address) { needed.add(address); });
    }
    const idle = files.filter(function (path) { return !needed.has(path); });
    await Promise.all(idle.map(function (path) { return cache.delete(path, { ignoreVary: true }); }));
  }
})();
