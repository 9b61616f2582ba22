// Starts the reference on the contract document: nothing is loaded from elsewhere, nothing is reported anywhere.
const place = document.getElementById("reference");

Scalar.createApiReference(place, {
  url: place.dataset.document,
  theme: "none",
  layout: "modern",
  withDefaultFonts: false,
  telemetry: false,
  showDeveloperTools: "never",
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  hideSearch: true,
  hideDarkModeToggle: true,
  forceDarkModeState: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light",
  orderSchemaPropertiesBy: "preserve",
  orderRequiredPropertiesFirst: false,
  defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
});
