-- +goose Up
CREATE TABLE organisations (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    name_zh    TEXT NOT NULL,
    name_en    TEXT NOT NULL,
    prefixes   TEXT NOT NULL, -- GS1 company prefixes, comma between
    active     BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX organisations_id ON organisations (lower(id));

CREATE TABLE people (
    id          TEXT PRIMARY KEY,
    login       TEXT NOT NULL,
    name        TEXT NOT NULL,
    org         TEXT NOT NULL REFERENCES organisations (id),
    roles       TEXT NOT NULL, -- comma between
    active      BOOLEAN NOT NULL,
    must_change BOOLEAN NOT NULL,
    password    TEXT NOT NULL, -- argon2id, PHC string
    created_at  TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX people_login ON people (lower(login));
CREATE INDEX people_org ON people (org);

CREATE TABLE sessions (
    digest     TEXT PRIMARY KEY, -- SHA-256 of the token, hexadecimal
    person     TEXT NOT NULL REFERENCES people (id),
    created_at TIMESTAMPTZ NOT NULL,
    seen_at    TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sessions_person ON sessions (person);
CREATE INDEX sessions_expires ON sessions (expires_at);

CREATE TABLE login_attempts (
    key      TEXT PRIMARY KEY, -- SHA-256 of an account's or an address's name: what is typed for a name may be a password
    failures BIGINT NOT NULL,
    last     BIGINT NOT NULL, -- milliseconds since 1970
    until    BIGINT NOT NULL  -- no attempt before
);
CREATE INDEX login_attempts_last ON login_attempts (last);

-- +goose Down
DROP TABLE login_attempts;
DROP TABLE sessions;
DROP TABLE people;
DROP TABLE organisations;
