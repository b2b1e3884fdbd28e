// Joins the sound with the settings, and lets it begin once the player has done something.

/** @typedef {{unlock(): void, muted: boolean, volume: number}} Sound */

/**
 * @param {Sound} sound
 * @param {import('./settings.js').Settings} settings
 * @returns {() => void} takes the settings as they are now
 */
export function connectSound(sound, settings) {
  const unlock = () => sound.unlock();
  // Browsers let nothing sound before that.
  for (const name of ['pointerdown', 'pointerup', 'keydown']) addEventListener(name, unlock, { capture: true });
  return () => {
    sound.muted = !settings.sound;
    sound.volume = settings.volume;
  };
}
