# The hub as one image for all its processes: web, worker and commands.
#   docker build -t watchtraderhub .
#   docker run -p 8080:8080 -v hub:/data watchtraderhub

FROM python:3.11.11-slim-bookworm AS build
WORKDIR /app
ENV PYTHONPATH=/app/clients/python/src
COPY requirements.lock ./
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY . ./
RUN .venv/bin/python -m compileall -q . && .venv/bin/python cli.py --help

FROM python:3.11.11-slim-bookworm
RUN useradd --system --uid 10001 --user-group --no-create-home hub && install -d -o hub -g hub -m 700 /data && ln -s /app/cli.py /usr/local/bin/wth
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONPATH=/app/clients/python/src PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 WTH_DATA_DIR=/data WTH_HOST=0.0.0.0 WTH_PORT=8080
USER 10001:10001
WORKDIR /app
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"WTH_PORT\"]}/api/v1/health', timeout=2)"]
ENTRYPOINT ["wth"]
CMD ["serve"]
