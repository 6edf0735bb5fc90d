/* Answers on this phone: kept in IndexedDB before anything is said, sent one by one, gone once the service
   has them. Runs in pages and in the service worker. Syntax of 2017, for old web views. */
(function (root) {
  'use strict';

  const NAME = 'eskm', VERSION = 1, STORE = 'answers', TAG = 'eskm-send';
  const SECOND = 1000, MINUTE = 60 * SECOND, DAY = 24 * 60 * MINUTE;
  const PATIENCE = 15 * SECOND, PAUSE = 5 * SECOND, PAUSE_MAX = 15 * MINUTE;
  // A phone's clock that is this far off is corrected; less than that is the way of the message.
  const SKEW = 2 * MINUTE;
  const channel = root.BroadcastChannel ? new root.BroadcastChannel(NAME) : null;
  const listeners = [];
  let opened = null, running = null;

  // Kept answers

  function connect(version) {
    return new Promise(function (resolve, reject) {
      const request = version ? root.indexedDB.open(NAME, version) : root.indexedDB.open(NAME);
      request.onupgradeneeded = function (event) {
        // One step for every version since; the next one comes below, and nothing is ever emptied.
        if (event.oldVersion < 1) request.result.createObjectStore(STORE, { keyPath: 'id' });
      };
      request.onsuccess = function () {
        const database = request.result;
        database.onversionchange = function () { opened = null; database.close(); };
        database.onclose = function () { opened = null; };
        resolve(database);
      };
      request.onerror = function () { reject(request.error); };
    });
  }

  function open() {
    if (!opened) {
      // A newer release was here: its database holds what this one knows, and more.
      opened = connect(VERSION).catch(function (error) {
        if (error && error.name === 'VersionError') return connect();
        throw error;
      });
      opened.catch(function () { opened = null; });
    }
    return opened;
  }

  function transact(mode, work) {
    return within(open().then(function (database) {
      return new Promise(function (resolve, reject) {
        const transaction = database.transaction(STORE, mode, { durability: 'strict' });
        let request = null;
        transaction.oncomplete = function () { resolve(request && request.result); };
        transaction.onabort = transaction.onerror = function () { reject(transaction.error); };
        request = work(transaction.objectStore(STORE));
      });
    }), PATIENCE);
  }

  function within(promise, milliseconds) {
    return new Promise(function (resolve, reject) {
      const timer = setTimeout(function () { reject(new Error('too slow')); }, milliseconds);
      promise.then(resolve, reject).then(function () { clearTimeout(timer); });
    });
  }

  function told(result) {
    listeners.forEach(function (listener) { listener(); });
    if (channel) channel.postMessage('changed');
    return result;
  }

  function put(record) {
    return transact('readwrite', function (store) { return store.put(record); }).then(told);
  }

  function all() {
    return transact('readonly', function (store) { return store.getAll(); }).then(function (records) {
      return records.sort(function (one, other) { return one.given - other.given; });
    });
  }

  // What another sender has meanwhile removed does not come back.
  function change(id, how) {
    return transact('readwrite', function (store) {
      const request = store.get(id);
      request.onsuccess = function () {
        const next = request.result && how(request.result);
        if (next) store.put(next);
      };
      return request;
    }).then(told);
  }

  function remove(id) {
    return transact('readwrite', function (store) { return store.delete(id); }).then(told);
  }

  function clear() {
    return transact('readwrite', function (store) { return store.clear(); }).then(told);
  }

  // Sending

  function fetched(address, options) {
    const quit = root.AbortController ? new root.AbortController() : null;
    const asked = Object.assign({ cache: 'no-store', credentials: 'same-origin', redirect: 'error' }, options);
    if (quit) asked.signal = quit.signal;
    const answered = root.fetch(address, asked).then(function (response) {
      return response.json().then(function (said) { return { response: response, said: said }; });
    });
    return within(answered, PATIENCE).catch(function (error) {
      if (quit) quit.abort();
      throw error;
    });
  }

  // How far the service's clock is ahead of this phone's, in ms; rejected when nobody answers.
  function skew() {
    return fetched('/healthz').then(function (got) {
      const ahead = Date.parse(got.response.headers.get('Date')) - Date.now();
      return got.said.status === 'ok' && Math.abs(ahead) > SKEW ? ahead : 0;
    });
  }

  // When the answer was given, by the service's clock. Unknown when the phone's clock was set in between.
  function timeOf(record, ahead) {
    const now = Date.now() + ahead, given = record.given + ahead;
    if (given < record.made - SKEW) return null;
    return new Date(given > now + SKEW ? now : given).toISOString();
  }

  function pauseOf(response) {
    const after = response.headers.get('Retry-After');
    if (!after) return 0;
    const wait = /^\d+$/.test(after) ? after * SECOND : Date.parse(after) - Date.now();
    return Math.min(Math.max(wait || 0, 0), 60 * MINUTE);
  }

  // One attempt: {kind: 'sent', receipt} | {kind: 'refused', status, reasons} | {kind: 'later', pause}.
  // Only what the service itself says counts: a page that a hotel's network puts in between is nobody's answer.
  function attempt(record, answeredAt) {
    const body = Object.assign({}, record.body, answeredAt ? { answered_at: answeredAt } : null);
    const headers = { 'Content-Type': 'application/json', 'Accept-Language': record.lang };
    ['page', 'proof', 'extra'].forEach(function (name) { if (record[name]) headers['X-Eskm-' + name] = record[name]; });
    return fetched('/api/v1/responses', {
      method: 'POST',
      headers: headers,
      body: JSON.stringify(body)
    }).then(function (got) {
      const status = got.response.status, said = got.said || {};
      const problem = /^application\/problem\+json/.test(got.response.headers.get('Content-Type') || '');
      if ((status === 200 || status === 201) && said.id === record.id) {
        return { kind: 'sent', receipt: said.receipt };
      }
      if (problem && status === 409) return { kind: 'sent' };
      if (!problem || status >= 500 || [408, 425, 429].indexOf(status) >= 0) {
        return { kind: 'later', pause: pauseOf(got.response) };
      }
      const faults = said.errors || [];
      if (answeredAt && faults.some(function (fault) { return fault.code === 'answered_in_future'; })) {
        return attempt(record, null);
      }
      const reasons = faults.length ? faults.map(function (fault) { return fault.message; }) : [said.detail];
      return {
        kind: 'refused',
        status: status,
        reasons: reasons.filter(function (text, place) { return reasons.indexOf(text) === place; })
      };
    }, function () { return { kind: 'later', pause: 0 }; });
  }

  function settle(record, outcome) {
    const now = Date.now();
    return change(record.id, function (kept) {
      if (kept.state === 'sent') return kept;
      if (outcome.kind === 'sent') {
        return {
          id: kept.id, state: 'sent', given: kept.given, at: now, lang: kept.lang, place: kept.place,
          address: kept.address, receipt: outcome.receipt || ''
        };
      }
      if (outcome.kind === 'refused') {
        return Object.assign({}, kept, { state: 'refused', reasons: outcome.reasons });
      }
      const pause = Math.min(PAUSE * Math.pow(3, Math.min(kept.tries, 9)), PAUSE_MAX);
      return Object.assign({}, kept, {
        tries: kept.tries + 1,
        next: now + pause * (0.8 + 0.4 * Math.random()),
        told: outcome.pause ? now + outcome.pause : 0
      });
    });
  }

  function isWaiting(record) { return record.state === 'waiting'; }

  async function sendAll(eager) {
    const now = Date.now(), records = await all();
    for (const record of records) {
      if (record.state === 'sent' && now - record.at > DAY) await remove(record.id);
    }
    const due = records.filter(isWaiting).filter(function (record) {
      return record.told <= now && (eager || record.next <= now);
    });
    if (!due.length) return;
    // Once it is said that nobody answers, or when to come again, that holds for the others too.
    let ahead = 0, later = null;
    try { ahead = await skew(); } catch (error) { later = { kind: 'later', pause: 0 }; }
    for (const record of due) {
      const outcome = later || await attempt(record, timeOf(record, ahead));
      if (outcome.kind === 'later') later = outcome;
      await settle(record, outcome);
    }
  }

  function exclusively(work) {
    const locks = root.navigator.locks;
    if (!locks) return work();
    return locks.request(TAG, { ifAvailable: true }, function (lock) { return lock ? work() : null; });
  }

  // Sends what waits. An eager one does not wait for its own pauses, but for those that the service asked for.
  // Tells what still waits.
  function flush(eager) {
    if (!running) {
      const done = function () { running = null; };
      running = exclusively(function () { return sendAll(eager); });
      running.then(done, done);
    }
    return running.then(all).then(function (records) { return records.filter(isWaiting); });
  }

  // A UUID of version 7 (RFC 9562): time first, the rest by chance.
  function uuid() {
    const bytes = root.crypto.getRandomValues(new Uint8Array(16));
    let time = Date.now();
    for (let place = 5; place >= 0; place -= 1) { bytes[place] = time % 256; time = Math.floor(time / 256); }
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    const digits = Array.from(bytes, function (byte) { return ('0' + byte.toString(16)).slice(-2); }).join('');
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }

  if (channel) {
    channel.onmessage = function () { listeners.forEach(function (listener) { listener(); }); };
  }

  root.eskmQueue = {
    TAG: TAG, put: put, all: all, change: change, remove: remove, clear: clear, settle: settle, flush: flush,
    uuid: uuid,
    deliver: function (record) { return attempt(record, null); },
    onChange: function (listener) { listeners.push(listener); }
  };
})(self);
