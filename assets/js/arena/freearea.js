// The part of the screen that no panel covers: there the camera keeps the ship that it follows.

/** A box on the screen, CSS pixels.
 * @typedef {{left: number, top: number, right: number, bottom: number}} Box */

/**
 * The largest box of the screen that no panel touches, the whole screen without panels.
 * @param {number} width of the screen, CSS pixels
 * @param {number} height
 * @param {readonly Box[]} panels
 * @returns {Box}
 */
export function freeArea(width, height, panels) {
  const inside = panels.filter(({ left, top, right, bottom }) => right > Math.max(0, left) && bottom > Math.max(0, top) && left < width && top < height);
  const lefts = edges([0, ...inside.map((panel) => panel.right)], width);
  const rights = edges([width, ...inside.map((panel) => panel.left)], width);
  const tops = edges([0, ...inside.map((panel) => panel.bottom)], height);
  const bottoms = edges([height, ...inside.map((panel) => panel.top)], height);
  let best = { left: 0, top: 0, right: 0, bottom: 0 };
  let largest = 0;
  for (const left of lefts) {
    for (const right of rights) {
      for (const top of tops) {
        for (const bottom of bottoms) {
          const area = (right - left) * (bottom - top);
          if (right <= left || bottom <= top || area <= largest) continue;
          const box = { left, top, right, bottom };
          if (inside.some((panel) => overlap(panel, box))) continue;
          [best, largest] = [box, area];
        }
      }
    }
  }
  return best;
}

/**
 * Whether two boxes share more than an edge.
 * @param {Box} a
 * @param {Box} b
 */
export function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/**
 * Different places within the screen.
 * @param {number[]} places
 * @param {number} size
 */
function edges(places, size) {
  return [...new Set(places.map((place) => Math.min(Math.max(place, 0), size)))];
}
