"""The HTML door: pages by noun, drawn on the server, working without JavaScript."""
