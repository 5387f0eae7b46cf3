import { spawnSync } from "node:child_process";

/**
 * Compiles the project and starts the service. `npm run dev` lets Node.js watch sources, words and settings
 * and run this again after each change; errors of compilation are shown, and the next change tries again.
 */
const { status } = spawnSync("npm", ["run", "-s", "build"], { stdio: "inherit", shell: process.platform === "win32" });
if (status === 0) await import("../src/main.ts");
