-- +goose Up

-- A block is one commit. Its hash is over its number, the hash before it, its
-- time and its transactions' exact bytes (chain.go).
CREATE TABLE ledger_block (
    number       BIGINT NOT NULL PRIMARY KEY,
    prev         BYTEA  NOT NULL UNIQUE, -- two blocks on one would fork the chain
    made_at      BIGINT NOT NULL,        -- milliseconds since 1970, UTC
    transactions BIGINT NOT NULL,
    hash         BYTEA  NOT NULL UNIQUE
);

CREATE TABLE ledger_transaction (
    position BIGINT NOT NULL PRIMARY KEY, -- over all blocks: 1, 2, 3 …
    block    BIGINT NOT NULL REFERENCES ledger_block (number),
    tx_id    TEXT   NOT NULL UNIQUE,
    kind     TEXT   NOT NULL, -- of the caller
    org      TEXT   NOT NULL, -- the caller
    name     TEXT   NOT NULL, -- of the command
    command  BYTEA  NOT NULL,
    event    BYTEA  NOT NULL
);

CREATE INDEX ledger_transaction_block ON ledger_transaction (block);

-- What the transactions amount to: the values that the rules read.
CREATE TABLE ledger_state (
    state_key TEXT   NOT NULL PRIMARY KEY,
    value     BYTEA  NOT NULL,
    version   BIGINT NOT NULL -- position of the transaction that wrote it
);
