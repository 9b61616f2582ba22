// Configuration of Kubb: types and functions in the folder hub. `full` returns the status with the body.
import { defineConfig } from "@kubb/core";
import { pluginClient } from "@kubb/plugin-client";
import { pluginOas } from "@kubb/plugin-oas";
import { pluginTs } from "@kubb/plugin-ts";

export default defineConfig({
  input: { path: "./openapi.json" },
  output: { path: "./hub", clean: true, extension: { ".ts": "" }, format: false, lint: false },
  plugins: [
    pluginOas({ generators: [] }),
    pluginTs({ enumType: "literal" }),
    pluginClient({ client: "fetch", bundle: true, dataReturnType: "full" }),
  ],
});
