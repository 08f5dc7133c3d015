/* A viewer of remote desktops, and what their servers need of TLS. */
#include "tests/support/rdp.h"

#include <stdio.h>

#include "tests/unit/cmocka_all.h"

const char *const rdp_programs[RDP_PROGRAMS] = { "xfreerdp", "Xvfb",
	                                         "openssl" };

void rdp_make_certificate(const struct session *session, char key[RDP_PATH],
                          char certificate[RDP_PATH])
{
	struct child openssl;

	snprintf(key, RDP_PATH, "%s/tls.key", session->directory);
	snprintf(certificate, RDP_PATH, "%s/tls.crt", session->directory);
	session_run(&openssl,
	            RUN("openssl", "req", "-x509", "-newkey", "rsa:2048",
	                "-nodes", "-keyout", key, "-out", certificate, "-days",
	                "2", "-subj", "/CN=test"));
	assert_int_equal(child_wait(&openssl, SESSION_LIMIT_MS), 0);
}

void rdp_view(struct rdp_viewer *viewer, int port)
{
	char line[16], display[32], target[32];

	assert_int_equal(child_start(&viewer->screen,
	                             RUN("Xvfb", "-displayfd", "1", "-screen",
	                                 "0", "1400x900x24"),
	                             NULL, CHILD_OUTPUT),
	                 0);
	assert_int_equal(child_read_line(&viewer->screen, line, sizeof(line),
	                                 SESSION_LIMIT_MS),
	                 0);
	snprintf(display, sizeof(display), "DISPLAY=:%s", line);
	snprintf(target, sizeof(target), "/v:127.0.0.1:%d", port);
	assert_int_equal(child_start(&viewer->program,
	                             RUN("xfreerdp", target, "/cert:ignore",
	                                 "/u:x", "/p:x"),
	                             RUN(display), CHILD_QUIET),
	                 0);
}

void rdp_hang_up(struct rdp_viewer *viewer)
{
	child_stop(&viewer->program);
}

void rdp_stop(struct rdp_viewer *viewer)
{
	child_stop(&viewer->program);
	child_stop(&viewer->screen);
}
