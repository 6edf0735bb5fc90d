/* Work that the phone does while its owner answers, at points that ask for it (ALTCHA, version 2). Browsers compute
   PBKDF2 beside the page. Without the result the answer is sent all the same. */
(function () {
  'use strict';

  const form = document.getElementById('answers');
  if (!form || !window.fetch || !window.crypto || !crypto.subtle) return;

  const PATIENCE = 10 * 1000;
  const field = form.elements.proof, id = form.elements.id;
  const address = '/api/v1/points/' + encodeURIComponent(form.getAttribute('data-point')) + '/challenge?id=';
  let answer = '', work = null;

  function bytes(hex) {
    return Uint8Array.from(hex.match(/../g), function (pair) { return parseInt(pair, 16); });
  }

  function hex(buffer) {
    return Array.from(new Uint8Array(buffer), function (byte) { return ('0' + byte.toString(16)).slice(-2); }).join('');
  }

  async function solve(challenge) {
    const asked = challenge.parameters, nonce = bytes(asked.nonce), way = {
      name: 'PBKDF2', hash: 'SHA-256', salt: bytes(asked.salt), iterations: asked.cost
    };
    const password = new Uint8Array(nonce.length + 4), counted = new DataView(password.buffer);
    password.set(nonce);
    for (let counter = 0; counter < 100000; counter += 1) {
      counted.setUint32(nonce.length, counter);
      const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
      const derived = hex(await crypto.subtle.deriveBits(way, key, asked.keyLength * 8));
      if (derived.indexOf(asked.keyPrefix) === 0) {
        return btoa(JSON.stringify({ challenge: challenge, solution: { counter: counter, derivedKey: derived } }));
      }
    }
    return '';
  }

  // One piece of work for each answer; begun anew where there was no network for its challenge.
  function begin() {
    if (answer === id.value) return work;
    const mine = answer = id.value;
    field.value = '';
    work = fetch(address + mine, { cache: 'no-store' }).then(function (response) {
      if (!response.ok) throw new Error('no challenge: ' + response.status);
      return response.json();
    }).then(solve).then(function (proof) {
      if (answer === mine) field.value = proof;
      return proof;
    }).catch(function () {
      if (answer === mine) answer = '';
      return '';
    });
    return work;
  }

  form.addEventListener('change', begin);

  // What proves the work for the answer in the form; empty when there is nothing to wait for any longer.
  self.eskmProof = function () {
    return Promise.race([begin(), new Promise(function (resolve) { setTimeout(resolve, PATIENCE, ''); })]);
  };
})();
