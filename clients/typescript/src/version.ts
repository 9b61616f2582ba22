// The version of this package, which the User-Agent header names.
export const VERSION = "1.0.0";
