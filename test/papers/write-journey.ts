import { writeFileSync } from "node:fs";
import { JOURNEY_FILE, journeyPage } from "./journey.ts";

/** Renews docs/journey.md (`npm run journey`). */
writeFileSync(JOURNEY_FILE, journeyPage());
