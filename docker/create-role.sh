#!/bin/sh
# Runs once, when the volume of PostgreSQL is new: Gema never connects as the superuser.
set -eu
psql --username postgres --no-psqlrc --quiet --set ON_ERROR_STOP=1 <<'SQL'
\getenv password GEMA_DATABASE_PASSWORD
CREATE ROLE gema LOGIN NOSUPERUSER PASSWORD :'password';
CREATE DATABASE gema OWNER gema;
SQL
