-- +goose Up
-- A line is the scans of one commit, 24 bytes each: the batch's number, the
-- unit's index and the time, in big-endian order. Ids are never used again.
CREATE TABLE verify_lines (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  scans BLOB NOT NULL
);

-- +goose Down
DROP TABLE verify_lines;
