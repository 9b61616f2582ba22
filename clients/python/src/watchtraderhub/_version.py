"""The version of this package, which the User-Agent header names."""

VERSION = "1.0.0"
