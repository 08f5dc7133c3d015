/*
 * PipeWire's graph as properties in, claims out: who is a screen, what a link
 * means, who takes part. The cases that other programs got wrong bear the names
 * of their issues.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <pipewire/link.h>
#include <pipewire/node.h>
#include <pipewire/permission.h>
#include <spa/utils/dict.h>

#include "probes/pipewire.h"
#include "tests/unit/cmocka_all.h"

#define ITEM(key, value) SPA_DICT_ITEM_INIT(key, value)
#define DICT(...)                                                              \
	(&SPA_DICT_INIT_ARRAY(((const struct spa_dict_item[]){ __VA_ARGS__ })))

enum { OWN_PID = 4000 };

/* The processes of a desktop; the kernel cuts comm at 15 characters. */
static const struct ol_process processes[] = {
	{ 10, 100, "gnome-shell", "gnome-shell", true },
	{ 11, 101, "xdg-desktop-por", "xdg-desktop-portal-wlr", true },
	{ 12, 102, "xdg-desktop-por", "xdg-desktop-portal", true },
	{ 13, 103, "wireplumber", "wireplumber", true },
	{ 14, 104, "obs", "obs", true },
	{ 15, 105, "firefox", "firefox-bin", true },
	{ 16, 106, "niri", "niri", true },
	{ 17, 107, "kwin_wayland", "", false }, /* has capabilities */
	{ 18, 108, "plasmashell", "plasmashell", true },
	{ 19, 109, "plasmashell", "spy", false },
	{ 20, 110, "plasmashell", "plasmashell", false }, /* in /home */
	{ 21, 111, "xdg-desktop-por", "xdg-desktop-portal-kde", true },
	{ 22, 112, "gamescope-wl", "gamescope", true },
	{ OWN_PID, 113, "bank", "bank", true },
};

static int find_process(void *data, int64_t pid, struct ol_process *ret)
{
	(void)data;
	for (size_t i = 0; i < sizeof(processes) / sizeof(processes[0]); i++) {
		if (processes[i].pid == pid) {
			*ret = processes[i];
			return 0;
		}
	}
	return -ESRCH;
}

struct fixture {
	struct ol_graph graph;
	struct ol_cast casts[OL_GRAPH_CLAIMS_MAX];
	size_t n;
	bool is_cut;
};

static int set_up(void **state)
{
	static struct fixture fixture;

	ol_graph_init(&fixture.graph, OWN_PID, find_process, NULL);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	ol_graph_finish(&f->graph);
	return 0;
}

/* The client of process pid has the id of that pid. */
static void client(struct fixture *f, int pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	assert_int_equal(
		ol_graph_put_client(&f->graph, (uint32_t)pid,
	                            DICT(ITEM("pipewire.sec.pid", text))),
		0);
}

static void node(struct fixture *f, uint32_t id, int pid, const char *class,
                 const char *name, const char *media_name, const char *role)
{
	char text[16];
	struct spa_dict_item items[5];
	uint32_t n = 0;

	client(f, pid);
	snprintf(text, sizeof(text), "%d", pid);
	items[n++] = ITEM("client.id", text);
	if (class != NULL)
		items[n++] = ITEM("media.class", class);
	if (name != NULL)
		items[n++] = ITEM("node.name", name);
	if (media_name != NULL)
		items[n++] = ITEM("media.name", media_name);
	if (role != NULL)
		items[n++] = ITEM("media.role", role);
	assert_int_equal(
		ol_graph_put_node(&f->graph, id, &SPA_DICT_INIT(items, n)), 0);
	ol_graph_set_node_state(&f->graph, id, PW_NODE_STATE_SUSPENDED);
}

static void connect_nodes(struct fixture *f, uint32_t id, uint32_t output,
                          uint32_t input)
{
	char from[16], to[16];

	snprintf(from, sizeof(from), "%u", output);
	snprintf(to, sizeof(to), "%u", input);
	assert_int_equal(ol_graph_put_link(&f->graph, id,
	                                   DICT(ITEM("link.output.node", from),
	                                        ITEM("link.input.node", to))),
	                 0);
}

