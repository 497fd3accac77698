-- +goose Up
CREATE TABLE verify_scans (
  batch BIGINT NOT NULL,
  unit BIGINT NOT NULL,
  count BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (batch, unit)
);

-- +goose Down
DROP TABLE verify_scans;
