/*
 * Blinding: a program takes away our permission to see what it does. The cast
 * goes on, so it must not look as if it had ended.
 */
#include <stdio.h>

#include "tests/support/pipewire.h"
#include "tests/support/watch.h"
#include "tests/unit/cmocka_all.h"

struct scene {
	struct onlooker *onlooker;
	struct cast producer, consumer;
	char node[2][16]; /* of the two */
	char link[16];
	struct child attack;
};

static void begin(struct scene *scene)
{
	scene->onlooker = pipewire_open();
	cast_start(&scene->producer, ARGUMENTS("--shape", "mutter"));
	snprintf(scene->node[0], 16, "%u", scene->producer.node);
	cast_start(&scene->consumer,
	           ARGUMENTS("--shape", "obs", "--node", scene->node[0]));
	snprintf(scene->node[1], 16, "%u", scene->consumer.node);
	snprintf(scene->link, 16, "%u", cast_wait(&scene->consumer, "link "));
	pipewire_expect(scene->onlooker, "pipewire.screen-cast",
	                scene->consumer.child.pid);
}

/* NULL: no more. */
static void attack(struct scene *scene, const char *a, const char *b,
                   const char *c)
{
	const char *const arguments[] = { PIPEWIRE_BLIND, a, b, c, NULL };
	char line[16];

	assert_int_equal(
		child_start(&scene->attack, arguments, NULL, CHILD_OUTPUT), 0);
	assert_int_equal(child_read_line(&scene->attack, line, sizeof(line),
	                                 PIPEWIRE_LIMIT_MS),
	                 0);
}

static void end(struct scene *scene)
{
	child_stop(&scene->attack);
	cast_stop(&scene->consumer);
	cast_stop(&scene->producer);
	pipewire_expect_none(scene->onlooker, "pipewire.hidden-link");
	pipewire_expect_none(scene->onlooker, "pipewire.screen-cast");
	onlooker_unref(scene->onlooker);
}

static void check_shared(struct scene *scene)
{
	const struct onlooker_report *report =
		onlooker_get_report(scene->onlooker);

	assert_int_equal(report->shared.state, ONLOOKER_SHARED);
	onlooker_report_unref(report);
}

static void test_hidden_consumer(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene);
	attack(&scene, scene.node[1], NULL, NULL);
	pipewire_expect(scene.onlooker, "pipewire.hidden-link",
	                scene.consumer.child.pid);
	pipewire_expect_none(scene.onlooker, "pipewire.screen-cast");
	check_shared(&scene);
	end(&scene);
}

static void test_hidden_producer(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene);
	attack(&scene, scene.node[0], NULL, NULL);
	pipewire_expect(scene.onlooker, "pipewire.hidden-link",
	                scene.consumer.child.pid);
	check_shared(&scene);
	end(&scene);
}

static void test_hidden_altogether(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene);
	attack(&scene, scene.link, scene.node[0], scene.node[1]);
	pipewire_expect(scene.onlooker, "pipewire.hidden-link",
	                scene.consumer.child.pid);
	check_shared(&scene);
	end(&scene);
}

static void test_shown_again(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene);
	attack(&scene, scene.node[1], NULL, NULL);
	pipewire_expect(scene.onlooker, "pipewire.hidden-link", 0);
	child_stop(&scene.attack);
	attack(&scene, "--show", scene.node[1], NULL);
	pipewire_expect_none(scene.onlooker, "pipewire.hidden-link");
	pipewire_expect(scene.onlooker, "pipewire.screen-cast",
	                scene.consumer.child.pid);
	end(&scene);
}

/* A link that is hidden alone: both ends are there and run. */
static void test_hidden_link(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene);
	attack(&scene, scene.link, NULL, NULL);
	pipewire_expect(scene.onlooker, "pipewire.hidden-link",
	                scene.consumer.child.pid);
	check_shared(&scene);
	end(&scene);
}

/* The probe comes back as another client and sees what is there then. */
static void test_hidden_everything(void **state)
{
	struct scene scene;
	struct cast late;

	(void)state;
	begin(&scene);
	attack(&scene, "all", NULL, NULL);
	pipewire_expect_state(scene.onlooker, ONLOOKER_PROBE_DENIED);
	child_stop(&scene.attack);
	pipewire_expect(scene.onlooker, "pipewire.screen-cast",
	                scene.consumer.child.pid);
	check_shared(&scene);
	cast_start(&late, ARGUMENTS("--shape", "grd", "--node", scene.node[0]));
	pipewire_expect(scene.onlooker, "pipewire.screen-cast", late.child.pid);
	cast_stop(&late);
	end(&scene);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, pipewire_set_up,                 \
	                                pipewire_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_hidden_consumer),   TEST(test_hidden_producer),
		TEST(test_hidden_altogether), TEST(test_shown_again),
		TEST(test_hidden_link),       TEST(test_hidden_everything),
	};

	if (!program_exists("pipewire"))
		return 77;
	return cmocka_run_group_tests_name("pipewire_blind", tests, NULL, NULL);
}
