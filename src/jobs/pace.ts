/** What was copied. */
export interface Amount {
  documents: number;
  files: number;
  bytes: number;
}

const MB = 1024 * 1024;

/** Says how much was copied and how fast: by it operators plan how long theirs takes. */
export function paceOf({ documents, files, bytes }: Amount, ms: number): string {
  const [seconds, mb] = [Math.max(ms, 1) / 1000, bytes / MB];
  const each = `${Math.round(documents / seconds)} documents and ${(mb / seconds).toFixed(1)} MB a second`;
  return `${documents} documents, ${files} files, ${Math.ceil(mb)} MB in ${seconds.toFixed(1)} s: ${each}`;
}
