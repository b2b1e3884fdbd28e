// What the picture needs to know about the player, from the parts of the page.

import { nameTag } from './format.js';

/**
 * @param {import('./page.js').Page} page
 * @param {import('../net/types.js').Live} [live] while frames come in
 * @returns {import('./view.js').Play}
 */
export function playOf(page, live) {
  const { controls, device, events, overlays, scene, session, settings, touch, view, weapons } = page;
  const { own } = scene;
  return {
    player: page.player,
    leader: events.leader,
    aim: controls.read().aim,
    sticks: touch.shown(controls.sticks, device.kind === 'touch' && own !== null),
    name: (player) => nameTag(session.core?.name(player) ?? null, events.away.has(player)),
    calm: settings.matches,
    house: view.camera.world.house,
    overdriveTicks: weapons.overdriveTicks,
    marks: page.marks,
    // The podium says itself that weapons are off.
    protection: own && live && !overlays.over ? weapons.words(own, live.own) : '',
  };
}
