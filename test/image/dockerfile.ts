/** One line of a Dockerfile: its word in capitals and what follows. */
export interface Instruction {
  word: string;
  rest: string;
}

export interface Stage {
  /** the name after AS; the last one has none */
  name: string | null;
  /** another stage's name, or an image */
  from: string;
  instructions: Instruction[];
}

/**
 * Reads the stages of a Dockerfile; lines ended by a backslash belong together. Lines before the first FROM
 * (comments, ARG) are left out.
 */
export function readStages(text: string): Stage[] {
  const stages: Stage[] = [];
  for (const line of text
    .replace(/^#.*\n/gm, "")
    .replace(/\\\n/g, " ")
    .split("\n")) {
    const [, word = "", rest = ""] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
    if (word === "FROM") {
      const [, from = "", name = null] = /^(\S+)(?:\s+AS\s+(\S+))?$/.exec(rest) ?? [];
      stages.push({ name, from, instructions: [] });
    } else if (word) {
      stages.at(-1)?.instructions.push({ word, rest });
    }
  }
  return stages;
}

/** Reads COPY: the sources, the target, and the stage that they come from (null: the project). */
export function readCopy(rest: string): { from: string | null; sources: string[]; target: string } {
  const words = rest.split(/\s+/);
  const from = words[0]?.startsWith("--from=") ? (words.shift() as string).slice("--from=".length) : null;
  return { from, sources: words.slice(0, -1), target: words.at(-1) as string };
}
