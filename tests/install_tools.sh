#!/bin/sh
# Brings what some tests need, where packages may be installed: Chromium and a Chinese font, Tesseract, PostgreSQL. Never fails the run.
set -u
have() { command -v "$1" >/dev/null 2>&1; }
have_postgres() { have initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }
missing=""
have chromium || missing="$missing chromium"
fc-list :lang=zh-tw 2>/dev/null | grep -q . || missing="$missing fonts-noto-cjk"
tesseract --list-langs 2>/dev/null | grep -q '^chi_tra$' || missing="$missing tesseract-ocr tesseract-ocr-chi-tra"
have_postgres || missing="$missing postgresql"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && have apt-get; then
  echo "Installing$missing for the tests ..."
  # shellcheck disable=SC2086  # a list of packages
  (apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q $missing) >/dev/null 2>&1
fi
have chromium && have tesseract && have_postgres || {
  echo "*****************************************************************************************"
  echo "Missing:$missing. The browser tests need Chromium, the OCR tests Tesseract, some of people PostgreSQL: these are SKIPPED."
  echo "Get them with: apt-get install$missing   (as root)"
  echo "*****************************************************************************************"
}
exit 0
