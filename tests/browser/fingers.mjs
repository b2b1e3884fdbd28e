// Fingers that the test makes itself: for browsers whose drivers have none, and for gestures that must not
// take longer because a machine is slow.

/** Sends events of fingers to the arena, all at once: `[kind, id, x, y]`. */
export function fingers(player, ...events) {
  return player.page.evaluate((all) => {
    const game = document.getElementById('game');
    // The browser knows nothing of these fingers.
    game.setPointerCapture = () => {};
    for (const [kind, pointerId, clientX, clientY] of all) {
      game.dispatchEvent(new PointerEvent(kind, { pointerId, clientX, clientY, pointerType: 'touch', bubbles: true, cancelable: true }));
    }
  }, events);
}

/** Counts in `window.rails` the pictures in which the own ship fires its rail: a tap holds it for a moment only. */
export function watchRail(player) {
  return player.page.evaluate(() => {
    window.rails = 0;
    const look = () => {
      window.rails += Number((window.drumbeat.own?.buttons & 8) === 8);
      requestAnimationFrame(look);
    };
    look();
  });
}
