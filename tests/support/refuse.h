#ifndef TEST_REFUSE_H
#define TEST_REFUSE_H

#include <stdbool.h>

/*
 * Refuses an allocation, as a machine without memory does. Whoever links
 * refuse.c also passes REFUSE_LINK_OPTIONS (see tests/CMakeLists.txt), which
 * bend malloc() and its like to it in all objects of the program, not in shared
 * libraries. jansson's are refused through its own hook, if asked for.
 *
 * Allocations are counted while armed, by all threads together.
 */

/*
 * Arm: refuse the nth allocation from now on, counted from 1; 0 refuses none.
 * with_json: count and refuse those of jansson too.
 */
void refuse_arm(unsigned long nth, bool with_json);
/* Stop counting, and go on with refuse_resume(). */
void refuse_pause(void);
void refuse_resume(void);
/* How many were counted, whether one of them was refused. */
unsigned long refuse_count(void);
bool refuse_has_refused(void);

#endif
