#pragma once

#include <stdbool.h>

/*
 * Named places where tests make the program go wrong on purpose. Compiled in only with
 * -Dfaults=true (the test builds); in a release TD_FAULT() is the constant false. The names are in
 * one sorted list in fault.c.
 */
#ifdef TD_FAULTS
/* Makes the named fault happen on its nth coming (1 = the next) and every time after; 0 disarms it.
 * Aborts on a name that is not in the list: a test with a misspelt name would prove nothing. */
void td_fault_arm(const char *name, long nth);
void td_fault_disarm_all(void);
bool td_fault_hit(const char *name);
#define TD_FAULT(name) td_fault_hit(#name)
#else
#define TD_FAULT(name) false
#endif
