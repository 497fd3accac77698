-- +goose Up
CREATE TABLE audit_lines (
    id         TEXT PRIMARY KEY, -- UUID version 7: in the order of writing
    at         TIMESTAMPTZ NOT NULL,
    person     TEXT NOT NULL,
    name       TEXT NOT NULL,
    org        TEXT NOT NULL,
    act        TEXT NOT NULL,
    object     TEXT NOT NULL,
    object_id  TEXT NOT NULL,
    detail     TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    address    TEXT NOT NULL,
    request    TEXT NOT NULL
);
CREATE INDEX audit_lines_org ON audit_lines (org, id);
CREATE INDEX audit_lines_person ON audit_lines (person, id);
CREATE INDEX audit_lines_object ON audit_lines (object, object_id, id);

-- +goose Down
DROP TABLE audit_lines;
