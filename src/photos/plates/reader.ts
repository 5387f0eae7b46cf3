import type { LicenceKind, LicenceReading } from "../../domain/licence.ts";
import type { PlateReading } from "../../domain/photo.ts";
import type { Log } from "../../log.ts";
import { inspect } from "../inspect.ts";
import { createLane, type LaneLimits } from "../lane/lane.ts";
import { type ProcessSetting, startPictureProcess } from "../lane/picture-process.ts";
import type { Importance } from "../lane/waiting-list.ts";
import { READER_LIMITS } from "./limits.ts";

/**
 * Reads plates and licences on this machine, one picture at a time in a separate process; it stores nothing.
 */
export interface PlateReader {
  /**
   * False: switched off, or the optional packages are not installed or do not run here. Loads the models on
   * the first call.
   */
  isAvailable(): Promise<boolean>;
  /**
   * Reads the plates of a picture, best at full size; null: there is no reader. Throws Busy when too many
   * wait, Invalid for what is no picture. `awaited`: somebody waits for the answer; `plate`: a mandatory
   * picture of a plate.
   */
  read(bytes: Buffer, importance?: Importance): Promise<PlateReading | null>;
  /**
   * Reads the fields of a photographed licence, to be confirmed; null: there is no reader, or no licence is
   * visible. Throws as `read` does.
   */
  readLicence(bytes: Buffer, kind: LicenceKind): Promise<LicenceReading | null>;
  /** pictures that wait for the process */
  waiting(): number;
  close(): Promise<void>;
}

export interface ReaderOptions extends ProcessSetting {
  isOn?: boolean;
  log?: Log;
  limits?: Partial<LaneLimits>;
  /** the program of the process */
  script?: URL;
}

/** Reading takes longer than any decode, and on a busy machine the process has the lowest priority. */
const SILENCE_MS = 60_000;
const SCRIPT = new URL("./reader-process.js", import.meta.url);

export function createPlateReader(options: ReaderOptions = {}): PlateReader {
  const { isOn = true, log, wall, timer, niceness, script = SCRIPT } = options;
  const lane = createLane({
    limits: { ...READER_LIMITS, ...options.limits },
    start: () => startPictureProcess(script, { silenceMs: SILENCE_MS, wall, timer, niceness }),
    onDeath: (error) => log?.warn({ how: error.how }, "plates.process-ended"),
  });
  let available: Promise<boolean> | undefined;

  const ask = async (head: Record<string, unknown>, bytes: Buffer[], importance: Importance): Promise<unknown> => {
    return (await lane.run({ head, parts: bytes, importance })).head["result"];
  };
  const isAvailable = (): Promise<boolean> => {
    if (!isOn) return Promise.resolve(false);
    // kept only when it was answered: a full queue says nothing about the packages
    available ??= (ask({ task: "available" }, [], "awaited") as Promise<boolean>).catch((error) => {
      available = undefined;
      throw error;
    });
    return available;
  };
  return {
    isAvailable,
    async read(bytes, importance = "plate") {
      inspect(bytes);
      if (!(await isAvailable())) return null;
      return (await ask({ task: "plates" }, [bytes], importance)) as PlateReading;
    },
    async readLicence(bytes, kind) {
      inspect(bytes);
      if (!(await isAvailable())) return null;
      return (await ask({ task: "licence", kind }, [bytes], "awaited")) as LicenceReading | null;
    },
    waiting: lane.waiting,
    close: lane.close,
  };
}