static void run(struct fixture *f, uint32_t link, uint32_t output,
                uint32_t input)
{
	connect_nodes(f, link, output, input);
	ol_graph_set_link_state(&f->graph, link, PW_LINK_STATE_ACTIVE);
	ol_graph_set_node_state(&f->graph, output, PW_NODE_STATE_RUNNING);
	ol_graph_set_node_state(&f->graph, input, PW_NODE_STATE_RUNNING);
}

static void judge(struct fixture *f)
{
	f->n = ol_graph_judge(&f->graph, f->casts, OL_GRAPH_CLAIMS_MAX,
	                      &f->is_cut);
}

static void expect_none(struct fixture *f)
{
	judge(f);
	assert_int_equal(f->n, 0);
}

static void expect(struct fixture *f, const char *rule, int64_t pid,
                   const char *name, const char *detail)
{
	judge(f);
	assert_int_equal(f->n, 1);
	assert_string_equal(f->casts[0].rule, rule);
	assert_int_equal(f->casts[0].pid, pid);
	assert_string_equal(f->casts[0].name, name);
	assert_string_equal(f->casts[0].detail, detail);
}

static void settle(struct fixture *f, uint32_t denied)
{
	struct pw_permission permissions[] = {
		PW_PERMISSION_INIT(PW_ID_ANY, PW_PERM_ALL),
		PW_PERMISSION_INIT(denied, 0),
		PW_PERMISSION_INIT(77, PW_PERM_INVALID), /* an object gone */
	};

	ol_graph_settle(&f->graph, f->graph.doubt, permissions, 3);
}

/* A camera and a screen at once: only the producers tell the calls apart. */
static void test_waybar_4090_webcam(void **state)
{
	struct fixture *f = *state;
	const struct spa_dict *device =
		DICT(ITEM("api.v4l2.path", "/dev/video0"));

	node(f, 1, 13, "Video/Source", "v4l2_input.pci", NULL, "Camera");
	assert_int_equal(ol_graph_put_node(&f->graph, 1, device), 0);
	node(f, 2, 15, "Stream/Input/Video", "firefox", "camera-stream", NULL);
	run(f, 3, 1, 2);
	expect_none(f);
	node(f, 4, 10, "Stream/Output/Video", "gnome-shell",
	     "meta-screen-cast-src", NULL);
	node(f, 5, 15, "Stream/Input/Video", "firefox", "webrtc-consume-stream",
	     NULL);
	run(f, 6, 4, 5);
	expect(f, "pipewire.screen-cast", 15, "firefox",
	       "screen of gnome-shell");
}

/* OBS takes a screen, and offers a camera: each is what its producer makes it. */
static void test_dms_3428_obs_camera(void **state)
{
	struct fixture *f = *state;

	node(f, 1, 10, "Stream/Output/Video", "gnome-shell",
	     "meta-screen-cast-src", NULL);
	node(f, 2, 14, "Stream/Input/Video", "obs", "OBS Studio", "Camera");
	run(f, 3, 1, 2);
	expect(f, "pipewire.screen-cast", 14, "obs", "screen of gnome-shell");
	ol_graph_remove(&f->graph, 3);
	ol_graph_remove(&f->graph, 2);
	ol_graph_remove(&f->graph, 1);
	settle(f, 99);
	node(f, 4, 14, "Video/Source", "obs", "OBS Virtual Camera", "Camera");
	node(f, 5, 15, "Stream/Input/Video", "firefox", NULL, NULL);
	run(f, 6, 4, 5);
	expect(f, "pipewire.unknown-video", 15, "firefox", "obs");
}

static void test_dms_2185_niri(void **state)
{
	struct fixture *f = *state;

	node(f, 1, 16, "Stream/Output/Video", "", "niri-screen-cast-src", NULL);
	node(f, 2, 15, "Stream/Input/Video", "firefox", NULL, NULL);
	run(f, 3, 1, 2);
	expect(f, "pipewire.screen-cast", 15, "firefox", "screen of niri");
}

