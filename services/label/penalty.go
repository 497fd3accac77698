package label

import "math/bits"

// penalty is the score of ISO/IEC 18004, section 7.8.3: the lower, the easier
// a code is to read.
func (m *matrix) penalty() int {
	var columns [64]uint64
	dark := 0
	for y, row := range m.rows {
		dark += bits.OnesCount64(row)
		for ; row != 0; row &= row - 1 {
			columns[bits.TrailingZeros64(row)] |= 1 << y
		}
	}
	n := m.blockPenalty()
	for i, row := range m.rows {
		n += linePenalty(row, m.size) + linePenalty(columns[i], m.size)
	}
	percent := dark * 100 / (m.size * m.size)
	return n + 10*(max(percent-50, 50-percent)/5)
}

// linePenalty scores runs of five and more (as many points as the run has
// modules, less two), and what looks like a finder (40).
func linePenalty(line uint64, size int) int {
	same := equalNeighbours(line, size)
	five := same & (same >> 1) & (same >> 2) & (same >> 3) // bit i: modules i to i+4 are alike
	n := bits.OnesCount64(five) + 2*bits.OnesCount64(five&^(five<<1))

	const light = 4 // modules beside 1011101
	ink, blank := line, ^line
	finder := ink & (blank >> 1) & (ink >> 2) & (ink >> 3) & (ink >> 4) & (blank >> 5) & (ink >> 6)
	space := blank & (blank >> 1) & (blank >> 2) & (blank >> 3)
	inside := uint64(1)<<(size-7-light+1) - 1
	after := finder & (space >> 7) & inside
	before := space & (finder >> light) & inside
	return n + 40*(bits.OnesCount64(after)+bits.OnesCount64(before))
}

// blockPenalty scores blocks of two by two of one colour.
func (m *matrix) blockPenalty() int {
	n := 0
	for y := range m.size - 1 {
		up, down := m.rows[y], m.rows[y+1]
		n += 3 * bits.OnesCount64(equalNeighbours(up, m.size)&equalNeighbours(down, m.size)&^(up^down))
	}
	return n
}

// equalNeighbours has bit i set if modules i and i+1 are alike.
func equalNeighbours(line uint64, size int) uint64 {
	return ^(line ^ line>>1) & (1<<(size-1) - 1)
}
