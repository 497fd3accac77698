package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/gs1"
	"github.com/fanwei/fanwei/services/unitcode"
)

type codes struct {
	Compute computeCodes `cmd:"" help:"Print the codes of a batch as CSV, and its root."`
}

// computeCodes is an offline tool (contract proof-tools, version 1).
type computeCodes struct {
	SecretHex string  `required:"" help:"The maker's secret: 64 hexadecimal digits."`
	GTIN      string  `required:"" name:"gtin" help:"GTIN-8, -12, -13 or -14."`
	Lot       string  `required:"" help:"The lot."`
	Size      uint64  `required:"" help:"Number of units in the batch."`
	From      *uint64 `help:"First unit index; 0 if not given."`
	To        *uint64 `help:"Last unit index; size - 1 if not given."`
}

func (c computeCodes) Run(ctx context.Context, io streams) error {
	secret, err := hex.DecodeString(c.SecretHex)
	if err != nil || len(secret) != 32 {
		return fmt.Errorf("%w: --secret-hex takes 64 hexadecimal digits", errUsage)
	}
	gtin, err := gs1.ParseGTIN(c.GTIN)
	if err != nil {
		return fmt.Errorf("%w: --gtin: %w", errUsage, err)
	}
	if err := trace.CheckLot(c.Lot); err != nil {
		return fmt.Errorf("%w: --lot: %w", errUsage, err)
	}
	from, to, err := c.bounds()
	if err != nil {
		return err
	}
	keys, err := unitcode.Derive(secret, gtin, c.Lot)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if err := c.print(ctx, io, keys, gtin, from, to); err != nil {
		return err
	}
	if from != 0 || to != c.Size-1 {
		return nil
	}
	root, err := unitcode.Root(ctx, keys, gtin, c.Lot, c.Size, nil)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(io.errs, "root", base64.StdEncoding.EncodeToString(root[:]))
	return err
}

// bounds returns the range of unit indexes asked for, both ends included.
func (c computeCodes) bounds() (from, to uint64, err error) {
	if c.Size < 1 || c.Size > trace.MaxSize {
		return 0, 0, fmt.Errorf("%w: --size takes 1 to %d", errUsage, int64(trace.MaxSize))
	}
	to = c.Size - 1
	if c.From != nil {
		from = *c.From
	}
	if c.To != nil {
		to = *c.To
	}
	if from > to || to >= c.Size {
		return 0, 0, fmt.Errorf("%w: --from and --to take a range within 0 to %d", errUsage, c.Size-1)
	}
	return from, to, nil
}

func (c computeCodes) print(ctx context.Context, io streams, keys unitcode.Keys, gtin string, from, to uint64) error {
	out := bufio.NewWriterSize(io.out, 1<<16)
	fmt.Fprintln(out, "index,serial,claim_secret,claim_hash")
	for unit, err := range unitcode.Units(ctx, keys, gtin, c.Lot, c.Size, from, to+1) {
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%d,%s,%s,%x\n", unit.Index, unit.Serial, unit.ClaimSecret, unit.ClaimHash)
	}
	return out.Flush()
}
