// What is wrong with the texts that a page shows.

/**
 * Runs in the page: what is wrong with the texts and controls that are shown.
 * Text is measured where it is drawn. What scrolls may be below the screen; only the list of rooms scrolls
 * sideways.
 */
export function faults() {
  const root = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
  const found = [];
  const boxes = [];
  const name = (part) => `${part.tagName.toLowerCase()}${part.id ? `#${part.id}` : ''} '${part.textContent.trim().slice(0, 30)}'`;
  const shown = (part) => part.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !part.closest('.spoken, [aria-hidden="true"], canvas');
  const scrolled = (part, along) => {
    const [whole, seen] = along === 'Y' ? ['scrollHeight', 'clientHeight'] : ['scrollWidth', 'clientWidth'];
    for (let at = part; at && at !== document.documentElement; at = at.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(at)[`overflow${along}`]) && at[whole] > at[seen] + 1) return true;
    }
    return false;
  };
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const part = node.parentElement;
    if (!node.data.trim() || !part || !shown(part) || part.matches('option, script, style')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const [scrolls, slides] = [scrolled(part, 'Y'), part.closest('#rooms') && scrolled(part, 'X')];
    // What follows the ship lies in boxes without a size, and may lie on anything.
    const follows = part.closest('#hint, #aside');
    const box = follows ? null : part.closest('button, kbd, li, td, th, p');
    const clipper = box?.getBoundingClientRect();
    // An ellipsis says that something is left out.
    const cuts = [part, box].some((one) => one && getComputedStyle(one).textOverflow === 'ellipsis');
    for (const { left, right: end, top, bottom, width } of range.getClientRects()) {
      const right = cuts ? Math.min(end, part.getBoundingClientRect().right) : end;
      if (width === 0) continue;
      if (!slides && (left < -1 || right > innerWidth + 1)) found.push(`${name(part)} leaves the screen sideways`);
      if (!scrolls && (top < -1 || bottom > innerHeight + 1)) found.push(`${name(part)} leaves the screen`);
      if (clipper && !cuts && (left < clipper.left - 1.5 || right > clipper.right + 1.5)) found.push(`${name(part)} leaves its box`);
      if (!scrolls && !slides && !follows) boxes.push({ part, left, right, top, bottom });
    }
  }
  for (const [i, a] of boxes.entries()) {
    for (const b of boxes.slice(i + 1)) {
      if (a.part === b.part || a.part.contains(b.part) || b.part.contains(a.part)) continue;
      const [across, down] = [Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)];
      if (across > 2 && down > 4) found.push(`${name(a.part)} lies on ${name(b.part)}`);
    }
  }
  return found;
}
