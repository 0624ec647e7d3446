# One image for web, worker, beat and migrate: docker-compose.yml gives each its command.

FROM node:24-bookworm-slim AS front
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY build.mjs tsconfig.json ./
COPY static static
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt ./
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.txt

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    SVOD_ENV=production STATIC_ROOT=/srv/static FILES_ROOT=/srv/files SVOD_VAR=/srv/var
# LibreOffice turns documents into PDF (workflows/documents/pdf.py); the fonts are for Cyrillic.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libreoffice-writer-nogui fonts-liberation fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --no-create-home svod \
    && install -d -o svod -g svod /srv/files /srv/var /srv/static
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/app
COPY . .
COPY --from=front /src/static/dist static/dist
# The values live for this one command: collectstatic reads no secret and no database.
RUN SECRET_KEY=build ALLOWED_HOSTS=build DATABASE_URL=postgres:///build REDIS_URL=redis://build \
    sh -c 'python svod/locale/merge.py && python manage.py collectstatic --noinput --verbosity 0' \
    && chown -R root:root /srv/app /srv/static
USER svod
EXPOSE 8000
HEALTHCHECK NONE
CMD ["granian", "--interface", "asginl", "--host", "0.0.0.0", "--port", "8000", "--no-ws", \
     "--log-config", "svod/run/granian-log.json", \
     "--workers", "2", "--backpressure", "1024", "--respawn-failed-workers", "svod.asgi:application"]
