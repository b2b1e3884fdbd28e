// Waiting for what other programs do.

export const LIMIT_MS = 90_000;

/** Waits until this is so. */
export async function eventually(what, holds) {
  const limit = AbortSignal.timeout(LIMIT_MS);
  for (;;) {
    const found = await holds();
    if (found) return found;
    if (limit.aborted) throw new Error(`${what}: not within ${LIMIT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
