import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import axios from "axios";

/** This project's own server: a program and its arguments. */
export const OWN = [
  process.execPath,
  "--enable-source-maps",
  fileURLToPath(new URL("../../src/main.js", import.meta.url)),
];

/** The real server as a process of its own: started, killed, started again on the same data. */
export class ServerProcess {
  readonly #env: Record<string, string>;
  readonly url: string;
  readonly #command: readonly string[];
  #child: ChildProcess | undefined;

  constructor(url: string, env: Record<string, string>, command: readonly string[] = OWN) {
    this.url = url;
    this.#env = env;
    this.#command = command;
  }

  /** of the process that runs now; undefined before the first start */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(): Promise<void> {
    const [file = "", ...args] = this.#command;
    const child = spawn(file, args, {
      env: { ...process.env, ...this.#env },
      stdio: ["ignore", "ignore", "inherit"],
    });
    this.#child = child;
    // Until it is ready or has ended, however long the machine takes.
    while (true) {
      const answer = await axios
        .get(`${this.url}/readyz`, { validateStatus: () => true, proxy: false })
        .catch(() => null);
      if (answer?.status === 200) return;
      const end = child.exitCode ?? child.signalCode;
      if (end !== null) throw new Error(`the server ended with ${end} at its start`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** kill -9 and a restart: nothing that was acknowledged may be lost. */
  async killAndRestart(): Promise<void> {
    await this.#end("SIGKILL");
    await this.start();
  }

  /** SIGTERM: drains within 10 s. Returns the exit code. */
  stop(): Promise<number | null> {
    return this.#end("SIGTERM");
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null) return child?.exitCode ?? null;
    const exited = once(child, "exit");
    child.kill(signal);
    const [code] = await exited;
    return code as number | null;
  }
}
