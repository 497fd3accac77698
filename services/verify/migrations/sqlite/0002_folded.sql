-- +goose Up
-- How far the journal of scans is in the table: the id of its last line there.
CREATE TABLE verify_folded (line INTEGER NOT NULL);
INSERT INTO verify_folded (line) VALUES (0);

-- +goose Down
DROP TABLE verify_folded;
