#!/bin/sh
# Brings Chromium and a Chinese font for the browser tests where packages may be installed; never fails the run.
set -u
if command -v chromium >/dev/null 2>&1 && fc-list :lang=zh-tw 2>/dev/null | grep -q .; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium and a Chinese font for the browser tests ..."
  (apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q chromium fonts-noto-cjk) >/dev/null 2>&1
fi
command -v chromium >/dev/null 2>&1 || {
  echo "**************************************************************************"
  echo "Chromium is missing: the browser tests will be SKIPPED."
  echo "Get it with: apt-get install chromium fonts-noto-cjk   (as root)"
  echo "**************************************************************************"
}
exit 0
