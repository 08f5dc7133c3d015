/* Casts on a daemon of our own, with the shapes that real programs have. */
#include <stdio.h>
#include <string.h>

#include "tests/support/pipewire.h"
#include "tests/support/watch.h"
#include "tests/unit/cmocka_all.h"

enum { LIMIT_MS = PIPEWIRE_LIMIT_MS };

static bool has_detail(const struct onlooker_report *report,
                       const void *userdata)
{
	const char *const *want = userdata;
	const struct onlooker_evidence *evidence =
		report_find(report, want[0], 0);

	return evidence != NULL && strcmp(evidence->detail, want[1]) == 0;
}

static void expect_detail(struct onlooker *onlooker, const char *rule,
                          const char *detail)
{
	const char *want[] = { rule, detail };

	assert_true(watch_until(onlooker, has_detail, want, LIMIT_MS));
}

static bool is_alone(const struct onlooker_report *report, const void *userdata)
{
	const pid_t *pid = userdata;

	return report->watchers[0] != NULL && report->watchers[1] == NULL &&
	       report->watchers[0]->pid == *pid;
}

static void expect_alone(struct onlooker *onlooker, pid_t pid)
{
	assert_true(watch_until(onlooker, is_alone, &pid, LIMIT_MS));
}

/* A producer of each kind, a consumer, its pid, and both of their ends. */
static void check_producer(const char *shape, const char *detail)
{
	struct onlooker *onlooker = pipewire_open();
	struct cast producer, consumer;
	char node[16];

	cast_start(&producer, ARGUMENTS("--shape", shape));
	pipewire_expect(onlooker, "pipewire.screen-cast-open",
	                producer.child.pid);
	snprintf(node, sizeof(node), "%u", producer.node);
	cast_start(&consumer, ARGUMENTS("--shape", "chromium", "--node", node));
	pipewire_expect(onlooker, "pipewire.screen-cast", consumer.child.pid);
	pipewire_expect_none(onlooker, "pipewire.screen-cast-open");
	expect_detail(onlooker, "pipewire.screen-cast", detail);
	cast_stop(&consumer);
	pipewire_expect(onlooker, "pipewire.screen-cast-open",
	                producer.child.pid);
	pipewire_expect_none(onlooker, "pipewire.screen-cast");
	cast_stop(&producer);
	pipewire_expect_none(onlooker, "pipewire.screen-cast-open");
	onlooker_unref(onlooker);
}

static void test_wlr(void **state)
{
	(void)state;
	check_producer("wlr", "screen of xdg-desktop-por");
}

static void test_mutter(void **state)
{
	(void)state;
	check_producer("mutter", "screen of mutter");
}

static void test_gnome_shell(void **state)
{
	(void)state;
	check_producer("gnome-shell", "screen of gnome-shell");
}

static void test_kwin(void **state)
{
	(void)state;
	check_producer("kwin", "output HDMI-A-1");
}

static void test_hyprland(void **state)
{
	(void)state;
	check_producer("hyprland", "screen of xdg-desktop-por");
}

static void test_dms_2185_niri(void **state)
{
	(void)state;
	check_producer("niri", "screen of niri");
}

/* It is in the first report that calls the probe watching. */
static void test_began_before(void **state)
{
	const struct onlooker_report *report;
	struct onlooker *onlooker;
	struct cast cast;

	(void)state;
	cast_start(&cast, ARGUMENTS("--shape", "mutter", "--consume"));
	cast_wait(&cast, "streaming");
	cast_wait(&cast, "streaming"); /* the producer and the consumer */
	onlooker = pipewire_open();
	report = onlooker_get_report(onlooker);
	assert_non_null(
		report_find(report, "pipewire.screen-cast", cast.consumers[0]));
	onlooker_report_unref(report);
	cast_stop(&cast);
	pipewire_expect_none(onlooker, "pipewire.screen-cast");
	onlooker_unref(onlooker);
}

static void test_paused_and_resumed(void **state)
{
	struct onlooker *onlooker = pipewire_open();
	struct cast cast;

	(void)state;
	cast_start(&cast,
	           ARGUMENTS("--shape", "mutter", "--consume", "--paused"));
	pipewire_expect(onlooker, "pipewire.screen-cast-paused",
	                cast.consumers[0]);
	kill(cast.consumers[0], SIGUSR2);
	pipewire_expect(onlooker, "pipewire.screen-cast", cast.consumers[0]);
	pipewire_expect_none(onlooker, "pipewire.screen-cast-paused");
	kill(cast.consumers[0], SIGUSR1);
	pipewire_expect(onlooker, "pipewire.screen-cast-paused",
	                cast.consumers[0]);
	pipewire_expect_none(onlooker, "pipewire.screen-cast");
	cast_stop(&cast);
	pipewire_expect_none(onlooker, "pipewire.screen-cast-paused");
	onlooker_unref(onlooker);
}

