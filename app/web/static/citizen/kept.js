/* What waits on this phone: shown, sent as soon as the network allows, emptied when the person wants it. */
(function () {
  'use strict';

  const queue = self.eskmQueue;
  if (!self.document || !queue) return;

  const language = document.documentElement.lang;

  const hint = document.getElementById('kept-hint'), isQueuePage = Boolean(document.getElementById('kept'));
  // The service worker shows this page in the place of one that it does not have.
  const isStandIn = isQueuePage && location.pathname !== '/s/';
  let own = null, timer = 0, state = '', panel = null, list = null, row = null, said = null;

  // The panel stands on its own page, waits in a template on a form, and is absent elsewhere.
  function place() {
    const later = document.getElementById('kept-later');
    if (later && !panel) later.parentNode.appendChild(document.importNode(later.content, true));
    panel = document.getElementById('kept');
    if (!panel || list) return;
    list = panel.querySelector('.queue');
    row = document.getElementById('kept-row');
    said = document.getElementById('kept-said');
    panel.querySelector('[data-do=send]').addEventListener('click', tryNow);
    panel.querySelector('[data-do=clear]').addEventListener('click', function () {
      panel.querySelector('details').open = false;
      queue.clear().then(focus, draw);
    });
  }

  function text(name, values) {
    return Object.keys(values || {}).reduce(function (words, key) {
      return words.replace('{' + key + '}', values[key]);
    }, list.getAttribute('data-' + name));
  }

  function clock(time) {
    const then = new Date(time), locale = language === 'en' ? 'en-GB' : 'id-ID';
    const at = then.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' });
    if (then.toDateString() === new Date().toDateString()) return text('today', { clock: at }).replace(' ', '\u00a0');
    const day = then.toLocaleDateString(locale, { day: 'numeric', month: 'long', year: 'numeric' });
    return text('day', { date: day, clock: at });
  }

  function situation(record) {
    if (record.state === 'sent') return text('sent', { time: clock(record.at) });
    if (record.state === 'refused') return text('refused', { reason: record.reasons.join(' ') });
    if (record.told > Date.now()) return text('busy', { time: clock(record.told) });
    return text('waiting', { time: clock(record.given) });
  }

  function drawn(record, _, records) {
    const item = document.importNode(row.content, true).firstElementChild;
    const link = item.querySelector('a'), drop = item.querySelector('button');
    item.className = record.state;
    item.querySelector('h2').textContent = record.place.service;
    item.querySelector('.unit').textContent = record.place.unit;
    item.querySelector('.state').textContent = situation(record);
    link.parentNode.hidden = record.state !== 'sent';
    if (record.state === 'sent') {
      link.href = record.address;
      link.textContent = text(record.receipt ? 'receipt' : 'link', { receipt: record.receipt });
    }
    drop.parentNode.hidden = record.state === 'sent' || records.length === 1;
    drop.setAttribute('aria-label', drop.textContent + ': ' + record.place.service);
    drop.addEventListener('click', function () { queue.remove(record.id).then(focus, draw); });
    return item;
  }

  function stateOf(records) {
    const states = records.map(function (record) { return record.state; });
    if (isStandIn) return 'offline';
    return ['waiting', 'refused'].find(function (one) { return states.indexOf(one) >= 0; })
      || (own && states.indexOf('sent') < 0 ? 'already' : states.length ? 'sent' : 'empty');
  }

  function show(records) {
    const next = stateOf(records), open = records.filter(function (record) { return record.state !== 'sent'; });
    if (hint) hint.hidden = !open.length;
    if (!panel) return;
    Array.from(panel.querySelectorAll('[data-when]')).forEach(function (part) {
      part.hidden = part.getAttribute('data-when').split(' ').indexOf(next) < 0;
    });
    list.textContent = '';
    records.map(drawn).forEach(function (item) { list.appendChild(item); });
    list.hidden = !records.length;
    const receipt = document.getElementById('kept-receipt');
    if (receipt && own) receipt.href = own.address;
    panel.querySelector('.kept-actions').hidden = !open.length;
    const heading = title();
    if (!panel.hidden && heading) {
      document.title = heading.textContent;
      if (state && next !== state) said.textContent = heading.textContent;
    }
    state = next;
  }

  function title() {
    return Array.from(panel.querySelectorAll('h1')).find(function (one) { return !one.parentNode.hidden; });
  }

  function draw() { return queue.all().catch(function () { return []; }).then(show); }

  function focus() {
    return draw().then(function () { if (title()) title().focus(); });
  }

  // What waits is tried again by itself while the page is open, and by the browser where it can.
  function send(eager) {
    clearTimeout(timer);
    return queue.flush(eager).then(function (waiting) {
      if (!waiting.length) return draw();
      askBrowser();
      const soonest = Math.min.apply(null, waiting.map(function (record) {
        return Math.max(record.next, record.told);
      }));
      timer = setTimeout(send, Math.max(soonest - Date.now(), 1000));
      return draw();
    }).catch(function () {});  // storage is forbidden: then nothing waits here
  }

  function askBrowser() {
    if (!('serviceWorker' in navigator)) return;
    navigator.serviceWorker.ready.then(function (registration) {
      if (registration.sync) return registration.sync.register(queue.TAG);
    }).catch(function () {});
  }

  function tryNow(event) {
    const button = event.currentTarget, label = button.textContent;
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    button.textContent = button.getAttribute('data-trying');
    const done = function () {
      button.removeAttribute('aria-disabled');
      button.textContent = label;
      said.textContent = title().textContent;
    };
    queue.all().then(function (records) {
      return Promise.all(records.filter(function (record) {
        return record.state === 'refused';
      }).map(function (record) {
        return queue.change(record.id, function (kept) { return Object.assign({}, kept, { state: 'waiting' }); });
      }));
    }).then(function () { return send(true); }).then(done, done);
  }

  if (isQueuePage) place();
  queue.onChange(draw);
  window.addEventListener('online', function () { send(true); });
  // A moment later: whoever opens a form wants the form first.
  window.addEventListener('pageshow', function () { draw(); timer = setTimeout(send, 1000, true); });
  document.addEventListener('visibilitychange', function () {
    if (document.visibilityState === 'visible') send(true);
  });

  window.eskmKept = {
    // Shows the panel in the place of the form; it is about the answer of this person, mine.
    // What is given as again begins another one; without it there is no such button.
    open: function (mine, again) {
      own = mine;
      place();
      panel.hidden = false;
      const button = panel.querySelector('[data-do=new]');
      button.parentNode.hidden = !again;
      button.onclick = again;
      askBrowser();
      return focus().then(function () { window.scrollTo(0, 0); });
    },
    close: function () {
      own = null;
      state = '';
      if (panel) panel.hidden = true;
      draw();
    },
    send: send
  };

  if ('serviceWorker' in navigator) {
    window.addEventListener('load', function () {
      const main = document.querySelector('[data-keep]'), queuePage = '/s/?lang=' + language;
      navigator.serviceWorker.register('/s/sw.js').then(function () {
        return navigator.serviceWorker.ready;
      }).then(function (registration) {
        registration.active.postMessage(main
          ? { keep: location.href, other: main.getAttribute('data-keep'), shell: queuePage } : { shell: queuePage });
      }).catch(function () {});
    });
  }
})();
