/* What stands in the form, how long it took, and what of it this phone remembers: a draft, and that it was sent. */
(function () {
  'use strict';

  const form = self.document && document.getElementById('answers');
  if (!form) return;

  const DRAFT = 'eskm.draft:', SENT = '"sent"', DRAFT_MS = 30 * 60 * 1000;
  // On a device that people share nothing may be left for the next one.
  const isShared = form.getAttribute('autocomplete') === 'off';
  const isTicket = form.hasAttribute('data-ticket'), id = form.elements.id, page = form.elements.page;
  const key = DRAFT + [
    form.getAttribute('data-point'), form.elements.service.value, isTicket ? id.value : ''
  ].join('/');
  let seconds = 0, shownAt = performance.now();

  function storage(kind, work) {
    try { return work(window[kind]); } catch (error) { return null; }
  }

  // What stands in the form

  function inputs() {
    return Array.from(form.elements).filter(function (one) { return one.name && one.type !== 'hidden' && one.type !== 'submit'; });
  }

  function values() {
    const found = {};
    inputs().forEach(function (one) {
      if (one.type === 'radio' ? one.checked : one.value) found[one.name] = one.value;
    });
    return found;
  }

  function fill(found) {
    inputs().forEach(function (one) {
      if (one.type === 'radio') one.checked = found[one.name] === one.value;
      else one.value = found[one.name] || '';
    });
    const fold = form.querySelector('details');
    fold.open = Array.from(fold.querySelectorAll('input, select')).some(function (one) {
      return one.type === 'radio' ? one.checked : one.value;
    });
  }

  // Seconds for which the form was in sight.
  function passed() {
    const now = performance.now();
    if (shownAt !== null) seconds += (now - shownAt) / 1000;
    shownAt = document.visibilityState === 'hidden' ? null : now;
    return Math.round(seconds);
  }

  // Draft: on this phone for half an hour after the last touch, gone with the sending

  function saveDraft() {
    if (isShared) return false;
    const draft = { id: id.value, page: page.value, values: values(), seconds: passed(), at: Date.now() };
    return storage('localStorage', function (store) { store.setItem(key, JSON.stringify(draft)); return true; });
  }

  // Other tabs with the same draft hear that it was sent.
  function dropDraft(isSent) {
    storage('localStorage', function (store) {
      if (isSent) store.setItem(key, SENT);
      store.removeItem(key);
    });
  }

  function draft() {
    return storage('localStorage', function (store) {
      Object.keys(store).filter(function (name) { return name.indexOf(DRAFT) === 0; }).forEach(function (name) {
        const age = Date.now() - JSON.parse(store.getItem(name)).at;
        if (!(age >= 0 && age < DRAFT_MS)) store.removeItem(name);
      });
      return isShared ? null : JSON.parse(store.getItem(key));
    });
  }

  // The mark of an answer that was given here, for whoever comes back by the back button or reloads

  function mark(address) {
    if (!isShared) storage('sessionStorage', function (store) { store.setItem(key, address); });
  }

  function unmark() { storage('sessionStorage', function (store) { store.removeItem(key); }); }

  function marked() { return storage('sessionStorage', function (store) { return store.getItem(key); }); }

  function isReturn() {
    const entry = performance.getEntriesByType && performance.getEntriesByType('navigation')[0];
    return entry ? /back|reload/.test(entry.type) : performance.navigation.type > 0;
  }

  document.addEventListener('visibilitychange', passed);

  self.eskmAnswers = {
    isTicket: isTicket, storage: storage, values: values, fill: fill, passed: passed,
    startTime: function (earlier) { seconds = earlier; shownAt = performance.now(); },
    save: saveDraft, drop: dropDraft, draft: draft,
    mark: mark, unmark: unmark, marked: marked, isReturn: isReturn,
    isSentElsewhere: function (event) { return event.key === key && event.newValue === SENT; }
  };
})();
