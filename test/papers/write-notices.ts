import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { noticesText } from "./notices.ts";
import { PROJECT } from "./packages.ts";

writeFileSync(join(PROJECT, "THIRD-PARTY-NOTICES"), await noticesText());
