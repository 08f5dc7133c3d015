/* A context in a host's own epoll loop. */
#include "tests/unit/nest.h"

int main(void)
{
	return nest_test(nest_run_epoll);
}
