import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * Returns whether a delivery is authentic and at most five minutes old.
 * `header` is the WTH-Signature header, `body` a Buffer with the raw request body,
 * `secret` the whole whsec_… string and `now` the current time in Unix seconds.
 */
export function verify(header, body, secret, now = Date.now() / 1000) {
  const pairs = (header ?? "").split(",").map((part) => [part.split("=", 1)[0], part.slice(part.indexOf("=") + 1)]);
  const times = pairs.filter(([name]) => name === "t").map(([, value]) => value);
  if (times.length !== 1 || !/^[0-9]{1,12}$/.test(times[0])) return false;
  const expected = Buffer.from(createHmac("sha256", secret).update(`${times[0]}.`).update(body).digest("hex"));
  const same = (value) => {
    const given = Buffer.from(value);
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  const matches = pairs.filter(([name]) => name === "v1").map(([, value]) => same(value));
  return matches.includes(true) && Math.abs(now - Number(times[0])) <= 300;
}
