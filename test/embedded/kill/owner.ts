import { startEmbedded } from "../../../src/embedded/embedded.ts";

// Owns the folder and does nothing else, for the test to kill.
const [dir] = process.argv.slice(2);
const { uri } = await startEmbedded({ dir: dir! });
process.stdout.write(`${uri}\n`);
