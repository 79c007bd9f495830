// Makes a replica set of one member, and the account that the roles use. Run by mongosh before every start; what is
// there already stays, only the account's password follows its secret.
const { readFileSync } = require("fs");

const secret = (name) => readFileSync(`${process.env.SECRETS_DIR || "/run/secrets"}/${name}`, "utf8").trim();
const host = process.env.MONGO_HOST;
const roleUri = new URL(secret("mongo-uri").replace(/^mongodb(\+srv)?:/, "http:"));
const database = roleUri.pathname.slice(1);

const client = new Mongo(
  `mongodb://root:${encodeURIComponent(secret("mongo-root-password"))}@${host}/admin?directConnection=true`,
);
const admin = client.getDB("admin");

try {
  admin.adminCommand({ replSetGetStatus: 1 });
} catch (error) {
  if (error.codeName !== "NotYetInitialized") throw error;
  admin.adminCommand({ replSetInitiate: { _id: "rs0", members: [{ _id: 0, host }] } });
}
while (!admin.hello().isWritablePrimary) sleep(200);

// readWrite for the work, dbAdmin for validators and indexes of `zhitui store migrate`; nothing beyond the one database.
const account = {
  pwd: decodeURIComponent(roleUri.password),
  roles: [
    { role: "readWrite", db: database },
    { role: "dbAdmin", db: database },
  ],
};
const own = client.getDB(database);
const user = decodeURIComponent(roleUri.username);
if (own.getUser(user)) own.updateUser(user, account);
else own.createUser({ user, ...account });
print(`replica set rs0 is ready, ${user} may use ${database}`);
