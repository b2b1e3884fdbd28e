// Says so when a module of the page did not load: js/main.js cannot, since it does not run then.
// A classic script without imports. The modules have run, or failed, before `load`.

addEventListener('load', () => {
  if (!document.body.dataset.loaded) document.getElementById('broken').hidden = false;
});
