package account

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// Logging in is slowed down, for a name, whether there is such an account or
// not, and for a network address. An attempt is counted as failed before the
// password is tried and taken back when it was right, so that a thousand
// attempts at the same time are no way around.
const (
	attemptWindow = 15 * time.Minute // without attempt, after which all is forgotten
	mostFailures  = 5                // of one account, before there is a wait
	mostAddress   = 50               // of one address: many people may share it
	firstWait     = 30 * time.Second // doubles with each further failure
	longestWait   = 15 * time.Minute
)

type attemptRow struct {
	bun.BaseModel `bun:"table:login_attempts"`

	Key      string `bun:",pk"`
	Failures int64
	Last     int64
	Until    int64
}

// A source is what attempts are counted for.
type source struct {
	key   string
	limit int64
}

func accountKey(login string) source { return source{digest("account " + login), mostFailures} }

// addressKey returns the source for an address; a network of IPv6 counts as
// one, as any customer has it whole.
func addressKey(address string) source {
	if a, err := netip.ParseAddr(address); err == nil {
		a = a.Unmap()
		bits := a.BitLen()
		if a.Is6() {
			bits = 64
		}
		if p, err := a.WithZone("").Prefix(bits); err == nil {
			address = p.String()
		}
	}
	return source{digest("address " + address), mostAddress}
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// charge counts one attempt for each source, or refuses with "login-throttled"
// and counts none.
func (s *Service) charge(ctx context.Context, sources ...source) error {
	now := s.time()
	return s.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		for _, from := range sources {
			if err := chargeOne(ctx, tx, from, now); err != nil {
				return err
			}
		}
		return nil
	})
}

func chargeOne(ctx context.Context, tx bun.Tx, from source, now time.Time) error {
	row := attemptRow{Key: from.key, Last: now.UnixMilli()}
	if _, err := tx.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("count login attempt: %w", err)
	}
	// This locks the row on PostgreSQL; SQLite has locked the file.
	if err := tx.NewRaw("UPDATE login_attempts SET failures = failures WHERE key = ? RETURNING *", from.key).Scan(ctx, &row); err != nil {
		return fmt.Errorf("count login attempt: %w", err)
	}
	if left := time.UnixMilli(row.Until).Sub(now); left > 0 {
		seconds := int64((left + time.Second - 1) / time.Second)
		return refusal.New(refusal.Unavailable, "login-throttled", strconv.FormatInt(seconds, 10))
	}
	if now.Sub(time.UnixMilli(row.Last)) > attemptWindow {
		row.Failures = 0
	}
	row.Failures++
	row.Last, row.Until = now.UnixMilli(), now.Add(wait(row.Failures-from.limit)).UnixMilli()
	if _, err := tx.NewUpdate().Model(&row).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("count login attempt: %w", err)
	}
	return nil
}

// wait returns how long to wait after so many failures over the limit.
func wait(over int64) time.Duration {
	switch {
	case over < 0:
		return 0
	case over > 5:
		return longestWait
	}
	return min(firstWait<<over, longestWait)
}

// refund takes back one attempt that was none.
func refund(ctx context.Context, db bun.IDB, from source) error {
	_, err := db.ExecContext(ctx, "UPDATE login_attempts SET failures = failures - 1, until = 0 WHERE key = ? AND failures > 0", from.key)
	if err != nil {
		return fmt.Errorf("take back login attempt: %w", err)
	}
	return nil
}

// forget takes back all attempts.
func forget(ctx context.Context, db bun.IDB, from source) error {
	if _, err := db.NewDelete().Model((*attemptRow)(nil)).Where("key = ?", from.key).Exec(ctx); err != nil {
		return fmt.Errorf("forget login attempts: %w", err)
	}
	return nil
}
