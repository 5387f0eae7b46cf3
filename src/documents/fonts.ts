import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

export type Weight = "regular" | "medium" | "bold";

const FILES: Record<Weight, string> = {
  regular: "400Regular/NotoSansSC_400Regular.ttf",
  medium: "500Medium/NotoSansSC_500Medium.ttf",
  bold: "700Bold/NotoSansSC_700Bold.ttf",
};

let loading: Promise<Record<Weight, Buffer>> | undefined;

/** Reads Noto Sans SC in the weights of the form, 10 MB each, once, for the first document. */
export function fonts(): Promise<Record<Weight, Buffer>> {
  loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<Record<Weight, Buffer>> {
  const entries = Object.entries(FILES).map(async ([weight, file]) => {
    const url = import.meta.resolve(`@expo-google-fonts/noto-sans-sc/${file}`);
    return [weight, await readFile(fileURLToPath(url))] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as Record<Weight, Buffer>;
}
