-- +goose Up
-- What the batches of a year have taken of a certificate's capacity.
CREATE TABLE product_capacity (
  certificate TEXT NOT NULL,
  year TEXT NOT NULL,
  used BIGINT NOT NULL,
  PRIMARY KEY (certificate, year)
);
INSERT INTO product_capacity (certificate, year, used)
  SELECT certificate, substr(produced_on, 1, 4), sum(size) FROM product_batches GROUP BY certificate, substr(produced_on, 1, 4);

-- +goose Down
DROP TABLE product_capacity;
