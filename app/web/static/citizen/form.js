/* The form, made pleasanter: a draft on the phone, faults told at once, sending that survives a bad network.
   Whatever fails here, the form is still a form. */
(function () {
  'use strict';

  const form = self.document && document.getElementById('answers');
  const queue = self.eskmQueue, kept = self.eskmKept, answers = self.eskmAnswers, faults = self.eskmFaults;
  if (!form || !queue || !kept || !window.fetch || !window.crypto) return;

  const RETRY_MS = 10 * 1000;
  const id = form.elements.id, page = form.elements.page, asked = document.getElementById('asked');
  const button = form.querySelector('[type=submit]'), label = button.textContent;
  const point = form.getAttribute('data-point');
  const pageTitle = document.title;
  const isTicket = answers.isTicket;
  let busy = false, unkept = null;

  function questions() { return Array.from(form.querySelectorAll('.question')); }

  function isAnswered(question) { return Boolean(question.querySelector('input:checked')); }

  function giveWay(address) {
    answers.fill({});
    asked.hidden = true;
    return kept.open({ address: address }, isTicket ? null : begin);
  }

  function begin() {
    busy = false;
    unkept = null;
    answers.startTime(0);
    answers.unmark();
    answers.drop();
    if (!isTicket) id.value = queue.uuid();
    answers.fill({});
    faults.clear();
    settleButton();
    kept.close();
    asked.hidden = false;
    document.title = pageTitle;
    tellProgress();
    window.scrollTo(0, 0);
    asked.querySelector('h1').focus();
  }

  // Sending

  function addressOf(answer) { return form.getAttribute('data-receipt').replace('{id}', answer); }

  function record() {
    const found = answers.values(), body = { id: id.value, point: point, service: form.elements.service.value, scores: {} };
    questions().forEach(function (question) {
      const name = question.querySelector('input').name;
      body.scores[name] = Number(found[name]);
    });
    const profile = {};
    ['sex', 'education', 'occupation'].forEach(function (name) { if (found[name]) profile[name] = found[name]; });
    if (found.age && found.age.trim()) profile.age = Number(found.age);
    if (found.disability) profile.disability = found.disability === 'true';
    if (Object.keys(profile).length) body.profile = profile;
    if (found.comment) body.comment = found.comment;
    body.seconds = answers.passed();
    return {
      id: body.id, state: 'waiting', body: body, given: Date.now(),
      // The page's token begins with the time at which the service made it. It travels beside the answer.
      made: parseInt(page.value.slice(0, 8), 16) * 1000, page: page.value, extra: found.website && '1',
      lang: document.documentElement.lang, tries: 0, next: 0, told: 0,
      address: addressOf(body.id),
      place: { unit: form.getAttribute('data-unit'), service: form.getAttribute('data-service') }
    };
  }

  function settleButton(text) {
    button.textContent = text || label;
    if (text) button.setAttribute('aria-disabled', 'true');
    else button.removeAttribute('aria-disabled');
  }

  async function send(given) {
    let isKept = true;
    try { await queue.put(given); } catch (error) { isKept = false; }
    if (isKept) {
      answers.drop(true);
      answers.mark(given.address);
    }
    if (self.eskmProof) {
      given.proof = await self.eskmProof();
      await queue.change(given.id, function (it) { return Object.assign(it, { proof: given.proof }); }).catch(function () {});
    }
    const outcome = await queue.deliver(given);
    if (outcome.kind === 'sent') return arrived(given, isKept);
    if (outcome.status === 422 || (outcome.status && !isKept)) return handBack(given, isKept);
    if (!isKept) return stay(given, outcome);
    await queue.settle(given, outcome);
    await giveWay(given.address);
    return kept.send(false);
  }

  async function arrived(given, isKept) {
    unkept = null;
    if (isKept) await queue.remove(given.id).catch(function () {});
    answers.drop(true);
    answers.mark(given.address);
    location.assign(given.address);
  }

  // The service finds a fault while the person is still here: its own page shows it, with all that was filled in.
  async function handBack(given, isKept) {
    answers.unmark();
    if (isKept) await queue.remove(given.id).catch(function () {});
    unkept = null;
    form.submit();
  }

  // Neither sent nor kept: said as it is, and tried again while the page stays open.
  function stay(given, outcome) {
    const isNews = !unkept;
    unkept = given;
    settleButton(button.getAttribute('data-trying'));
    if (isNews) faults.unkept();
    setTimeout(retry, Math.max(outcome.pause || 0, RETRY_MS), given);
  }

  async function retry(given) {
    if (unkept !== given) return;
    const outcome = await queue.deliver(given);
    if (unkept !== given) return;
    if (outcome.kind === 'sent') arrived(given, false);
    else if (outcome.status) handBack(given, false);
    else stay(given, outcome);
  }

  form.addEventListener('submit', function (event) {
    event.preventDefault();
    if (busy || !faults.isComplete()) return;
    busy = true;
    settleButton(button.getAttribute('data-sending'));
    // Whatever goes wrong in this script: the browser itself can send the form, under the same id.
    send(record()).catch(function () { form.submit(); });
  });

  window.addEventListener('online', function () { if (unkept) retry(unkept); });
  window.addEventListener('beforeunload', function (event) {
    if (!unkept) return;
    event.preventDefault();
    event.returnValue = '';
  });

  // The other language, with everything that was filled in; where no draft can be kept the form carries it.
  Array.from(document.querySelectorAll('button[name=switch]')).forEach(function (one) {
    one.addEventListener('click', function (event) {
      event.preventDefault();
      if (!save()) { leave(one); return; }
      answers.storage('sessionStorage', function (store) { store.setItem('eskm.switch', '1'); });
      location.assign(one.getAttribute('formaction'));
    });
  });

  function leave(one) {
    const name = document.createElement('input');
    name.type = 'hidden';
    name.name = 'switch';
    name.value = one.value;
    form.appendChild(name);
    form.action = one.getAttribute('formaction');
    form.submit();
  }

  function tellProgress() {
    const said = document.getElementById('progress'), count = questions().filter(isAnswered).length;
    const text = said.getAttribute('data-text').replace('{count}', count);
    if (said.textContent !== text) said.textContent = text;
    const bar = form.querySelector('progress') || form.querySelector('.progress').appendChild(document.createElement('progress'));
    bar.max = questions().length;
    bar.value = count;
  }

  function save() { return !busy && answers.save(); }

  function touched() { save(); tellProgress(); }

  function tellNetwork() {
    document.getElementById('no-network').hidden = navigator.onLine !== false;
  }

  form.addEventListener('change', touched);
  form.addEventListener('input', save);
  window.addEventListener('online', tellNetwork);
  window.addEventListener('offline', tellNetwork);
  document.querySelector('#draft-notice button').addEventListener('click', begin);

  // Sent in another tab: this one must not send under the same id what somebody fills in later.
  window.addEventListener('storage', function (event) {
    if (busy || !answers.isSentElsewhere(event)) return;
    const address = addressOf(id.value);
    answers.mark(address);
    giveWay(address);
  });

  // Back from memory: to the end of what was sent, and to an empty form where many use the same device.
  window.addEventListener('pageshow', function (event) {
    if (!event.persisted || !busy || unkept) return;
    if (answers.marked()) giveWay(answers.marked());
    else begin();
  });

  function start() {
    const address = answers.marked(), earlier = answers.draft();
    const isSwitch = answers.storage('sessionStorage', function (store) {
      const found = store.getItem('eskm.switch');
      store.removeItem('eskm.switch');
      return found;
    });
    tellNetwork();
    if (address && answers.isReturn()) { giveWay(address); return; }
    answers.unmark();
    if (earlier && !form.querySelector('input[checked]')) {
      id.value = earlier.id;
      page.value = earlier.page || page.value;
      answers.startTime(earlier.seconds || 0);
      answers.fill(earlier.values);
      const notice = document.getElementById('draft-notice');
      notice.hidden = Boolean(isSwitch) || answers.isReturn() || !questions().some(isAnswered);
    } else if (!isTicket && !questions().some(isAnswered)) {
      // Whoever keeps or hands on a copy of this page: the answer has an id of its own. A form that is filled in
      // already may have been sent with the id that it has.
      id.value = queue.uuid();
    }
    tellProgress();
  }

  start();
})();
