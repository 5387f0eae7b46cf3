import { startEmbedded } from "../../../src/embedded/embedded.ts";

// A process that owns the folder and does nothing else: it is there to be killed.
const [dir] = process.argv.slice(2);
const { uri } = await startEmbedded({ dir: dir! });
process.stdout.write(`${uri}\n`);
