// The page's loop: at the screen's rate while it is visible, slower while it is hidden.

const HIDDEN_MS = 250;

/**
 * Calls `frame(now, visible)` for every picture, and a few times a second while the page is hidden,
 * when browsers suspend animation frames.
 * @param {(now: number, visible: boolean) => void} frame `now` in milliseconds of `performance.now`
 * @returns {() => void} ends it
 */
export function run(frame) {
  let asked = 0;
  /** @param {number} now */
  const onFrame = (now) => {
    // Requested first, so that an exception in a frame does not end the loop.
    asked = requestAnimationFrame(onFrame);
    frame(now, true);
  };
  asked = requestAnimationFrame(onFrame);
  const timer = setInterval(() => {
    if (document.hidden) frame(performance.now(), false);
  }, HIDDEN_MS);
  return () => {
    cancelAnimationFrame(asked);
    clearInterval(timer);
  };
}
