-- +goose Up
CREATE TABLE verify_scans (
  batch INTEGER NOT NULL,
  unit INTEGER NOT NULL,
  count INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (batch, unit)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE verify_scans;
