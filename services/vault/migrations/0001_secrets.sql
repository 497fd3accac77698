-- +goose Up
CREATE TABLE vault_secrets (
    org        TEXT NOT NULL,
    version    BIGINT NOT NULL, -- 1 is an organisation's first
    sealed     BYTEA NOT NULL,  -- by the keeper; names org and version inside
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (org, version)
);

-- +goose Down
DROP TABLE vault_secrets;
