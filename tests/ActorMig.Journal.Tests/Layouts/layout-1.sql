-- A journal as the release with layout 1 wrote it.
CREATE TABLE journal (
  ordering INTEGER PRIMARY KEY AUTOINCREMENT, deleted INTEGER NOT NULL, persistence_id VARCHAR(255) NOT NULL,
  sequence_number INTEGER NOT NULL, created INTEGER NOT NULL, message BLOB NOT NULL, identifier INTEGER,
  manifest VARCHAR(500), writer_uuid VARCHAR(128), UNIQUE (persistence_id, sequence_number));
CREATE TABLE tags (
  ordering_id INTEGER NOT NULL, tag VARCHAR(64) NOT NULL, persistence_id VARCHAR(255) NOT NULL, sequence_nr INTEGER NOT NULL,
  PRIMARY KEY (ordering_id, tag));
CREATE TABLE snapshot (
  persistence_id VARCHAR(255) NOT NULL, sequence_number INTEGER NOT NULL, created INTEGER NOT NULL, snapshot BLOB NOT NULL,
  manifest VARCHAR(500), serializer_id INTEGER, PRIMARY KEY (persistence_id, sequence_number));
CREATE TABLE records (
  number INTEGER PRIMARY KEY AUTOINCREMENT, created INTEGER NOT NULL, name TEXT NOT NULL, content BLOB NOT NULL);
INSERT INTO journal VALUES (1, 0, 'host', 1, 1764000000000, CAST('{"number":3}' AS BLOB), 7701, 'added.1', '5ef0f6cf-5c3c-4a3e-8f7d-0b7a1c1e9a11');
INSERT INTO journal VALUES (2, 0, 'barter', 1, 1764000000100, CAST('{"number":20}' AS BLOB), 7701, 'added.1', '5ef0f6cf-5c3c-4a3e-8f7d-0b7a1c1e9a11');
INSERT INTO journal VALUES (3, 0, 'host', 2, 1764000000200, CAST('{"number":4}' AS BLOB), 7701, 'added.1', '5ef0f6cf-5c3c-4a3e-8f7d-0b7a1c1e9a11');
INSERT INTO records VALUES (1, 1764000000150, 'added.1', CAST('{"number":100}' AS BLOB));
PRAGMA user_version = 1;
