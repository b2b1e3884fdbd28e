// The page's beat: the screen's.

const HIDDEN_MS = 250;

/**
 * Calls `frame(now, visible)` for every frame of the screen, and a few times a second while the
 * page is hidden, when browsers hold the frames back.
 */
export function run(frame) {
  const onFrame = (now) => {
    // First, so that a frame that fails is not the last.
    requestAnimationFrame(onFrame);
    frame(now, true);
  };
  requestAnimationFrame(onFrame);
  setInterval(() => {
    if (document.hidden) frame(performance.now(), false);
  }, HIDDEN_MS);
}
