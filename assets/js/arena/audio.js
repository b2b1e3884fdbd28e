// Connects the sound to the settings and unlocks it on the player's first action.

/** @typedef {{unlock(): void, muted: boolean, volume: number}} Sound */

/**
 * @param {Sound} sound
 * @param {import('./settings.js').Settings} settings
 * @returns {() => void} applies the present settings
 */
export function connectSound(sound, settings) {
  const unlock = () => sound.unlock();
  // Browsers play no sound before a user action.
  for (const name of ['pointerdown', 'pointerup', 'keydown']) addEventListener(name, unlock, { capture: true });
  return () => {
    sound.muted = !settings.sound;
    sound.volume = settings.volume;
  };
}
