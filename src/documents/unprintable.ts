import { createPaper, type Paper } from "./paper.ts";

let loading: Promise<Paper> | undefined;

/** Finds the first character that the agreement would not print as it is, or null. */
export async function unprintable(text: string): Promise<string | null> {
  loading ??= createPaper({ title: "", madeAt: new Date(0) }).catch((error) => {
    loading = undefined;
    throw error;
  });
  const { clean } = await loading;
  return [...text.normalize("NFC")].find((character) => /\S/.test(character) && clean(character) !== character) ?? null;
}
