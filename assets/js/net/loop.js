// The page's beat: the screen's while it is seen, a slow one while it is hidden.

const HIDDEN_MS = 250;

/**
 * Calls `frame(now, visible)` for every frame of the screen, and a few times a second while the
 * page is hidden, when browsers hold the frames back.
 * @param {(now: number, visible: boolean) => void} frame `now` in milliseconds of `performance.now`
 * @returns {() => void} ends it
 */
export function run(frame) {
  let asked = 0;
  /** @param {number} now */
  const onFrame = (now) => {
    // First, so that a frame that fails is not the last.
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
