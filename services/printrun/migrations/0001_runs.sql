-- +goose Up
CREATE TABLE print_runs (
    id         TEXT PRIMARY KEY, -- UUID version 7: in the order of asking
    org        TEXT NOT NULL,    -- the maker
    gtin       TEXT NOT NULL,
    lot        TEXT NOT NULL,
    format     TEXT NOT NULL,
    layout     TEXT NOT NULL,
    language   TEXT NOT NULL,
    first_unit BIGINT NOT NULL,
    last_unit  BIGINT NOT NULL,
    part_size  BIGINT NOT NULL,  -- units a part
    state      TEXT NOT NULL,
    round      BIGINT NOT NULL,  -- grows with each start: workers of an earlier one stop
    total      BIGINT NOT NULL,
    drawn      BIGINT NOT NULL,
    done       BIGINT NOT NULL,
    parts      BIGINT NOT NULL,
    bytes      BIGINT NOT NULL,
    error      TEXT NOT NULL,    -- a refusal
    swept      BOOLEAN NOT NULL, -- the files are gone
    created_at TIMESTAMPTZ NOT NULL,
    created_by TEXT NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX print_runs_batch ON print_runs (gtin, lot, id);
CREATE INDEX print_runs_org ON print_runs (org, state);
CREATE INDEX print_runs_sweep ON print_runs (swept, state, updated_at);

CREATE TABLE print_parts (
    run   TEXT NOT NULL REFERENCES print_runs (id),
    part  BIGINT NOT NULL, -- from 0
    bytes BIGINT NOT NULL,
    crc   BIGINT NOT NULL, -- CRC-32, IEEE
    PRIMARY KEY (run, part)
);

-- +goose Down
DROP TABLE print_parts;
DROP TABLE print_runs;
