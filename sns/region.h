/* region.h - which SNS host and which certificate name belong to a region. */
#ifndef SNS_REGION_H
#define SNS_REGION_H

#include <stdbool.h>

#define SNS_HOST_SIZE 128

/*
 * Builds the host of SNS's endpoint, "sns.REGION.SUFFIX", from the partition and region
 * of a topic (the partitions and the shapes of their regions are those that the AWS SDKs
 * ship). False if the partition is not in the table, or the region does not have the
 * shape that partition's regions have: so that no "region" can name an S3 bucket's host.
 * On failure host is untouched.
 */
bool sns_region_host(const char *partition, const char *region, char host[SNS_HOST_SIZE])
	__attribute__((warn_unused_result));

/*
 * The common name that the signing certificates of a region carry, as AWS's own verifier
 * expects it (SnsHostProvider of the AWS SDK for Java 2). host is what sns_region_host
 * gave for the region. Never NULL. Where the name holds the region's own name it is
 * written into name; otherwise name is untouched.
 */
const char *sns_region_certificate_name(
	const char *region, const char *host, char name[SNS_HOST_SIZE]);

#endif
