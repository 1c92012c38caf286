#!/bin/sh
# 部屋ごとに一つのデータベースと、それだけを開ける利用者を作る。POSTGRES_USER で psql がつながる所で一度だけ動く。
set -eu
make_room() { # 名前 合い言葉
  psql -v ON_ERROR_STOP=1 -q -v name="$1" -v password="$2" -d "${POSTGRES_DB:-postgres}" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
}
make_room audience "$KOHO_AUDIENCE_PASSWORD"
make_room companies "$KOHO_COMPANIES_PASSWORD"
make_room registrations "$KOHO_REGISTRATIONS_PASSWORD"
