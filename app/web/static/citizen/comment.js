/* Says while somebody writes that a comment seems to hold a number or address of a person. Nothing is refused. */
(function () {
  'use strict';

  const field = self.document && document.querySelector('[data-screen]');
  if (!field) return;

  const said = field.nextElementSibling, pattern = new RegExp(field.getAttribute('data-screen'));

  function look() {
    const text = pattern.test(field.value) ? said.getAttribute('data-text') : '';
    if (said.textContent !== text) said.textContent = text;
    said.className = text && 'notice';
  }

  field.addEventListener('input', look);
  window.addEventListener('pageshow', look);
})();
