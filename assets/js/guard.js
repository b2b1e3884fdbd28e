// What must work before the modules are there, or without them: remembers who presses Play meanwhile,
// says if the page could not start, and loads a page that is too old again. A classic script without
// imports, which has run before the page is shown; the modules know it as `window.guard`.

(() => {
  const STORED = 'drumbeat.renewed';
  /** How a word about a lost style sheet lies over the page without one: its colours are the page's. */
  const BARE = { position: 'fixed', inset: '0', zIndex: '9', padding: '30vh 24px', textAlign: 'center', font: '16px sans-serif', background: '#070a14', color: '#e8eefb' };
  const root = document.documentElement;
  const loaded = () => document.body?.dataset.loaded === 'true';

  /** Loads the page again because the server has another: once, until it has played.
   * @returns {boolean} whether it does */
  function renew() {
    try {
      if (sessionStorage.getItem(STORED)) return false;
      sessionStorage.setItem(STORED, 'true');
    } catch {
      // Nothing would stop it from doing so again and again.
      return false;
    }
    location.reload();
    return true;
  }

  /** The page is the server's: another may come later. */
  function settle() {
    try {
      sessionStorage.removeItem(STORED);
    } catch {
      // Nothing is stored then.
    }
  }

  /** Says that the page could not start.
   * @param {string} [text] why; else what the page says by itself */
  function fail(text) {
    const broken = document.getElementById('broken');
    const words = document.getElementById('broken-text');
    if (text && words) words.textContent = text;
    broken?.removeAttribute('hidden');
  }

  /** Says that a style sheet did not arrive: the game may run, but nothing is where it belongs. */
  function bare() {
    const words = document.getElementById('bare');
    if (!words) return;
    Object.assign(words.style, BARE);
    words.hidden = false;
  }

  /** A script or a style sheet did not load. If the server has another by now, so it has another page.
   * @param {string} address
   * @param {() => void} say says that it is missing */
  async function lost(address, say) {
    const answer = await fetch(address, { method: 'HEAD', cache: 'no-store' }).catch(() => null);
    if (answer?.status === 404 && renew()) return;
    // A style sheet may be lost before the words about it are there.
    if (document.readyState === 'loading') addEventListener('DOMContentLoaded', say);
    else say();
  }

  addEventListener('error', ({ target }) => {
    if (target instanceof HTMLScriptElement) lost(target.src, () => fail());
    else if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') lost(target.href, bare);
    else if (target === window && !loaded()) fail();
  }, true);
  addEventListener('submit', (event) => {
    if (loaded()) return;
    event.preventDefault();
    root.dataset.early = 'play';
  });
  addEventListener('click', ({ target }) => {
    if (!(target instanceof Element)) return;
    if (target.closest('#broken-again, #bare-again')) location.reload();
    // Removed rather than hidden: another style sheet that is lost says nothing new.
    if (target.closest('#bare-on')) document.getElementById('bare')?.remove();
    if (!loaded() && target.closest('#watch')) root.dataset.early = 'watch';
  });
  Object.assign(window, { guard: { renew, settle, fail } });
})();
