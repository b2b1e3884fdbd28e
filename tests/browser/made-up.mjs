// Draws a made-up picture of a fighting crowd over and over, with more shots than a real crowd has,
// since there a shot hits at once. Runs in the page, with the page's modules.

/**
 * Draws `frames` pictures of this many ships and shots; resolves to the milliseconds that each took
 * and the number of sprites in the last. All ships move, and some shots are new in each picture.
 * @param {{ships: number, shots: number, frames: number, draw: string}} wanted
 */
export async function drawMadeUp({ ships, shots, frames, draw }) {
  const [{ View }, { Scene }, { Effects }, { Sound }, { loadCore }] = await Promise.all(
    ['arena/view', 'arena/scene', 'arena/effects', 'arena/sound', 'net/core'].map((name) => import(`/js/${name}.js`)),
  );
  const core = (await loadCore(fetch('/core.wasm')))();
  const [schema, STRIDE] = [core.schema(), core.stride];
  const { grid: GRID, head } = schema;
  const surface = document.body.appendChild(document.createElement('div'));
  surface.style.cssText = 'position: fixed; inset: 0';
  const view = new View(surface, schema, draw);
  view.backdrop.setWorld({ width: 1_520, height: 820, rocks: [] }, '');
  view.camera.world = { width: 1_520, height: 820 };
  const [scene, effects] = [new Scene(schema), new Effects({ matches: false }, new Sound())];
  const picture = new Float32Array((ships + shots) * STRIDE);
  const put = (i, name, fields) => {
    const [from, kind] = [i * STRIDE, schema.kind(name)];
    picture[from + head.key] = i + 1;
    picture[from + head.kind] = kind.number;
    picture[from + head.own] = i === 0 ? 1 : 0;
    for (const [field, value] of Object.entries(fields)) picture[from + kind.field(field).at] = value;
  };
  const place = (i, frame, speed) => ({
    x: (760 + 740 * Math.sin(i * 12.9 + frame * speed * Math.sin(i))) * GRID,
    y: (410 + 400 * Math.sin(i * 78.2 + frame * speed * Math.cos(i))) * GRID,
  });
  const times = [];
  for (let frame = 0; frame < frames; frame += 1) {
    const now = 1_000 + frame * 16.7;
    for (let i = 0; i < ships; i += 1) {
      put(i, 'ship', { ...place(i, frame, 0.006), hp: 20 + (i % 81), heading: (i * 7 + frame) % 256, aim: i % 256, buttons: 1 + 2 * (i % 3 === 0), player: i, shield: i % 9 ? 0 : 60, streak: i % 12 ? 0 : 4 });
    }
    for (let i = 0; i < shots; i += 1) {
      const life = (i * 13 + frame) % 54;
      put(ships + i, 'shot', { ...place(i, life, 0.02), vx: 5_000 * Math.sin(i), vy: 5_000 * Math.cos(i), life, player: i % ships });
      // Each shot flies for 0.9 s (54 pictures); then another takes its place.
      picture[(ships + i) * STRIDE + head.key] = ships + i + shots * Math.floor((i * 13 + frame) / 54);
    }
    const from = performance.now();
    scene.update(picture, STRIDE, now);
    view.camera.follow(scene.own);
    effects.watch(scene, 0, now, view.backdrop.rocks);
    effects.advance(16.7);
    if (frame % 6 === 0) effects.kill({ x: 760, y: 410, victim: 2, killer: 3, streak: 1 }, 0, view.camera);
    view.draw(scene, effects, { player: 0, leader: 3, aim: 40, name: (player) => `Pilot ${player}` }, now);
    times.push(performance.now() - from);
    if (frame % 10 === 0) await new Promise(requestAnimationFrame);
  }
  surface.previousElementSibling?.remove();
  surface.remove();
  return { times, sprites: view.sprites };
}
