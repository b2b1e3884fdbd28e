// Connects the sound to the settings, by which it is also muted, and unlocks it on the player's first action.

import { texts } from './texts/index.js';

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

/**
 * Turns the sound on or off, and says so.
 * @param {import('./settings.js').Settings} settings
 * @param {import('./device.js').Device} device
 */
export function toggleSound(settings, device) {
  const sound = !settings.sound;
  settings.set({ sound });
  device.say(sound ? texts.devices.soundOn : texts.devices.soundOff);
}
