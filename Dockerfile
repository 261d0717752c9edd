# One image for web, worker, beat and the preparation step; the command decides (docker-compose.yml).

FROM node:22-bookworm-slim AS design
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /opt/konvent
COPY requirements.txt .
# Only wheels, only those with a hash in the lock: nothing is compiled, nothing unknown gets in.
RUN /opt/konvent/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.txt

FROM python:3.11-slim-bookworm
# pg_dump and psql for `manage.py backup` and `restore`.
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin konvent \
    && install -d -o konvent -g konvent /data
COPY --from=packages /opt/konvent /opt/konvent
WORKDIR /app
COPY . .
COPY --from=design /build/node_modules node_modules
ENV PATH=/opt/konvent/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=partnership.settings.production \
    KONVENT_DATA=/data \
    KONVENT_STATIC=/app/.static \
    BIND=0.0.0.0:8000
# Translations and assets belong to the image; no setting of a server is needed for them.
RUN python tools/messages.py compile \
    && SECRET_KEY=build DJANGO_SETTINGS_MODULE=partnership.settings.embedded KONVENT_DATA=/tmp/build \
       python manage.py prepare --assets-only \
    && rm -rf /tmp/build
USER konvent
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "-c", "tools/gunicorn.conf.py", "partnership.wsgi"]
