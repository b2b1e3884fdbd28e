// Waiting for what happens outside of a page.

import assert from 'node:assert/strict';

/** Generous, since a machine may draw in software while it is compiling. */
export const LIMIT_MS = 60_000;

/** Waits until the ship has gone `units` east on the server; nobody may be there to shoot it. */
export async function goesEast(server, name, units) {
  const start = await eventually(`the server lists ${name}`, () => server.player(name));
  await eventually(`${name} goes ${units} units east on the server`, async () => (await server.player(name)).x - start.x >= units);
}

/** Polls until `probe` returns a truthy value, and returns it. */
export async function eventually(what, probe) {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const found = await probe();
    if (found) return found;
    assert.ok(Date.now() < deadline, `not within ${LIMIT_MS / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
