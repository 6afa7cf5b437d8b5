/* test_counts.c - every field is added, and none twice. */
#include "tests/ses/sample.h"

#include "ses/counts.h"

static void each_field_is_added_to_itself_alone(void **state)
{
	(void) state;
	for (size_t i = 0; i < SES_COUNTS_FIELDS; i++) {
		struct ses_counts sum = {0}, more = {0};
		int64_t fields[SES_COUNTS_FIELDS], added[SES_COUNTS_FIELDS] = {0};

		for (size_t j = 0; j < SES_COUNTS_FIELDS; j++)
			fields[j] = (int64_t) (100 * j);
		memcpy(&sum, fields, sizeof(sum));
		added[i] = INT64_C(1) << 40;
		memcpy(&more, added, sizeof(more));
		ses_counts_add(&sum, &more);
		fields[i] += added[i];
		assert_memory_equal(&sum, fields, sizeof(sum));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_field_is_added_to_itself_alone),
	};

	return cmocka_run_group_tests_name("counts", tests, NULL, NULL);
}
