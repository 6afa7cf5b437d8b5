/* dice.h - numbers that look random and are the same for the same seed. Private to
 * tests/bench/. */
#ifndef BENCH_DICE_H
#define BENCH_DICE_H

#include <stdint.h>

struct dice {
	uint64_t state; /* the seed */
};

/* Neighbouring seeds give numbers that have nothing to do with each other (SplitMix64).
 */
uint64_t dice_next(struct dice *dice);

/* 0 to sides - 1. */
uint32_t dice_roll(struct dice *dice, uint32_t sides);

#endif
