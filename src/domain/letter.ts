/** 甲方 / 乙方. A opened the case, B joined it. */
export type Letter = "A" | "B";
export const LETTERS: readonly Letter[] = ["A", "B"];
