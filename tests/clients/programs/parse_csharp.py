"""Parse every C# file in a folder; fail for each that is not C#."""

import sys
from pathlib import Path

import tree_sitter_c_sharp
from tree_sitter import Language, Parser

parser = Parser(Language(tree_sitter_c_sharp.language()))
files = sorted(Path(sys.argv[1]).rglob("*.cs"))
invalid = [str(file) for file in files if parser.parse(file.read_bytes()).root_node.has_error]
if invalid or not files:
    sys.exit(f"Not valid C#, of {len(files)} files: {invalid}")
