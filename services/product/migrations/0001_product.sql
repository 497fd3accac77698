-- +goose Up
CREATE TABLE product_checkpoint (
  name TEXT PRIMARY KEY,
  position BIGINT NOT NULL,
  batches BIGINT NOT NULL
);
INSERT INTO product_checkpoint (name, position, batches) VALUES ('ledger', 0, 0);

CREATE TABLE product_certificates (
  number TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  class TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to TEXT NOT NULL,
  capacity BIGINT NOT NULL,
  state TEXT NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL,
  position BIGINT NOT NULL
);
CREATE INDEX product_certificates_holder ON product_certificates (holder, valid_to);

CREATE TABLE product_certificate_changes (
  position BIGINT PRIMARY KEY,
  number TEXT NOT NULL,
  type TEXT NOT NULL,
  from_day TEXT NOT NULL,
  reason TEXT NOT NULL,
  by_org TEXT NOT NULL,
  at TIMESTAMPTZ NOT NULL
);
CREATE INDEX product_certificate_changes_number ON product_certificate_changes (number, position);

CREATE TABLE product_models (
  gtin TEXT PRIMARY KEY,
  model TEXT NOT NULL,
  name TEXT NOT NULL,
  brand TEXT NOT NULL,
  class TEXT NOT NULL,
  specification TEXT NOT NULL,
  photo TEXT NOT NULL,
  maker TEXT NOT NULL,
  registered_at TIMESTAMPTZ NOT NULL,
  position BIGINT NOT NULL
);
CREATE INDEX product_models_maker ON product_models (maker, model);

CREATE TABLE product_batches (
  gtin TEXT NOT NULL,
  lot_key TEXT NOT NULL,
  lot TEXT NOT NULL,
  number BIGINT NOT NULL UNIQUE,
  size BIGINT NOT NULL,
  root TEXT NOT NULL,
  model TEXT NOT NULL,
  certificate TEXT NOT NULL,
  plant TEXT NOT NULL,
  produced_on TEXT NOT NULL,
  key_version TEXT NOT NULL,
  maker TEXT NOT NULL,
  command TEXT NOT NULL,
  tx TEXT NOT NULL,
  event BYTEA NOT NULL,
  registered_at TIMESTAMPTZ NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (gtin, lot_key)
);
CREATE INDEX product_batches_maker ON product_batches (maker, position);
CREATE INDEX product_batches_certificate ON product_batches (certificate, produced_on);
CREATE INDEX product_batches_lot ON product_batches (lot_key);

CREATE TABLE product_recalls (
  by_org TEXT NOT NULL,
  number TEXT NOT NULL,
  gtin TEXT NOT NULL,
  lot_key TEXT NOT NULL,
  lot TEXT NOT NULL,
  maker TEXT NOT NULL,
  from_unit BIGINT NOT NULL,
  to_unit BIGINT NOT NULL,
  reason TEXT NOT NULL,
  advice TEXT NOT NULL,
  ordered BOOLEAN NOT NULL,
  begun_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ,
  end_reason TEXT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (by_org, number)
);
CREATE INDEX product_recalls_batch ON product_recalls (gtin, lot_key);
CREATE INDEX product_recalls_maker ON product_recalls (maker, position);

-- +goose Down
DROP TABLE product_recalls;
DROP TABLE product_batches;
DROP TABLE product_models;
DROP TABLE product_certificate_changes;
DROP TABLE product_certificates;
DROP TABLE product_checkpoint;
