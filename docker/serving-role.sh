#!/bin/sh
# Runs once, when the database is made: the role that serves. `manage.py prepare` gives it its rights.
set -eu
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set=ON_ERROR_STOP=1 --set=password="$SERVING_PASSWORD" <<'SQL'
CREATE ROLE konvent LOGIN PASSWORD :'password';
SQL
