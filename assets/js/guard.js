// Says so when a module of the page did not load: js/main.js cannot, since it does not run then.
// A classic script without imports. The modules have run, or failed, before `load`.

addEventListener('load', () => {
  document.getElementById('broken')?.toggleAttribute('hidden', document.body.dataset.loaded === 'true');
});
