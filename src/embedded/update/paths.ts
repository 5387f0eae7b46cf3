import { Fault } from "../fault.ts";
import { isPosition } from "../query/path.ts";
import { compareText } from "../values/compare.ts";

/** The parts of a path in an update, placeholders among them. */
export function updatePath(name: string): string[] {
  const path = name.split(".");
  if (path.includes(""))
    throw new Fault(56, `The update path '${name}' contains an empty field name, which is not allowed.`);
  for (const [i, part] of path.entries()) if (part.startsWith("$")) checkPlaceholder(name, part, i);
  return path;
}

function checkPlaceholder(name: string, part: string, depth: number): void {
  if (part !== "$" && !/^\$\[\w*\]$/.test(part)) {
    throw new Fault(52, `The dollar ($) prefixed field '${part}' in '${name}' is not valid for storage.`);
  }
  if (depth > 0) return;
  throw new Fault(2, `Cannot have array filter identifier or positional operator at the start of path '${name}'`);
}

export function isDynamic(path: readonly string[]): boolean {
  return path.some((part) => part.startsWith("$"));
}

/** MongoDB changes fields in the order of their names, which shows in where new ones stand. */
export function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [left, right] = [a[i]!, b[i]!];
    const difference = isPosition(left) && isPosition(right) ? Number(left) - Number(right) : compareText(left, right);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** No two changes may meet: neither the same path nor one inside the other. */
export function checkConflicts(paths: readonly (readonly string[])[]): void {
  const sorted = [...paths].sort(comparePaths);
  for (let i = 1; i < sorted.length; i++) {
    const [before, path] = [sorted[i - 1]!, sorted[i]!];
    if (!before.every((part, k) => part === path[k])) continue;
    throw new Fault(40, `Updating the path '${path.join(".")}' would create a conflict at '${before.join(".")}'`);
  }
}