/* No role, and a class like a camera's. */
static void test_noctalia_4074_xdpw(void **state)
{
	struct fixture *f = *state;

	node(f, 1, 11, "Video/Source", "xdg-desktop-portal-wlr",
	     "xdpw-stream-kR3vQz", NULL);
	node(f, 2, 15, "Stream/Input/Video", "firefox", NULL, NULL);
	run(f, 3, 1, 2);
	expect(f, "pipewire.screen-cast", 15, "firefox",
	       "screen of xdg-desktop-por");
}

/* The consumer goes, and the node of the cast stays behind. */
static void test_waybar_3298_sticks(void **state)
{
	struct fixture *f = *state;

	node(f, 1, 10, "Stream/Output/Video", "gnome-shell",
	     "meta-screen-cast-src", NULL);
	node(f, 2, 15, "Stream/Input/Video", "firefox", NULL, NULL);
	run(f, 3, 1, 2);
	ol_graph_remove(&f->graph, 3);
	ol_graph_remove(&f->graph, 2);
	settle(f, 99);
	expect(f, "pipewire.screen-cast-open", 10, "gnome-shell",
	       "screen of gnome-shell");
	ol_graph_remove(&f->graph, 1);
	settle(f, 99);
	expect_none(f);
}

/* The dialogue is cancelled: the producer goes without ever being linked. */
static void test_noctalia_156_cancelled(void **state)
{
	struct fixture *f = *state;

	node(f, 1, 11, "Video/Source", "xdg-desktop-portal-wlr",
	     "xdpw-stream-kR3vQz", NULL);
	expect(f, "pipewire.screen-cast-open", 11, "xdg-desktop-por",
	       "screen of xdg-desktop-por");
	ol_graph_remove(&f->graph, 1);
	settle(f, 99);
	expect_none(f);
	assert_int_equal(f->graph.nodes.n, 0);
	assert_int_equal(f->graph.n_left, 0);
}

static void test_states(void **state)
{
	struct fixture *f = *state;

	node(f, 1, 10, "Stream/Output/Video", "gnome-shell", NULL, NULL);
	node(f, 2, 15, "Stream/Input/Video", "firefox", NULL, NULL);
	connect_nodes(f, 3, 1, 2);
	/* Until its state is known, it is what it was: an open cast. */
	expect(f, "pipewire.screen-cast-open", 10, "gnome-shell",
	       "screen of gnome-shell");
	for (int s = PW_LINK_STATE_INIT; s <= PW_LINK_STATE_ACTIVE; s++) {
		ol_graph_set_link_state(&f->graph, 3, s);
		expect(f, "pipewire.screen-cast-paused", 15, "firefox",
		       "screen of gnome-shell");
	}
	ol_graph_set_node_state(&f->graph, 1, PW_NODE_STATE_RUNNING);
	expect(f, "pipewire.screen-cast-paused", 15, "firefox",
	       "screen of gnome-shell");
	ol_graph_set_node_state(&f->graph, 2, PW_NODE_STATE_RUNNING);
	expect(f, "pipewire.screen-cast", 15, "firefox",
	       "screen of gnome-shell");
	/* Both may run for others. */
	ol_graph_set_link_state(&f->graph, 3, PW_LINK_STATE_PAUSED);
	expect(f, "pipewire.screen-cast-paused", 15, "firefox",
	       "screen of gnome-shell");
	ol_graph_set_link_state(&f->graph, 3, PW_LINK_STATE_ERROR);
	expect(f, "pipewire.screen-cast-open", 10, "gnome-shell",
	       "screen of gnome-shell");
}

