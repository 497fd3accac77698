// Package vault keeps the makers' secrets, sealed at rest, and gives the keys of
// a batch to whoever computes or checks its codes. Secrets leave it only as the
// keys of one batch, and never reach a log, an error or the database in clear.
//
// A row holds what its sealed envelope says. Today that is a secret, from which
// every batch's keys follow. A maker who keeps the claim key, or the secret
// itself, would hand in the Tag and Enc of single batches: another kind of
// envelope, read in open, and nothing changes for callers of Keys, who must
// bear an empty Claim already.
package vault

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"strconv"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/uptrace/bun"
	"gocloud.dev/secrets"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/database"
	"github.com/fanwei/fanwei/services/unitcode"
)

// cached is how many batches' keys stay in memory, about 300 bytes each.
const cached = 4096

//go:embed migrations/*.sql
var files embed.FS

// A Vault holds the secrets of all makers. It is safe for concurrent use.
type Vault struct {
	db     *bun.DB
	keeper *secrets.Keeper
	keys   *lru.Cache[batch, unitcode.Keys]
}

// A batch names the keys of one batch. They never change.
type batch struct{ org, version, gtin, lot string }

// A row is one version of an organisation's secret.
type row struct {
	bun.BaseModel `bun:"table:vault_secrets"`

	Org     string `bun:",pk"`
	Version int64  `bun:",pk"`
	Sealed  []byte
}

// Open brings the vault's table up to date and returns the vault. The keeper,
// which stays the caller's to close, seals and opens the secrets.
//
// If the table holds secrets, it opens one to try the keeper, and refuses with
// Unavailable and "vault-key-wrong", or Invalid and "vault-secret-misplaced",
// as Keys does: a platform with the wrong key must not start.
func Open(ctx context.Context, db *bun.DB, keeper *secrets.Keeper) (*Vault, error) {
	if err := database.Migrate(ctx, db, "vault", files, "migrations"); err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	keys, err := lru.New[batch, unitcode.Keys](cached)
	if err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	v := &Vault{db: db, keeper: keeper, keys: keys}
	if err := v.try(ctx); err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	return v, nil
}

// try opens the newest row, if there is one.
func (v *Vault) try(ctx context.Context) error {
	var r row
	err := v.db.NewSelect().Model(&r).Order("created_at DESC", "org", "version").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read a secret: %w", database.Explain(err))
	}
	secret, err := v.open(ctx, r)
	clear(secret)
	return err
}

// Create gives an organisation a new secret, for the batches it registers from
// now on, and returns its version: "1", "2" and so on. It is durable on return.
// Of concurrent calls each makes a version of its own.
//
// It refuses as Unavailable with "vault-keeper-out-of-reach", and as
// database.Explain does.
func (v *Vault) Create(ctx context.Context, org string) (version string, err error) {
	for {
		last, err := v.last(ctx, org)
		if err != nil {
			return "", fmt.Errorf("create a secret: %w", err)
		}
		// Someone else may have made the next version since: then try again.
		added, err := v.add(ctx, org, last+1)
		if err != nil {
			return "", fmt.Errorf("create a secret: %w", err)
		}
		if added {
			return format(last + 1), nil
		}
	}
}

// Current returns the version of an organisation's newest secret, and creates
// the first if there is none. Concurrent first calls create one.
//
// It refuses as Create does.
func (v *Vault) Current(ctx context.Context, org string) (version string, err error) {
	last, err := v.last(ctx, org)
	if err != nil {
		return "", fmt.Errorf("current secret: %w", err)
	}
	if last > 0 {
		return format(last), nil
	}
	if _, err := v.add(ctx, org, 1); err != nil {
		return "", fmt.Errorf("current secret: %w", err)
	}
	return format(1), nil
}

// Keys returns the keys of a batch that was registered with a version of its
// maker's secret. They are shared, and must not be changed. The lot counts in
// the case in which it was registered.
//
// It refuses with NotFound and "vault-secret-missing" (organisation, version);
// Unavailable and "vault-key-wrong" (organisation, version) where the keeper
// cannot open the secret; Invalid and "vault-secret-misplaced" (organisation,
// version) where what it opens was sealed for another; and as unitcode.Derive
// and database.Explain do.
func (v *Vault) Keys(ctx context.Context, org, version, gtin, lot string) (unitcode.Keys, error) {
	b := batch{org, version, gtin, lot}
	if keys, ok := v.keys.Get(b); ok {
		return keys, nil
	}
	secret, err := v.secret(ctx, org, version)
	if err != nil {
		return unitcode.Keys{}, fmt.Errorf("keys of a batch: %w", err)
	}
	defer clear(secret)
	keys, err := unitcode.Derive(secret, gtin, lot)
	if err != nil {
		return unitcode.Keys{}, fmt.Errorf("keys of a batch: %w", err)
	}
	v.keys.Add(b, keys)
	return keys, nil
}

// last returns the version of an organisation's newest secret, 0 for none.
func (v *Vault) last(ctx context.Context, org string) (int64, error) {
	var last int64
	err := v.db.NewSelect().Model((*row)(nil)).ColumnExpr("COALESCE(MAX(version), 0)").Where("org = ?", org).Scan(ctx, &last)
	if err != nil {
		return 0, fmt.Errorf("read the newest version: %w", database.Explain(err))
	}
	return last, nil
}

// add writes a new secret, unless that version stands already.
func (v *Vault) add(ctx context.Context, org string, version int64) (added bool, err error) {
	secret := make([]byte, unitcode.SecretSize)
	defer clear(secret)
	rand.Read(secret) // never fails (crypto/rand)
	r := row{Org: org, Version: version}
	if r.Sealed, err = v.seal(ctx, org, version, secret); err != nil {
		return false, err
	}
	result, err := v.db.NewInsert().Model(&r).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("write a secret: %w", database.Explain(err))
	}
	n, err := result.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("write a secret: %w", err)
	}
	return n == 1, nil
}

// secret returns one secret, which the caller clears.
func (v *Vault) secret(ctx context.Context, org, version string) ([]byte, error) {
	missing := refusal.New(refusal.NotFound, "vault-secret-missing", org, version)
	n, err := strconv.ParseInt(version, 10, 64)
	if err != nil || format(n) != version {
		return nil, missing
	}
	r := row{Org: org, Version: n}
	err = v.db.NewSelect().Model(&r).WherePK().Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, missing
	}
	if err != nil {
		return nil, fmt.Errorf("read a secret: %w", database.Explain(err))
	}
	// The row is opened as what was asked for, not as what it says it is.
	return v.open(ctx, row{Org: org, Version: n, Sealed: r.Sealed})
}

func format(version int64) string { return strconv.FormatInt(version, 10) }
