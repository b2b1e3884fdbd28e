// Reports that a module of the page did not load: js/main.js can't, since it does not run then.
// This is a classic script without imports. The modules have run, or failed, before `load`.

addEventListener('load', () => {
  document.getElementById('broken')?.toggleAttribute('hidden', document.body.dataset.loaded === 'true');
});
