"""`python -m watchtraderhub_cli`, for machines where the script is not on the PATH."""

from watchtraderhub_cli.start import main

main()
