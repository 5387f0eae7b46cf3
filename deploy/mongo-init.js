// Run by mongosh in the service "db-init" of compose.yaml at each `docker compose up`: makes the replica set of one member and the users,
// and gives the service's user the password of secrets-database/MONGO_PASSWORD. Done twice it changes nothing.
const { readFileSync } = require("node:fs");

const secret = (name) => readFileSync(`/run/secrets/${name}`, "utf8").trim();
const admin = db.getSiblingDB("admin");
const kuaichu = db.getSiblingDB("kuaichu");

function signIn() {
  try {
    return admin.auth("root", secret("MONGO_ROOT_PASSWORD")).ok === 1;
  } catch {
    return false;
  }
}

if (!signIn()) {
  // MongoDB lets whoever comes from its own machine do this as long as it has no user.
  try {
    rs.initiate({ _id: "rs0", members: [{ _id: 0, host: "db:27017" }] });
  } catch (error) {
    if (error.codeName !== "AlreadyInitialized") throw error;
  }
  while (!db.hello().isWritablePrimary) sleep(200);
  admin.createUser({ user: "root", pwd: secret("MONGO_ROOT_PASSWORD"), roles: ["root"] });
  signIn();
}

// reads and writes its own database, and nothing else
const user = { pwd: secret("MONGO_PASSWORD"), roles: [{ role: "readWrite", db: "kuaichu" }] };
if (kuaichu.getUser("kuaichu")) kuaichu.updateUser("kuaichu", user);
else kuaichu.createUser({ user: "kuaichu", ...user });
