#ifndef MODEL_LOG_POSITION_H
#define MODEL_LOG_POSITION_H

#include <stdint.h>

/* What tells one log file from another: a stamp in its first lines makes them unique, while
 * inode numbers are used again and names move on at each rotation. */
enum { LOG_HEAD_BYTES = 256 };

/* How far a log was read. */
struct log_position {
	uint64_t device, inode;
	uint64_t offset; /* of the first byte that was not read, compression undone */
	uint64_t head_hash; /* hash_bytes() of the file's first head_bytes */
	uint32_t head_bytes; /* LOG_HEAD_BYTES, or fewer of a file that was shorter */
	uint64_t tail_hash; /* of the last LOG_HEAD_BYTES before the offset; 0: not known */
	int64_t read_at; /* UTC seconds */
};

#endif
