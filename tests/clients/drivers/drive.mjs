import { readFileSync } from "node:fs";
import { verify } from "./verify.mjs";

for (const line of readFileSync(0, "utf8").trimEnd().split("\n")) {
  const [header, body, secret, now] = line.split("\t");
  const plain = (text) => Buffer.from(text, "base64");
  console.log(verify(plain(header).toString(), plain(body), plain(secret).toString(), Number(now)));
}
