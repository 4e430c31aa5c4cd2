#ifndef TESTS_UNIT_FOLDER_H
#define TESTS_UNIT_FOLDER_H

enum { FOLDER_BYTES = 64 };

/* Makes a new folder for a test and writes its path; the test fails where none can be made. */
void folder_make(char path[FOLDER_BYTES]);
/* Removes it with all that is in it. */
void folder_remove(const char *path);

#endif