static void test_many(void **state)
{
	struct onlooker *onlooker = pipewire_open();
	struct cast one, two;

	(void)state;
	cast_start(&one,
	           ARGUMENTS("--shape", "kwin", "--consume", "--consume=obs"));
	cast_start(&two, ARGUMENTS("--shape", "kwin", "--media-name",
	                           "kwin-screencast-org.kde.dolphin",
	                           "--consume=grd"));
	pipewire_expect(onlooker, "pipewire.screen-cast", one.consumers[0]);
	pipewire_expect(onlooker, "pipewire.screen-cast", one.consumers[1]);
	pipewire_expect(onlooker, "pipewire.screen-cast", two.consumers[0]);
	cast_stop(&one);
	expect_alone(onlooker, two.consumers[0]);
	expect_detail(onlooker, "pipewire.screen-cast",
	              "window of org.kde.dolphin");
	cast_stop(&two);
	pipewire_expect_none(onlooker, "pipewire.screen-cast");
	onlooker_unref(onlooker);
}

static void test_killed_consumer(void **state)
{
	struct onlooker *onlooker = pipewire_open();
	struct cast cast;

	(void)state;
	cast_start(&cast, ARGUMENTS("--shape", "mutter", "--consume"));
	pipewire_expect(onlooker, "pipewire.screen-cast", cast.consumers[0]);
	kill(cast.consumers[0], SIGKILL);
	pipewire_expect_none(onlooker, "pipewire.screen-cast");
	pipewire_expect(onlooker, "pipewire.screen-cast-open", cast.child.pid);
	cast_stop(&cast);
	onlooker_unref(onlooker);
}

/* Behind a portal the consumer's own word is all there is. */
static void test_portal_consumer(void **state)
{
	struct onlooker *onlooker = pipewire_open();
	struct cast producer, consumer;
	char node[16];

	(void)state;
	cast_start(&producer, ARGUMENTS("--shape", "mutter"));
	snprintf(node, sizeof(node), "%u", producer.node);
	cast_start(&consumer, ARGUMENTS("--shape", "chromium", "--portal",
	                                "--node", node));
	assert_true(
		watch_for(onlooker,
	                  (struct watch_want){ .rule = "pipewire.screen-cast",
	                                       .who = "chromium" },
	                  LIMIT_MS));
	expect_detail(onlooker, "pipewire.screen-cast",
	              "screen of mutter; through the portal, process as it "
	              "says of itself");
	cast_stop(&consumer);
	pipewire_expect_none(onlooker, "pipewire.screen-cast");
	cast_stop(&producer);
	onlooker_unref(onlooker);
}

/* The consumer's properties do not matter: it takes a screen. */
static void test_disguised_consumer(void **state)
{
	struct onlooker *onlooker = pipewire_open();
	struct cast cast;

	(void)state;
	cast_start(&cast,
	           ARGUMENTS("--shape", "mutter", "--consume=disguised"));
	pipewire_expect(onlooker, "pipewire.screen-cast", cast.consumers[0]);
	cast_stop(&cast);
	onlooker_unref(onlooker);
}

/* A camera and, to know when all has been seen, a cast that began later. */
static void test_waybar_4090_webcam(void **state)
{
	struct onlooker *onlooker = pipewire_open();
	struct cast camera, cast;

	(void)state;
	cast_start(&camera, ARGUMENTS("--shape", "camera", "--consume"));
	cast_wait(&camera, "streaming");
	cast_start(&cast, ARGUMENTS("--shape", "mutter", "--consume=obs"));
	pipewire_expect(onlooker, "pipewire.screen-cast", cast.consumers[0]);
	expect_alone(onlooker, cast.consumers[0]);
	cast_stop(&cast);
	cast_stop(&camera);
	onlooker_unref(onlooker);
}

static void test_virtual_camera(void **state)
{
	struct onlooker *onlooker = pipewire_open();
	const struct onlooker_report *report;
	struct cast cast;

	(void)state;
	cast_start(&cast, ARGUMENTS("--shape", "virtual-camera", "--consume"));
	pipewire_expect(onlooker, "pipewire.unknown-video", cast.consumers[0]);
	report = onlooker_get_report(onlooker);
	assert_int_not_equal(report->shared.state, ONLOOKER_SHARED);
	assert_int_not_equal(report->shared.state, ONLOOKER_SUSPECTED);
	onlooker_report_unref(report);
	cast_stop(&cast);
	pipewire_expect_none(onlooker, "pipewire.unknown-video");
	onlooker_unref(onlooker);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, pipewire_set_up,                 \
	                                pipewire_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_wlr),
		TEST(test_mutter),
		TEST(test_gnome_shell),
		TEST(test_kwin),
		TEST(test_hyprland),
		TEST(test_dms_2185_niri),
		TEST(test_began_before),
		TEST(test_paused_and_resumed),
		TEST(test_many),
		TEST(test_killed_consumer),
		TEST(test_portal_consumer),
		TEST(test_disguised_consumer),
		TEST(test_waybar_4090_webcam),
		TEST(test_virtual_camera),
	};

	if (!program_exists("pipewire"))
		return 77;
	return cmocka_run_group_tests_name("pipewire_cast", tests, NULL, NULL);
}
