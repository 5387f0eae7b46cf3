import { writeFileSync } from "node:fs";
import { LOG_CODES_FILE, logCodesPage } from "./log-codes.ts";

/** Renews docs/log-codes.md (`npm run log-codes`). */
writeFileSync(LOG_CODES_FILE, logCodesPage());
