"""Every client that docs/clients.md documents: how its code is checked, and which program uses it."""

from dataclasses import dataclass

JAR = "$GENERATOR_JAR"  # it contains the libraries of the Java client
WARNINGS = (
    r"OpenAPI 3\.1 support is still in beta.*"
    r"|Failed to get the schema name: null"  # of the discriminated union
    r"|\S+ (\(reserved word\) )?cannot be used as (a )?[a-z/]+ name\. Renamed to \S+"  # such as `type` in Rust
    r"|Ignoring complex example on request body"  # it documents methods with simple examples only
)
OPENAPI_GENERATOR = rf"\[main\] INFO .*|\[main\] WARN +\S+ - ({WARNINGS})|#.*"
KUBB = (
    r"Kubb CLI 🧩|(Configuration|Generation) (started|completed)|[ℹ✓] .*|Generating plugin-\w+"
    r"|plugin-\w+ completed in .*|Writing \S+( files)?|Files written successfully|(Plugins|Generated|Output): .*|─+"
)


@dataclass(frozen=True)
class Toolchain:
    """How code in one language is checked and run, as shell commands in the project's folder.

    `{program}` is the name of the dealer's program without its extension. The tests are skipped if one of `programs` is
    missing, which CI does not allow, or if the command `probe` fails, which it does.
    """

    extension: str
    check: str
    run: str = ""
    programs: tuple[str, ...] = ()
    probe: str = "true"


@dataclass(frozen=True)
class DocumentedClient:
    """A client of docs/clients.md, by the label of its commands.

    `expected_output` matches each line that its commands may print on success. `unknown_code` is what the code of an
    error becomes that the client does not know; None keeps it.
    """

    label: str
    toolchain: Toolchain
    expected_output: str
    program: str = ""
    unknown_code: str | None = None


TYPESCRIPT = Toolchain(".ts", "tsc --project .", "node built/{program}.js")
# openapi-generator writes imports that it does not use, and reads arrays without a check
LENIENT = "--noUnusedLocals false --noUncheckedIndexedAccess false"
TYPESCRIPT_CLASSES = Toolchain(".ts", f"{TYPESCRIPT.check} {LENIENT}", TYPESCRIPT.run)
PYTHON = Toolchain(".py", "mypy --config-file mypy.ini .", "python {program}.py")
# openapi-generator's package is not written for `strict`
PYTHON_PACKAGE = Toolchain(
    ".py", "MYPYPATH=hub mypy --config-file= --no-error-summary {program}.py", "PYTHONPATH=hub python {program}.py"
)
JAVA = Toolchain(
    ".java",
    f"javac -proc:none -nowarn -cp {JAR} -d built {{program}}.java Generated.java $(find hub/src/main -name '*.java')",
    f"java -XX:TieredStopAtLevel=1 -cp built:{JAR} {{program}}",
    ("javac",),
)
GO = Toolchain(
    ".go",
    "printf 'module shop\\n\\ngo 1.19\\n\\nrequire github.com/GIT_USER_ID/GIT_REPO_ID v0.0.0\\n\\n"
    "replace github.com/GIT_USER_ID/GIT_REPO_ID => ./hub\\n' > go.mod"
    " && go vet . github.com/GIT_USER_ID/GIT_REPO_ID && go build -o built {program}.go",
    "./built",
    ("go",),
)
RUBY = Toolchain(
    ".rb",
    "ruby -Ihub/lib -ropenapi_client -e 'OpenapiClient.constants.each do |name| OpenapiClient.const_get(name) end'",
    "ruby -Ihub/lib {program}.rb",
    ("ruby",),
    "ruby -rtyphoeus -e ''",
)
PHP = Toolchain(".php", "find hub/lib -name '*.php' -print0 | xargs -0 -n 1 php -l > linted.txt", programs=("php",))
RUST = Toolchain(".rs", "rustfmt --edition 2021 --emit stdout hub/src/lib.rs > parsed.txt", probe="rustfmt --version")
CSHARP = Toolchain(".cs", "python parse_csharp.py hub/src")

CLIENTS = [
    DocumentedClient(
        "openapi-typescript",
        TYPESCRIPT,
        r"✨ openapi-typescript [\d.]+|🚀 openapi.json → hub.ts \[[\d.]+m?s\]",
        "openapi_typescript",
    ),
    DocumentedClient(
        "hey-api",
        TYPESCRIPT,
        r"@hey-api/openapi-ts v[\d.]+|\[Job 1\] (⏳ Generating from 1 input:|  \[1\] \S*openapi.json|✅ Done! .*)",
        "hey_api",
    ),
    DocumentedClient(
        "orval", TYPESCRIPT, r"🍻 orval v[\d.]+ .*|🎉 hub - Your OpenAPI spec has been converted .*", "orval"
    ),
    DocumentedClient("Kubb", TYPESCRIPT, KUBB, "kubb"),
    DocumentedClient("typescript-fetch", TYPESCRIPT_CLASSES, OPENAPI_GENERATOR, "typescript_fetch"),
    DocumentedClient("openapi-python-client", PYTHON, r"Generating hub", "openapi_python_client"),
    DocumentedClient("openapi-generator", PYTHON_PACKAGE, OPENAPI_GENERATOR, "openapi_generator"),
    DocumentedClient("datamodel-code-generator", PYTHON, r"", "datamodel_code_generator"),
    DocumentedClient("Java", JAVA, OPENAPI_GENERATOR, "Shop", "unknown_default_open_api"),
    DocumentedClient("Go", GO, OPENAPI_GENERATOR, "shop", "unknown_default_open_api"),
    DocumentedClient("Ruby", RUBY, OPENAPI_GENERATOR, "shop", "unknown_default_open_api"),
    DocumentedClient("PHP", PHP, OPENAPI_GENERATOR),
    DocumentedClient("Rust", RUST, OPENAPI_GENERATOR),
    DocumentedClient("C#", CSHARP, OPENAPI_GENERATOR),
]
RUNNABLE = [client for client in CLIENTS if client.program]
