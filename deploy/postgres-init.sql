-- 部屋ごとに一つのデータベース（読者台帳は POSTGRES_DB の koho）。
CREATE DATABASE companies OWNER koho;
CREATE DATABASE registrations OWNER koho;
