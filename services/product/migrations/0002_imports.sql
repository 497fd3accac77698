-- +goose Up
CREATE TABLE product_imports (
  id TEXT PRIMARY KEY,
  org TEXT NOT NULL,
  org_name TEXT NOT NULL,
  person TEXT NOT NULL,
  person_name TEXT NOT NULL,
  roles TEXT NOT NULL,
  file_name TEXT NOT NULL,
  state TEXT NOT NULL,
  total BIGINT NOT NULL,
  done BIGINT NOT NULL,
  lines TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX product_imports_org ON product_imports (org, created_at);

-- +goose Down
DROP TABLE product_imports;
