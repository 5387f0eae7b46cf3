/**
 * Leaves the ends that tell two values apart: 张*, 138****1234. A value no longer than both is hidden whole.
 */
export function masked(value: string, { first, last }: { first: number; last: number }): string {
  const signs = [...value];
  if (signs.length <= first + last) return "*".repeat(signs.length);
  return signs.map((sign, at) => (at < first || at >= signs.length - last ? sign : "*")).join("");
}
