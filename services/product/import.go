package product

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/database"
)

// ImportJob is the kind of the background job that carries out an import.
const ImportJob = "product-import"

// States of an import.
const (
	ImportRunning = "running"
	ImportDone    = "done"
)

// An Import is a file of batches on its way to the ledger. It is accepted only
// if every line passes the law's preview, and then carried out to its end, in
// the background, through restarts: each line's command has an id of its own,
// so nothing is registered twice.
type Import struct {
	bun.BaseModel `bun:"table:product_imports"`

	ID         string    `bun:"id,pk"`
	Org        string    `bun:"org"`
	OrgName    string    `bun:"org_name"`
	Person     string    `bun:"person"`
	PersonName string    `bun:"person_name"`
	Roles      []string  `bun:"roles,type:text"`
	FileName   string    `bun:"file_name"`
	State      string    `bun:"state"`
	Total      int       `bun:"total"`
	Done       int       `bun:"done"`
	Lines      []Line    `bun:"lines,type:text"`
	CreatedAt  time.Time `bun:"created_at"`
	UpdatedAt  time.Time `bun:"updated_at"`
}

// Refused returns the lines that the ledger refused after all, because
// something was recorded between the preview and their turn.
func (i Import) Refused() []Line {
	return slices.DeleteFunc(slices.Clone(i.Lines), func(l Line) bool { return l.Refused == "" })
}

// An Enqueue puts a job in the queue as part of a transaction.
type Enqueue func(ctx context.Context, tx bun.Tx, kind string, payload any, unique string) error

// StartImport accepts a file's lines, all or none, and has them registered in
// the background. The same id starts once.
func (s *Service) StartImport(ctx context.Context, sub authz.Subject, id, fileName string, lines []Line, enqueue Enqueue) (Import, error) {
	own := authz.Object{Kind: authz.Batch, Owner: sub.Org}
	if _, err := uuid.Parse(id); err != nil {
		return Import{}, refusal.New(refusal.Invalid, "import-id")
	}
	now := s.clock().UTC()
	run := Import{ID: id, Org: sub.Org, OrgName: sub.OrgName, Person: sub.Person, PersonName: sub.Name, Roles: sub.Roles,
		FileName: fileName, State: ImportRunning, Total: len(lines), Lines: lines, CreatedAt: now, UpdatedAt: now}
	if before, err := s.Import(ctx, sub, id); err == nil {
		return before, nil
	}
	if s.guard.May(sub, authz.Register, own) { // if not, the guard says so below
		if err := s.judgeAll(ctx, sub, lines); err != nil {
			return Import{}, err
		}
	}
	err := s.guard.DoTx(ctx, sub, authz.Register, own, "import/"+id, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewInsert().Model(&run).Exec(ctx); err != nil {
			return fmt.Errorf("start import: %w", database.Explain(err))
		}
		return enqueue(ctx, tx, ImportJob, id, id)
	})
	return run, err
}

// judgeAll refuses an import if the law refuses any of its lines.
func (s *Service) judgeAll(ctx context.Context, sub authz.Subject, lines []Line) error {
	if len(lines) == 0 {
		return refusal.New(refusal.Invalid, "import-empty")
	}
	if err := s.judge(ctx, sub, lines); err != nil {
		return err
	}
	for _, l := range lines {
		if l.Refused != "" {
			return refusal.New(refusal.Conflict, "import-has-bad-lines", strconv.Itoa(l.Number))
		}
	}
	return nil
}

// Import returns an import of the subject's own organisation.
func (s *Service) Import(ctx context.Context, sub authz.Subject, id string) (Import, error) {
	run := Import{ID: id}
	if err := s.db.NewSelect().Model(&run).WherePK().Scan(ctx); err != nil {
		return run, found(err, "import-missing", id)
	}
	if err := s.guard.See(sub, authz.Register, authz.Object{Kind: authz.Batch, Owner: run.Org}); err != nil {
		return Import{}, refusal.New(refusal.NotFound, "import-missing", id)
	}
	return run, nil
}

// RunImport carries out the import that a job's payload names, from where it
// stands. It returns an error only for what may pass, so that it is run again.
func (s *Service) RunImport(ctx context.Context, payload []byte) error {
	var run Import
	if err := json.Unmarshal(payload, &run.ID); err != nil {
		return fmt.Errorf("read import job: %w", err)
	}
	if err := s.db.NewSelect().Model(&run).WherePK().Scan(ctx); err != nil {
		return fmt.Errorf("read import: %w", err)
	}
	sub := authz.Subject{Person: run.Person, Name: run.PersonName, Org: run.Org, OrgName: run.OrgName, Kind: "maker", Roles: run.Roles}
	for ; run.Done < run.Total; run.Done++ {
		line := &run.Lines[run.Done]
		line.Batch.ID = run.ID + "-" + strconv.Itoa(run.Done)
		_, err := s.RegisterBatch(ctx, sub, line.Batch)
		columns := []string{"done"}
		if no, ok := refusal.Of(err); ok && no.Code != refusal.Unavailable {
			line.Refused, columns = no.Error(), append(columns, "lines")
		} else if err != nil {
			return err
		}
		if err := s.saveImport(ctx, run, run.Done+1, columns...); err != nil {
			return err
		}
	}
	run.State = ImportDone
	return s.saveImport(ctx, run, run.Done, "state")
}

func (s *Service) saveImport(ctx context.Context, row Import, done int, columns ...string) error {
	row.Done, row.UpdatedAt = done, s.clock().UTC()
	_, err := s.db.NewUpdate().Model(&row).Column(append(columns, "updated_at")...).WherePK().Exec(ctx)
	if err != nil {
		return fmt.Errorf("save import: %w", database.Explain(err))
	}
	return nil
}
