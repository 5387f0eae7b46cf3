import { spawnSync } from "node:child_process";

/** How a process that decodes strangers' bytes is kept apart from the rest of the machine. */
export interface Wall {
  /** null: it stands; else why this machine has none */
  readonly fault: string | null;
  /** The program and its arguments as they are to be started, with this environment and no other. */
  around(program: readonly string[], env: Readonly<Record<string, string>>): string[];
}

export const NO_WALL: Wall = { fault: "not asked for", around: (program) => [...program] };

/**
 * New namespaces of users, mounts and network: no network but a loopback of its own that is down, and no look into the memory or the environment
 * of a process outside. `exec` all the way, so the process keeps its number and ends when it is killed.
 */
const APART = ["unshare", "--user", "--map-root-user", "--mount", "--net", "sh", "-c"];
/** Hides the paths before `--`, forbids to write into files, gives up the new namespaces' privileges, then starts what follows. */
const INSIDE = `
set -e
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mount -t tmpfs -o ro,size=4k,mode=0 none "$1"
  elif [ -e "$1" ]; then mount --bind /dev/null "$1"
  fi
  shift
done
shift
ulimit -f 0
exec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all -- "$@"`;
const PROBE_MS = 5_000;

/**
 * Tries it once with util-linux on Linux; `hidden` are files and folders that nobody behind it may read. Where the kernel, a container's profile or
 * the tools do not allow it, programs are started as they are.
 */
export function buildWall(hidden: readonly string[]): Wall {
  const around: Wall["around"] = (program, env) => {
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    // some shells export variables of their own
    return [...APART, INSIDE, "wall", ...hidden, "--", "env", "-i", ...variables, ...program];
  };
  const fault = process.platform === "linux" ? faultOf(around(["true"], {})) : `no namespaces on ${process.platform}`;
  return fault === null ? { fault, around } : { ...NO_WALL, fault };
}

function faultOf([file = "", ...args]: string[]): string | null {
  const { error, status, signal, stderr } = spawnSync(file, args, { env: {}, encoding: "utf8", timeout: PROBE_MS });
  if (error) return error.message;
  return status === 0 ? null : stderr.trim().split("\n")[0] || `ended with ${signal ?? status}`;
}