static void test_which_output(void **state)
{
	struct fixture *f = *state;

	node(f, 1, 17, "Stream/Output/Video", "kwin_wayland",
	     "kwin-screencast-eDP-1", NULL);
	expect(f, "pipewire.screen-cast-open", 17, "kwin_wayland",
	       "output eDP-1");
	node(f, 1, 17, "Stream/Output/Video", "kwin_wayland",
	     "kwin-screencast-org.kde.dolphin", NULL);
	expect(f, "pipewire.screen-cast-open", 17, "kwin_wayland",
	       "window of org.kde.dolphin");
	node(f, 1, 17, "Stream/Output/Video", "kwin_wayland",
	     "kwin-screencast-", NULL);
	expect(f, "pipewire.screen-cast-open", 17, "kwin_wayland",
	       "screen of kwin_wayland");
}

/* A compositor that nobody has listed, under a name that somebody has. */
static void test_screen_by_name(void **state)
{
	struct fixture *f = *state;

	node(f, 1, 30, "Stream/Output/Video", NULL, "meta-screen-cast-src",
	     NULL);
	node(f, 2, 15, "Stream/Input/Video", "firefox", NULL, NULL);
	run(f, 3, 1, 2);
	expect(f, "pipewire.screen-cast", 15, "firefox",
	       "screen, by the name of the stream");
}

