"""`wth` with short bounds for stopping: 1.5 s instead of 15 and 25 s."""

from commands import supervisor

supervisor.WEB_STOP_SECONDS = supervisor.WORKER_STOP_SECONDS = 1.5

from cli import main  # noqa: E402 - the bounds are set before the modules that import them

if __name__ == "__main__":
    main()
