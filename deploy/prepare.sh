#!/bin/sh
# Makes what compose.yaml reads and the repository never holds, in deploy/secrets: a password of the database, its
# address for the app, the key of the contact data, and a certificate that no browser trusts, to be replaced by a real
# one. What is there stays.
# Usage: sh deploy/prepare.sh consult.example.org
set -eu
name="${1:?the name under which people reach the app, such as consult.example.org}"
folder="${2:-$(dirname "$0")/secrets}"
# Nobody else on this machine enters the folder; the containers, whose users are others, may read what is in it.
mkdir -p "$folder"
chmod 700 "$folder"
umask 022
if [ ! -s "$folder/database_password" ]; then
	openssl rand -hex 24 | tr -d '\n' >"$folder/database_password"
	printf 'postgresql://soundings:%s@database/soundings' "$(cat "$folder/database_password")" \
		>"$folder/soundings_database_url"
fi
[ -s "$folder/soundings_contact_key" ] ||
	openssl rand -base64 32 | tr '+/' '-_' | tr -d '\n' >"$folder/soundings_contact_key"
if [ ! -s "$folder/certificate.pem" ]; then
	case "$name" in *[!0-9.]*) kind=DNS ;; *) kind=IP ;; esac
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 -subj "/CN=$name" \
		-addext "subjectAltName=$kind:$name" -keyout "$folder/key.part" -out "$folder/certificate.part" 2>/dev/null
	cat "$folder/certificate.part" "$folder/key.part" >"$folder/certificate.pem"
	rm -f "$folder/certificate.part" "$folder/key.part"
fi