/* Only a file that nobody but root can write makes a program the desktop's. */
static void test_previews(void **state)
{
	static const struct {
		int pid;
		const char *rule;
		const char *name;
	} cases[] = {
		{ 18, "pipewire.desktop-preview", "plasmashell" },
		{ 21, "pipewire.desktop-preview", "xdg-desktop-por" },
		{ 19, "pipewire.screen-cast", "plasmashell" },
		{ 20, "pipewire.screen-cast", "plasmashell" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		node(f, 1, 17, "Stream/Output/Video", "kwin_wayland",
		     "kwin-screencast-org.kde.dolphin", NULL);
		node(f, 2, cases[i].pid, "Stream/Input/Video", "plasmashell",
		     NULL, NULL);
		run(f, 3, 1, 2);
		expect(f, cases[i].rule, cases[i].pid, cases[i].name,
		       "window of org.kde.dolphin");
	}
}

static void portal_consumer(struct fixture *f, const char *pid,
                            const char *binary)
{
	node(f, 1, 10, "Stream/Output/Video", "gnome-shell", NULL, NULL);
	node(f, 2, 12, "Stream/Input/Video", NULL, NULL, NULL);
	run(f, 3, 1, 2);
	assert_int_equal(
		ol_graph_put_client(
			&f->graph, 12,
			DICT(ITEM("application.name", "Some App"),
	                     ITEM("application.process.id", pid),
	                     ITEM("application.process.binary", binary))),
		0);
}

static void test_portal_consumers(void **state)
{
	struct fixture *f = *state;

	portal_consumer(f, "15", "firefox-bin");
	expect(f, "pipewire.screen-cast", 15, "firefox",
	       "screen of gnome-shell; through the portal, process as it says "
	       "of itself");
	/* A sandbox counts its processes anew: that pid is another's here. */
	portal_consumer(f, "14", "firefox-bin");
	expect(f, "pipewire.screen-cast", 0, "Some App",
	       "screen of gnome-shell; through the portal, name as it says of "
	       "itself");
	/* It must not get rid of the claim by saying that it is we. */
	portal_consumer(f, "4000", "bank");
	expect(f, "pipewire.screen-cast", 0, "Some App",
	       "screen of gnome-shell; through the portal, name as it says of "
	       "itself");
}

/* A direct client that calls itself the portal is known by its own pid. */
static void test_access_is_not_believed(void **state)
{
	struct fixture *f = *state;

	node(f, 1, 10, "Stream/Output/Video", "gnome-shell", NULL, NULL);
	node(f, 2, 14, "Stream/Input/Video", NULL, NULL, NULL);
	run(f, 3, 1, 2);
	assert_int_equal(
		ol_graph_put_client(
			&f->graph, 14,
			DICT(ITEM("pipewire.access", "portal"),
	                     ITEM("application.process.id", "15"),
	                     ITEM("application.process.binary", "firefox-bin"),
	                     ITEM("pipewire.sec.pid", "15"))),
		0);
	expect(f, "pipewire.screen-cast", 14, "obs", "screen of gnome-shell");
}

static void test_standing_offer(void **state)
{
	struct fixture *f = *state;

	node(f, 1, 22, "Video/Source", "gamescope", NULL, NULL);
	expect_none(f);
	node(f, 2, 15, "Stream/Input/Video", NULL, NULL, NULL);
	run(f, 3, 1, 2);
	expect(f, "pipewire.screen-cast", 15, "firefox",
	       "screen of gamescope-wl");
}

static void test_sound_is_nothing(void **state)
{
	struct fixture *f = *state;

	node(f, 1, 10, "Stream/Output/Audio", "gnome-shell", NULL, NULL);
	node(f, 2, 13, "Audio/Sink", NULL, NULL, NULL);
	connect_nodes(f, 3, 1, 2);
	assert_int_equal(f->graph.links.n, 0);
	expect_none(f);
}

static void begin_hiding(struct fixture *f)
{
	node(f, 1, 10, "Stream/Output/Video", "gnome-shell", NULL, NULL);
	node(f, 2, 15, "Stream/Input/Video", "firefox", NULL, NULL);
	run(f, 3, 1, 2);
}

static void test_hidden(void **state)
{
	static const struct {
		uint32_t id;
		const char *detail;
	} cases[] = {
		{ 1, "screen of gnome-shell; the source is hidden" },
		{ 2, "screen of gnome-shell; the consumer is hidden" },
		{ 3, "screen of gnome-shell; the link is hidden" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < 3; i++) {
		begin_hiding(f);
		ol_graph_remove(&f->graph, cases[i].id);
		/* In doubt it is what it was. */
		expect(f, "pipewire.screen-cast", 15, "firefox",
		       "screen of gnome-shell");
		settle(f, cases[i].id);
		expect(f, "pipewire.hidden-link", 15, "firefox",
		       cases[i].detail);
		assert_int_equal(f->graph.n_hidden, 1);
		/* Shown again. */
		begin_hiding(f);
		expect(f, "pipewire.screen-cast", 15, "firefox",
		       "screen of gnome-shell");
		assert_int_equal(f->graph.n_hidden, 0);
	}
	/* Hidden, and then ended: the daemon forgets the permission. */
	ol_graph_remove(&f->graph, 3);
	settle(f, 3);
	assert_int_equal(f->graph.n_hidden, 1);
	settle(f, 99);
	assert_int_equal(f->graph.n_hidden, 0);
	assert_int_equal(f->graph.links.n, 0);
}

/* A doubt that came up after the question is not for its answer to settle. */
static void test_late_doubt(void **state)
{
	struct fixture *f = *state;
	uint64_t before;

	begin_hiding(f);
	before = f->graph.doubt;
	ol_graph_remove(&f->graph, 3);
	ol_graph_settle(&f->graph, before, NULL, 0);
	assert_int_equal(f->graph.links.n, 1);
	ol_graph_settle(&f->graph, f->graph.doubt, NULL, 0);
	assert_int_equal(f->graph.links.n, 0);
}

/* A consumer that was hidden before it was ever seen. */
static void test_unseen_end(void **state)
{
	struct fixture *f = *state;

	node(f, 1, 10, "Stream/Output/Video", "gnome-shell", NULL, NULL);
	connect_nodes(f, 3, 1, 2);
	ol_graph_set_link_state(&f->graph, 3, PW_LINK_STATE_ACTIVE);
	settle(f, 99);
	expect(f, "pipewire.hidden-link", 0, "",
	       "screen of gnome-shell; the consumer is hidden");
	assert_int_equal(f->casts[0].kind, ONLOOKER_WATCHER_UNKNOWN);
}

static void test_limits(void **state)
{
	struct fixture *f = *state;
	int r = 0;

	for (uint32_t i = 0; i < OL_GRAPH_NODES_MAX; i++)
		node(f, i, 10, "Stream/Output/Video", "x", NULL, NULL);
	assert_false(f->graph.is_cut);
	r = ol_graph_put_node(&f->graph, 1u << 20, NULL);
	assert_int_equal(r, -ENOSPC);
	assert_true(f->graph.is_cut);
	judge(f);
	assert_true(f->is_cut);
	assert_int_equal(f->n, OL_GRAPH_CLAIMS_MAX);
	/* What runs is told before the offers, wherever it stands. */
	ol_graph_remove(&f->graph, OL_GRAPH_NODES_MAX - 2);
	settle(f, UINT32_MAX - 1);
	node(f, OL_GRAPH_NODES_MAX - 2, 15, "Stream/Input/Video", NULL, NULL,
	     NULL);
	run(f, 1u << 21, OL_GRAPH_NODES_MAX - 1, OL_GRAPH_NODES_MAX - 2);
	judge(f);
	assert_string_equal(f->casts[0].rule, "pipewire.screen-cast");
}

static void test_hostile_text(void **state)
{
	struct fixture *f = *state;
	char name[300];

	/* 62 bytes and a character of two: it is left out whole. */
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	memcpy(name + 62, "\xc3\xa4", 2);
	node(f, 1, 30, "Video/Source", name, "xdpw-stream-1", NULL);
	judge(f);
	assert_int_equal(strlen(ol_graph_node(&f->graph, 1)->name), 62);
	assert_int_equal(ol_graph_put_link(&f->graph, 9, NULL), -EINVAL);
	assert_int_equal(ol_graph_put_link(&f->graph, 9,
	                                   DICT(ITEM("link.output.node", "1"),
	                                        ITEM("link.input.node", "-1"))),
	                 -EINVAL);
	assert_int_equal(
		ol_graph_put_link(&f->graph, 9,
	                          DICT(ITEM("link.output.node", "4294967296"),
	                               ITEM("link.input.node", "1"))),
		-EINVAL);
	assert_int_equal(ol_graph_put_client(
				 &f->graph, 9,
				 DICT(ITEM("pipewire.sec.pid", "99999999999"),
	                              ITEM("application.process.id", ""))),
	                 0);
	assert_int_equal(ol_graph_client(&f->graph, 9)->process.pid, 0);
}

static void count(void *data, enum ol_object type, uint32_t id)
{
	(void)id;
	((int *)data)[type]++;
}

/* Sound and its clients are not asked about; what is linked to video is. */
static void test_bind(void **state)
{
	struct fixture *f = *state;
	int n[3] = { 0 };

	node(f, 1, 10, "Stream/Output/Video", NULL, NULL, NULL);
	node(f, 2, 14, "Stream/Input/Audio", NULL, NULL, NULL);
	node(f, 4, 13, "Audio/Sink", NULL, NULL, NULL);
	connect_nodes(f, 3, 1, 2);
	assert_int_equal(ol_graph_bind(&f->graph, count, n), 5);
	assert_int_equal(n[OL_OBJECT_LINK], 1);
	assert_int_equal(n[OL_OBJECT_NODE], 2);
	assert_int_equal(n[OL_OBJECT_CLIENT], 2);
	assert_int_equal(ol_graph_bind(&f->graph, count, n), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_waybar_4090_webcam),
		TEST(test_dms_3428_obs_camera),
		TEST(test_dms_2185_niri),
		TEST(test_noctalia_4074_xdpw),
		TEST(test_waybar_3298_sticks),
		TEST(test_noctalia_156_cancelled),
		TEST(test_states),
		TEST(test_which_output),
		TEST(test_screen_by_name),
		TEST(test_previews),
		TEST(test_portal_consumers),
		TEST(test_access_is_not_believed),
		TEST(test_standing_offer),
		TEST(test_sound_is_nothing),
		TEST(test_hidden),
		TEST(test_late_doubt),
		TEST(test_unseen_end),
		TEST(test_limits),
		TEST(test_hostile_text),
		TEST(test_bind),
	};

	return cmocka_run_group_tests_name("pipewire_graph", tests, NULL, NULL);
}
