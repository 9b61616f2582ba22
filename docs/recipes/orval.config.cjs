// Configuration of orval: one file, hub.ts, whose functions send their requests with hubFetch.
module.exports = {
  hub: {
    input: "./openapi.json",
    output: {
      target: "./hub.ts",
      client: "fetch",
      override: { mutator: { path: "./hub_fetch.ts", name: "hubFetch" }, useTypeOverInterfaces: true },
    },
  },
};
