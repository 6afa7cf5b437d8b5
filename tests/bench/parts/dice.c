/* dice.c - numbers that look random and are the same for the same seed. */
#include "tests/bench/parts/dice.h"

uint64_t dice_next(struct dice *dice)
{
	uint64_t mixed;

	dice->state += UINT64_C(0x9e3779b97f4a7c15);
	mixed = dice->state;
	mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
	return mixed ^ mixed >> 31;
}

uint32_t dice_roll(struct dice *dice, uint32_t sides)
{
	return (uint32_t) ((dice_next(dice) >> 32) * sides >> 32);
}
