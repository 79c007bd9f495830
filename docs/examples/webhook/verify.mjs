// Checks that a webhook is Zhitui's, whole and fresh. Node 18 or later, nothing to install.
// On the command line: node verify.mjs KEY ID TIMESTAMP SIGNATURES < body ends with 0 when it is.

import { createHmac, createPublicKey, timingSafeEqual, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { argv, exit } from "node:process";
import { fileURLToPath } from "node:url";

const TOLERANCE_SECONDS = 300;
const ED25519_HEADER = Buffer.from("302a300506032b6570032100", "hex"); // SubjectPublicKeyInfo, RFC 8410

/**
 * @param {string} key what `zhitui destination add` printed: whsec_… or whpk_…
 * @param {Record<string, string>} headers of the request, names in small letters
 * @param {Buffer} body as it came, before anything decoded it (Express: express.raw({ type: "application/json" }))
 */
export function isGenuine(key, headers, body) {
  const id = headers["webhook-id"] ?? "";
  const timestamp = headers["webhook-timestamp"] ?? "";
  if (!/^\d+$/.test(timestamp) || Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) {
    return false; // an old call, played again
  }
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const cut = key.indexOf("_");
  const kind = key.slice(0, cut);
  const secret = Buffer.from(key.slice(cut + 1), "base64");
  return (headers["webhook-signature"] ?? "").split(" ").some((one) => {
    const [version, encoded = ""] = one.split(",");
    const signature = Buffer.from(encoded, "base64");
    if (kind === "whsec" && version === "v1") {
      const expected = createHmac("sha256", secret).update(signed).digest();
      return signature.length === expected.length && timingSafeEqual(signature, expected);
    }
    if (kind === "whpk" && version === "v1a") {
      const der = Buffer.concat([ED25519_HEADER, secret]);
      return verify(null, signed, createPublicKey({ key: der, format: "der", type: "spki" }), signature);
    }
    return false;
  });
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const [, , key, id, timestamp, signatures] = argv;
  const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures };
  exit(isGenuine(key, headers, readFileSync(0)) ? 0 : 1);
}
