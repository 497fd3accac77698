// Behaviour shared by the consoles. Every page reads and works without it.
(() => {
  'use strict';
  const on = (event, selector, act) => document.addEventListener(event, e => {
    const el = e.target.closest(selector);
    if (el) act(el, e);
  });

  // Beside its detail a queue stands open; above it, on a narrow screen, it starts closed.
  if (matchMedia('(max-width: 75rem)').matches) {
    for (const d of document.querySelectorAll('details[data-wide]')) d.open = false;
  }

  // A disabled action stays focusable so that its reason can be read; it just does nothing.
  on('click', '[aria-disabled="true"]', (el, e) => e.preventDefault());

  // Copy gives the plain value, without the gaps we show.
  on('click', '[data-copy]', async el => {
    await navigator.clipboard.writeText(el.dataset.copy);
    el.setAttribute('aria-label', el.dataset.copied);
  });

  // The menu closes on Escape and on a click outside.
  const closeMenus = except => {
    for (const d of document.querySelectorAll('details.fw-menu[open]')) if (d !== except) d.open = false;
  };
  document.addEventListener('click', e => closeMenus(e.target.closest('details.fw-menu')));
  document.addEventListener('keydown', e => {
    if (e.key !== 'Escape') return;
    const open = document.querySelector('details.fw-menu[open]');
    if (open) { open.open = false; open.querySelector('summary').focus(); }
  });
})();
