/* Faults of the form, told at once and in the words of the service: see citizen/faults.html. */
(function () {
  'use strict';

  const form = self.document && document.getElementById('answers');
  if (!form) return;

  const faults = document.getElementById('faults'), asked = document.getElementById('asked');
  const pageTitle = document.title;

  function questions() { return Array.from(form.querySelectorAll('.question')); }

  function words(name, count) {
    const many = faults.getAttribute('data-words').split(',');
    const text = faults.getAttribute('data-' + name).replace('{count}', many[count] || count);
    return text.charAt(0).toUpperCase() + text.slice(1);
  }

  function clearFaults() {
    Array.from(document.querySelectorAll('.error-summary, #answers .error')).forEach(function (one) { one.remove(); });
    Array.from(form.querySelectorAll('.wrong')).forEach(function (one) { one.classList.remove('wrong'); });
    Array.from(form.querySelectorAll('[aria-describedby]')).forEach(function (one) {
      const left = one.getAttribute('aria-describedby').split(' ').filter(function (name) { return !/-error$/.test(name); });
      if (left.length) one.setAttribute('aria-describedby', left.join(' '));
      else one.removeAttribute('aria-describedby');
      one.removeAttribute('aria-invalid');
    });
  }

  function fault(name, text, before) {
    const line = document.importNode(faults.content.querySelector('.error'), true);
    line.id = name + '-error';
    line.lastChild.nodeValue = ' ' + text + '\n';
    before.parentNode.insertBefore(line, before);
    return line.id;
  }

  function ageFault() {
    const age = form.elements.age.value.trim();
    if (!age) return '';
    if (!/^\d{1,3}$/.test(age)) return faults.getAttribute('data-age-number');
    return age > 120 ? faults.getAttribute('data-age-range') : '';
  }

  // Shows what is missing; true when nothing is.
  function isComplete() {
    clearFaults();
    const missing = questions().filter(function (question) { return !question.querySelector('input:checked'); });
    const age = ageFault(), links = [];
    missing.forEach(function (question) {
      question.classList.add('wrong');
      const text = faults.getAttribute('data-choose');
      question.setAttribute('aria-describedby', fault(question.id, text, question.querySelector('.choice')));
      const legend = question.querySelector('legend');
      links.push([question.querySelector('input').id, legend.textContent.trim().replace(/^(\d+)\s+/, '$1. ')]);
    });
    if (age) {
      const field = form.elements.age;
      fault('age', age, field);
      field.setAttribute('aria-describedby', 'age-unit age-error');
      field.setAttribute('aria-invalid', 'true');
      form.querySelector('details').open = true;
      links.push(['age', age]);
    }
    if (!links.length) return true;
    const kind = age ? (links.length === 1 ? 'fix-one' : 'fix-many') : (links.length === 1 ? 'one' : 'many');
    summarise(words(kind, links.length), faults.getAttribute('data-rest'), links);
    return false;
  }

  function summarise(title, text, links) {
    const box = document.importNode(faults.content.querySelector('.error-summary'), true);
    const list = box.querySelector('ul');
    box.removeAttribute('autofocus');
    box.querySelector('h2').textContent = title;
    box.querySelector('p').textContent = text;
    list.textContent = '';
    links.forEach(function (link) {
      const item = document.createElement('li'), anchor = document.createElement('a');
      anchor.href = '#' + link[0];
      anchor.textContent = link[1];
      anchor.addEventListener('click', function (event) {
        event.preventDefault();
        document.getElementById(link[0]).focus();
        document.getElementById(link[0]).closest('fieldset, .field').scrollIntoView();
      });
      item.appendChild(anchor);
      list.appendChild(item);
    });
    if (!links.length) list.remove();
    asked.insertBefore(box, asked.firstChild);
    document.title = title + ': ' + pageTitle;
    box.focus();
  }

  self.eskmFaults = {
    clear: clearFaults, isComplete: isComplete,
    unkept: function () {
      clearFaults();
      summarise(faults.getAttribute('data-unkept'), faults.getAttribute('data-stay'), []);
    }
  };
})();
