import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { runInNewContext } from "node:vm";

const SCRIPT = readFileSync(new URL("../../../deploy/mongo-init.js", import.meta.url), "utf8");

/** What mongosh gives a script, over one database whose users are in `users`; returns what was done. */
function run({ users, isInitiated }: { users: Record<string, string>; isInitiated: boolean }): string[] {
  const done: string[] = [];
  const own = { pwd: "", roles: [] as unknown[] };
  const database = (name: string) => ({
    auth(user: string, password: string) {
      if (users[user] !== password) throw new Error("Authentication failed.");
      return { ok: 1 };
    },
    getUser: (user: string) => (users[user] === undefined ? null : { user }),
    createUser: ({ user, pwd, roles }: typeof own & { user: string }) => {
      done.push(`create ${user} in ${name}: ${JSON.stringify(roles)}`);
      users[user] = pwd;
    },
    updateUser: (user: string, { pwd }: typeof own) => {
      done.push(`update ${user} in ${name}`);
      users[user] = pwd;
    },
  });
  let looks = 0;
  runInNewContext(SCRIPT, {
    require: () => ({ readFileSync: (path: string) => `password of ${path.split("/").at(-1)}\n` }),
    db: { getSiblingDB: database, hello: () => ({ isWritablePrimary: looks++ > 1 }) },
    rs: {
      initiate() {
        if (users["root"]) throw Object.assign(new Error("not allowed"), { codeName: "Unauthorized" });
        if (isInitiated) throw Object.assign(new Error("again"), { codeName: "AlreadyInitialized" });
        done.push("initiate");
      },
    },
    sleep: () => {},
  });
  return done;
}

const ROOT_PASSWORD = "password of MONGO_ROOT_PASSWORD";
const CREATED = ['create root in admin: ["root"]', 'create kuaichu in kuaichu: [{"role":"readWrite","db":"kuaichu"}]'];

describe("deploy/mongo-init.js", () => {
  it("makes the replica set and both users, also where it was interrupted between", () => {
    assert.deepEqual(run({ users: {}, isInitiated: false }), ["initiate", ...CREATED]);
    assert.deepEqual(run({ users: {}, isInitiated: true }), CREATED);
  });

  it("gives the service's user the password of the file from then on", () => {
    const users = { root: ROOT_PASSWORD, kuaichu: "an old one" };
    assert.deepEqual(run({ users, isInitiated: true }), ["update kuaichu in kuaichu"]);
    assert.equal(users.kuaichu, "password of MONGO_PASSWORD");
  });

  it("fails, and changes nothing, with another root's password", () => {
    const users = { root: "another", kuaichu: "an old one" };
    assert.throws(() => run({ users, isInitiated: true }), /not allowed/);
    assert.equal(users.kuaichu, "an old one");
  });
});
