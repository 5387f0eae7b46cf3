/**
 * Repeats every tenth of a second for at most forty seconds: work of a killed process comes back with its
 * lease.
 */
export async function until<T>(ask: () => Promise<T>, good: (value: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const value = await ask();
    if (good(value)) return value;
    if (tries >= 400) throw new Error(`waited in vain: ${JSON.stringify(value).slice(0, 300)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
