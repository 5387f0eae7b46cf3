import { pathToFileURL } from "node:url";
import { ConfigFault, loadConfig } from "../config.ts";
import type { Language } from "../domain/accident.ts";
import { createRender } from "../render.ts";
import { checksOf } from "./checks.ts";
import { examine } from "./examine.ts";
import { createPatient } from "./patient.ts";
import { report } from "./report.ts";
import { faultLines } from "./settings-checks.ts";

const USAGE = `usage: doctor-command [--ping] [--lang zh|en]
       looks at settings, database, WeChat account, public address, insurers and this machine, before the
       service runs or beside it, and says what to do; changes nothing; code 1 when something fails
       --ping   sends each insurer with an address one signed test event, endpoint.ping
`;
const LANGUAGES: Readonly<Record<string, readonly Language[]>> = { zh: ["zh"], en: ["en"] };

interface Asked {
  isPinging: boolean;
  languages: readonly Language[];
}

function read(words: readonly string[]): Asked | null {
  const asked: Asked = { isPinging: false, languages: ["zh", "en"] };
  for (let at = 0; at < words.length; at++) {
    const languages = words[at] === "--lang" ? LANGUAGES[words[++at] ?? ""] : undefined;
    if (languages) asked.languages = languages;
    else if (words[at] === "--ping") asked.isPinging = true;
    else return null;
  }
  return asked;
}

export interface DoctorOptions {
  print(text: string): void;
  environment?: NodeJS.ProcessEnv;
  /** a certificate authority that is trusted beside the system's, for tests */
  ca?: string;
}

/** Examines what the settings describe, and prints a line for each check. Returns the exit code. */
export async function doctorCommand(words: readonly string[], options: DoctorOptions): Promise<number> {
  const { print, environment, ca } = options;
  const asked = read(words);
  if (!asked) {
    print(USAGE);
    return 2;
  }
  const { isPinging, languages } = asked;
  const telling = { words: createRender({}, false).words, languages, print };
  const config = await loadConfig(environment).catch((error: unknown) => {
    if (error instanceof ConfigFault) return error;
    throw error;
  });
  if (config instanceof ConfigFault) return report(faultLines(config.faults), telling);
  const patient = createPatient(config, { isPinging, ca });
  try {
    return report(await examine(checksOf(config, isPinging), patient), telling);
  } finally {
    await patient.close();
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.exitCode = await doctorCommand(process.argv.slice(2), { print: (text) => void process.stdout.write(text) });
